//! Enums of the fieldwork slice, mirrored from the domain.

use async_graphql::Enum;

/// Who or what was visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::fieldwork::VisitSubject")]
pub enum VisitSubjectKind {
    /// Somebody (人员).
    Person,
    /// A household (住户).
    Household,
    /// A business (企业商户).
    Enterprise,
    /// Premises that are looked at for themselves, such as a school, a market or a hostel (场所).
    Premises,
}

/// What a visit was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::fieldwork::VisitPurpose")]
pub enum VisitPurposeKind {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::fieldwork::VisitOutcome")]
pub enum VisitOutcomeKind {
    /// Somebody was met (已见面).
    Met,
    /// Nobody was there (无人).
    Absent,
    /// Nobody wanted to be visited (拒访).
    Declined,
}

/// On what ground data of a child is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::fieldwork::ChildDataBasis")]
pub enum ChildDataBasisKind {
    /// A parent or another guardian consented (监护人同意).
    GuardianConsent,
    /// A statutory duty cannot be done without it (履行法定职责).
    StatutoryDuty,
    /// Somebody's life, health or property is in danger (紧急情况).
    Emergency,
}

/// Whether a visit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::fieldwork::VisitState")]
pub enum VisitState {
    /// It does.
    Recorded,
    /// It was struck off as a mistake (作废).
    Voided,
}
