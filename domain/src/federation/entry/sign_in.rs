//! Signing in by somebody else's word.

use crate::federation::command::{OidcSignIn, WechatSignIn};
use crate::federation::entry::Knock;
use crate::federation::error::told;
use crate::federation::service::{Answer, FederationService};
use crate::identity::{SessionTokens, Vouched};
use crate::kernel::failure::Failure;

impl FederationService {
    /// Opens a session for whoever a login code of a mini-program is of. The code counts once, which WeChat sees to.
    ///
    /// # Errors
    /// `UNKNOWN_PROVIDER`, `INVALID_PROOF`, `BLOCKED`, `NOT_LINKED`, `PASSWORD_REQUIRED`, `PROVIDER_UNAVAILABLE`;
    /// [`Failure::Overloaded`] when too many wrong ones came from the address.
    pub async fn sign_in_by_wechat(&self, asked: &WechatSignIn, request_id: &str) -> Answer<SessionTokens> {
        let knock = self.knock(&asked.district, asked.from, request_id).await?;
        let shown = (asked.app.as_str(), asked.code.as_str());
        let (_, vouched) = self.vouched_by_wechat(&knock.scope, shown).await?;
        self.open(knock, &vouched).await
    }

    /// Opens a session for whoever an ID token is about. A token counts once, some minutes after it was made.
    ///
    /// # Errors
    /// As [`Self::sign_in_by_wechat`].
    pub async fn sign_in_by_oidc(&self, asked: &OidcSignIn, request_id: &str) -> Answer<SessionTokens> {
        let knock = self.knock(&asked.district, asked.from, request_id).await?;
        let vouched = self.vouched_by_token(&knock.scope, &asked.id_token).await?;
        self.open(knock, &vouched).await
    }

    async fn open(&self, knock: Knock, vouched: &Vouched) -> Answer<SessionTokens> {
        let (tenant, request_id) = (knock.scope.tenant(), knock.scope.request_id());
        let opened = self.identity().sign_in_vouched(tenant, vouched, request_id).await.map_err(told)?;
        let tokens = opened.map_err(|refusal| Failure::user("", refusal.into()))?;
        self.identity().give_back_vouched(knock.admitted).await;
        Ok(tokens)
    }
}
