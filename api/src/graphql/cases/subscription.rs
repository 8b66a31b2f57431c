//! `caseEvents`: what happens to the cases that the caller sees, as it happens.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, SimpleObject, Subscription, Union};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::event::Event;
use fengqiao_domain::kernel::id::{CaseId, CategoryId, UnitId};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::place::Territory;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::OrgService;
use futures::{Stream, StreamExt as _, stream};
use tokio::sync::broadcast::error::RecvError;

use super::enums::CaseActKind;
use super::event::CaseEvent;
use crate::graphql::context::{Services, member};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;

/// Which events are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub struct CaseEventFilter {
    /// Only of this case.
    case_id: Option<ID>,
    /// Only of cases of these categories and those below them, at most 100.
    category_ids: Option<Vec<ID>>,
    /// Only of cases whose place lies in this unit or in one that it took over.
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
        let mut wanted = Wanted::parse(filter.unwrap_or_default())?;
        let follower = Follower { services: member.services().clone(), scope: member.scope().clone() };
        // First the bus, so that no merger falls between it and the look at what the unit covers.
        let bus = follower.services.db.subscribe();
        follower.look_up(&mut wanted).await?;
        let missed =
            after.map(|_| CaseStreamItem::Resync(Resync { reason: ResyncReasonKind::NotKept, cursor: None }));
        Ok(stream::iter(missed).chain(live(bus, follower, wanted)))
    }
}

fn distinct(ids: Vec<CategoryId>) -> BTreeSet<CategoryId> {
    ids.into_iter().collect()
}

/// The conditions, parsed.
struct Wanted {
    case: Option<CaseId>,
    categories: Option<BTreeSet<CategoryId>>,
    unit: Option<(UnitId, Territory)>,
    acts: Option<Vec<fengqiao_domain::programmes::CaseAct>>,
}

impl Wanted {
    fn parse(filter: CaseEventFilter) -> Outcome<Self> {
        Ok(Self {
            case: id::parse_optional(filter.case_id.as_ref())?,
            categories: filter.category_ids.map(|ids| id::parse_all(&ids, 100)).transpose()?.map(distinct),
            unit: id::parse_optional(filter.unit_id.as_ref())?.map(|unit| (unit, Territory::default())),
            acts: filter.acts.map(|acts| acts.into_iter().map(Into::into).collect()),
        })
    }

    fn admits(&self, raw: &Event, event: &domain::CaseEvent) -> bool {
        self.case.is_none_or(|case| case == event.case)
            && self.categories.as_ref().is_none_or(|ids| ids.contains(&event.category))
            && self.unit.as_ref().is_none_or(|(_, territory)| territory.covers(&raw.after.place()))
            && self.acts.as_ref().is_none_or(|acts| acts.contains(&event.act))
    }
}

/// Who follows.
struct Follower {
    services: Services,
    scope: Scope,
}

impl Follower {
    /// Looks up what the wanted unit covers and what lies below the wanted categories, in a snapshot that does not live as long as the stream.
    async fn look_up(&self, wanted: &mut Wanted) -> Outcome<()> {
        let reader = self.services.db.reader(&self.scope);
        if let Some((unit, territory)) = &mut wanted.unit {
            *territory = self.services.org.territory(&self.scope, &reader, *unit).await?;
        }
        if let Some(categories) = &mut wanted.categories {
            let named: Vec<CategoryId> = categories.iter().copied().collect();
            *categories = self.services.catalogue.with_descendants(&self.scope, &reader, &named).await?;
        }
        Ok(())
    }
}

type Bus = tokio::sync::broadcast::Receiver<Arc<Event>>;

/// Events of the bus that are wanted and in reach. The stream ends when it can no longer be told what is
/// wanted: whoever follows opens it again.
fn live(bus: Bus, follower: Follower, wanted: Wanted) -> impl Stream<Item = CaseStreamItem> {
    stream::unfold((bus, follower, wanted, None), |(mut bus, follower, mut wanted, mut last)| async move {
        loop {
            match bus.recv().await {
                Ok(raw) => {
                    if raw.tenant == follower.scope.tenant() {
                        last = Some(cursor(raw.position));
                        if OrgService::redraws(&raw) {
                            follower.look_up(&mut wanted).await.ok()?;
                        }
                    }
                    if let Some(item) = delivered(&raw, &follower.scope, &wanted) {
                        return Some((item, (bus, follower, wanted, last)));
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    // A merger may be among what was missed.
                    follower.look_up(&mut wanted).await.ok()?;
                    let resync = Resync { reason: ResyncReasonKind::SlowSubscriber, cursor: last.clone() };
                    return Some((CaseStreamItem::Resync(resync), (bus, follower, wanted, last)));
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
