//! Events of cases as they are delivered: what is wanted, and each with its place, live or asked for.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use fengqiao_domain::cases as domain;
use fengqiao_domain::catalogue::CategoryService;
use fengqiao_domain::kernel::event::{Event, EventCursor};
use fengqiao_domain::kernel::id::{CaseId, CategoryId, UnitId};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::place::{Territory, Visibility};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::OrgService;
use fengqiao_domain::{Missed, Reader, Told};

use super::enums::CaseActKind;
use super::event::CaseEvent;
use crate::graphql::context::Services;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;

/// How long a look at what is seen now counts.
const SEEN: Duration = Duration::from_secs(2);

/// Which events are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub struct CaseEventFilter {
    /// Only of this case.
    case_id: Option<ID>,
    /// Only of cases of these categories and those below them, or that were until then; at most 100.
    category_ids: Option<Vec<ID>>,
    /// Only of cases whose place lies, or lay until then, in this unit or in one that it took over.
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
    /// Place of the event in the order of the tenant's events: to be sent as `after` when the stream is opened again.
    cursor: String,
    /// What happened.
    event: CaseEvent,
}

/// Events were missed: read again what you show, then go on with the stream.
#[derive(SimpleObject)]
pub struct Resync {
    /// Why.
    reason: ResyncReasonKind,
    /// The newest place that is covered by reading again: the stream goes on after it, and it is what to send as `after`.
    cursor: String,
}

/// Why events were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ResyncReasonKind {
    /// The events after the cursor are no longer kept or cannot be read, or the cursor is of a history that a restored backup replaced.
    NotKept,
    /// More events were missed than are told again: reading anew is faster than being told.
    TooMany,
}

impl CaseStreamItem {
    /// An event that somebody is told of, or that something is left out where it could not be read.
    pub(super) fn told(raw: &Event, event: Option<domain::CaseEvent>) -> Self {
        let Some(event) = event else { return Self::missed(Missed::NotKept, raw.cursor()) };
        let cursor = raw.cursor().encode();
        Self::Delivery(CaseEventDelivery { cursor, event: CaseEvent::new(raw.id, event) })
    }

    /// That events up to a place are left out.
    pub(super) fn missed(missed: Missed, place: EventCursor) -> Self {
        let reason = match missed {
            Missed::NotKept => ResyncReasonKind::NotKept,
            Missed::TooMany => ResyncReasonKind::TooMany,
        };
        Self::Resync(Resync { reason, cursor: place.encode() })
    }
}

/// The place that a client remembers.
pub(super) fn place(after: Option<&str>) -> Outcome<Option<EventCursor>> {
    let decode = |text: &str| EventCursor::decode(text).map_err(|_| Fault::bad_request(Mistake::NotACursor));
    after.map(decode).transpose()
}

/// The conditions, parsed.
pub(super) struct Wanted {
    case: Option<CaseId>,
    categories: Option<BTreeSet<CategoryId>>,
    unit: Option<(UnitId, Territory)>,
    acts: Option<Vec<fengqiao_domain::programmes::CaseAct>>,
}

impl Wanted {
    pub(super) fn parse(filter: CaseEventFilter) -> Outcome<Self> {
        let distinct = |ids: Vec<CategoryId>| ids.into_iter().collect();
        Ok(Self {
            case: id::parse_optional(filter.case_id.as_ref())?,
            categories: filter.category_ids.map(|ids| id::parse_all(&ids, 100)).transpose()?.map(distinct),
            unit: id::parse_optional(filter.unit_id.as_ref())?.map(|unit| (unit, Territory::default())),
            acts: filter.acts.map(|acts| acts.into_iter().map(Into::into).collect()),
        })
    }

    /// Looks up what the wanted unit covers and what lies below the wanted categories.
    pub(super) async fn look_up(&mut self, services: &Services, reader: &Reader) -> Outcome<()> {
        let scope = reader.scope();
        if let Some((unit, territory)) = &mut self.unit {
            *territory = services.org.territory(scope, reader, *unit).await?;
        }
        if let Some(categories) = &mut self.categories {
            let named: Vec<CategoryId> = categories.iter().copied().collect();
            *categories = services.catalogue.with_descendants(scope, reader, &named).await?;
        }
        Ok(())
    }

