//! Events of cases as they are delivered: what is wanted, and each with its place, live or asked for.

use std::collections::BTreeSet;

use async_graphql::{Enum, ID, InputObject, SimpleObject, Union};
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::event::{Event, EventCursor};
use fengqiao_domain::kernel::id::{CaseId, CategoryId, UnitId};
use fengqiao_domain::kernel::place::Territory;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::{Missed, Reader, Told};

use super::enums::CaseActKind;
use super::event::CaseEvent;
use crate::graphql::context::Services;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;

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
    /// The events after the cursor are no longer kept, or the cursor is of a history that a restored backup replaced.
    NotKept,
    /// More events were missed than are told again: reading anew is faster than being told.
    TooMany,
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

    /// The event as it is delivered to somebody; none when it is not wanted or beyond their reach.
    pub(super) fn delivered(&self, raw: &Event, scope: &Scope) -> Option<CaseStreamItem> {
        if !raw.is_seen_by(scope) {
            return None;
        }
        let event = domain::CaseEvent::read(raw)?;
        if !self.admits(raw, &event) {
            return None;
        }
        let cursor = raw.cursor().encode();
        Some(CaseStreamItem::Delivery(CaseEventDelivery { cursor, event: CaseEvent::new(raw.id, event) }))
    }

    /// What is said of what was told.
    pub(super) fn item(&self, told: &Told, scope: &Scope) -> Option<CaseStreamItem> {
        match told {
            Told::Event(raw) => self.delivered(raw, scope),
            Told::Missed(missed, place) => {
                let reason = match missed {
                    Missed::NotKept => ResyncReasonKind::NotKept,
                    Missed::TooMany => ResyncReasonKind::TooMany,
                };
                Some(CaseStreamItem::Resync(Resync { reason, cursor: place.encode() }))
            }
        }
    }

    fn admits(&self, raw: &Event, event: &domain::CaseEvent) -> bool {
        self.case.is_none_or(|case| case == event.case)
            && self.categories.as_ref().is_none_or(|ids| ids.contains(&event.category))
            && self.unit.as_ref().is_none_or(|(_, territory)| territory.covers(&raw.after.place()))
            && self.acts.as_ref().is_none_or(|acts| acts.contains(&event.act))
    }
}
