//! Let a partner in again.

use serde_json::json;

use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService, own, permit};
use crate::exchange::store;
use crate::kernel::id::ExchangePartnerId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl ExchangeService {
    /// Lets a partner of the caller's own in again. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`.
    pub async fn enable(&self, scope: &Scope, id: ExchangePartnerId) -> Answer<Partner> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.partner_done(scope, done).await,
        };
        let present = own(&tx, id).await?;
        let expected = present.version;
        let is_new = present.disabled_at.is_some();
        let changed =
            if is_new { Partner { disabled_at: None, version: expected + 1, ..present } } else { present };
        if is_new && store::partner::update(&tx, &changed, expected).await? {
            tx.audit("exchange.enable", &id, json!({ "key": changed.key }));
        }
        tx.commit(Done { id: id.uuid(), version: changed.version }).await?;
        Ok(changed)
    }
}
