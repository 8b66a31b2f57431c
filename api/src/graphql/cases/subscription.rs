//! `caseEvents`: what happens to the cases that the caller sees, as it happens.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, SimpleObject, Subscription, Union};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::event::Event;
use fengqiao_domain::kernel::id::{CaseId, CategoryId, UnitId};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::scope::Scope;
use futures::{Stream, StreamExt as _, stream};
use tokio::sync::broadcast::error::RecvError;

use super::enums::CaseActKind;
use super::event::CaseEvent;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;

/// Which events are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub struct CaseEventFilter {
    /// Only of this case.
    case_id: Option<ID>,
    /// Only of cases of these categories, at most 100.
    category_ids: Option<Vec<ID>>,
    /// Only of cases whose place lies in this unit.
    unit_id: Option<ID>,
    /// Only of these acts, at most 100.
    acts: Option<Vec<CaseActKind>>,
}

/// One item of the stream.
#[derive(Union)]
pub enum CaseStreamItem {
    /// An event.
    Delivery(CaseEventDelivery),
    /// Events were missed.
    Resync(Resync),
}

/// An event with its cursor.
#[derive(SimpleObject)]
pub struct CaseEventDelivery {
    /// Place of the event in the tenant's order; to be sent as `after` when the stream is opened again.
    cursor: String,
    /// What happened.
    event: CaseEvent,
}

/// Events were missed: read again what you show, then go on with the stream.
#[derive(SimpleObject)]
pub struct Resync {
    /// Why.
    reason: ResyncReasonKind,
    /// The newest place that is covered by reading again; null at the start of a stream.
    cursor: Option<String>,
}

/// Why events were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ResyncReasonKind {
    /// The events after the given cursor are not kept for replay.
    NotKept,
    /// The subscriber read more slowly than events came.
    SlowSubscriber,
}

/// Subscriptions of the cases slice.
#[derive(Default)]
pub struct CaseSubscription;

#[Subscription]
impl CaseSubscription {
    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// What happens to the cases that the caller sees, from now on. An event is delivered when the caller
    /// saw the case before the act or sees it after it.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; every event that the caller may see without it.")] filter: Option<
            CaseEventFilter,
        >,
        #[graphql(
            desc = "Cursor of the last event received; answered with `Resync` while events are not kept."
        )]
        after: Option<String>,
    ) -> async_graphql::Result<impl Stream<Item = CaseStreamItem> + use<>> {
        let member = member(ctx)?;
        let wanted = Wanted::parse(filter.unwrap_or_default())?;
        let scope = member.scope().clone();
        let missed =
            after.map(|_| CaseStreamItem::Resync(Resync { reason: ResyncReasonKind::NotKept, cursor: None }));
        let live = live(member.services().db.subscribe(), scope, wanted);
        Ok(stream::iter(missed).chain(live))
    }
}

/// The conditions, parsed.
struct Wanted {
    case: Option<CaseId>,
    categories: Option<Vec<CategoryId>>,
    unit: Option<UnitId>,
    acts: Option<Vec<fengqiao_domain::cases::CaseAct>>,
}

impl Wanted {
    fn parse(filter: CaseEventFilter) -> Outcome<Self> {
        Ok(Self {
            case: id::parse_optional(filter.case_id.as_ref())?,
            categories: filter.category_ids.map(|ids| id::parse_all(&ids, 100)).transpose()?,
            unit: id::parse_optional(filter.unit_id.as_ref())?,
            acts: filter.acts.map(|acts| acts.into_iter().map(Into::into).collect()),
        })
    }

    fn admits(&self, raw: &Event, event: &domain::CaseEvent) -> bool {
        let place = raw.after.place();
        self.case.is_none_or(|case| case == event.case)
            && self.categories.as_ref().is_none_or(|ids| ids.contains(&event.category))
            && self.unit.is_none_or(|unit| place.town == Some(unit) || place.village == Some(unit))
            && self.acts.as_ref().is_none_or(|acts| acts.contains(&event.act))
    }
}

type Bus = tokio::sync::broadcast::Receiver<Arc<Event>>;

/// Events of the bus that are wanted and in reach.
fn live(bus: Bus, scope: Scope, wanted: Wanted) -> impl Stream<Item = CaseStreamItem> {
    stream::unfold((bus, scope, wanted, None), |(mut bus, scope, wanted, mut last)| async move {
        loop {
            match bus.recv().await {
                Ok(raw) => {
                    if raw.tenant == scope.tenant() {
                        last = Some(cursor(raw.position));
                    }
                    if let Some(item) = delivered(&raw, &scope, &wanted) {
                        return Some((item, (bus, scope, wanted, last)));
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    let resync = Resync { reason: ResyncReasonKind::SlowSubscriber, cursor: last.clone() };
                    return Some((CaseStreamItem::Resync(resync), (bus, scope, wanted, last)));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    })
}

fn delivered(raw: &Event, scope: &Scope, wanted: &Wanted) -> Option<CaseStreamItem> {
    let in_reach = scope.sees(&raw.after) || raw.before.as_ref().is_some_and(|before| scope.sees(before));
    let in_reach = in_reach || mutant::active(Mutant::NoDeliveryFilter);
    if raw.tenant != scope.tenant() || !in_reach {
        return None;
    }
    let event = domain::CaseEvent::read(raw)?;
    if !wanted.admits(raw, &event) {
        return None;
    }
    let delivery = CaseEventDelivery { cursor: cursor(raw.position), event: CaseEvent::new(raw.id, event) };
    Some(CaseStreamItem::Delivery(delivery))
}

fn cursor(position: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("p{position}"))
}
