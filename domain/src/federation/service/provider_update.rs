//! Change how a provider is called and asked.

use serde_json::json;

use crate::federation::command::UpdateProvider;
use crate::federation::error::FederationError;
use crate::federation::model::{IdentityProvider, OidcTrust};
use crate::federation::service::{Answer, FederationService, believed, held, permit};
use crate::federation::store;
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl FederationService {
    /// Changes what may be changed of a provider: its name, and by what it is asked or believed. Who it is stays. Needs
    /// `IDENTITY_PROVIDER_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `WRONG_KIND`; what is wrong with the values.
    pub async fn provider_update(&self, scope: &Scope, command: UpdateProvider) -> Answer<IdentityProvider> {
        permit(scope)?;
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.provider_done(scope, done).await,
        };
        let present = held(&tx, command.provider).await?;
        if present.version != command.expected_version {
            let conflict = FederationError::Conflict { current_version: present.version };
            return Err(Failure::user("expectedVersion", conflict));
        }
        let parsed = command.parsed(present.kind, |url| self.doors().admits(url)).map_err(Failure::User)?;
        let oidc = present.oidc.map(|oidc| OidcTrust {
            jwks_url: parsed.jwks_url.unwrap_or(oidc.jwks_url),
            required: parsed.required.unwrap_or(oidc.required),
            ..oidc
        });
        let changed = IdentityProvider {
            name: parsed.name.unwrap_or(present.name),
            registers: command.registers.unwrap_or(present.registers),
            oidc,
            version: present.version + 1,
            ..present
        };
        store::provider::update(&tx, &changed, parsed.secret.as_ref()).await?;
        let mut facts = believed(&changed);
        facts["secret"] = json!(parsed.secret.is_some());
        tx.audit("identity_provider.update", &changed.id, facts);
        tx.commit(Done { id: changed.id.uuid(), version: changed.version }).await?;
        Ok(changed)
    }
}
