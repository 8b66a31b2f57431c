//! Plain values of the cases slice.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::cases::assistance::Assistant;
use crate::cases::clock::CaseLimit;
use crate::cases::evaluation::FilledForm;
use crate::cases::extension::ExtensionRequest;
use crate::cases::follower::Follower;
use crate::cases::outcome::Judgement;
use crate::cases::return_visit::ReturnVisit;
use crate::cases::routing::Routing;
use crate::cases::supervision::{Supervised, Supervision};
use crate::kernel::calendar::Pause;
use crate::kernel::id::{
    AccountId, CaseEntryId, CaseId, CategoryId, OrganisationId, ProgrammeVersionId, Timestamp, UnitId,
};
use crate::kernel::place::{Place, Sensitivity};
use crate::org::GeoPoint;
use crate::programmes::{CaseAct, CaseSource, CaseState, SettlementLevel};

/// How urgent a case is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    EnumString,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum CasePriority {
    /// In its turn (一般).
    #[default]
    Normal,
    /// Before others (紧急).
    Urgent,
    /// At once (特急).
    Critical,
}

/// How the reporter judges the settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CaseRating {
    /// Satisfied (满意).
    Satisfied,
    /// Basically satisfied (基本满意).
    BasicallySatisfied,
    /// Dissatisfied (不满意).
    Dissatisfied,
}

/// What a case lies with: a person, the office of a unit, or an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignee {
    /// A worker's account.
    Account(AccountId),
    /// A unit: the station of a village, the sub-centre of a town, the centre of the district.
    Unit(UnitId),
    /// An organisation.
    Organisation(OrganisationId),
}

impl Assignee {
    /// `account`, `unit` or `organisation`.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Unit(_) => "unit",
            Self::Organisation(_) => "organisation",
        }
    }

    /// The bare id.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Account(id) => id.uuid(),
            Self::Unit(id) => id.uuid(),
            Self::Organisation(id) => id.uuid(),
        }
    }

    /// The text form of the id.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Account(id) => id.to_string(),
            Self::Unit(id) => id.to_string(),
            Self::Organisation(id) => id.to_string(),
        }
    }

    /// The assignee of a kind and a bare id.
    #[must_use]
    pub fn of(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "account" => Some(Self::Account(AccountId::from_uuid(id))),
            "unit" => Some(Self::Unit(UnitId::from_uuid(id))),
            "organisation" => Some(Self::Organisation(OrganisationId::from_uuid(id))),
            _ => None,
        }
    }
}

/// An assignee together with the level a case is at when it lies there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Post {
    /// The assignee.
    pub(in crate::cases) assignee: Assignee,
    /// The level.
    pub(in crate::cases) level: SettlementLevel,
}

/// A case goes from one assignee to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Handover {
    /// To whom, and the level the case is at then.
    pub(in crate::cases) to: Post,
    /// Who gives it and may get it back; none when it goes up or back, where nobody waits for it.
    pub(in crate::cases) giver: Option<Post>,
}

/// The result that an assignee reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Resolution {
    /// Where the case lay, and at which level it was settled.
    pub(in crate::cases) post: Post,
    /// Who reported the result; absent for the system itself.
    pub(in crate::cases) by: Option<AccountId>,
}

/// A case came to a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cases) struct Visit {
    /// Key of the stage.
    pub(in crate::cases) stage: String,
    /// Since when.
    pub(in crate::cases) since: Timestamp,
    /// Hours or days that the stage's limit was extended by meanwhile.
    pub(in crate::cases) extended: u32,
}

/// The judgement on a closed case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The judgement.
    pub rating: CaseRating,
    /// When it was given.
    pub at: Timestamp,
    /// What was filled in of the form of its programme.
    pub filled: FilledForm,
}

/// A case's number in another system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalReference {
    /// The other system, for example `12345`.
    pub source: String,
    /// The number there.
    pub number: String,
}

