//! Plans: headcounts and the staffing rule. Both only grow: what holds is the latest row.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::staff::{headcount, staffing_rule};

use crate::kernel::id::{HeadcountId, PostKindId, StaffingRuleId, Timestamp, UnitId};
use crate::staff::model::{Headcount, Requirement, StaffingRule};
use crate::store::{StoreError, Tx};

/// The name under which plans are counted.
pub(crate) const HEADCOUNTS: &str = "headcount";
/// The name under which staffing rules are counted.
pub(crate) const RULES: &str = "staffing_rule";

/// A headcount as a row; the tenant is stamped on insert.
pub(crate) fn headcount_row(tx: &Tx, plan: &Headcount, serial: i64) -> headcount::Model {
    headcount::Model {
        tenant_id: tx.scope().tenant(),
        id: plan.id,
        unit_id: plan.unit,
        post_kind_id: plan.post_kind,
        since_at: plan.since,
        serial,
        planned: i32::try_from(plan.planned).unwrap_or(i32::MAX),
        set_by: tx.scope().account(),
    }
}

fn value(row: &headcount::Model) -> Headcount {
    Headcount {
        id: row.id,
        unit: row.unit_id,
        post_kind: row.post_kind_id,
        planned: u32::try_from(row.planned).unwrap_or_default(),
        since: row.since_at,
    }
}

/// A headcount by id.
pub(crate) async fn headcount(tx: &Tx, id: HeadcountId) -> Result<Option<Headcount>, StoreError> {
    let row = tx.select::<headcount::Entity>().filter(headcount::Column::Id.eq(id)).one().await?;
    Ok(row.as_ref().map(value))
}

/// What holds at an instant for each unit and kind of post.
pub(crate) async fn headcounts(
    tx: &Tx,
    at: Timestamp,
) -> Result<BTreeMap<(UnitId, PostKindId), u32>, StoreError> {
    let rows = tx
        .select::<headcount::Entity>()
        .filter(headcount::Column::SinceAt.lte(at))
        .order_by(headcount::Column::SinceAt, Order::Asc)
        .order_by(headcount::Column::Serial, Order::Asc)
        .all()
        .await?;
    Ok(rows.iter().map(value).map(|plan| ((plan.unit, plan.post_kind), plan.planned)).collect())
}

/// A staffing rule as a row; the tenant is stamped on insert.
pub(crate) fn rule_row(
    tx: &Tx,
    id: StaffingRuleId,
    serial: i64,
    requirements: &[Requirement],
) -> Result<staffing_rule::Model, StoreError> {
    let requirements = serde_json::to_string(requirements);
    Ok(staffing_rule::Model {
        tenant_id: tx.scope().tenant(),
        id,
        since_at: tx.now(),
        serial,
        requirements: requirements.map_err(|error| StoreError::Internal(error.to_string()))?,
        set_by: tx.scope().account(),
    })
}

fn rule_value(row: &staffing_rule::Model) -> Result<StaffingRule, StoreError> {
    let requirements = serde_json::from_str(&row.requirements);
    let requirements =
        requirements.map_err(|_| StoreError::corrupt("staffing_rules", "requirements", &row.requirements))?;
    Ok(StaffingRule { id: Some(row.id), since: Some(row.since_at), requirements })
}

/// The staffing rule that holds at an instant, if the tenant set one.
pub(crate) async fn rule(tx: &Tx, at: Timestamp) -> Result<Option<StaffingRule>, StoreError> {
    let row = tx
        .select::<staffing_rule::Entity>()
        .filter(staffing_rule::Column::SinceAt.lte(at))
        .order_by(staffing_rule::Column::SinceAt, Order::Desc)
        .order_by(staffing_rule::Column::Serial, Order::Desc)
        .limit(1)
        .one()
        .await?;
    row.as_ref().map(rule_value).transpose()
}

/// A staffing rule by id.
pub(crate) async fn rule_by_id(tx: &Tx, id: StaffingRuleId) -> Result<Option<StaffingRule>, StoreError> {
    let row = tx.select::<staffing_rule::Entity>().filter(staffing_rule::Column::Id.eq(id)).one().await?;
    row.as_ref().map(rule_value).transpose()
}
