//! What is wrong with a programme's file: where, and which rule it breaks.

use strum::{EnumIter, IntoStaticStr};

/// The most faults that one reading tells.
pub const FAULTS_TOLD: usize = 100;

/// A rule that every programme keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ProgrammeRule {
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
    /// The act can lead to several stages, or to none: say which.
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
    /// What a rung does is not possible where it watches.
    RungWithoutAct,
    /// This does not stand with what else stands here.
    NotTogether,
}

/// One thing that is wrong with a programme's file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Line of the file, from 1.
    pub line: u32,
    /// The rule that it breaks.
    pub rule: ProgrammeRule,
    /// What breaks it: a key, a word, a number.
    pub subject: String,
    /// What may stand there, where that is a short list.
    pub allowed: Vec<&'static str>,
}
