//! Ending a secret of a program.

use serde_json::json;

use crate::identity::client::ClientSecret;
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::service::account_disable::held_by_covered;
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, ClientSecretId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError};

impl IdentityService {
    /// Ends a secret of a program, and every token that was given for it: at once here, and on other servers when the event is heard. Ending
    /// it again changes nothing. The caller must cover everything that the account holds.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::NotFound`]; [`IdentityError::NotPermitted`].
    pub async fn client_secret_revoke(
        &self,
        scope: &Scope,
        (account, id): (AccountId, ClientSecretId),
    ) -> Result<ClientSecret, Failure<IdentityError>> {
        if !scope.permits(Permission::GrantManage) {
            return Err(Failure::Denied);
        }
        let own = bare(scope.tenant(), Some(account), None, scope.request_id());
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => {
                let tx = self.db().reader(&own).tx().await?;
                let secret = store::client_secret(&tx, id).await?;
                return secret.ok_or_else(|| Failure::user("clientSecretId", IdentityError::NotFound));
            }
        };
        held_by_covered(&tx, Permission::GrantManage, account).await?;
        // As the account itself: nobody else's scope reaches a secret.
        tx.act_in(&own).await?;
        if store::client_secret(&tx, id).await?.is_none() {
            return Err(Failure::user("clientSecretId", IdentityError::NotFound));
        }
        let ended = store::revoke_client_secret(&tx, id).await?;
        let secret = store::client_secret(&tx, id).await?;
        let secret = secret.ok_or_else(|| StoreError::corrupt("client_secrets", "id", id))?;
        tx.act_in(scope).await?;
        if ended {
            tx.audit("client_secret.revoke", &id, json!({ "account": account.to_string() }));
            let (aggregate, name) = ("session", "session.ended");
            access_changed(&mut tx, account, Changed { aggregate, id: id.uuid(), version: 1, name });
        }
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        self.cache().drop_account(scope.tenant(), account);
        Ok(secret)
    }
}
