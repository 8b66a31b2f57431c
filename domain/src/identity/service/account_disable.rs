//! Disabling an account.

use serde_json::json;

use crate::identity::administered::covers;
use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::model::{Account, RoleGrant};
use crate::identity::service::{IdentityService, acting};
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

impl IdentityService {
    /// Disables an account and ends its sessions, and the secrets of a program. Whoever is known to a provider stays so, and makes
    /// no other account. Disabling it again changes nothing.
    ///
    /// Whoever does it must cover everything the account holds or will hold: a town's administrator cannot
    /// disable someone who holds a post in another town or in the district, nor an account that holds
    /// nothing. A separated administrator is not disabled before the role is revoked, which is another
    /// one's to do: alone, none of them shuts out the others. Nobody disables themselves.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::AccountManage`]; [`IdentityError::NotFound`];
    /// [`IdentityError::NotPermitted`].
    pub async fn account_disable(
        &self,
        scope: &Scope,
        id: AccountId,
    ) -> Result<Account, Failure<IdentityError>> {
        if !scope.permits(Permission::AccountManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.account_again(scope, AccountId::from_uuid(done.id)).await,
        };
        let grants = held_by_covered(&tx, Permission::AccountManage, id).await?;
        if acting(&tx) == Some(id) || is_protected(&tx, &grants) {
            return Err(Failure::user("accountId", IdentityError::NotPermitted));
        }
        let disabled = store::disable_account(&tx, id, self.ended_at(&tx)).await?;
        if disabled {
            tx.audit("account.disable", &id, json!({}));
            // As the account itself: nobody else's scope reaches a secret. Whoever is admitted again proves themselves anew.
            tx.act_in(&bare(scope.tenant(), Some(id), None, scope.request_id())).await?;
            if !mutant::active(Mutant::SecretsOutlive) {
                store::revoke_client_secrets(&tx, id).await?;
            }
            tx.act_in(scope).await?;
        }
        self.shut_out(tx, id, disabled.then_some("account.disabled")).await
    }

    /// Tells everybody that an account's sessions ended, if they did: what it is now.
    pub(super) async fn shut_out(
        &self,
        mut tx: WriteTx,
        id: AccountId,
        told: Option<&'static str>,
    ) -> Result<Account, Failure<IdentityError>> {
        let tenant = tx.scope().tenant();
        let account = store::accounts(&tx, &[id]).await?.pop();
        let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", id))?;
        let version = account.version;
        if let Some(name) = told {
            access_changed(&mut tx, id, Changed { aggregate: "account", id: id.uuid(), version, name });
        }
        tx.commit(Done { id: id.uuid(), version }).await?;
        self.cache().drop_account(tenant, id);
        Ok(account)
    }
}

/// What an account holds or will hold, when the caller's grants with this permission cover all of it. The account is held.
pub(super) async fn held_by_covered(
    tx: &Tx,
    permission: Permission,
    id: AccountId,
) -> Result<Vec<RoleGrant>, Failure<IdentityError>> {
    if store::held_account_row(tx, id).await?.is_none() {
        return Err(Failure::user("accountId", IdentityError::NotFound));
    }
    // Whoever came from another tenant leaves when the leave is taken back, and has nothing of an account of this one.
    if store::was_lent(tx, id).await? {
        return Err(Failure::user("accountId", IdentityError::NotPermitted));
    }
    let mut grants = store::grants_of(tx, &[id]).await?;
    grants.retain(|grant| grant.until.is_none_or(|until| until > tx.now()));
    if covers(tx, permission, &grants).await? {
        Ok(grants)
    } else {
        Err(Failure::user("accountId", IdentityError::NotPermitted))
    }
}

/// Whether somebody who holds these is a separated administrator, whom nobody but the system shuts out.
pub(super) fn is_protected(tx: &Tx, grants: &[RoleGrant]) -> bool {
    let separated = grants.iter().any(|grant| grant.role.is_separated());
    separated && !tx.scope().is_system() && !mutant::active(Mutant::NoMutualProtection)
}
