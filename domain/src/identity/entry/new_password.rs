//! Opening a session with a password, and with a new one where it must be changed.

use fengqiao_entity::identity::credential;
use serde_json::Value;

use crate::identity::command::SignIn;
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::password::PasswordDigest;
use crate::identity::password_rules::Standing;
use crate::identity::service::{IdentityService, end_others};
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::mutant::{self, Mutant};
use crate::store::{StoreError, Tx, WriteTx};

/// What is wrong with what was shown, and where.
pub(super) type Wrong = (&'static str, IdentityError);

impl IdentityService {
    /// The new password that a session is opened with, none where the present one stays: if it is not opened, what is wrong, and where.
    pub(super) async fn stands(
        &self,
        tx: &Tx,
        (row, asked): (&credential::Model, &SignIn),
        new: Option<Result<PasswordDigest, IdentityError>>,
    ) -> Result<Result<Option<PasswordDigest>, Wrong>, StoreError> {
        let standing = self.settings().password.standing(row, tx.now());
        let required = Err(("newPassword", IdentityError::PasswordChangeRequired));
        Ok(match (standing, new) {
            (Standing::Lapsed, _) => Err(("password", IdentityError::PasswordLapsed)),
            (_, Some(new)) => new.map(Some).map_err(|error| ("newPassword", error)),
            // It was not looked at, for the account had a second factor then.
            (_, None) if asked.new_password.is_some() => required,
            (Standing::InForce, None) => Ok(None),
            (Standing::ChangeRequired, None) if mutant::active(Mutant::GivenStays) => Ok(None),
            // Who runs a program is not there when it signs in.
            (Standing::ChangeRequired, None)
                if row.given_at.is_none() && self.is_program(tx, row.account_id).await? =>
            {
                Ok(None)
            }
            (Standing::ChangeRequired, None) => required,
        })
    }

    /// Opens a session, and puts the new password in place of the present one, if there is a new one: what was opened before ends.
    pub(super) async fn open_by_password(
        &self,
        (mut tx, account): (WriteTx, AccountId),
        new: Option<PasswordDigest>,
        how: Value,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let Some(digest) = new else { return self.open_session(tx, account, how).await };
        store::set_password(&tx, account, digest, self.settings().password.kept).await?;
        let row = store::account_row(&tx, account).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("accounts", "id", account))?;
        let ended = end_others(&mut tx, &row, None).await?;
        tx.audit("account.change_password", &account, serde_json::json!({ "sessions": ended }));
        let tenant = tx.scope().tenant();
        let tokens = self.open_session(tx, account, how).await?;
        self.cache().drop_account(tenant, account);
        Ok(tokens)
    }

    /// Whether everything that an account holds now is for programs.
    pub(in crate::identity) async fn is_program(
        &self,
        tx: &Tx,
        account: AccountId,
    ) -> Result<bool, StoreError> {
        let grants = store::grants_in_force(tx, account).await?;
        Ok(!grants.is_empty() && grants.iter().all(|grant| grant.role.is_program()))
    }
}