    /// Whether an event changes what the conditions mean: units are redrawn, categories come and go.
    pub(super) fn is_redrawn_by(&self, event: &Event) -> bool {
        OrgService::redraws(event) || (self.categories.is_some() && CategoryService::redraws(event))
    }

    /// The event as it is delivered to somebody; none when it is not wanted or beyond their reach.
    pub(super) fn delivered(&self, raw: &Event, scope: &Scope) -> Option<CaseStreamItem> {
        if !raw.is_seen_by(scope) {
            return None;
        }
        let event = match domain::CaseEvent::read(raw) {
            Ok(event) => Some(event?),
            Err(domain::Illegible) => None,
        };
        self.admits(raw, event.as_ref()).then(|| CaseStreamItem::told(raw, event))
    }

    /// What is said of what was told; of what is past, as far as `sight` goes.
    pub(super) fn item(&self, told: &Told, scope: &Scope, sight: &Sight) -> Option<CaseStreamItem> {
        match told {
            Told::Event(raw) => self.delivered(raw, scope),
            Told::Past(raw) => self.delivered(raw, scope).filter(|_| sight.covers(raw, scope)),
            Told::Missed(missed, place) => Some(CaseStreamItem::missed(*missed, *place)),
        }
    }

    /// Whether it is wanted as it is now or as it was before: what leaves a category or a unit is told of too. What could
    /// not be read may be of any act.
    pub(super) fn admits(&self, raw: &Event, event: Option<&domain::CaseEvent>) -> bool {
        let was = |wanted: &dyn Fn(&Visibility) -> bool| {
            wanted(&raw.after) || raw.before.as_ref().is_some_and(wanted)
        };
        let is_of = |ids: &BTreeSet<CategoryId>| event.is_some_and(|event| ids.contains(&event.category));
        self.case.is_none_or(|case| domain::CaseEvent::is_of(raw, case))
            && self
                .categories
                .as_ref()
                .is_none_or(|ids| is_of(ids) || was(&|visibility| ids.contains(&visibility.category())))
            && self
                .unit
                .as_ref()
                .is_none_or(|(_, territory)| was(&|visibility| territory.covers(&visibility.place())))
            && self.acts.as_ref().is_none_or(|acts| event.is_none_or(|event| acts.contains(&event.act)))
    }
}

/// What somebody sees now of the cases that events of before tell of. What became confidential since is not told of again
/// to those who may not see it any more, nor to those who never could.
#[derive(Default)]
pub(super) struct Sight {
    cases: HashMap<CaseId, bool>,
    looked: Option<Instant>,
}

impl Sight {
    /// Looks at the cases of these events.
    pub(super) async fn of<'a>(
        services: &Services,
        reader: &Reader,
        events: impl Iterator<Item = &'a Event>,
    ) -> Outcome<Self> {
        let mut cases: Vec<CaseId> = events.filter_map(domain::CaseEvent::case_of).collect();
        cases.sort_unstable();
        cases.dedup();
        let looked = Instant::now();
        let seen = services.cases.cases_by_id(reader.scope(), reader, &cases).await?;
        let cases = cases.into_iter().map(|case| (case, seen.contains_key(&case))).collect();
        Ok(Self { cases, looked: Some(looked) })
    }

    /// Whether it was looked at for this event, and not too long ago: whoever reads slowly is a while at one page.
    pub(super) fn knows(&self, event: &Event) -> bool {
        let recent = self.looked.is_some_and(|looked| looked.elapsed() < SEEN);
        domain::CaseEvent::case_of(event).is_none_or(|case| recent && self.cases.contains_key(&case))
    }

    /// Whether nothing was looked at.
    pub(super) fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Whether the case is seen now; or the event is the one by which it left sight, or tells of what somebody had a part in.
    pub(super) fn covers(&self, event: &Event, scope: &Scope) -> bool {
        let seen = self.cases.get(&CaseId::from_uuid(event.aggregate_id)).copied().unwrap_or_default();
        let left = !scope.sees(&event.after);
        let had_part = event.concerns(&scope.principals().into_iter().collect());
        seen || left || had_part || mutant::active(Mutant::NoPresentSight)
    }
}
