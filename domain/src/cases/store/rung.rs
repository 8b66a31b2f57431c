//! Claims of rungs: what has fired of a case's ladder.

use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::cases::case_rung;

use crate::cases::ladder::FiredRung;
use crate::cases::model::Audience;
use crate::cases::store::{parsed, text};
use crate::kernel::id::CaseId;
use crate::kernel::mutant::{self, Mutant};
use crate::programmes::Programme;
use crate::store::{StoreError, Tx, one_of};

fn value(row: case_rung::Model) -> Result<(CaseId, FiredRung), StoreError> {
    let visit =
        u32::try_from(row.visit).map_err(|_| StoreError::corrupt("case_rungs", "visit", row.visit))?;
    let act = parsed("case_rungs", "act", &row.act)?;
    let fired = FiredRung {
        rung: row.rung,
        visit,
        act,
        due_at: row.due_at,
        fired_at: row.fired_at,
        version: row.version,
    };
    Ok((row.case_id, fired))
}

/// What has fired of a case's ladder, oldest first; nothing is asked where its programme has none.
pub(in crate::cases) async fn of_case(
    tx: &Tx,
    case: CaseId,
    programme: &Programme,
) -> Result<Vec<FiredRung>, StoreError> {
    if programme.rungs.is_empty() {
        return Ok(vec![]);
    }
    Ok(of_cases(tx, &[case]).await?.into_iter().map(|(_, fired)| fired).collect())
}

/// What has fired of the ladders of some cases, oldest first.
pub(in crate::cases) async fn of_cases(
    tx: &Tx,
    cases: &[CaseId],
) -> Result<Vec<(CaseId, FiredRung)>, StoreError> {
    let wanted = one_of(case_rung::Column::CaseId.into_expr(), cases.iter().copied());
    let rows = tx.select::<case_rung::Entity>().filter(wanted);
    let rows = rows.order_by(case_rung::Column::Version, Order::Asc).all().await?;
    rows.into_iter().map(value).collect()
}

/// Claims a rung: whether nobody had before.
pub(in crate::cases) async fn claim(tx: &Tx, case: CaseId, fired: &FiredRung) -> Result<bool, StoreError> {
    let row = case_rung::Model {
        tenant_id: tx.scope().tenant(),
        case_id: case,
        rung: fired.rung.clone(),
        visit: i32::try_from(fired.visit).unwrap_or(i32::MAX),
        act: text(fired.act),
        due_at: fired.due_at,
        fired_at: fired.fired_at,
        version: fired.version,
        // Whoever acts on a case must know what has fired of its ladder.
        audience: Audience::Everyone.rank(),
    };
    if mutant::active(Mutant::NoClaim) {
        return Ok(true);
    }
    match tx.insert(row).await {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
