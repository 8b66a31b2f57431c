//! The scope of an account from the command line, for what is done in its name there.

use std::sync::Arc;

use crate::identity::entry::{bare, parts};
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::{resolve, store};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, TenantId};
use crate::kernel::scope::{PlatformScope, Scope, Who};

impl IdentityService {
    /// The scope of `login@district` with the grants it has now, on the word of whoever runs the machine.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for an unknown account, [`IdentityError::AccountDisabled`].
    pub async fn scope_for(
        &self,
        platform: &PlatformScope,
        account: &str,
    ) -> Result<Scope, Failure<IdentityError>> {
        let unknown = || Failure::user("account", IdentityError::NotFound);
        let (login, code) = parts(account).ok_or_else(unknown)?;
        let row = self.db().lookup_credential(code, login).await?.ok_or_else(unknown)?;
        if row.state != "active" {
            return Err(Failure::user("account", IdentityError::AccountDisabled));
        }
        let tenant = TenantId::from_uuid(row.tenant_id);
        let account = AccountId::from_uuid(row.account_id);
        let reason = platform.enter(tenant);
        let tx = self.db().reader(&bare(tenant, Some(account), None, reason.request_id())).tx().await?;
        let held = resolve::held(&tx, &store::grants_in_force(&tx, account).await?).await?;
        let who = Who { tenant, account: Some(account), session: None, held, system: false };
        Ok(Scope::new(Arc::new(who), reason.request_id()))
    }
}
