//! A token from the command line, without a password.

use crate::identity::entry::{bare, opened_by, parts};
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, TenantId};
use crate::kernel::scope::PlatformScope;

impl IdentityService {
    /// An access token of a new session for `login@district` on the word of whoever runs the machine.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for an unknown account, [`IdentityError::AccountDisabled`].
    pub async fn token_for(
        &self,
        platform: &PlatformScope,
        account: &str,
    ) -> Result<String, Failure<IdentityError>> {
        let unknown = || Failure::user("account", IdentityError::NotFound);
        let (login, code) = parts(account).ok_or_else(unknown)?;
        let row = self.db().lookup_credential(code, login).await?.ok_or_else(unknown)?;
        if row.state != "active" {
            return Err(Failure::user("account", IdentityError::AccountDisabled));
        }
        let tenant = TenantId::from_uuid(row.tenant_id);
        let account = AccountId::from_uuid(row.account_id);
        let reason = platform.enter(tenant);
        let scope = bare(tenant, Some(account), None, reason.request_id());
        let tx = self.begin_bare(&scope).await?;
        Ok(self.open_session(tx, account, opened_by("command_line")).await?.access_token)
    }
}
