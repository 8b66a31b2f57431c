//! The account that somebody of another tenant has here: it has no password, holds one role for a time, and is disabled afterwards.

use serde_json::json;

use crate::identity::command::{GrantRole, NewAccount, name};
use crate::identity::error::IdentityError;
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::role::Role;
use crate::identity::service::insert_account;
use crate::identity::telling::{Changed, access_changed};
use crate::identity::{granting, store};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, CategoryId, RoleGrantId, Timestamp};
use crate::store::{StoreError, WriteTx};

/// Whoever comes, and what they may read.
pub(crate) struct Guest<'a> {
    /// What they are called.
    pub(crate) name: &'a str,
    /// The district, or a town of it.
    pub(crate) target: GrantTarget,
    /// The categories; none is every category.
    pub(crate) categories: Vec<CategoryId>,
    /// First instant.
    pub(crate) since: Timestamp,
    /// First instant after it.
    pub(crate) until: Timestamp,
}

/// Makes the account of somebody who comes, and lends it the role of an overseer.
///
/// # Errors
/// What is wrong with the name, under `name`, or with the target, under `target`; what the caller may not lend.
pub(crate) async fn admit(
    tx: &mut WriteTx,
    guest: Guest<'_>,
) -> Result<(AccountId, RoleGrant), Failure<IdentityError>> {
    let name = name(guest.name).map_err(|error| Failure::user("name", error))?;
    let id: AccountId = tx.new_id();
    let login = format!("o-{}", id.uuid().simple());
    insert_account(tx, id, NewAccount { login: login.clone(), name, phone: None }, None).await?;
    tx.audit("account.create", &id, json!({ "login": login }));
    let lent = GrantRole {
        account: id,
        role: Role::Overseer,
        target: guest.target,
        since: Some(guest.since),
        until: Some(guest.until),
        categories: guest.categories,
        ceiling: None,
    };
    let grant = granting::lend(tx, lent).await?;
    Ok((id, grant))
}

/// Takes back what was lent, and disables the account, whose sessions end at this instant.
///
/// # Errors
/// [`IdentityError::NotPermitted`] when the caller could not lend it.
pub(crate) async fn dismiss(
    tx: &mut WriteTx,
    (account, grant): (AccountId, RoleGrantId),
    at: Timestamp,
) -> Result<(), Failure<IdentityError>> {
    let now = tx.now();
    granting::take_back(tx, grant, now).await?;
    if !store::disable_account(tx, account, at).await? {
        return Ok(());
    }
    let disabled = store::accounts(tx, &[account]).await?.pop();
    let disabled = disabled.ok_or_else(|| StoreError::corrupt("accounts", "id", account))?;
    tx.audit("account.disable", &account, json!({}));
    let (id, version) = (account.uuid(), disabled.version);
    access_changed(tx, account, Changed { aggregate: "account", id, version, name: "account.disabled" });
    Ok(())
}
