//! Which events a webhook wants, as its conditions stand now.

use std::collections::BTreeSet;

use crate::cases::CaseEvent;
use crate::catalogue::directory as catalogue;
use crate::kernel::event::Event;
use crate::kernel::id::CategoryId;
use crate::kernel::place::Territory;
use crate::org::directory as org;
use crate::store::{StoreError, Tx};
use crate::webhooks::model::Webhook;

/// The conditions of a webhook, looked up: the same as those of `caseEvents` in the schema.
#[derive(Debug)]
pub(super) struct Wanted {
    names: BTreeSet<String>,
    categories: Option<BTreeSet<CategoryId>>,
    territory: Option<Territory>,
}

impl Wanted {
    /// Looks up what the wanted unit covers and what lies below the wanted categories.
    pub(super) async fn look_up(tx: &Tx, webhook: &Webhook) -> Result<Self, StoreError> {
        let categories = if webhook.categories.is_empty() {
            None
        } else {
            Some(catalogue::with_descendants(tx, &webhook.categories).await?)
        };
        let territory = match webhook.unit {
            None => None,
            Some(unit) => Some(org::territory_of_unit(tx, unit).await?.unwrap_or_default()),
        };
        Ok(Self { names: webhook.event_types.iter().cloned().collect(), categories, territory })
    }

    /// What an event tells, if it is wanted.
    pub(super) fn told(&self, event: &Event) -> Option<CaseEvent> {
        if !self.names.is_empty() && !self.names.contains(&event.name) {
            return None;
        }
        if self.territory.as_ref().is_some_and(|territory| !territory.covers(&event.after.place())) {
            return None;
        }
        let told = CaseEvent::read(event).ok()??;
        self.categories.as_ref().is_none_or(|ids| ids.contains(&told.category)).then_some(told)
    }
}
