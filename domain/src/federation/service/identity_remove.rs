//! Sign in by somebody's word no more.

use crate::federation::entry::provider_of;
use crate::federation::error::told;
use crate::federation::model::IdentityProvider;
use crate::federation::service::{Answer, FederationService};
use crate::identity::ExternalIdentity;
use crate::kernel::id::ExternalIdentityId;
use crate::kernel::scope::Scope;

impl FederationService {
    /// Takes an external identity of the caller's own away. Sessions that were opened by it go on. Whoever has no password keeps the last one.
    ///
    /// # Errors
    /// [`Failure::Denied`](crate::kernel::failure::Failure::Denied) for whoever has no session; `NOT_FOUND`, `NOT_PERMITTED`.
    pub async fn identity_remove(
        &self,
        scope: &Scope,
        id: ExternalIdentityId,
    ) -> Answer<(ExternalIdentity, IdentityProvider)> {
        let removed = self.identity().unlink(scope, id).await.map_err(told)?;
        let provider = provider_of(&*self.db().reader(scope).tx().await?, removed.provider).await?;
        Ok((removed, provider))
    }
}