/// Personal texts of a case as the database holds them: opened one by one, when they are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cases) struct SealedTexts {
    pub(in crate::cases) description: Vec<u8>,
    pub(in crate::cases) address: Option<Vec<u8>>,
    pub(in crate::cases) reporter_name: Option<Vec<u8>>,
    pub(in crate::cases) reporter_phone: Option<Vec<u8>>,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Id.
    pub id: CaseId,
    /// `150302-2026-000123`: district, year in China, serial.
    pub number: String,
    /// Where it stands.
    pub state: CaseState,
    /// The published version of the programme that it follows; none for the one that ships with the product.
    pub programme: Option<ProgrammeVersionId>,
    /// Key of the stage it is at.
    pub stage: String,
    /// What it is about.
    pub category: CategoryId,
    /// How carefully it must be handled.
    pub sensitivity: Sensitivity,
    /// How urgent it is.
    pub priority: CasePriority,
    /// How it came in.
    pub source: CaseSource,
    /// Its number in another system.
    pub external: Option<ExternalReference>,
    /// Short text for lists.
    pub title: String,
    /// Where it occurred, as deep in the three tiers as is known.
    pub place: Place,
    /// Point where it occurred.
    pub point: Option<GeoPoint>,
    /// When it occurred, if known.
    pub occurred_at: Option<Timestamp>,
    /// When it was reported, perhaps earlier than it was entered.
    pub reported_at: Timestamp,
    /// Unit at whose desk it was reported, which need not be where it occurred.
    pub reported_unit: Option<UnitId>,
    /// Whether the reporter is hidden from those who work it.
    pub anonymous: bool,
    /// Why it went where it went when it came in; none where nobody remembers.
    pub routing: Option<Routing>,
    /// What it lies with now.
    pub assignee: Assignee,
    /// The level it is at now.
    pub level: SettlementLevel,
    /// The level at which it was settled, from the closing on.
    pub settled_level: Option<SettlementLevel>,
    /// The time it may take; none where no limit applies.
    pub limit: Option<CaseLimit>,
    /// When it must be done: what its limit says by the calendar; none while it stands still.
    pub due_at: Option<Timestamp>,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Whether it was on time, once that is judged.
    pub judgement: Option<Judgement>,
    /// How often it was reworked, as its programme counts.
    pub reworks: u32,
    /// The judgement on its settlement.
    pub evaluation: Option<Evaluation>,
    /// Until when its settlement is judged; none while it is not closed, and for as long as anybody likes.
    pub evaluable_until: Option<Timestamp>,
    /// The return visits that were made, oldest first.
    pub return_visits: Vec<ReturnVisit>,
    /// When somebody was last reached about the result that stands; none while nobody was.
    pub(in crate::cases) visited_at: Option<Timestamp>,
    /// What whoever it lies with asks for more time; none when nobody does.
    pub request: Option<ExtensionRequest>,
    /// Who assists with it, whoever was asked first first; they stay when they have answered.
    pub assistants: Vec<Assistant>,
    /// How often somebody asked for haste with it.
    pub urgings: u32,
    /// How it is supervised; none until it is for the first time.
    pub supervision: Option<Supervision>,
    /// The case that it is part of since it was merged; none until then.
    pub master: Option<CaseId>,
    /// Who is in charge of it as a leader; none until somebody takes charge.
    pub leader: Option<AccountId>,
    /// When it was entered.
    pub opened_at: Timestamp,
    /// Version: grows by one with every act.
    pub version: i64,
    /// Fingerprint of the calendar by which its due times were reckoned; 0 where none depends on one.
    pub(in crate::cases) reckoned_by: i64,
    /// When the next rung of its ladder is due; none when none is.
    pub(in crate::cases) next_due: Option<Timestamp>,
    /// Rungs of before this never fire.
    pub(in crate::cases) rungs_since: Timestamp,
    /// How often its time was given anew, with another category.
    pub(in crate::cases) retimed: u32,
    /// Who follows it because their own case became part of it.
    pub(in crate::cases) followers: Vec<Follower>,
    /// The stages it was at, oldest first: the present one is the last.
    pub(in crate::cases) visits: Vec<Visit>,
    /// How often its limit was extended.
    pub(in crate::cases) extensions: u32,
    /// The spans in which its time did not count, in order: it stood still, or it was closed.
    pub(in crate::cases) pauses: Vec<Pause>,
    /// Who gave it to whom: the way back, nearest last.
    pub(in crate::cases) givers: Vec<Post>,
    /// The result, from the completion until it is sent back or reopened.
    pub(in crate::cases) resolution: Option<Resolution>,
    /// Who reported it, when that is an account. Read it through the reporter's view.
    pub(in crate::cases) reporter_account: Option<AccountId>,
    /// Description, address and what is known of the reporter.
    pub(in crate::cases) sealed: SealedTexts,
}

impl Case {
    /// Since when it is at its stage; none for what happened before this was kept.
    #[must_use]
    pub fn entered_at(&self) -> Option<Timestamp> {
        self.visits.last().map(|visit| visit.since)
    }

    /// Since when it stands still; none when it does not.
    #[must_use]
    pub fn paused_at(&self) -> Option<Timestamp> {
        self.pauses.last().filter(|pause| pause.until.is_none()).map(|pause| pause.from)
    }
}

/// Who may read an entry of the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter)]
pub enum Audience {
    /// Everyone who sees the case, the reporter too.
    #[default]
    Everyone,
    /// Staff only.
    Staff,
}

impl Audience {
    /// The number that the column and the policies compare.
    #[must_use]
    pub const fn rank(self) -> i32 {
        match self {
            Self::Everyone => 0,
            Self::Staff => 1,
        }
    }

    /// The audience of a rank; anything above 0 is staff.
    #[must_use]
    pub const fn from_rank(rank: i32) -> Self {
        match rank {
            ..=0 => Self::Everyone,
            1.. => Self::Staff,
        }
    }
}

/// One entry of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineEntry {
    /// Id.
    pub id: CaseEntryId,
    /// The case.
    pub case: CaseId,
    /// Version of the case after the act.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// The act.
    pub act: CaseAct,
    /// State before; absent for the report.
    pub from: Option<CaseState>,
    /// State after.
    pub to: CaseState,
    /// Key of the stage after; absent in entries of before stages were kept.
    pub stage: Option<String>,
    /// Who acted; absent for the system itself and for an anonymous reporter.
    pub account: Option<AccountId>,
    /// Who may read it.
    pub audience: Audience,
    /// What they wrote.
    pub text: Option<String>,
    /// Where the case lay after the act.
    pub assignee: Assignee,
    /// The level the case was at after the act.
    pub level: SettlementLevel,
    /// The judgement, for an evaluation and a return visit.
    pub rating: Option<CaseRating>,
    /// How well it was settled, 1 to 5, for a verification; told to staff alone.
    pub score: Option<u8>,
    /// At what level and cost, for a supervision: whoever it lay with bears it.
    pub supervised: Option<Supervised>,
    /// The category before and from then on, for a change of it.
    pub category: Option<(CategoryId, CategoryId)>,
    /// Whether naming who acted would name an anonymous reporter.
    pub(in crate::cases) anonymous: bool,
}
