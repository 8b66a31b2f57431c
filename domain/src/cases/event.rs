//! What happened to a case, as its event carries it: ids and codes, never what people typed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cases::model::{Assignee, Case, CaseRating};
use crate::kernel::event::{Event, EventDraft};
use crate::kernel::id::{AccountId, CaseId, CategoryId, Timestamp};
use crate::kernel::place::Visibility;
use crate::programmes::{CaseAct, CaseState, SettlementLevel, SupervisionLevel};

/// Kind of the aggregate in the outbox.
pub(super) const AGGREGATE: &str = "case";

/// An act on a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEvent {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// Its category.
    pub category: CategoryId,
    /// The act.
    pub act: CaseAct,
    /// State before; absent for the report.
    pub from: Option<CaseState>,
    /// State after.
    pub to: CaseState,
    /// Where it lies after the act.
    pub assignee: Assignee,
    /// The level it is at after the act.
    pub level: SettlementLevel,
    /// Version after the act.
    pub version: i64,
    /// The judgement, for an evaluation.
    pub rating: Option<CaseRating>,
    /// At what level it is supervised, for a supervision.
    pub supervision: Option<SupervisionLevel>,
    /// When.
    pub at: Timestamp,
    /// Who acted; absent for the system itself and for an anonymous reporter.
    pub account: Option<AccountId>,
}

/// What tells of a case and cannot be read: a newer release may write what this one does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Illegible;

/// The payload in the outbox.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    number: String,
    category: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    to: String,
    assignee_kind: String,
    assignee: Uuid,
    level: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rating: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supervision: Option<String>,
    /// The account of the event belongs to an anonymous reporter.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    anonymous: bool,
}

/// Who could see a case before an act, and who can after it.
pub(super) struct Sight {
    pub(super) before: Option<Visibility>,
    pub(super) after: Visibility,
}

/// The event of an act that led from one state of a case to another.
pub(super) fn draft(
    case: &Case,
    act: CaseAct,
    from: Option<CaseState>,
    by: Option<AccountId>,
    sight: Sight,
) -> EventDraft {
    let text = |text: &'static str| text.to_owned();
    let rating = case.evaluation.as_ref().filter(|_| act == CaseAct::Evaluate);
    let supervision = case.supervision.filter(|_| act == CaseAct::Supervise);
    let payload = Payload {
        number: case.number.clone(),
        category: case.category.uuid(),
        from: from.map(|state| text(state.into())),
        to: text(case.state.into()),
        assignee_kind: text(case.assignee.kind()),
        assignee: case.assignee.uuid(),
        level: text(case.level.into()),
        rating: rating.map(|evaluation| text(evaluation.rating.into())),
        supervision: supervision.map(|supervision| text(supervision.level.into())),
        anonymous: hides_actor(case, act, by),
    };
    EventDraft {
        aggregate: AGGREGATE,
        aggregate_id: case.id.uuid(),
        version: case.version,
        name: act.words().name,
        payload: serde_json::to_value(payload).unwrap_or_default(),
        before: sight.before,
        after: sight.after,
    }
}

/// Whether naming who acted would name an anonymous reporter: in what a reporter does. A worker who found
/// something on patrol and then takes the case up does so as the worker they are.
pub(super) fn hides_actor(case: &Case, act: CaseAct, by: Option<AccountId>) -> bool {
    let as_reporter = matches!(
        act,
        CaseAct::Report
            | CaseAct::Urge
            | CaseAct::Comment
            | CaseAct::Evaluate
            | CaseAct::Reopen
            | CaseAct::Withdraw
    );
    as_reporter && case.anonymous && by.is_some() && by == case.reporter_account
}

impl CaseEvent {
    /// Whether an event tells of this case.
    #[must_use]
    pub fn is_of(event: &Event, case: CaseId) -> bool {
        Self::case_of(event) == Some(case)
    }

    /// The case that an event tells of; none for an event of another aggregate.
    #[must_use]
    pub fn case_of(event: &Event) -> Option<CaseId> {
        (event.aggregate == AGGREGATE).then(|| CaseId::from_uuid(event.aggregate_id))
    }

    /// The act that an event tells of; none for an event of another aggregate.
    ///
    /// # Errors
    /// When it tells of a case and cannot be read.
    pub fn read(event: &Event) -> Result<Option<Self>, Illegible> {
        match Self::case_of(event) {
            Some(case) => Self::legible(case, event).map(Some).ok_or(Illegible),
            None => Ok(None),
        }
    }

    fn legible(case: CaseId, event: &Event) -> Option<Self> {
        let act = CaseAct::of_event(&event.name)?;
        let payload: Payload = serde_json::from_value(event.payload.clone()).ok()?;
        let from = match payload.from {
            Some(state) => Some(state.parse().ok()?),
            None => None,
        };
        Some(Self {
            case,
            number: payload.number,
            category: CategoryId::from_uuid(payload.category),
            act,
            from,
            to: payload.to.parse().ok()?,
            assignee: Assignee::of(&payload.assignee_kind, payload.assignee)?,
            level: payload.level.parse().ok()?,
            version: event.version,
            rating: payload.rating.and_then(|rating| rating.parse().ok()),
            supervision: payload.supervision.and_then(|level| level.parse().ok()),
            at: event.occurred_at,
            account: event.account.filter(|_| !payload.anonymous),
        })
    }
}
