//! Give a partner another secret.

use serde_json::json;

use crate::exchange::error::ExchangeError;
use crate::exchange::model::Issued;
use crate::exchange::service::create::{no_chance, shown};
use crate::exchange::service::{Answer, ExchangeService, own, permit};
use crate::exchange::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::ExchangePartnerId;
use crate::kernel::scope::Scope;
use crate::kernel::signature::Secret;
use crate::store::{Begun, Done};

impl ExchangeService {
    /// Gives a partner of the caller's own another secret, and says it once. The one of before counts too for a day. Needs
    /// `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`.
    pub async fn rotate_secret(&self, scope: &Scope, id: ExchangePartnerId) -> Answer<Issued> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.issued(scope, done).await,
        };
        own(&tx, id).await?;
        let secret = Secret::random().ok_or_else(no_chance)?;
        let old_until = tx.now().plus_seconds(self.settings.old_secret_seconds);
        store::partner::rotate(&tx, id, (&secret, old_until)).await?;
        let partner = store::partner::by_id(&tx, id).await?;
        let partner = partner.ok_or_else(|| Failure::user("partnerId", ExchangeError::NotFound))?;
        tx.audit("exchange.rotate_secret", &id, json!({}));
        tx.commit(Done { id: id.uuid(), version: partner.version }).await?;
        let secret = shown(&partner, &secret);
        Ok(Issued { partner, secret: Some(secret) })
    }
}
