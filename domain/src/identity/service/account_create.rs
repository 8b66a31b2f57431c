//! Creating an account.

use serde_json::json;

use fengqiao_entity::identity::account;

use crate::identity::command::{CreateAccount, NewAccount};
use crate::identity::error::IdentityError;
use crate::identity::model::Account;
use crate::identity::password::{PasswordDigest, WantedPassword};
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx};

impl IdentityService {
    /// Creates an account, which may do nothing until a role is granted to it.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::AccountManage`]; [`IdentityError::LoginTaken`]; what is
    /// wrong with the values.
    pub async fn account_create(
        &self,
        scope: &Scope,
        command: CreateAccount,
    ) -> Result<Account, Failure<IdentityError>> {
        if !scope.permits(Permission::AccountManage) {
            return Err(Failure::Denied);
        }
        let (new, password) = self.parsed(&command).await?;
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.account_again(scope, AccountId::from_uuid(done.id)).await,
        };
        let id = tx.new_id();
        insert(&tx, id, new, password).await.map_err(|fault| login_taken(fault, "login"))?;
        let created = store::accounts(&tx, &[id]).await?.pop();
        let created = created.ok_or_else(|| StoreError::corrupt("accounts", "id", id))?;
        tx.audit("account.create", &id, json!({ "login": created.login }));
        tx.commit(Done { id: id.uuid(), version: created.version }).await?;
        Ok(created)
    }

    /// The command with every value parsed, or every mistake in it.
    async fn parsed(
        &self,
        command: &CreateAccount,
    ) -> Result<(NewAccount, Option<PasswordDigest>), Failure<IdentityError>> {
        let password = match &command.password {
            Some(text) => {
                let known =
                    [command.login.as_str(), &command.name, command.phone.as_deref().unwrap_or_default()];
                let wanted = WantedPassword::of(text, self.settings().password, &known);
                Some(self.passwords().accept(None, wanted).await?).transpose()
            }
            None => Ok(None),
        };
        match (command.parsed(), password) {
            (Ok(new), Ok(password)) => Ok((new, password)),
            (new, password) => {
                let password = password.err().map(|error| Problem::at("password", error));
                Err(Failure::User(new.err().into_iter().flatten().chain(password).collect()))
            }
        }
    }

    /// The account that an earlier use of the key made or changed.
    pub(super) async fn account_again(
        &self,
        scope: &Scope,
        id: AccountId,
    ) -> Result<Account, Failure<IdentityError>> {
        let tx = self.db().reader(scope).tx().await?;
        store::accounts(&tx, &[id]).await?.pop().ok_or_else(|| Failure::user("", IdentityError::NotFound))
    }
}

/// Inserts an account with its first password.
pub(in crate::identity) async fn insert(
    tx: &Tx,
    id: AccountId,
    new: NewAccount,
    password: Option<PasswordDigest>,
) -> Result<(), StoreError> {
    let sealed = store::seal(tx, id, &new.name, new.phone.as_ref())?;
    tx.insert(account::Model {
        tenant_id: tx.scope().tenant(),
        id,
        login: new.login,
        name: sealed.name,
        phone: sealed.phone,
        phone_blind: sealed.phone_blind,
        state: "active".to_owned(),
        sessions_from: Timestamp(0),
        second_factor_at: None,
        created_at: tx.now(),
        version: 1,
    })
    .await?;
    match password {
        Some(digest) => tx.insert(store::credential_row(tx, id, digest.given())).await,
        None => Ok(()),
    }
}

/// The unique key of logins in the caller's words.
pub(super) fn login_taken(fault: StoreError, path: &str) -> Failure<IdentityError> {
    match fault {
        StoreError::Conflict { constraint } if constraint.contains("login") => {
            Failure::user(path, IdentityError::LoginTaken)
        }
        other => other.into(),
    }
}
