//! Whom a tenant trusts.

use crate::federation::model::IdentityProvider;
use crate::federation::service::{Answer, FederationService, permit};
use crate::federation::store;
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl FederationService {
    /// All providers, oldest first; there are sixteen at most. Needs `IDENTITY_PROVIDER_MANAGE`.
    ///
    /// # Errors
    /// [`Failure::Denied`](crate::kernel::failure::Failure::Denied).
    pub async fn providers(&self, scope: &Scope, reader: &Reader) -> Answer<Vec<IdentityProvider>> {
        permit(scope)?;
        Ok(store::provider::all(&*reader.tx().await?).await?)
    }
}
