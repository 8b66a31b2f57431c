//! A case for the tests of the pure parts.

use uuid::Uuid;

use crate::cases::model::{Assignee, Case, CasePriority, SealedTexts};
use crate::kernel::id::{CaseId, CategoryId, GridId, Timestamp, UnitId};
use crate::kernel::place::{Place, Sensitivity};
use crate::programmes::{CaseSource, CaseState, SettlementLevel};

/// A case in 新地村, lying with its station.
pub(super) fn case(state: CaseState) -> Case {
    let unit = |number| UnitId::from_uuid(Uuid::from_u128(number));
    Case {
        id: CaseId::from_uuid(Uuid::from_u128(1_000)),
        number: "150302-2026-000001".to_owned(),
        state,
        programme: None,
        stage: stage_of(state).to_owned(),
        category: CategoryId::from_uuid(Uuid::from_u128(500)),
        sensitivity: Sensitivity::Normal,
        priority: CasePriority::Normal,
        source: CaseSource::Resident,
        external: None,
        title: "邻居秸秆堵住巷道".to_owned(),
        place: Place {
            town: Some(unit(2)),
            village: Some(unit(3)),
            grid: Some(GridId::from_uuid(Uuid::from_u128(4))),
        },
        point: None,
        occurred_at: None,
        reported_at: Timestamp(0),
        reported_unit: None,
        anonymous: false,
        routing: None,
        assignee: Assignee::Unit(unit(3)),
        level: SettlementLevel::Village,
        settled_level: None,
        limit: None,
        due_at: None,
        accepted_at: None,
        closed_at: None,
        judgement: None,
        reworks: 0,
        evaluation: None,
        evaluable_until: None,
        return_visits: vec![],
        visited_at: None,
        opened_at: Timestamp(0),
        version: 1,
        reckoned_by: 0,
        next_due: None,
        rungs_since: Timestamp(0),
        retimed: 0,
        followers: vec![],
        visits: vec![],
        extensions: 0,
        request: None,
        assistants: vec![],
        master: None,
        urgings: 0,
        supervision: None,
        leader: None,
        pauses: vec![],
        givers: vec![],
        resolution: None,
        reporter_account: None,
        sealed: SealedTexts { description: vec![], address: None, reporter_name: None, reporter_phone: None },
    }
}

/// The stage of the shipped programme for a state.
pub(super) fn stage_of(state: CaseState) -> &'static str {
    match state {
        CaseState::Reported => "discovery",
        CaseState::Accepted => "acceptance",
        CaseState::Dispatched => "triage",
        CaseState::Handling => "handling",
        CaseState::Resolved => "feedback",
        CaseState::Verified => "verification",
        CaseState::Closed => "closing",
        CaseState::Rejected | CaseState::Withdrawn | CaseState::Merged | CaseState::Voided => state.into(),
    }
}
