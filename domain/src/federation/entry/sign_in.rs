//! Signing in by somebody else's word.

use crate::federation::command::{OidcSignIn, WechatSignIn};
use crate::federation::entry::Knock;
use crate::federation::error::told;
use crate::federation::service::{Answer, FederationService, to_the_end};
use crate::identity::{SessionTokens, Vouched};
use crate::kernel::failure::Failure;

impl FederationService {
    /// Opens a session for whoever a login code of a mini-program is of. The code counts once, which WeChat sees to.
    ///
    /// # Errors
    /// `UNKNOWN_PROVIDER`, `INVALID_PROOF`, `BLOCKED`, `NOT_LINKED`, `PASSWORD_REQUIRED`, `PROVIDER_UNAVAILABLE`;
    /// [`Failure::Overloaded`] when too many wrong ones came from the address.
    pub async fn sign_in_by_wechat(&self, asked: &WechatSignIn, request_id: &str) -> Answer<SessionTokens> {
        let (service, asked, request_id) = (self.clone(), asked.clone(), request_id.to_owned());
        to_the_end(async move {
            let from = (asked.district.as_str(), asked.from);
            let knock = service.knock(from, "wechat", &request_id).await?;
            let shown = (asked.app.as_str(), asked.code.as_str());
            let outcome = match service.vouched_by_wechat(&knock.scope, shown).await {
                Ok((_, vouched)) => service.opened(&knock, &vouched).await,
                Err(failure) => Err(failure),
            };
            service.left(knock, outcome).await
        })
        .await
    }

    /// Opens a session for whoever an ID token is about. A token counts once, some minutes after it was made.
    ///
    /// # Errors
    /// As [`Self::sign_in_by_wechat`].
    pub async fn sign_in_by_oidc(&self, asked: &OidcSignIn, request_id: &str) -> Answer<SessionTokens> {
        let (service, asked, request_id) = (self.clone(), asked.clone(), request_id.to_owned());
        to_the_end(async move {
            let from = (asked.district.as_str(), asked.from);
            let knock = service.knock(from, "oidc", &request_id).await?;
            let outcome = match service.vouched_by_token(&knock.scope, &asked.id_token).await {
                Ok(vouched) => service.opened(&knock, &vouched).await,
                Err(failure) => Err(failure),
            };
            service.left(knock, outcome).await
        })
        .await
    }

    async fn opened(&self, knock: &Knock, vouched: &Vouched) -> Answer<SessionTokens> {
        let (tenant, request_id) = (knock.scope.tenant(), knock.scope.request_id());
        let opened = self.identity().sign_in_vouched(tenant, vouched, request_id).await.map_err(told)?;
        opened.map_err(|refusal| Failure::user("", refusal.into()))
    }
}
