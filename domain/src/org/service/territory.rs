//! What a unit covers, for those who follow what happens there.

use crate::kernel::event::Event;
use crate::kernel::id::UnitId;
use crate::kernel::place::Territory;
use crate::kernel::scope::Scope;
use crate::org::directory;
use crate::org::service::{Answer, OrgService};
use crate::store::Reader;

/// Name of the event that a unit was taken over.
pub(super) const MERGED: &str = "unit.merged";

impl OrgService {
    /// What a unit covers, its predecessors included; nothing for a unit that does not exist.
    ///
    /// # Errors
    /// As the database says.
    pub async fn territory(&self, _scope: &Scope, reader: &Reader, id: UnitId) -> Answer<Territory> {
        let tx = reader.tx().await?;
        tx.ask_tables();
        Ok(directory::territory_of_unit(&tx, id).await?.unwrap_or_default())
    }

    /// Whether units cover something else after an event.
    #[must_use]
    pub fn redraws(event: &Event) -> bool {
        event.name == MERGED
    }
}
