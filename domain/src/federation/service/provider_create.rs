//! Trust a provider.

use crate::federation::command::{CreateProvider, NewProvider};
use crate::federation::error::FederationError;
use crate::federation::model::{IdentityProvider, ProviderState};
use crate::federation::service::{Answer, FederationService, MOST_PROVIDERS, believed, permit};
use crate::federation::store;
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx};

impl FederationService {
    /// Trusts a provider from now on: whoever it vouches for is let in as the account that they were linked to. Needs
    /// `IDENTITY_PROVIDER_MANAGE`.
    ///
    /// # Errors
    /// `PROVIDER_TAKEN`, `TOO_MANY`; what is wrong with the values.
    pub async fn provider_create(&self, scope: &Scope, command: CreateProvider) -> Answer<IdentityProvider> {
        permit(scope)?;
        let new = command.parsed(|url| self.doors().admits(url)).map_err(Failure::User)?;
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.provider_done(scope, done).await,
        };
        tx.hold_alone("identity providers").await?;
        if store::provider::all(&tx).await?.len() >= MOST_PROVIDERS {
            return Err(Failure::user("", FederationError::TooMany { limit: MOST_PROVIDERS }));
        }
        let (provider, secret) = drafted(&tx, new);
        store::provider::insert(&tx, &provider, secret.as_ref()).await.map_err(taken)?;
        tx.audit("identity_provider.create", &provider.id, believed(&provider));
        tx.commit(Done { id: provider.id.uuid(), version: provider.version }).await?;
        Ok(provider)
    }
}

fn drafted(tx: &Tx, new: NewProvider) -> (IdentityProvider, Option<crate::federation::model::AppSecret>) {
    let provider = IdentityProvider {
        id: tx.new_id(),
        name: new.name,
        kind: new.kind,
        issuer: new.issuer,
        audience: new.audience,
        oidc: new.oidc,
        registers: new.registers,
        state: ProviderState::Enabled,
        created_at: tx.now(),
        version: 1,
    };
    (provider, new.secret)
}

/// The unique key of providers in the caller's words.
fn taken(fault: StoreError) -> Failure<FederationError> {
    match fault {
        StoreError::Conflict { .. } => Failure::user("", FederationError::ProviderTaken),
        other => other.into(),
    }
}
