//! Passwords: an account's own row, which nobody else's scope reaches.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::identity::credential::{Column, Entity, Model};

use crate::identity::password::{PasswordDigest, SetBy};
use crate::kernel::id::{AccountId, Timestamp};
use crate::store::{StoreError, Tx};

/// When a password was given, if somebody else set it.
fn given_at(tx: &Tx, digest: &PasswordDigest) -> Option<Timestamp> {
    (digest.by == SetBy::Another).then(|| tx.now())
}

/// The password of an account, if it has one.
pub(crate) async fn credential(tx: &Tx, id: AccountId) -> Result<Option<Model>, StoreError> {
    tx.select::<Entity>().filter(Column::AccountId.eq(id)).one().await
}

/// Hashes of those that an account had last, newest first: the present one and those before it.
pub(crate) fn last_hashes(row: &Model, most: usize) -> Result<Vec<String>, StoreError> {
    let former: Vec<String> = serde_json::from_str(&row.former_hashes)
        .map_err(|_| StoreError::corrupt("credentials", "former_hashes", row.account_id))?;
    Ok(std::iter::once(row.password_hash.clone()).chain(former).take(most).collect())
}

/// Puts a password in place of the account's own, if it has one. Of those before it so many are kept.
pub(crate) async fn set_password(
    tx: &Tx,
    account: AccountId,
    digest: PasswordDigest,
    kept: usize,
) -> Result<(), StoreError> {
    let Some(row) = credential(tx, account).await? else {
        return tx.insert(credential_row(tx, account, digest)).await;
    };
    // The new one is one of those that may not be set again; what somebody gave takes the place of none of them.
    let given = usize::from(row.given_at.is_some());
    let former: Vec<String> = last_hashes(&row, kept.saturating_sub(1) + given)?.split_off(given);
    tx.update::<Entity>()
        .set(Column::GivenAt, Expr::val(given_at(tx, &digest)))
        .set(Column::PasswordHash, Expr::val(digest.hash))
        .set(Column::ChangedAt, Expr::val(tx.now()))
        .set(Column::FormerHashes, Expr::val(serde_json::json!(former).to_string()))
        .filter(Column::AccountId.eq(account))
        .run()
        .await
        .map(drop)
}

/// A credential as a row.
pub(crate) fn credential_row(tx: &Tx, account: AccountId, digest: PasswordDigest) -> Model {
    Model {
        tenant_id: tx.scope().tenant(),
        account_id: account,
        given_at: given_at(tx, &digest),
        password_hash: digest.hash,
        changed_at: tx.now(),
        former_hashes: "[]".to_owned(),
    }
}

/// Puts a stronger hash of the same password in place of `old`.
pub(crate) async fn rehash(tx: &Tx, account: AccountId, old: &str, new: String) -> Result<(), StoreError> {
    let same = Column::AccountId.eq(account).and(Column::PasswordHash.eq(old));
    tx.update::<Entity>().set(Column::PasswordHash, Expr::val(new)).filter(same).run().await.map(drop)
}
