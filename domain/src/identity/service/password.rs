//! The caller's own password: whether it was shown, and what takes its place.

use fengqiao_entity::identity::credential;

use crate::identity::error::IdentityError;
use crate::identity::model::PasswordStanding;
use crate::identity::password::{PasswordDigest, Verdict, WantedPassword};
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError};

impl IdentityService {
    /// When the caller's password was set, and until when it counts; none for whoever has none.
    ///
    /// # Errors
    /// [`Failure::Denied`] for the system, which is nobody.
    pub async fn password(
        &self,
        scope: &Scope,
        reader: &Reader,
    ) -> Result<Option<PasswordStanding>, Failure<IdentityError>> {
        let Some(id) = scope.account() else { return Err(Failure::Denied) };
        let tx = reader.tx().await?;
        let Some(row) = store::credential(&tx, id).await? else { return Ok(None) };
        let due_at = match self.settings().password.due(row.changed_at) {
            Some(_) if self.is_program(&tx, id).await? => None,
            due => due,
        };
        Ok(Some(PasswordStanding { changed_at: row.changed_at, due_at }))
    }

    /// The caller's password, if this is it. It is shown in the places, and at the cost, of one that is shown on a device of the account's.
    pub(super) async fn own_password(
        &self,
        scope: &Scope,
        account: AccountId,
        password: &str,
    ) -> Result<Option<credential::Model>, Failure<IdentityError>> {
        let whose = self.admit_own(scope.tenant(), account).await?;
        let row = store::credential(&*self.db().reader(scope).tx().await?, account).await?;
        let hash = row.as_ref().map(|row| row.password_hash.as_str());
        let verdict = self.passwords().verify(Some(&whose), password, hash).await?;
        Ok(row.filter(|_| verdict != Verdict::Wrong))
    }

    /// What a new password of an account is kept as, if it may be one. The scope is the account's own.
    pub(in crate::identity) async fn new_password(
        &self,
        scope: &Scope,
        account: AccountId,
        text: &str,
    ) -> Result<PasswordDigest, Failure<IdentityError>> {
        let rules = self.settings().password;
        let tx = self.db().reader(scope).tx().await?;
        let row = store::accounts(&tx, &[account]).await?.pop();
        let row = row.ok_or_else(|| StoreError::corrupt("accounts", "id", account))?;
        let used = store::credential(&tx, account).await?;
        let used = used.map(|used| store::last_hashes(&used, rules.kept)).transpose()?;
        drop(tx);
        let wanted =
            WantedPassword::of(text, rules, (&row.login, &row.name)).unlike(used.unwrap_or_default());
        let whose =
            Bucket { limited: Limited::Known, tenant: Some(scope.tenant()), whose: account.to_string() };
        let accepted = self.passwords().accept(Some(&whose), wanted).await?;
        accepted.map_err(|error| Failure::user("newPassword", error))
    }
}
