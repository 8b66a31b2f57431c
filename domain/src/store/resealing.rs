//! Seals anew, under the key that seals now, what is sealed under another one: every column, a row at a time, while servers run.
//!
//! A row changes only if it still holds what was opened, in one short transaction of its own. Whoever changed it meanwhile sealed it
//! themselves, or it is taken again. What was done stays done: whoever begins anew finds what is left.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use crate::kernel::id::{AccountId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::{PlatformScope, Scope};
use crate::kernel::vault::{Cell, Vault, VaultError};
use crate::store::sealed_columns::RECOVERY;
use crate::store::{Begun, Db, Done, SEALED_COLUMNS, SealedColumn, StoreError};

/// Values read at a time. Parts of files that go out are some hundred kibibytes each.
const BATCH: usize = 50;
/// No statement of the transaction is too long.
const PATIENCE: &str = "SELECT set_config('statement_timeout', '0', true)";
/// How often a column is gone over when rows keep changing: whoever changes one seals it under the new key.
const ROUNDS: usize = 5;

/// How many values are under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Where: `table.column`.
    pub place: String,
    /// The key.
    pub key: u32,
    /// How many.
    pub values: u64,
}

/// What became of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Sealed anew.
    pub done: u64,
    /// What somebody else changed meanwhile, and was looked at again.
    pub changed: u64,
    /// What does not open: left as it is.
    pub unreadable: u64,
}

/// Seals anew.
#[derive(Debug)]
pub struct Resealer {
    db: Db,
    platform: PlatformScope,
}

impl Resealer {
    /// Over a store.
    #[must_use]
    pub const fn new(db: Db, platform: PlatformScope) -> Self {
        Self { db, platform }
    }

    /// What is under which key, column by column.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn count(&self) -> Result<Vec<Counted>, StoreError> {
        let mut counted: BTreeMap<(String, u32), u64> = BTreeMap::new();
        for column in &SEALED_COLUMNS {
            for scope in self.scopes(column).await? {
                for row in self.ask(&scope, &counting(column, &own(&scope, column)), vec![]).await? {
                    let key = key_id(&row.try_get::<Vec<u8>>("", "key")?);
                    let values = u64::try_from(row.try_get::<i64>("", "number")?).unwrap_or_default();
                    *counted.entry((format!("{}.{}", column.table, column.column), key)).or_default() +=
                        values;
                }
            }
        }
        Ok(counted.into_iter().map(|((place, key), values)| Counted { place, key, values }).collect())
    }

    /// How many people have recovery codes of before an instant, which count while the key of then is there: those of a second factor in
    /// force.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn recovery_codes(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut people = 0;
        for scope in self.scopes(&RECOVERY).await? {
            let own = own(&scope, &RECOVERY);
            let sql = format!(
                "SELECT count(*) AS number FROM second_factors WHERE tenant_id = $1 AND length(recovery_codes) > 0 \
                 AND confirmed_at < $2{own} AND EXISTS (SELECT 1 FROM accounts a WHERE a.tenant_id = second_factors.tenant_id \
                 AND a.id = second_factors.account_id AND a.second_factor_at = second_factors.confirmed_at)"
            );
            for row in self.ask(&scope, &sql, vec![before.micros().into()]).await? {
                people += u64::try_from(row.try_get::<i64>("", "number")?).unwrap_or_default();
            }
        }
        Ok(people)
    }

    /// Seals a column anew wherever it is under another key than the one that seals. `said` is told after every batch how
    /// far it is.
    ///
    /// # Errors
    /// [`StoreError`] as the database says; what was done until then stays done.
    pub async fn reseal(
        &self,
        column: &SealedColumn,
        mut said: impl FnMut(&Resealed) + Send,
    ) -> Result<Resealed, StoreError> {
        let mut all = Resealed::default();
        for _ in 0..ROUNDS {
            let (before, mut round) = (all, Resealed::default());
            for scope in self.scopes(column).await? {
                let mut after = Uuid::nil();
                loop {
                    let batch = self.under_others(&scope, column, after).await?;
                    for (row, sealed) in &batch {
                        self.row(&scope, column, (*row, sealed), &mut round).await?;
                        after = *row;
                    }
                    all = Resealed {
                        done: before.done + round.done,
                        changed: before.changed + round.changed,
                        unreadable: round.unreadable,
                    };
                    said(&all);
                    if batch.len() < BATCH {
                        break;
                    }
                }
            }
            if round.changed == 0 {
                break;
            }
        }
        Ok(all)
    }

    /// The scopes that together reach every row of a column. SQLite knows no walls but the application's, and none is asked here.
    async fn scopes(&self, column: &SealedColumn) -> Result<Vec<Scope>, StoreError> {
        let mut scopes = vec![];
        for tenant in self.db.lookup_tenants().await? {
            let tenant = TenantId::from_uuid(tenant.tenant.tenant_id);
            let whole = self.platform.enter(tenant);
            if column.own.is_some() && self.db.is_postgres() {
                let accounts =
                    self.ask(&whole, "SELECT id FROM accounts WHERE tenant_id = $1", vec![]).await?;
                for row in accounts {
                    let account = AccountId::from_uuid(row.try_get::<Uuid>("", "id")?);
                    scopes.push(self.platform.enter_for(tenant, account));
                }
            }
            scopes.push(whole);
        }
        Ok(scopes)
    }

    async fn under_others(
        &self,
        scope: &Scope,
        column: &SealedColumn,
        after: Uuid,
    ) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
        let own = own(scope, column);
        let SealedColumn { table, column, row, .. } = column;
        let sql = format!(
            "SELECT {row} AS row_id, {column} AS sealed FROM {table} WHERE tenant_id = $1 AND {row} > $2 \
             AND {column} IS NOT NULL AND substr({column}, 2, 4) <> $3{own} ORDER BY {row} LIMIT {BATCH}"
        );
        let key = self.db.sealing_key()?.to_be_bytes().to_vec();
        let rows = self.ask(scope, &sql, vec![after.into(), key.into()]).await?;
        rows.iter().map(|row| Ok((row.try_get("", "row_id")?, row.try_get("", "sealed")?))).collect()
    }

    async fn row(
        &self,
        scope: &Scope,
        column: &SealedColumn,
        (row, sealed): (Uuid, &Vec<u8>),
        round: &mut Resealed,
    ) -> Result<(), StoreError> {
        let cell = Cell { tenant: scope.tenant(), table: column.table, column: column.column, row };
        let (anew, blind) = match anew(self.db.vault(), &cell, sealed, column) {
            Ok(anew) => anew,
            Err(error) => {
                tracing::error!(table = column.table, column = column.column, %row, %error, "left as it is");
                round.unreadable += 1;
                return Ok(());
            }
        };
        let mut values: Vec<Value> =
            vec![scope.tenant().uuid().into(), row.into(), sealed.clone().into(), anew.into()];
        let mut index = String::new();
        if let (Some(name), Some(blind)) = (column.blind, blind) {
            index = format!(", {name} = $5");
            values.push(blind.into());
        }
        let still = if mutant::active(Mutant::CarelessReseal) {
            "$3 = $3"
        } else {
            &format!("{} = $3", column.column)
        };
        let sql = format!(
            "UPDATE {} SET {} = $4{index} WHERE tenant_id = $1 AND {} = $2 AND {still}",
            column.table, column.column, column.row
        );
        match self.change(scope, &sql, values, row).await {
            // Whoever holds it for long is not waited for.
            Ok(0) | Err(StoreError::Busy(_)) => round.changed += 1,
            Ok(_) => round.done += 1,
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// Runs a question in a snapshot of the scope, whose tenant is its first value.
    #[expect(
        clippy::disallowed_methods,
        reason = "tables by name; the tenant stands in each statement, and PostgreSQL holds the rest"
    )]
    async fn ask(&self, scope: &Scope, sql: &str, more: Vec<Value>) -> Result<Vec<QueryResult>, StoreError> {
        let values: Vec<Value> = std::iter::once(scope.tenant().uuid().into()).chain(more).collect();
        let tx = self.db.snapshot(scope).await?;
        if self.db.is_postgres() && !mutant::active(Mutant::HastyCount) {
            // What counts whole columns takes longer than anything that a caller waits for.
            let patience = Statement::from_string(DbBackend::Postgres, PATIENCE);
            tx.wire().query_one_raw(patience).await?;
        }
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        Ok(tx.wire().query_all_raw(statement).await?)
    }

    /// Runs one change in a transaction of its own: how many rows changed.
    #[expect(clippy::disallowed_methods, reason = "as `ask`")]
    async fn change(
        &self,
        scope: &Scope,
        sql: &str,
        values: Vec<Value>,
        row: Uuid,
    ) -> Result<u64, StoreError> {
        let Begun::Fresh(tx) = self.db.begin(scope).await? else {
            return Err(StoreError::Internal("sealing anew carries no key".to_owned()));
        };
        let statement = Statement::from_sql_and_values(self.backend(), sql, values);
        let changed = tx.wire().execute_raw(statement).await?.rows_affected();
        tx.commit(Done { id: row, version: 0 }).await?;
        Ok(changed)
    }

    fn backend(&self) -> DbBackend {
        if self.db.is_postgres() { DbBackend::Postgres } else { DbBackend::Sqlite }
    }
}

