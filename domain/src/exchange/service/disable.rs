//! Let a partner in no more.

use serde_json::json;

use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService, held, permit};
use crate::exchange::store;
use crate::kernel::id::ExchangePartnerId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl ExchangeService {
    /// Lets a partner of the caller's own in no more, or, for staff, anybody's. What it is told goes on: that is its webhook's. Needs
    /// `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn disable(&self, scope: &Scope, id: ExchangePartnerId) -> Answer<Partner> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.partner_done(scope, done).await,
        };
        let present = held(&tx, id).await?;
        let expected = present.version;
        let is_new = present.disabled_at.is_none();
        let changed = if is_new {
            Partner { disabled_at: Some(tx.now()), version: expected + 1, ..present }
        } else {
            present
        };
        if is_new && store::partner::update(&tx, &changed, expected).await? {
            tx.audit("exchange.disable", &id, json!({ "key": changed.key }));
        }
        tx.commit(Done { id: id.uuid(), version: changed.version }).await?;
        Ok(changed)
    }
}
