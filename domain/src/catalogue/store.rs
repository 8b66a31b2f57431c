//! Rows of the catalogue slice to values and back.

use std::str::FromStr;
use std::sync::Arc;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};

use fengqiao_entity::catalogue::{category, duty};

use crate::catalogue::model::{Category, Duty};
use crate::catalogue::tree::Tree;
use crate::kernel::calendar::Limit;
use crate::kernel::id::{CategoryId, DutyId, Timestamp};
use crate::kernel::place::Sensitivity;
use crate::store::{Derived, StoreError, Tx, one_of};

fn parsed<T: FromStr>(table: &str, column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(table, column, text))
}

/// A bounded number as its column has it.
fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A category's row as a value.
pub(super) fn category(row: category::Model) -> Result<Category, StoreError> {
    let limit = match (row.limit_amount, row.limit_kind) {
        (Some(amount), Some(kind)) => Some(
            Limit::parsed(amount, &kind)
                .ok_or_else(|| StoreError::corrupt("categories", "limit_kind", kind))?,
        ),
        _ => None,
    };
    Ok(Category {
        id: row.id,
        parent: row.parent_id,
        level: u32::try_from(row.level).map_err(|_| StoreError::corrupt("categories", "level", row.level))?,
        code: row.code,
        name_zh: row.name_zh,
        name_en: row.name_en,
        limit,
        organisation_kind: row.organisation_kind,
        routing: row.routing.map(|routing| parsed("categories", "routing", &routing)).transpose()?,
        similar_metres: row.similar_metres.and_then(|metres| u32::try_from(metres).ok()),
        similar_hours: row.similar_hours.and_then(|hours| u32::try_from(hours).ok()),
        sensitivity: Sensitivity::from_rank(row.sensitivity),
        national_code: row.national_code,
        active: row.active,
        version: row.version,
    })
}

/// A category as a row; the tenant is stamped on insert.
pub(super) fn row(tx: &Tx, category: &Category) -> category::Model {
    let (limit_amount, limit_kind) = category.limit.map(Limit::columns).unzip();
    category::Model {
        tenant_id: tx.scope().tenant(),
        id: category.id,
        parent_id: category.parent,
        level: i32::try_from(category.level).unwrap_or(i32::MAX),
        code: category.code.clone(),
        name_zh: category.name_zh.clone(),
        name_en: category.name_en.clone(),
        limit_amount,
        limit_kind,
        organisation_kind: category.organisation_kind.clone(),
        routing: category.routing.map(|routing| <&str>::from(routing).to_owned()),
        similar_metres: category.similar_metres.map(column),
        similar_hours: category.similar_hours.map(column),
        sensitivity: category.sensitivity.rank(),
        national_code: category.national_code.clone(),
        active: category.active,
        version: category.version,
    }
}

/// A category by id.
pub(super) async fn by_id(tx: &Tx, id: CategoryId) -> Result<Option<Category>, StoreError> {
    tx.select::<category::Entity>().filter(category::Column::Id.eq(id)).one().await?.map(category).transpose()
}

/// Categories by id, in no order; unknown ids are left out.
pub(super) async fn by_ids(tx: &Tx, ids: &[CategoryId]) -> Result<Vec<Category>, StoreError> {
    let tree = tree(tx).await?;
    let (found, missing): (Vec<_>, Vec<_>) = ids.iter().partition(|id| tree.get(**id).is_some());
    let mut found: Vec<Category> = found.into_iter().filter_map(|id| tree.get(id).cloned()).collect();
    if !missing.is_empty() {
        found.extend(made_since(tx, &missing).await?);
    }
    Ok(found)
}

async fn made_since(tx: &Tx, ids: &[CategoryId]) -> Result<Vec<Category>, StoreError> {
    let wanted = one_of(category::Column::Id.into_expr(), ids.iter().copied());
    let rows = tx.select::<category::Entity>().filter(wanted).all().await?;
    rows.into_iter().map(category).collect()
}

/// A category by its code.
pub(super) async fn by_code(tx: &Tx, code: &str) -> Result<Option<Category>, StoreError> {
    let rows = tx.select::<category::Entity>().filter(category::Column::Code.eq(code));
    rows.one().await?.map(category).transpose()
}

/// Every category of the tenant.
pub(super) async fn all(tx: &Tx) -> Result<Vec<Category>, StoreError> {
    let rows = tx.select::<category::Entity>().all().await?;
    rows.into_iter().map(category).collect()
}

