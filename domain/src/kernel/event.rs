//! Domain events: written to the outbox with the change, given a position after the commit.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use uuid::Uuid;

use crate::kernel::id::{AccountId, EventId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::page::BadCursor;
use crate::kernel::place::{Territory, Visibility};
use crate::kernel::scope::Scope;

/// An event that a use case records in its transaction.
#[derive(Clone, Debug)]
pub struct EventDraft {
    /// Kind of the aggregate, for example `case`.
    pub aggregate: &'static str,
    /// Bare id of the aggregate.
    pub aggregate_id: Uuid,
    /// Version of the aggregate after the change.
    pub version: i64,
    /// Name, for example `case.handed_up`.
    pub name: &'static str,
    /// Ids and codes; never personal data.
    pub payload: Value,
    /// Who could see the aggregate before the change; `None` when it is new.
    pub before: Option<Visibility>,
    /// Who can see it after the change.
    pub after: Visibility,
}

/// An event as the relay delivers it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Id.
    pub id: EventId,
    /// Tenant.
    pub tenant: TenantId,
    /// Place in the tenant's total order, from 1 without gaps.
    pub position: i64,
    /// Kind of the aggregate.
    pub aggregate: String,
    /// Bare id of the aggregate.
    pub aggregate_id: Uuid,
    /// Version of the aggregate after the change.
    pub version: i64,
    /// Name, for example `case.handed_up`.
    pub name: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who caused it; absent for the system itself.
    pub account: Option<AccountId>,
    /// Ids and codes.
    pub payload: Value,
    /// Who could see the aggregate before the change.
    pub before: Option<Visibility>,
    /// Who can see it after the change.
    pub after: Visibility,
}

impl Event {
    /// Its place in the order of its tenant.
    #[must_use]
    pub fn cursor(&self) -> EventCursor {
        EventCursor::of(self.position, self.id)
    }

    /// Whether it is about something that lies with, or lay with, one of these.
    #[must_use]
    pub fn concerns(&self, principals: &BTreeSet<Uuid>) -> bool {
        let with = |visibility: &Visibility| visibility.principals.iter().any(|one| principals.contains(one));
        with(&self.after) || self.before.as_ref().is_some_and(with)
    }

    /// Whether it is about something in a territory, or that was in it.
    #[must_use]
    pub fn lies_in(&self, territory: &Territory) -> bool {
        let within = |visibility: &Visibility| territory.covers(&visibility.place());
        within(&self.after) || self.before.as_ref().is_some_and(within)
    }

    /// Whether it is delivered to somebody: to whoever saw the aggregate before the change or sees it after it.
    #[must_use]
    pub fn is_seen_by(&self, scope: &Scope) -> bool {
        let before = self.before.as_ref().is_some_and(|before| scope.sees(before));
        let in_reach = before || scope.sees(&self.after) || mutant::active(Mutant::NoDeliveryFilter);
        self.tenant == scope.tenant() && in_reach
    }
}

/// Kinds of aggregates whose events tell that an account may do something else from now on, or nothing.
pub const ACCESS: [&str; 3] = ["account", "role_grant", "session"];

/// Kinds of aggregates by which it follows from grants what an account reaches.
const GROUND: [&str; 6] = ["category", "grid", "organisation", "tenant", "unit", "unit_group"];

/// Kinds of aggregates in standing tables besides.
const STANDING: [&str; 3] = ["calendar", "duty", "programme"];

impl Event {
    /// The account that may do something else from now on.
    #[must_use]
    pub fn access_of(&self) -> Option<AccountId> {
        let text = self.payload["account"].as_str().filter(|_| ACCESS.contains(&self.aggregate.as_str()))?;
        text.parse().ok().map(AccountId::from_uuid)
    }

    /// Whether it is about what grants are measured by: units, grids, organisations, categories.
    #[must_use]
    pub fn moves_ground(&self) -> bool {
        GROUND.contains(&self.aggregate.as_str())
    }

    /// Whether it is about a standing table.
    #[must_use]
    pub fn changes_standing(&self) -> bool {
        self.moves_ground() || STANDING.contains(&self.aggregate.as_str())
    }
}

/// A place in the order of a tenant's events: a position, and a mark of the event that has it. A database that was
/// restored gives positions again, to other events; by the mark such a place is known for what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventCursor {
    position: i64,
    mark: [u8; 8],
}

impl EventCursor {
    /// Before the first event.
    pub const START: Self = Self { position: 0, mark: [0; 8] };

    /// The place of an event.
    #[must_use]
    pub fn of(position: i64, event: EventId) -> Self {
        // The last half of an id is random.
        let mut mark = [0; 8];
        mark.copy_from_slice(&event.uuid().as_bytes()[8..]);
        Self { position, mark }
    }

    /// The position.
    #[must_use]
    pub const fn position(self) -> i64 {
        self.position
    }

    /// The opaque text that clients hold.
    #[must_use]
    pub fn encode(self) -> String {
        let mut bytes = self.position.to_be_bytes().to_vec();
        bytes.extend(self.mark);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place that a text names.
    ///
    /// # Errors
    /// [`BadCursor`] for what this server did not write.
    pub fn decode(text: &str) -> Result<Self, BadCursor> {
        let bytes: [u8; 16] =
            URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(BadCursor)?;
        let (mut position, mut mark) = ([0; 8], [0; 8]);
        position.copy_from_slice(&bytes[..8]);
        mark.copy_from_slice(&bytes[8..]);
        let position = i64::from_be_bytes(position);
        if position < 0 { Err(BadCursor) } else { Ok(Self { position, mark }) }
    }
}

/// Who remembers something that events change.
pub trait Hearer: Send + Sync {
    /// Forgets what the event changed. It is called in the order of positions, and must not wait.
    fn hear(&self, event: &Event);

    /// Forgets all of a tenant: something changed, and nobody knows what. It must not wait.
    fn forget(&self, tenant: TenantId);
}

/// Tells the other processes of a deployment that events got their positions, so that none waits for its next look.
/// Where it rings in vain they look once a second.
pub trait Bell: Send + Sync {
    /// Returns at once, whether or not anybody hears it.
    fn ring(&self);
}

/// The bell of a process that serves alone.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Bell for Alone {
    fn ring(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let id = EventId::from_uuid(Uuid::from_u128(0x0199_0000_0000_7000_8000_1234_5678_9abc));
        let cursor = EventCursor::of(4_711, id);
        assert_eq!(cursor.encode(), "AAAAAAAAEmeAABI0VniavA");
        assert_eq!(EventCursor::decode("AAAAAAAAEmeAABI0VniavA"), Ok(cursor));
        assert_eq!(EventCursor::decode(&EventCursor::START.encode()), Ok(EventCursor::START));
        for bad in ["", "p12", "AAAAAAAAEmeAABI0VniavAAA", "gAAAAAAAEmeAABI0VniavA", "AAAAAAAAEmeAABI0Vnia/A"]
        {
            assert_eq!(EventCursor::decode(bad), Err(BadCursor), "{bad}");
        }
    }
}
