//! Change how a partner is called, read or told.

use serde_json::json;

use crate::exchange::command::UpdatePartner;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService, held, known, permit, tellable};
use crate::exchange::store;
use crate::kernel::change::Change;
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl ExchangeService {
    /// Changes a partner. How its words are read, its owner and staff say; by which webhook it is told, its owner. Needs
    /// `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`, `CONFLICT`, and as for creating one.
    pub async fn update(&self, scope: &Scope, command: UpdatePartner) -> Answer<Partner> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.partner_done(scope, done).await,
        };
        let present = held(&tx, command.partner).await?;
        let command = command.checked(present.door).map_err(Failure::User)?;
        let expected = present.version;
        let conflict =
            || Failure::user("expectedVersion", ExchangeError::Conflict { current_version: expected });
        if expected != command.expected_version {
            return Err(conflict());
        }
        if command.webhook != Change::Keep && Some(present.account) != scope.account() {
            return Err(Failure::user("webhookId", ExchangeError::NotOwner));
        }
        let (is_read_anew, is_told_anew) = (command.mapping.is_some(), command.webhook != Change::Keep);
        let changed = Partner {
            name: command.name.unwrap_or(present.name),
            mapping: command.mapping.unwrap_or(present.mapping),
            webhook: command.webhook.applied(present.webhook),
            version: expected + 1,
            ..present
        };
        if is_read_anew {
            known(&tx, &changed.mapping).await?;
        }
        if is_told_anew {
            tellable(&tx, changed.webhook, changed.account).await?;
        }
        if !store::partner::update(&tx, &changed, expected).await? {
            return Err(conflict());
        }
        tx.audit("exchange.update", &changed.id, json!({ "version": changed.version }));
        tx.commit(Done { id: changed.id.uuid(), version: changed.version }).await?;
        Ok(changed)
    }
}
