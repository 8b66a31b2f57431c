//! Have cases exchanged with another system.

use serde_json::json;

use crate::exchange::command::CreatePartner;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::{Door, Issued, Partner};
use crate::exchange::service::{Answer, ExchangeService, known, permit, tellable};
use crate::exchange::store;
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::kernel::signature::Secret;
use crate::store::{Begun, Done, StoreError};

impl ExchangeService {
    /// Lets another system in from now on, by the right of the caller, and says once what it proves itself by. Needs
    /// `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`, `INVALID_KEY`, `KEY_TAKEN`, `INVALID_MAPPING`, `TOO_MANY`; of the webhook `NOT_FOUND`,
    /// `NO_WEBHOOK`.
    pub async fn create(&self, scope: &Scope, command: CreatePartner) -> Answer<Issued> {
        permit(scope)?;
        let account = scope.account().ok_or(Failure::Denied)?;
        let command = command.checked().map_err(Failure::User)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.issued(scope, done).await,
        };
        known(&tx, &command.mapping).await?;
        tellable(&tx, command.webhook, account).await?;
        let limit = self.settings.most_per_account;
        tx.hold_alone(&format!("exchange partners of {account}")).await?;
        if store::partner::owned(&tx, account, limit).await? >= limit {
            return Err(Failure::user("", ExchangeError::TooMany { limit }));
        }
        let partner = Partner {
            id: tx.new_id(),
            account,
            key: command.key,
            name: command.name,
            door: command.door,
            source: command.source,
            mapping: command.mapping,
            webhook: command.webhook,
            disabled_at: None,
            old_secret_until: None,
            created_at: tx.now(),
            version: 1,
        };
        let secret = Secret::random().ok_or_else(no_chance)?;
        store::partner::insert(&tx, &partner, &secret).await.map_err(|error| match error {
            StoreError::Conflict { .. } => Failure::user("key", ExchangeError::KeyTaken),
            other => other.into(),
        })?;
        let door: &'static str = partner.door.into();
        tx.audit("exchange.create", &partner.id, json!({ "key": partner.key, "door": door }));
        tx.commit(Done { id: partner.id.uuid(), version: 1 }).await?;
        let secret = shown(&partner, &secret);
        Ok(Issued { partner, secret: Some(secret) })
    }

    /// What was issued under the same idempotency key, with its secret unless that was rotated since.
    pub(super) async fn issued(&self, scope: &Scope, done: Done) -> Answer<Issued> {
        let partner = self.partner_done(scope, done).await?;
        let reader = self.db.reader(scope);
        let tx = reader.tx().await?;
        let same = partner.version == done.version && scope.account() == Some(partner.account);
        let secrets = if same { store::partner::secrets(&tx, partner.id).await? } else { vec![] };
        let secret = secrets.first().map(|secret| shown(&partner, secret));
        Ok(Issued { partner, secret })
    }
}

/// A secret as its owner is shown it. By the key of Open311 the partner is found too.
pub(super) fn shown(partner: &Partner, secret: &Secret) -> String {
    match partner.door {
        Door::Signed => secret.text(),
        Door::Open311 => format!("{}.{}", partner.key, secret.text()),
    }
}

/// The system has no randomness.
pub(super) fn no_chance() -> StoreError {
    StoreError::Internal("no randomness for a secret".to_owned())
}
