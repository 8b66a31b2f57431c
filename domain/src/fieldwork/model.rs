//! A visit as it is read.

use std::fmt;

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::fieldwork::child::{self, ChildDataBasis};
use crate::kernel::id::{AccountId, CaseId, Timestamp, VisitId};
use crate::kernel::place::{Place, Sensitivity};
use crate::org::GeoPoint;

/// Who or what was visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum VisitSubject {
    /// Somebody (人员).
    Person,
    /// A household (住户).
    Household,
    /// A business (企业商户).
    Enterprise,
    /// Premises that are looked at for themselves: a school, a market, a hostel (场所).
    Premises,
}

/// What a visit was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum VisitPurpose {
    /// To keep in touch (日常走访).
    Routine,
    /// To look for risks (排查).
    Screening,
    /// To help and to console (慰问).
    Condolence,
    /// To make something known (宣传).
    Publicity,
    /// To see what became of something (回头看).
    FollowUp,
}

/// What came of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum VisitOutcome {
    /// Somebody was met (已见面).
    Met,
    /// Nobody was there (无人).
    Absent,
    /// Nobody wanted to be visited (拒访).
    Declined,
}

/// Whether a visit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum VisitState {
    /// It does.
    Recorded,
    /// It was struck off as a mistake (作废).
    Voided,
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Id.
    pub id: VisitId,
    /// Who made it.
    pub by: AccountId,
    /// Who or what was visited.
    pub subject: VisitSubject,
    /// Whether it is a key person (重点人员), or who lives with one.
    pub key_person: bool,
    /// Whether they were under fourteen when they were visited (不满十四周岁); nothing where nobody said.
    pub child: Option<bool>,
    /// Whether they count as under fourteen today.
    pub under_fourteen: bool,
    /// On what ground anything is kept of a child.
    pub child_data_basis: Option<ChildDataBasis>,
    /// What for.
    pub purpose: VisitPurpose,
    /// What came of it.
    pub outcome: VisitOutcome,
    /// How carefully it must be handled.
    pub sensitivity: Sensitivity,
    /// Where it was made, as deep in the three tiers as is known.
    pub place: Place,
    /// The point where it was made.
    pub point: Option<GeoPoint>,
    /// The case that it was made for.
    pub case: Option<CaseId>,
    /// When it was made.
    pub visited_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was struck off.
    pub voided_at: Option<Timestamp>,
    /// What was written down, as readers see it.
    pub texts: VisitTexts,
    /// 1, and 2 from the striking off on.
    pub version: i64,
}

impl Visit {
    /// Whether it counts.
    #[must_use]
    pub const fn state(&self) -> VisitState {
        if self.voided_at.is_some() { VisitState::Voided } else { VisitState::Recorded }
    }

    /// Whether it was to somebody who counts as a child: a person of whom nobody said how old they are does.
    #[must_use]
    pub const fn is_to_child(&self) -> bool {
        child::counts_as_child(self.child, self.subject)
    }

    /// Whether who was visited counts as under fourteen because nobody said how old they are.
    #[must_use]
    pub const fn is_age_assumed(&self) -> bool {
        self.under_fourteen && self.child.is_none()
    }
}

/// What was written down of a visit. It says nothing of itself where it is printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VisitTexts {
    /// The address.
    pub address: Option<String>,
    /// The name of who was visited, masked: `张*`.
    pub name: Option<String>,
    /// Their telephone number, masked: `138****5678`.
    pub phone: Option<String>,
    /// What was seen, heard and said.
    pub findings: Option<String>,
    /// The name of the guardian who consented to keeping data of a child, masked.
    pub guardian: Option<String>,
    /// Why it was struck off.
    pub void_reason: Option<String>,
}

impl fmt::Debug for VisitTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitTexts(..)")
    }
}
