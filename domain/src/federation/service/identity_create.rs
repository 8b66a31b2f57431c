//! Link whoever the caller is elsewhere to their account.

use crate::federation::command::{LinkIdentity, Shown};
use crate::federation::entry::provider_of;
use crate::federation::error::told;
use crate::federation::model::IdentityProvider;
use crate::federation::service::{Answer, FederationService, to_the_end};
use crate::identity::ExternalIdentity;
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;

impl FederationService {
    /// Links whoever is shown to the caller's own account, for their password: from then on they sign in by it. An idempotency key means
    /// nothing: what is shown counts once.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session; `INVALID_CREDENTIALS`, `ALREADY_LINKED`, `PASSWORD_REQUIRED`, and what may be wrong with
    /// what is shown.
    pub async fn identity_create(
        &self,
        scope: &Scope,
        command: LinkIdentity,
    ) -> Answer<(ExternalIdentity, IdentityProvider)> {
        if scope.session().is_none() {
            return Err(Failure::Denied);
        }
        let (service, scope) = (self.clone(), scope.clone());
        to_the_end(async move { service.linked(&scope, &command).await }).await
    }

    async fn linked(
        &self,
        scope: &Scope,
        command: &LinkIdentity,
    ) -> Answer<(ExternalIdentity, IdentityProvider)> {
        let proved = self.identity().prove_own(scope, &command.password).await.map_err(told)?;
        let vouched = match &command.shown {
            Shown::Wechat { app, code } => {
                let vouched = self.vouched_by_wechat(scope, (app, code)).await;
                vouched.map_err(|failure| failure.under("proof.wechat"))?.1
            }
            Shown::Oidc { id_token } => {
                let vouched = self.vouched_by_token(scope, id_token).await;
                vouched.map_err(|failure| failure.under("proof.oidc"))?
            }
        };
        let linked = self.identity().link_vouched(scope, &proved, &vouched).await.map_err(told)?;
        let linked = linked.map_err(|refusal| Failure::user("", refusal.into()))?;
        let provider = provider_of(&*self.db().reader(scope).tx().await?, linked.provider).await?;
        Ok((linked, provider))
    }
}
