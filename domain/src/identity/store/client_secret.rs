//! Secrets of programs: rows of their account, which nobody else's scope reaches.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use zeroize::Zeroizing;

use fengqiao_entity::identity::client_secret::{Column, Entity, Model};

use crate::identity::client::ClientSecret;
use crate::kernel::id::{AccountId, ClientSecretId};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::signature::Secret;
use crate::store::{Personal, StoreError, Tx};

const TABLE: &str = "client_secrets";
const SECRET: Personal = Personal { table: TABLE, column: "secret" };

fn value(row: &Model) -> Result<ClientSecret, StoreError> {
    let bad = |column, text: &str| StoreError::corrupt(TABLE, column, text);
    Ok(ClientSecret {
        id: row.id,
        account: row.account_id,
        name: row.name.clone(),
        proof: row.proof.parse().map_err(|_| bad("proof", &row.proof))?,
        permissions: match &row.permissions {
            Some(text) => Some(read(text).ok_or_else(|| bad("permissions", text))?),
            None => None,
        },
        created_at: row.created_at,
        expires_at: row.expires_at,
        used_at: row.used_at,
        revoked_at: row.revoked_at,
    })
}

/// What a release no longer knows counts for nothing.
fn read(text: &str) -> Option<PermissionSet> {
    let names: Vec<String> = serde_json::from_str(text).ok()?;
    Some(names.iter().filter_map(|name| name.parse::<Permission>().ok()).collect())
}

fn written(permissions: PermissionSet) -> String {
    let names: Vec<&'static str> = permissions.iter().map(Into::into).collect();
    serde_json::json!(names).to_string()
}

/// Inserts one.
pub(crate) async fn insert_client_secret(
    tx: &Tx,
    new: &ClientSecret,
    (secret, by): (&Secret, Option<AccountId>),
) -> Result<(), StoreError> {
    let proof: &'static str = new.proof.into();
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        account_id: new.account,
        name: new.name.clone(),
        proof: proof.to_owned(),
        permissions: new.permissions.map(written),
        secret: tx.seal_bytes(SECRET, new.id.uuid(), secret.bytes())?,
        created_at: new.created_at,
        created_by: by,
        expires_at: new.expires_at,
        used_at: None,
        revoked_at: None,
    })
    .await
}

/// One of an account's.
pub(crate) async fn client_secret(tx: &Tx, id: ClientSecretId) -> Result<Option<ClientSecret>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    row.as_ref().map(value).transpose()
}

fn opened(tx: &Tx, row: &Model) -> Result<(ClientSecret, Secret), StoreError> {
    let bytes = Zeroizing::new(tx.unseal_bytes(SECRET, row.id.uuid(), &row.secret)?);
    Ok((value(row)?, Secret::of(bytes)))
}

async fn live_rows(tx: &Tx, account: AccountId) -> Result<Vec<Model>, StoreError> {
    let live = Column::RevokedAt.is_null().and(Column::ExpiresAt.gt(tx.now()));
    let rows = tx.select::<Entity>().filter(Column::AccountId.eq(account)).filter(live);
    let mut rows = rows.all().await?;
    rows.sort_by_key(|row| (row.created_at, row.id));
    Ok(rows)
}

/// Those of an account that count now, oldest first.
pub(crate) async fn live_client_secrets(
    tx: &Tx,
    account: AccountId,
) -> Result<Vec<ClientSecret>, StoreError> {
    live_rows(tx, account).await?.iter().map(value).collect()
}

/// The same, with what is shown or signed with.
pub(crate) async fn opened_client_secrets(
    tx: &Tx,
    account: AccountId,
) -> Result<Vec<(ClientSecret, Secret)>, StoreError> {
    live_rows(tx, account).await?.iter().map(|row| opened(tx, row)).collect()
}

/// Writes down that one is used now.
pub(crate) async fn note_client_use(tx: &Tx, id: ClientSecretId) -> Result<(), StoreError> {
    let row = tx.update::<Entity>().set(Column::UsedAt, Expr::val(tx.now()));
    row.filter(Column::Id.eq(id)).run().await.map(drop)
}

/// Ends all of an account.
pub(crate) async fn revoke_client_secrets(tx: &Tx, account: AccountId) -> Result<(), StoreError> {
    let rows = tx.update::<Entity>().set(Column::RevokedAt, Expr::val(tx.now()));
    let unended = Column::AccountId.eq(account).and(Column::RevokedAt.is_null());
    rows.filter(unended).run().await.map(drop)
}

/// Ends one: whether nobody had.
pub(crate) async fn revoke_client_secret(tx: &Tx, id: ClientSecretId) -> Result<bool, StoreError> {
    let row = tx.update::<Entity>().set(Column::RevokedAt, Expr::val(tx.now()));
    Ok(row.filter(Column::Id.eq(id).and(Column::RevokedAt.is_null())).run().await? == 1)
}