impl Derived for Tree {
    async fn derive(tx: &Tx) -> Result<Self, StoreError> {
        Ok(Self::new(all(tx).await?))
    }
}

/// The tree of the tenant.
pub(super) async fn tree(tx: &Tx) -> Result<Arc<Tree>, StoreError> {
    match tx.standing::<Tree>().await? {
        Some(tree) => Ok(tree),
        None => Ok(Arc::new(Tree::derive(tx).await?)),
    }
}

/// Writes a category if its version is still `expected`: whether it was.
pub(super) async fn update(tx: &Tx, category: &Category, expected: i64) -> Result<bool, StoreError> {
    let (limit_amount, limit_kind) = category.limit.map(Limit::columns).unzip();
    let changed = tx
        .update::<category::Entity>()
        .set(category::Column::NameZh, Expr::val(category.name_zh.clone()))
        .set(category::Column::NameEn, Expr::val(category.name_en.clone()))
        .set(category::Column::LimitAmount, Expr::val(limit_amount))
        .set(category::Column::LimitKind, Expr::val(limit_kind))
        .set(category::Column::OrganisationKind, Expr::val(category.organisation_kind.clone()))
        .set(category::Column::Routing, Expr::val(category.routing.map(<&str>::from)))
        .set(category::Column::SimilarMetres, Expr::val(category.similar_metres.map(column)))
        .set(category::Column::SimilarHours, Expr::val(category.similar_hours.map(column)))
        .set(category::Column::Sensitivity, Expr::val(category.sensitivity.rank()))
        .set(category::Column::NationalCode, Expr::val(category.national_code.clone()))
        .set(category::Column::Active, Expr::val(category.active))
        .set(category::Column::Version, Expr::val(category.version))
        .filter(category::Column::Id.eq(category.id).and(category::Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(changed == 1)
}

/// A duty's row as a value.
pub(super) fn duty(row: &duty::Model) -> Duty {
    Duty {
        id: row.id,
        category: row.category_id,
        organisation: row.organisation_id,
        unit: row.unit_id,
        since: row.since_at,
        until: (row.until_at < i64::MAX).then_some(Timestamp(row.until_at)),
    }
}

/// A duty as a row; the tenant is stamped on insert.
pub(super) fn duty_row(tx: &Tx, duty: &Duty) -> duty::Model {
    duty::Model {
        tenant_id: tx.scope().tenant(),
        id: duty.id,
        category_id: duty.category,
        organisation_id: duty.organisation,
        unit_id: duty.unit,
        since_at: duty.since,
        until_at: duty.until.map_or(i64::MAX, Timestamp::micros),
    }
}

/// That a duty lasts.
pub(super) fn lasting() -> SimpleExpr {
    duty::Column::UntilAt.eq(i64::MAX)
}

/// A duty, whether it lasts or not.
pub(super) async fn duty_by_id(tx: &Tx, id: DutyId) -> Result<Option<Duty>, StoreError> {
    let row = tx.select::<duty::Entity>().filter(duty::Column::Id.eq(id)).one().await?;
    Ok(row.as_ref().map(duty))
}

/// Ends a duty that lasts: whether it did.
pub(super) async fn end_duty(tx: &Tx, ended: &Duty) -> Result<bool, StoreError> {
    let until = ended.until.map_or(i64::MAX, Timestamp::micros);
    let changed = tx
        .update::<duty::Entity>()
        .set(duty::Column::UntilAt, Expr::val(until))
        .filter(duty::Column::Id.eq(ended.id).and(lasting()))
        .run()
        .await?;
    Ok(changed == 1)
}

/// The duties of a tenant that last, in memory: every report asks for them.
pub(super) struct Duties(pub(super) Vec<Duty>);

impl Derived for Duties {
    async fn derive(tx: &Tx) -> Result<Self, StoreError> {
        let rows = tx.select::<duty::Entity>().filter(lasting()).all().await?;
        Ok(Self(rows.iter().map(duty).collect()))
    }
}

/// The duties of the tenant that last.
pub(super) async fn duties(tx: &Tx) -> Result<Arc<Duties>, StoreError> {
    match tx.standing::<Duties>().await? {
        Some(duties) => Ok(duties),
        None => Ok(Arc::new(Duties::derive(tx).await?)),
    }
}
