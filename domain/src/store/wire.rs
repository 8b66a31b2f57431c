//! Bridges an open sqlx transaction to sea-orm, which has no `begin_with` of its own.
//!
//! `BEGIN` and the settings of the scope travel in one round trip. sqlx 0.9.0 leaves a connection
//! inside its transaction when `begin` is dropped half-way (transact-rs/sqlx#4385), so `begin` runs in
//! a task of its own here and the pools roll back on release: each guard alone suffices.

use std::fmt::Write as _;
use std::time::Duration;

use sea_orm::sea_query::{Value, Values};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Pool, Postgres, Sqlite, Transaction};
use tokio::sync::Mutex;

use crate::kernel::meter::Meter;
use crate::kernel::mutant::{self, Mutant};
use crate::store::StoreError;
use crate::store::db::within;

/// An open transaction on either database.
pub(super) struct Wire {
    inner: Inner,
    meter: Meter,
}

enum Inner {
    Postgres(Mutex<Transaction<'static, Postgres>>),
    Sqlite(Mutex<Transaction<'static, Sqlite>>),
}

impl Wire {
    /// Begins on PostgreSQL. `begin` is `BEGIN …; SELECT set_config(…)`, of a closed alphabet; a server that says
    /// nothing to it for longer than `patience` is given up, for its connection would keep its place for ever.
    pub(super) async fn postgres(
        pool: &Pool<Postgres>,
        begin: String,
        patience: Duration,
        meter: Meter,
    ) -> Result<Self, StoreError> {
        let limit = pool.options().get_acquire_timeout() + patience;
        let transaction = guarded(pool.clone(), begin, Some(limit)).await?;
        Ok(Self { inner: Inner::Postgres(Mutex::new(transaction)), meter })
    }

    /// Begins on SQLite.
    pub(super) async fn sqlite(pool: &Pool<Sqlite>, begin: &str, meter: Meter) -> Result<Self, StoreError> {
        let transaction = guarded(pool.clone(), begin.to_owned(), None).await?;
        Ok(Self { inner: Inner::Sqlite(Mutex::new(transaction)), meter })
    }

    /// Commits.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Postgres(transaction) => transaction.into_inner().commit().await?,
            Inner::Sqlite(transaction) => transaction.into_inner().commit().await?,
        }
        Ok(())
    }
}

#[cfg(feature = "mutants")]
impl Wire {
    /// Tells a test that wants to know what a statement says, or asks for its plan with its own values.
    async fn explain(&self, statement: &Statement) -> Result<(), DbErr> {
        self.meter.hear(&statement.sql);
        if !self.meter.explains() {
            return Ok(());
        }
        let values = taken(&mut statement.clone());
        let plan = match &self.inner {
            Inner::Postgres(transaction) => {
                let sql = AssertSqlSafe(format!("EXPLAIN {}", statement.sql));
                let rows: Vec<(String,)> = sqlx::query_as_with(sql, values)
                    .fetch_all(&mut **transaction.lock().await)
                    .await
                    .map_err(query_error)?;
                rows.into_iter().map(|(line,)| line).collect()
            }
            Inner::Sqlite(transaction) => {
                let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sql));
                let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as_with(sql, values)
                    .fetch_all(&mut **transaction.lock().await)
                    .await
                    .map_err(query_error)?;
                rows.into_iter().map(|(.., detail)| detail).collect()
            }
        };
        self.meter.keep(crate::kernel::meter::Explained { sql: statement.sql.clone(), plan });
        Ok(())
    }
}

/// Begins in a task of its own, so that dropping the caller cannot drop `begin` half-way.
#[expect(clippy::disallowed_methods, reason = "the guard is the spawned task")]
async fn guarded<DB: sqlx::Database>(
    pool: Pool<DB>,
    begin: String,
    limit: Option<Duration>,
) -> Result<Transaction<'static, DB>, StoreError>
where
    Transaction<'static, DB>: Send,
{
    if mutant::active(Mutant::UnguardedBegin) {
        return Ok(pool.begin_with(AssertSqlSafe(begin)).await?);
    }
    let task = tokio::spawn(async move {
        let opening = pool.begin_with(AssertSqlSafe(begin));
        match limit {
            // Whatever was half done when it is given up is rolled back, or closed, on release.
            Some(limit) => within(limit, opening).await,
            None => opening.await,
        }
    });
    match task.await {
        Ok(transaction) => Ok(transaction?),
        Err(broken) => Err(StoreError::Internal(broken.to_string())),
    }
}

