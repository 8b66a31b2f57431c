//! By whose word the caller signs in.

use std::collections::HashMap;

use crate::federation::error::told;
use crate::federation::model::IdentityProvider;
use crate::federation::service::{Answer, FederationService};
use crate::federation::store;
use crate::identity::ExternalIdentity;
use crate::kernel::id::IdentityProviderId;
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError};

impl FederationService {
    /// The caller's own external identities with their providers, oldest first.
    ///
    /// # Errors
    /// [`Failure::Denied`](crate::kernel::failure::Failure::Denied) for the system, which is nobody.
    pub async fn identities(
        &self,
        scope: &Scope,
        reader: &Reader,
    ) -> Answer<Vec<(ExternalIdentity, IdentityProvider)>> {
        let own = self.identity().externals(scope, reader).await.map_err(told)?;
        if own.is_empty() {
            return Ok(vec![]);
        }
        let providers = store::provider::all(&*reader.tx().await?).await?;
        let mut by_id: HashMap<IdentityProviderId, IdentityProvider> =
            providers.into_iter().map(|provider| (provider.id, provider)).collect();
        // One of a provider at a time, as a key of the table says.
        let with = own.into_iter().map(|identity| match by_id.remove(&identity.provider) {
            Some(provider) => Ok((identity, provider)),
            None => Err(StoreError::corrupt("external_identities", "provider_id", identity.provider).into()),
        });
        with.collect()
    }
}
