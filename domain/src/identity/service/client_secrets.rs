//! The secrets of a program that count now.

use crate::identity::administered::covers;
use crate::identity::client::ClientSecret;
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl IdentityService {
    /// The secrets of an account that count now, oldest first: for the account itself, and for whoever may end them. None for anybody else,
    /// and for an account that the caller does not see.
    ///
    /// # Errors
    /// As the database says.
    pub async fn client_secrets(
        &self,
        scope: &Scope,
        reader: &Reader,
        account: AccountId,
    ) -> Result<Vec<ClientSecret>, Failure<IdentityError>> {
        if scope.account() != Some(account) {
            if !scope.permits(Permission::GrantManage) {
                return Ok(vec![]);
            }
            let tx = reader.tx().await?;
            let mut grants = store::grants_of(&tx, &[account]).await?;
            grants.retain(|grant| grant.until.is_none_or(|until| until > tx.now()));
            let seen = store::account_row(&tx, account).await?.is_some();
            if !seen || !covers(&tx, Permission::GrantManage, &grants).await? {
                return Ok(vec![]);
            }
        }
        let own = bare(scope.tenant(), Some(account), None, scope.request_id());
        Ok(store::live_client_secrets(&*self.db().reader(&own).tx().await?, account).await?)
    }
}
