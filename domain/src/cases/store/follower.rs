//! Who follows a case, and what they are told of it.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Order};
use serde_json::{Value, json};
use uuid::Uuid;

use fengqiao_entity::cases::case_progress::{Column, Entity, Model};
use fengqiao_entity::cases::{case, case_progress};

use crate::cases::follower::{Follower, MasterProgress};
use crate::cases::model::Case;
use crate::cases::store::{parsed, text};
use crate::kernel::id::{AccountId, CaseId};
use crate::store::{StoreError, Tx, WriteTx, one_of};

/// `[["0193…", "0193…"], …]`: the account and its own case.
pub(super) fn read(column: &str) -> Result<Vec<Follower>, StoreError> {
    let rows: Vec<(Uuid, Uuid)> =
        serde_json::from_str(column).map_err(|_| StoreError::corrupt("cases", "followers", column))?;
    let follower =
        |(account, case)| Follower { account: AccountId::from_uuid(account), case: CaseId::from_uuid(case) };
    Ok(rows.into_iter().map(follower).collect())
}

pub(super) fn written(followers: &[Follower]) -> String {
    let row = |one: &Follower| json!([one.account.uuid(), one.case.uuid()]);
    Value::Array(followers.iter().map(row).collect()).to_string()
}

/// Lets more people follow a case that is held. It is no act: its version stays.
pub(in crate::cases) async fn join(
    tx: &mut WriteTx,
    master: &Case,
    joining: Vec<Follower>,
) -> Result<(), StoreError> {
    if joining.is_empty() {
        return Ok(());
    }
    tell(tx, master, &joining);
    let followers: Vec<Follower> = master.followers.iter().copied().chain(joining).collect();
    let all = written(&followers);
    let rows = tx.update::<case::Entity>().set(case::Column::Followers, Expr::val(all));
    rows.filter(case::Column::Id.eq(master.id)).run().await.map(drop)
}

/// Tells people how a case stands.
pub(in crate::cases) fn tell(tx: &mut WriteTx, case: &Case, followers: &[Follower]) {
    let told: Vec<case_progress::Model> = followers
        .iter()
        .map(|follower| Model {
            tenant_id: tx.scope().tenant(),
            id: tx.new_id(),
            account_id: follower.account,
            case_id: follower.case,
            number: case.number.clone(),
            state: text(case.state),
            at: tx.now(),
            version: case.version,
        })
        .collect();
    tx.insert_late(told);
}

/// The last that the caller was told of what some of their cases are part of.
pub(in crate::cases) async fn last_told(
    tx: &Tx,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, MasterProgress>, StoreError> {
    let wanted = one_of(Column::CaseId.into_expr(), cases.iter().copied());
    let rows = tx.select::<Entity>().filter(wanted);
    let rows = rows
        .order_by(Column::At, Order::Asc)
        .order_by(Column::Version, Order::Asc)
        .order_by(Column::Id, Order::Asc);
    let rows = rows.all().await?;
    let mut told = HashMap::new();
    for row in rows {
        let state = parsed("case_progress", "state", &row.state)?;
        told.insert(row.case_id, MasterProgress { number: row.number, state, at: row.at });
    }
    Ok(told)
}
