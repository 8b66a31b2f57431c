//! Cases that are part of others.

use std::collections::HashMap;

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::cases::case::{Column, Entity};

use crate::cases::model::Case;
use crate::cases::store;
use crate::kernel::id::CaseId;
use crate::programmes::CaseState;
use crate::store::{StoreError, Tx, one_of};

/// Most cases that are told of one master.
const MOST_TOLD: usize = 100;
/// Most steps from a case to what it is part of. One step is enough where whoever merged the master saw what was part of
/// it; what they did not see was not moved along.
const MOST_STEPS: usize = 16;

/// What a case is part of in the end: itself when it is part of none. Nothing where the caller does not see the way.
pub(in crate::cases) async fn root(tx: &Tx, case: CaseId) -> Result<Option<CaseId>, StoreError> {
    let mut next = case;
    for _ in 0..MOST_STEPS {
        let Some(known) = store::by_id(tx, next).await? else { return Ok(None) };
        match known.master.filter(|_| known.state == CaseState::Merged) {
            Some(master) => next = master,
            None => return Ok(Some(next)),
        }
    }
    Ok(None)
}

/// What was part of a case becomes part of another. It is no act: their versions stay.
pub(in crate::cases) async fn move_along(tx: &Tx, from: CaseId, to: CaseId) -> Result<(), StoreError> {
    tx.update::<Entity>()
        .set(Column::MasterId, Expr::val(to))
        .filter(Column::MasterId.eq(from))
        .run()
        .await
        .map(drop)
}

/// The cases that are part of these, newest first.
pub(in crate::cases) async fn duplicates(
    tx: &Tx,
    masters: &[CaseId],
) -> Result<HashMap<CaseId, Vec<Case>>, StoreError> {
    let most = MOST_TOLD * masters.len();
    let found = part_of(tx, masters, most).await?;
    let all = found.len() < most;
    let mut told: HashMap<CaseId, Vec<Case>> = HashMap::new();
    if all || masters.len() == 1 {
        for case in found {
            let of_one = case.master.map(|master| told.entry(master).or_default());
            if let Some(of_one) = of_one.filter(|of_one| of_one.len() < MOST_TOLD) {
                of_one.push(case);
            }
        }
        return Ok(told);
    }
    // One has so many that they could leave no room for those of others.
    for master in masters {
        told.insert(*master, part_of(tx, &[*master], MOST_TOLD).await?);
    }
    Ok(told)
}

async fn part_of(tx: &Tx, masters: &[CaseId], most: usize) -> Result<Vec<Case>, StoreError> {
    let wanted = one_of(Column::MasterId.into_expr(), masters.iter().copied());
    let rows = tx.select::<Entity>().filter(wanted);
    let rows = rows.order_by(Column::OpenedAt, Order::Desc).order_by(Column::Id, Order::Desc);
    let rows = rows.limit(u64::try_from(most).unwrap_or(u64::MAX)).all().await?;
    rows.into_iter().map(store::case).collect()
}
