//! Changing one's own password.

use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::service::password::own_places;
use crate::identity::service::second_factor::own;
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Done, StoreError, WriteTx};

impl IdentityService {
    /// Puts a new password in place of the caller's own, for the present one. Every other session of the account ends, and whatever was linked
    /// with the old one: whoever had learned it is out.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session; [`IdentityError::InvalidCredentials`] for a wrong present one; what is wrong with the
    /// new one; [`Failure::Overloaded`] after too many wrong ones.
    pub async fn password_change(
        &self,
        scope: &Scope,
        present: &str,
        new: &str,
    ) -> Result<(), Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        let (guess, shown) = self.own_password(scope, (account, session), present).await?;
        let wrong = ("account.refuse_password", "password", IdentityError::InvalidCredentials);
        let Some(shown) = shown else {
            let tx = self.begin_own(scope).await?;
            return Err(self.refuse_own(tx, account, wrong).await);
        };
        self.give_back_guess(guess).await;
        let whose = own_places(scope, account);
        let digest = self.new_password(scope, (account, Some(&whose)), new).await?;
        let digest = digest.map_err(|error| Failure::user("newPassword", error))?;
        let mut tx = self.begin_own(scope).await?;
        let row = self.held_own(&tx, (account, session)).await?;
        // Somebody else may have set another meanwhile.
        let present = store::credential(&tx, account).await?;
        let same = present.is_some_and(|present| present.password_hash == shown.password_hash);
        if !same && !mutant::active(Mutant::ChangedBeside) {
            return Err(self.refuse_own(tx, account, wrong).await);
        }
        let kept = self.settings().password.kept;
        store::set_password(&tx, account, digest, kept).await?;
        let ended = end_others(&mut tx, &row, Some(session)).await?;
        tx.audit("account.change_password", &account, json!({ "sessions": ended }));
        tx.commit(Done { id: account.uuid(), version: row.version + 1 }).await?;
        self.cache().drop_account(scope.tenant(), account);
        Ok(())
    }
}

/// Ends what was opened with the password that was there before, and tells everybody: how many sessions ended. The account is held.
pub(in crate::identity) async fn end_others(
    tx: &mut WriteTx,
    row: &fengqiao_entity::identity::account::Model,
    kept: Option<SessionId>,
) -> Result<usize, StoreError> {
    let ended = if mutant::active(Mutant::SessionsOfBefore) {
        vec![]
    } else {
        store::end_sessions(tx, row, kept).await?
    };
    store::end_externals(tx, row.id).await?;
    store::touch_account(tx, row.id).await?;
    let (id, version): (AccountId, i64) = (row.id, row.version + 1);
    let name = "account.password_changed";
    access_changed(tx, id, Changed { aggregate: "account", id: id.uuid(), version, name });
    Ok(ended.len())
}