/// The limits of a statement as literals. Of a bound one PostgreSQL supposes that it lets a tenth of all rows through,
/// and plans the statement anew each time rather than do so. The values stay bound, read by nothing, so that those
/// after them keep their numbers.
fn literal_limits(mut statement: Statement) -> Statement {
    const LIMIT: &str = " LIMIT $";
    let Some(Values(values)) = &statement.values else { return statement };
    let mut parts = statement.sql.split(LIMIT);
    let mut sql = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|next: char| !next.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(digits);
        let bound = number.parse::<usize>().ok().and_then(|number| values.get(number.checked_sub(1)?));
        let _ = match bound {
            Some(Value::BigUnsigned(Some(rows))) => write!(sql, " LIMIT {rows}{rest}"),
            _ => write!(sql, "{LIMIT}{part}"),
        };
    }
    statement.sql = sql;
    statement
}

fn taken(statement: &mut Statement) -> SqlxValues {
    SqlxValues(statement.values.take().unwrap_or_else(|| Values(vec![])))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

#[async_trait::async_trait]
impl ConnectionTrait for Wire {
    fn get_database_backend(&self) -> DbBackend {
        match self.inner {
            Inner::Postgres(_) => DbBackend::Postgres,
            Inner::Sqlite(_) => DbBackend::Sqlite,
        }
    }

    async fn execute_raw(&self, mut statement: Statement) -> Result<ExecResult, DbErr> {
        #[cfg(feature = "mutants")]
        self.explain(&statement).await?;
        let values = taken(&mut statement);
        let sql = AssertSqlSafe(statement.sql);
        let result: ExecResult = match &self.inner {
            Inner::Postgres(transaction) => sqlx::query_with(sql, values)
                .execute(&mut **transaction.lock().await)
                .await
                .map_err(query_error)?
                .into(),
            Inner::Sqlite(transaction) => sqlx::query_with(sql, values)
                .execute(&mut **transaction.lock().await)
                .await
                .map_err(query_error)?
                .into(),
        };
        self.meter.statement(result.rows_affected());
        Ok(result)
    }

    async fn execute_unprepared(&self, _sql: &str) -> Result<ExecResult, DbErr> {
        Err(DbErr::Custom("unprepared SQL is refused".to_owned()))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut statement = match self.inner {
            Inner::Postgres(_) => literal_limits(statement),
            Inner::Sqlite(_) => statement,
        };
        #[cfg(feature = "mutants")]
        self.explain(&statement).await?;
        let values = taken(&mut statement);
        let sql = AssertSqlSafe(statement.sql);
        let row = match &self.inner {
            Inner::Postgres(transaction) => sqlx::query_with(sql, values)
                .fetch_optional(&mut **transaction.lock().await)
                .await
                .map_err(query_error)?
                .map(QueryResult::from),
            Inner::Sqlite(transaction) => sqlx::query_with(sql, values)
                .fetch_optional(&mut **transaction.lock().await)
                .await
                .map_err(query_error)?
                .map(QueryResult::from),
        };
        self.meter.statement(u64::from(row.is_some()));
        Ok(row)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut statement = match self.inner {
            Inner::Postgres(_) => literal_limits(statement),
            Inner::Sqlite(_) => statement,
        };
        #[cfg(feature = "mutants")]
        self.explain(&statement).await?;
        let values = taken(&mut statement);
        let sql = AssertSqlSafe(statement.sql);
        let rows: Vec<QueryResult> = match &self.inner {
            Inner::Postgres(transaction) => sqlx::query_with(sql, values)
                .fetch_all(&mut **transaction.lock().await)
                .await
                .map_err(query_error)?
                .into_iter()
                .map(QueryResult::from)
                .collect(),
            Inner::Sqlite(transaction) => sqlx::query_with(sql, values)
                .fetch_all(&mut **transaction.lock().await)
                .await
                .map_err(query_error)?
                .into_iter()
                .map(QueryResult::from)
                .collect(),
        };
        self.meter.statement(rows.len() as u64);
        Ok(rows)
    }
}
