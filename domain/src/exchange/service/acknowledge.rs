//! A partner says what it made of what it was told (回执).

use serde_json::json;

use crate::exchange::command::Acknowledge;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService, permit};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};
use crate::webhooks::{self, Receipt};

impl ExchangeService {
    /// Writes down under which number a partner took what it was told, or why it did not. The last word counts.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NO_WEBHOOK`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn acknowledge(&self, scope: &Scope, partner: &Partner, command: Acknowledge) -> Answer<()> {
        permit(scope)?;
        let command = command.checked().map_err(Failure::User)?;
        let webhook = partner.webhook.ok_or_else(|| Failure::user("", ExchangeError::NoWebhook))?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Ok(()),
        };
        let receipt = Receipt { number: command.number, refusal: command.refusal, at: tx.now() };
        let told = (webhook, command.delivery);
        if !webhooks::directory::acknowledge(&tx, told, &receipt).await? {
            return Err(Failure::user("deliveryId", ExchangeError::NotFound));
        }
        let accepted = receipt.refusal.is_none();
        tx.audit("exchange.acknowledge", &command.delivery, json!({ "accepted": accepted }));
        tx.commit(Done { id: command.delivery.uuid(), version: 1 }).await?;
        Ok(())
    }
}
