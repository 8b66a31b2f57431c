//! Finds cases in which a rung is due, of every tenant: for the worker, which knows no scope. It learns their ids and
//! nothing else.

use uuid::Uuid;

use crate::kernel::id::{CaseId, TenantId};
use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// Read from the index `cases_next_due` alone: the second condition is the one under which a case is in it.
const DUE: &str = "SELECT next_due_at, tenant_id, id FROM cases WHERE next_due_at < $1 \
     AND next_due_at < 9223372036854775807 AND (next_due_at, tenant_id, id) > ($2, $3, $4) \
     AND tenant_id IN (SELECT tenant_id FROM tenants WHERE state = 'open') \
     ORDER BY next_due_at, tenant_id, id LIMIT $5";

/// A case in which a rung was due when it was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DueCase {
    /// When.
    at: i64,
    /// Whose it is.
    pub(crate) tenant: TenantId,
    /// Which it is.
    pub(crate) case: CaseId,
}

type Row = (i64, Uuid, Uuid);

impl Db {
    /// What the worker asks in every round, for whoever measures it.
    #[must_use]
    pub const fn due_statement() -> &'static str {
        DUE
    }

    /// Cases in which a rung is due, the longest due first, after one of them.
    pub(crate) async fn due_cases(
        &self,
        after: Option<DueCase>,
        most: usize,
    ) -> Result<Vec<DueCase>, StoreError> {
        let now = self.now().micros();
        let (at, tenant, case) = after.map_or((i64::MIN, Uuid::nil(), Uuid::nil()), |after| {
            (after.at, after.tenant.uuid(), after.case.uuid())
        });
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<Row> = match self.pools() {
            Pools::Postgres { worker, .. } => {
                let query = sqlx::query_as(DUE).persistent(false);
                query.bind(now).bind(at).bind(tenant).bind(case).bind(most).fetch_all(worker).await?
            }
            Pools::Sqlite { readers, .. } => {
                let query = sqlx::query_as(DUE);
                query.bind(now).bind(at).bind(tenant).bind(case).bind(most).fetch_all(readers).await?
            }
        };
        let due = |(at, tenant, case): Row| DueCase {
            at,
            tenant: TenantId::from_uuid(tenant),
            case: CaseId::from_uuid(case),
        };
        Ok(rows.into_iter().map(due).collect())
    }
}