/// Of an account's scope its own rows alone: what it sees besides, the scope of the tenant reaches too.
fn own(scope: &Scope, column: &SealedColumn) -> String {
    match (scope.account(), column.own) {
        (Some(account), Some(which)) => format!(" AND account_id = '{}' AND {which}", account.uuid()),
        _ => String::new(),
    }
}

fn counting(column: &SealedColumn, own: &str) -> String {
    let SealedColumn { table, column, .. } = column;
    format!(
        "SELECT substr({column}, 2, 4) AS key, count(*) AS number FROM {table} \
         WHERE tenant_id = $1 AND {column} IS NOT NULL{own} GROUP BY substr({column}, 2, 4)"
    )
}

fn key_id(bytes: &[u8]) -> u32 {
    bytes.try_into().map(u32::from_be_bytes).unwrap_or_default()
}

/// The same value sealed now, and its blind index where one is wanted.
fn anew(
    vault: &Vault,
    cell: &Cell,
    sealed: &[u8],
    column: &SealedColumn,
) -> Result<(Vec<u8>, Option<Vec<u8>>), VaultError> {
    let clear = vault.open_bytes(cell, &fengqiao_entity::value::SealedBytes(sealed.to_vec()))?;
    let clear = zeroize::Zeroizing::new(clear);
    // The index after the value: a key that begins to seal in between is that of the index at least, and the row is taken again.
    let anew = vault.seal_bytes(cell, &clear)?.0;
    let blind = if column.blind.is_some() {
        let text = std::str::from_utf8(&clear).map_err(|_| VaultError::Altered)?;
        Some(vault.blind(cell.tenant, cell.table, cell.column, text)?.0)
    } else {
        None
    };
    Ok((anew, blind))
}
