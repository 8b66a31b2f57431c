//! Enums of the cases slice, mirrored from the domain.

use async_graphql::Enum;

/// Where a case stands. Supervision, extension and the like are acts on an open case, never states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::CaseState")]
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

/// How the time of a case stands (红黄绿灯).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::kernel::calendar::Light")]
pub enum CaseLightLevel {
    /// Enough is left (绿灯).
    Green,
    /// Four fifths of the time are used, or whatever the deployment says (黄灯).
    Yellow,
    /// It is over (红灯).
    Red,
}

/// What somebody does to a case. The mutation, the event and the timeline entry of an act bear its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::CaseAct")]
pub enum CaseActKind {
    /// Report it (上报).
    Report,
    /// Accept it as ours (受理).
    Accept,
    /// Refuse it, with the reason (不予受理).
    Reject,
    /// Give it to an assignee (分流、派遣).
    Dispatch,
    /// Begin to work on it (开始处置).
    Start,
    /// Pass it to another assignee of the same level, or from an officer to mediation (转办、警调衔接).
    Transfer,
    /// Give it back to whoever gave it (退回).
    Return,
    /// Hand it to the level above (提级、上交).
    HandUp,
    /// Send it to a level below (下派、交办).
    SendDown,
    /// Move it on to the next stage of its state (推进).
    Advance,
    /// Move it back to an earlier stage, with the reason (回退).
    StepBack,
    /// Let it stand still, with the reason (挂起).
    Pause,
    /// Let it go on (恢复).
    Resume,
    /// Give it more time, with the reason (延期).
    Extend,
    /// Ask for more time, with the reason (延期申请).
    RequestExtension,
    /// Refuse the time that was asked for, with the reason (驳回延期).
    RefuseExtension,
    /// Ask others to assist with it (协办).
    CoHandle,
    /// Say what one did to assist (协办反馈).
    Assist,
    /// Ask for haste (催办).
    Urge,
    /// Put it under supervision, with the reason (督办).
    Supervise,
    /// Write an instruction on it, for staff (批示).
    Instruct,
    /// Take charge of it as a leader (包案).
    TakeCharge,
    /// Give it another category, with the reason (改类).
    ChangeCategory,
    /// Say something about it (留言).
    Comment,
    /// Report the result (办结).
    Complete,
    /// Confirm the result (核查).
    Verify,
    /// Find the result wanting (返工).
    SendBack,
    /// Close it (结案).
    Close,
    /// Judge how it was settled (评价).
    Evaluate,
    /// Ask the reporter what they make of the result (回访).
    ReturnVisit,
    /// Open it again after closing (重开).
    Reopen,
    /// Take the report back (撤回).
    Withdraw,
    /// Make it part of another case, with the reason (并案).
    Merge,
    /// Strike it off (作废).
    Void,
}

/// How urgent a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::CasePriority")]
pub enum CasePriorityLevel {
    /// In its turn (一般).
    Normal,
    /// Before others (紧急).
    Urgent,
    /// At once (特急).
    Critical,
}

/// How a case came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::CaseSource")]
pub enum CaseSourceKind {
    /// A resident reported it (群众上报).
    Resident,
    /// Found on patrol (网格巡查).
    Patrol,
    /// The 12345 hotline (12345热线).
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

/// How the reporter judges the settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::CaseRating")]
pub enum CaseRatingKind {
    /// Satisfied (满意).
    Satisfied,
    /// Basically satisfied (基本满意).
    BasicallySatisfied,
    /// Dissatisfied (不满意).
    Dissatisfied,
}

/// How a return visit (回访) was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::VisitChannel")]
pub enum CaseVisitChannelKind {
    /// By telephone (电话).
    Phone,
    /// Face to face (上门).
    InPerson,
    /// By a message (短信).
    Message,
}

/// Whether a return visit (回访) reached anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::Contact")]
pub enum CaseContactState {
    /// Somebody was reached (联系上).
    Reached,
    /// Nobody was reached (未联系上).
    NotReached,
}

/// The level a case is at, or was settled at (小事不出格、大事不出村).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::SettlementLevel")]
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

/// How sternly a case is supervised (督办), the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::SupervisionLevel")]
pub enum SupervisionLevel {
    /// An office above looks after it (一般督办).
    Normal,
    /// It was warned for (黄牌督办).
    Yellow,
    /// It was warned for the last time (红牌督办).
    Red,
}

/// Who may read an entry of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::Audience")]
pub enum CaseAudienceKind {
    /// Everyone who sees the case, the reporter too.
    Everyone,
    /// Staff only.
    Staff,
}

/// A box of the inbox (工作台).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::Inbox")]
pub enum InboxKind {
    /// Waiting for me to take it up (待办).
    Todo,
    /// I hold it and have begun (在办).
    Doing,
    /// I held it and passed it on or finished it (已办).
    Done,
}

/// Something that an act demands of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::Input")]
pub enum CaseInputKind {
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
    /// A photo of how it was before the work, with its point and time (处置前照片).
    PhotoBefore,
    /// A photo of how it is after the work, with its point and time (处置后照片).
    PhotoAfter,
    /// A paper (文书).
    Document,
}

/// The rule by which a case went where it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::RoutingRule")]
pub enum CaseRoutingRuleKind {
    /// A confidential one goes straight to the district (涉密直达).
    Confidential,
    /// To the organisation that answers for the matter (属主).
    Owner,
    /// To the office of the place (属地).
    Territory,
    /// To the district's centre: nobody knows the place, and nobody answers for the matter (兜底).
    District,
}

/// By what the place of a case was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::PlaceSource")]
pub enum CasePlaceSourceKind {
    /// Whoever reported it named it.
    Named,
    /// Its point lies in the boundary of the grid.
    Point,
    /// Its point lies in no boundary that is drawn: the district is known and no more.
    Unknown,
}

/// Why somebody could be given a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::SuggestionReason")]
pub enum CaseSuggestionKind {
    /// They work in the grid that it is in (网格员).
    GridWorker,
    /// They answer for the matter (属主).
    Owner,
}
