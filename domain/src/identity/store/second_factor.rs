//! Second factors: their row is the account's own, and whether one counts is with the account.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use zeroize::Zeroizing;

use fengqiao_entity::identity::account;
use fengqiao_entity::identity::second_factor::{Column, Entity, Model};
use fengqiao_entity::org::tenant;

use crate::identity::totp::Secret;
use crate::kernel::id::{AccountId, Timestamp};
use crate::store::{Personal, StoreError, Tx};

const TABLE: &str = "second_factors";
const SECRET: Personal = Personal { table: TABLE, column: "secret" };
const RECOVERY: Personal = Personal { table: TABLE, column: "recovery_codes" };

/// The caller's second factor, begun or confirmed. Whoever changes it holds the account.
pub(crate) async fn factor(tx: &Tx, id: AccountId) -> Result<Option<Model>, StoreError> {
    tx.select::<Entity>().filter(Column::AccountId.eq(id)).one().await
}

/// What its codes are made from; none once it was removed.
pub(crate) fn secret(tx: &Tx, factor: &Model) -> Result<Option<Secret>, StoreError> {
    let Some(sealed) = &factor.secret else { return Ok(None) };
    let bytes = tx.unseal_bytes(SECRET, factor.account_id.uuid(), sealed)?;
    Ok(Some(Secret::of(Zeroizing::new(bytes))))
}

/// What is kept of a recovery code: a digest under a key that is not in the database.
pub(crate) fn recovery_digest(tx: &Tx, id: AccountId, code: &str) -> Result<Vec<u8>, StoreError> {
    Ok(tx.blind(RECOVERY, &format!("{id}:{code}"))?.0)
}

/// What may be kept of a recovery code: its digest under each key in use.
pub(crate) fn recovery_digests(tx: &Tx, id: AccountId, code: &str) -> Result<Vec<Vec<u8>>, StoreError> {
    Ok(tx.blinds(RECOVERY, &format!("{id}:{code}"))?.into_iter().map(|digest| digest.0).collect())
}

/// Puts a secret that does not count yet in place of whatever was there.
pub(crate) async fn begin_factor(tx: &Tx, id: AccountId, secret: &Secret) -> Result<(), StoreError> {
    let sealed = tx.seal_bytes(SECRET, id.uuid(), secret.bytes())?;
    let changed = tx
        .update::<Entity>()
        .set(Column::Secret, Expr::val(Some(sealed.clone())))
        .set(Column::BegunAt, Expr::val(tx.now()))
        .set(Column::ConfirmedAt, Expr::val(None::<Timestamp>))
        .set(Column::LastStep, Expr::val(0_i64))
        .set(Column::RecoveryCodes, Expr::val(Vec::<u8>::new()))
        .filter(Column::AccountId.eq(id))
        .run()
        .await?;
    if changed > 0 {
        return Ok(());
    }
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        account_id: id,
        secret: Some(sealed),
        begun_at: tx.now(),
        confirmed_at: None,
        last_step: 0,
        recovery_codes: vec![],
    })
    .await
}

/// Lets it count from now on.
pub(crate) async fn confirm_factor(
    tx: &Tx,
    id: AccountId,
    step: i64,
    recovery_codes: Vec<u8>,
) -> Result<(), StoreError> {
    tx.update::<Entity>()
        .set(Column::ConfirmedAt, Expr::val(tx.now()))
        .set(Column::LastStep, Expr::val(step))
        .set(Column::RecoveryCodes, Expr::val(recovery_codes))
        .filter(Column::AccountId.eq(id))
        .run()
        .await?;
    set_since(tx, id, Some(tx.now())).await
}

/// Uses up the code of a step, and those of the steps before it.
pub(crate) async fn use_step(tx: &Tx, id: AccountId, step: i64) -> Result<(), StoreError> {
    let rows = tx.update::<Entity>().set(Column::LastStep, Expr::val(step));
    rows.filter(Column::AccountId.eq(id)).run().await.map(drop)
}

/// The recovery codes that are left.
pub(crate) async fn keep_recovery_codes(tx: &Tx, id: AccountId, digests: Vec<u8>) -> Result<(), StoreError> {
    let rows = tx.update::<Entity>().set(Column::RecoveryCodes, Expr::val(digests));
    rows.filter(Column::AccountId.eq(id)).run().await.map(drop)
}

/// Removes the caller's own.
pub(crate) async fn remove_factor(tx: &Tx, id: AccountId) -> Result<(), StoreError> {
    tx.update::<Entity>()
        .set(Column::Secret, Expr::val(None::<Vec<u8>>))
        .set(Column::ConfirmedAt, Expr::val(None::<Timestamp>))
        .set(Column::RecoveryCodes, Expr::val(Vec::<u8>::new()))
        .filter(Column::AccountId.eq(id))
        .run()
        .await?;
    end_factor(tx, id).await
}

/// Lets an account's second factor count no more: what is left of it is its own, and counts for nothing.
pub(crate) async fn end_factor(tx: &Tx, id: AccountId) -> Result<(), StoreError> {
    set_since(tx, id, None).await
}

async fn set_since(tx: &Tx, id: AccountId, since: Option<Timestamp>) -> Result<(), StoreError> {
    tx.update::<account::Entity>()
        .set(account::Column::SecondFactorAt, Expr::val(since))
        .set(account::Column::Version, Expr::col(account::Column::Version).add(1))
        .filter(account::Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

/// The code of the caller's tenant.
pub(crate) async fn tenant_code(tx: &Tx) -> Result<String, StoreError> {
    let row = tx.select::<tenant::Entity>().one().await?;
    row.map(|row| row.code).ok_or_else(|| StoreError::corrupt("tenants", "code", tx.scope().tenant()))
}
