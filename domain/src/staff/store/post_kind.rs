//! Kinds of posts.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::staff::post_kind;

use crate::kernel::id::PostKindId;
use crate::staff::model::PostKind;
use crate::staff::store::{parsed, text};
use crate::store::{StoreError, Tx};

const TABLE: &str = "post_kinds";

/// A kind of post as a row; the tenant is stamped on insert.
pub(crate) fn post_kind_row(tx: &Tx, kind: &PostKind) -> post_kind::Model {
    let targets: Vec<&str> = kind.targets.iter().map(|kind| (*kind).into()).collect();
    post_kind::Model {
        tenant_id: tx.scope().tenant(),
        id: kind.id,
        code: kind.code.clone(),
        name_zh: kind.name_zh.clone(),
        name_en: kind.name_en.clone(),
        role: kind.role.map(|role| role.key().to_owned()),
        target_kinds: targets.join(";"),
        exclusive: kind.exclusive,
        employment: text(kind.employment),
        state: text(kind.state),
        version: kind.version,
    }
}

fn value(row: post_kind::Model) -> Result<PostKind, StoreError> {
    let targets = row.target_kinds.split(';').map(|kind| parsed(TABLE, "target_kinds", kind));
    Ok(PostKind {
        id: row.id,
        role: row.role.map(|role| parsed(TABLE, "role", &role)).transpose()?,
        targets: targets.collect::<Result<_, _>>()?,
        employment: parsed(TABLE, "employment", &row.employment)?,
        state: parsed(TABLE, "state", &row.state)?,
        code: row.code,
        name_zh: row.name_zh,
        name_en: row.name_en,
        exclusive: row.exclusive,
        version: row.version,
    })
}

/// Every kind of post by code: some dozens.
pub(crate) async fn post_kinds(tx: &Tx) -> Result<Vec<PostKind>, StoreError> {
    let rows = tx.select::<post_kind::Entity>().order_by(post_kind::Column::Code, Order::Asc).all().await?;
    rows.into_iter().map(value).collect()
}

/// Kinds of posts by id; unknown ids are left out.
pub(crate) async fn post_kinds_by_id(tx: &Tx, ids: &[PostKindId]) -> Result<Vec<PostKind>, StoreError> {
    let found = post_kind::Column::Id.is_in(ids.iter().copied());
    let rows = tx.select::<post_kind::Entity>().filter(found).all().await?;
    rows.into_iter().map(value).collect()
}

/// A kind of post.
pub(crate) async fn post_kind_by_id(tx: &Tx, id: PostKindId) -> Result<Option<PostKind>, StoreError> {
    Ok(post_kinds_by_id(tx, &[id]).await?.pop())
}

/// A kind of post whose row stays locked until the transaction ends, so that of two who appoint to an
/// exclusive one at once the second sees the first.
pub(crate) async fn locked_post_kind(tx: &Tx, id: PostKindId) -> Result<Option<PostKind>, StoreError> {
    let row = tx.select::<post_kind::Entity>().filter(post_kind::Column::Id.eq(id)).lock().one().await?;
    row.map(value).transpose()
}

/// Every kind of post, by code; their rows stay locked until the transaction ends.
pub(crate) async fn locked_post_kinds(tx: &Tx) -> Result<Vec<PostKind>, StoreError> {
    let rows = tx.select::<post_kind::Entity>().order_by(post_kind::Column::Code, Order::Asc).lock().all();
    rows.await?.into_iter().map(value).collect()
}

/// Writes what an update may change, if the version is still `expected`: whether it was.
pub(crate) async fn update_post_kind(tx: &Tx, kind: &PostKind, expected: i64) -> Result<bool, StoreError> {
    use post_kind::Column;
    let changed = tx
        .update::<post_kind::Entity>()
        .set(Column::NameZh, Expr::val(kind.name_zh.clone()))
        .set(Column::NameEn, Expr::val(kind.name_en.clone()))
        .set(Column::Exclusive, Expr::val(kind.exclusive))
        .set(Column::Employment, Expr::val(text(kind.employment)))
        .set(Column::State, Expr::val(text(kind.state)))
        .set(Column::Version, Expr::val(kind.version))
        .filter(Column::Id.eq(kind.id).and(Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(changed == 1)
}
