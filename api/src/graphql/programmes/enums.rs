//! Enums of the programmes slice, mirrored from the domain.

use async_graphql::Enum;
use fengqiao_domain::programmes as domain;

/// What somebody must be to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::Relation")]
pub enum CaseRelationKind {
    /// The case lies with them, or with a unit or organisation they handle cases for (承办人).
    Assignee,
    /// They, or a unit or organisation they handle cases for, assist with it and have not answered (协办).
    Assistant,
    /// They answer for the place where it occurred (属地).
    Territory,
    /// They answer for the place, at the level the case is at or above (上级).
    Oversight,
    /// They reported it (报事人).
    Reporter,
    /// Staff who stand in for a reporter without an account (代办).
    Proxy,
    /// They see it.
    Reader,
}

/// What becomes of a stage's clock when a case comes back to the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::OnReturn")]
pub enum StageReturnKind {
    /// It goes on: what was used stays used (续计).
    Keep,
    /// It begins anew (重计).
    Restart,
}

/// What a field of a programme holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum FieldKind {
    /// One line of text (文本).
    Text,
    /// A whole number (数字).
    Number,
    /// An amount of money (金额).
    Money,
    /// A day (日期).
    Date,
    /// One of some things that are named (选项).
    Choice,
    /// Somebody with an account (人员).
    Person,
    /// A unit of the three tiers (单位).
    Unit,
}

impl From<&domain::FieldKind> for FieldKind {
    fn from(kind: &domain::FieldKind) -> Self {
        match kind {
            domain::FieldKind::Text { .. } => Self::Text,
            domain::FieldKind::Number { .. } => Self::Number,
            domain::FieldKind::Money { .. } => Self::Money,
            domain::FieldKind::Date => Self::Date,
            domain::FieldKind::Choice { .. } => Self::Choice,
            domain::FieldKind::Person => Self::Person,
            domain::FieldKind::Unit => Self::Unit,
        }
    }
}

/// Who reads a field of a case that they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::FieldReaders")]
pub enum FieldReadersKind {
    /// Everyone, the reporter too.
    Everyone,
    /// Staff only.
    Staff,
}

/// A rule that every programme keeps; each fault names the one that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::ProgrammeRule")]
pub enum ProgrammeRuleKind {
    /// The file is no TOML.
    Syntax,
    /// The file is longer than a programme may be.
    FileTooLong,
    /// There are more of these than a programme may have.
    TooMany,
    /// Nothing by this name belongs here.
    UnknownKey,
    /// Something else is expected here.
    WrongType,
    /// Something is missing here.
    Missing,
    /// The text is empty, too long, or holds a line break or control character.
    InvalidText,
    /// A key is 1 to 32 small letters, digits and underscores, and begins with a letter.
    InvalidKey,
    /// It is none of the words that may stand here.
    UnknownWord,
    /// It stands here twice.
    Duplicate,
    /// The number is outside its bounds.
    OutOfRange,
    /// The programme has no stage by this key.
    UnknownStage,
    /// A programme has exactly one act `report`.
    ReportOnce,
    /// The act is not possible at a stage of this state.
    WrongFrom,
    /// The act cannot lead to a stage of this state.
    WrongTo,
    /// The act can lead to several stages, or to none: the file must say which.
    UnclearTo,
    /// This act leaves a case where it is.
    LeadsNowhere,
    /// Nobody may do the act: no relation, or no role that is allowed it.
    ActWithoutRole,
    /// Somebody who is only this to a case does not do this act.
    WrongWho,
    /// Two lines let the same people do the same act at one stage, and lead elsewhere.
    Ambiguous,
    /// No act leads to the stage.
    Unreachable,
    /// No act leads away from an open stage.
    DeadEnd,
    /// From these stages the acts only lead round in a circle.
    LoopWithoutExit,
    /// A case that stands still at the stage cannot go on again.
    NeverResumed,
    /// Whoever does the act may not read a field that it demands.
    HiddenField,
    /// The programme has no field by this key.
    UnknownField,
    /// No act takes the field.
    UnusedField,
    /// Nothing gives the time that a case may take at an open stage.
    LimitMissing,
    /// Nothing gives the time that a rung watches.
    RungWithoutLimit,
    /// What a rung does, or the urging that stands in for it, is not possible where it watches.
    RungWithoutAct,
    /// This does not stand with what else stands here.
    NotTogether,
}
