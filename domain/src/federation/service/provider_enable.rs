//! Let a provider's word count, or not.

use serde_json::json;

use crate::federation::model::{IdentityProvider, ProviderState};
use crate::federation::service::{Answer, FederationService, held, permit};
use crate::federation::store;
use crate::kernel::id::IdentityProviderId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl FederationService {
    /// Believes a provider again. One that is believed stays as it is. Needs `IDENTITY_PROVIDER_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn provider_enable(&self, scope: &Scope, id: IdentityProviderId) -> Answer<IdentityProvider> {
        permit(scope)?;
        self.turned(scope, id, ProviderState::Enabled).await
    }

    /// Believes a provider no more. Sessions that were opened by it go on; what was linked stays linked. Needs `IDENTITY_PROVIDER_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn provider_disable(&self, scope: &Scope, id: IdentityProviderId) -> Answer<IdentityProvider> {
        permit(scope)?;
        self.turned(scope, id, ProviderState::Disabled).await
    }

    async fn turned(
        &self,
        scope: &Scope,
        id: IdentityProviderId,
        state: ProviderState,
    ) -> Answer<IdentityProvider> {
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.provider_done(scope, done).await,
        };
        let present = held(&tx, id).await?;
        let is_new = present.state != state;
        let changed = if is_new {
            IdentityProvider { state, version: present.version + 1, ..present }
        } else {
            present
        };
        if is_new {
            store::provider::update(&tx, &changed, None).await?;
            let act = match state {
                ProviderState::Enabled => "identity_provider.enable",
                ProviderState::Disabled => "identity_provider.disable",
            };
            tx.audit(act, &id, json!({ "issuer": changed.issuer, "audience": changed.audience }));
        }
        tx.commit(Done { id: id.uuid(), version: changed.version }).await?;
        Ok(changed)
    }
}
