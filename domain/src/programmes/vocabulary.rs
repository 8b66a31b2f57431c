//! The closed words that programmes are written in, besides the acts: states, sources, levels, who somebody is to a
//! case, and what must hold.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::org::UnitLevel;

/// Where a case stands. Supervision, extension and the like are acts on an open case, never states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CaseState {
    /// Nobody has decided on it yet (已上报).
    Reported,
    /// Ours, and waiting to be given or begun (已受理).
    Accepted,
    /// Given to an assignee who has not begun (已分流).
    Dispatched,
    /// The assignee works on it (处置中).
    Handling,
    /// The assignee says it is done (已处置).
    Resolved,
    /// Someone else has checked (已核查).
    Verified,
    /// Closed (已结案).
    Closed,
    /// Not ours to handle (不予受理).
    Rejected,
    /// Taken back by the reporter (已撤回).
    Withdrawn,
    /// Part of another case now (已并案).
    Merged,
    /// Struck off (已作废).
    Voided,
}

impl CaseState {
    /// Whether somebody still has to do something.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Reported
            | Self::Accepted
            | Self::Dispatched
            | Self::Handling
            | Self::Resolved
            | Self::Verified => true,
            Self::Closed | Self::Rejected | Self::Withdrawn | Self::Merged | Self::Voided => false,
        }
    }
}

/// How a case came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CaseSource {
    /// A resident reported it (群众上报).
    Resident,
    /// Found on patrol (网格巡查).
    Patrol,
    /// The 12345 hotline (12345热线).
    #[strum(serialize = "hotline_12345")]
    Hotline12345,
    /// Somebody came to a station or hall (来访).
    WalkIn,
    /// A platform above us (上级平台).
    UpperPlatform,
    /// A leader assigned it (领导交办).
    Leader,
    /// A device raised it (设备告警).
    Device,
}

/// The level a case is at, or was settled at (小事不出格、大事不出村).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SettlementLevel {
    /// Grid (网格).
    Grid,
    /// Village or community (村/社区).
    Village,
    /// Town (镇/街道).
    Town,
    /// District (区/县).
    District,
}

impl From<UnitLevel> for SettlementLevel {
    fn from(level: UnitLevel) -> Self {
        match level {
            UnitLevel::District => Self::District,
            UnitLevel::Town => Self::Town,
            UnitLevel::Village => Self::Village,
        }
    }
}

/// How sternly a case is supervised, the mildest first.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum SupervisionLevel {
    /// An office above looks after it (一般督办).
    #[default]
    Normal,
    /// It was warned for (黄牌督办).
    Yellow,
    /// It was warned for the last time (红牌督办).
    Red,
}

/// What an actor is to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Relation {
    /// The case lies with them: with their account, or with a unit or organisation they handle cases for.
    Assignee,
    /// They were asked to assist with it, their account or a unit or organisation they handle cases for, and have not answered.
    Assistant,
    /// They answer for the place where it occurred.
    Territory,
    /// They answer for the place, at the level the case is at (or was settled at) or above, by a grant that lets them direct,
    /// check or close.
    Oversight,
    /// They reported it.
    Reporter,
    /// They answer for it as [`Relation::Oversight`] does, and the reporter has no account to act with.
    Proxy,
    /// They see it.
    Reader,
}

/// A fact that an act may demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Condition {
    /// Somebody gave the case and can get it back.
    HasGiver,
    /// There is a level above the present one.
    HasLevelAbove,
    /// There is a level below the present one.
    HasLevelBelow,
    /// Somebody else reported the result.
    NotOwnResult,
    /// The case was closed no longer ago than it may be reopened.
    WindowOpen,
    /// It was not evaluated since it was closed.
    NotEvaluated,
    /// The time in which its settlement is judged is not over.
    EvaluationOpen,
    /// It does not stand still.
    Running,
    /// It stands still.
    Paused,
    /// It has a limit.
    HasLimit,
    /// It was not extended as often as it may be.
    ExtensionLeft,
    /// It lies with somebody else, or nobody is above whoever it lies with.
    NotHolder,
    /// Whoever acts has an account: it is not the system itself.
    HasAccount,
    /// Nobody asks for more time.
    NoRequest,
    /// Whoever it lies with asks for more time.
    HasRequest,
}

/// Something that an act demands of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Input {
    /// A written reason.
    Reason,
    /// To whom the case goes.
    Target,
    /// What was done or said.
    Text,
    /// A judgement.
    Rating,
    /// How many more hours or days.
    Amount,
    /// Which stage it leads to.
    Stage,
    /// At what level it is supervised.
    Level,
    /// Who is asked to assist.
    Targets,
    /// Which case it becomes part of.
    Master,
    /// What it is about from now on.
    Category,
    /// How somebody was visited, and whether they were reached.
    Channel,
    /// A photo of how it was before the work, with its point and time.
    PhotoBefore,
    /// A photo of how it is after the work, with its point and time.
    PhotoAfter,
    /// A paper.
    Document,
}
