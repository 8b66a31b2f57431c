//! Giving somebody a first password, or another one in place of what they forgot.

use serde_json::json;

use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::granting;
use crate::identity::model::FirstPassword;
use crate::identity::service::account_disable::{held_by_covered, is_protected};
use crate::identity::service::{IdentityService, acting};
use crate::identity::store;
use crate::identity::totp::{no_chance, recovery_code};
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;

impl IdentityService {
    /// Makes a password for an account and tells it, this once: whoever it is handed to sets one of their own when they sign in, within
    /// the time for it. Every session of the account ends, and nobody else's word opens one until it is linked again. An idempotency key means nothing: what was told is kept nowhere, and who asks again
    /// makes another.
    ///
    /// Whoever does it could sign in as the account: they must be able to grant all that it holds or will hold. Nobody does it to
    /// themselves, for a stolen session would make a password of its own, nor to a separated administrator, for the three would be one;
    /// whoever runs the machine gives these another.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::NotFound`];
    /// [`IdentityError::NotPermitted`]; [`IdentityError::AccountDisabled`].
    pub async fn account_reset_password(
        &self,
        scope: &Scope,
        id: AccountId,
    ) -> Result<FirstPassword, Failure<IdentityError>> {
        if !scope.permits(Permission::GrantManage) {
            return Err(Failure::Denied);
        }
        let password = recovery_code().ok_or_else(no_chance)?;
        let digest = self.passwords().hash(&password).await?;
        let mut tx = self.begin_own(scope).await?;
        let grants = held_by_covered(&tx, Permission::GrantManage, id).await?;
        let own = acting(&tx) == Some(id) && !mutant::active(Mutant::OwnReset);
        if own || is_protected(&tx, &grants) || !granting::may_take_all(&tx, &grants).await? {
            return Err(Failure::user("accountId", IdentityError::NotPermitted));
        }
        let row = store::account_row(&tx, id).await?;
        if row.is_none_or(|row| row.state != "active") {
            return Err(Failure::user("accountId", IdentityError::AccountDisabled));
        }
        store::sign_account_out(&tx, id, self.ended_at(&tx)).await?;
        let given = tx.now();
        tx.audit("account.reset_password", &id, json!({ "method": "administrator" }));
        // As the account itself: nobody else's scope reaches a credential.
        tx.act_in(&bare(scope.tenant(), Some(id), None, scope.request_id())).await?;
        store::set_password(&tx, id, digest.given(), self.settings().password.kept).await?;
        store::end_externals(&tx, id).await?;
        tx.act_in(scope).await?;
        let account = self.shut_out(tx, id, Some("account.password_reset")).await?;
        Ok(FirstPassword { account, password, lapses_at: self.settings().password.lapse(given) })
    }
}
