//! Opens the databases and hands out transactions. The pools never leave this module.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Executor as _, Pool, Postgres, Sqlite};
use tokio::sync::{Notify, Semaphore};

use fengqiao_migration::Migrator;
use sea_orm_migration::MigratorTrait as _;

use crate::kernel::clock::Clock;
use crate::kernel::id::{TenantId, Timestamp};
use crate::kernel::idgen::IdSource;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::{PlatformScope, Scope};
use crate::kernel::vault::Vault;
use crate::store::bus::Bus;
use crate::store::relay::Carried;
use crate::store::settings::{self, Mode};
use crate::store::standing::Standing;
use crate::store::wire::Wire;
use crate::store::write::{self, Begun, WriteTx};
use crate::store::{Reader, StoreError, Tx};

/// Where the databases are and how patiently they are asked.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// `sqlite://PATH` or `postgres://…` for the application role.
    pub url: String,
    /// `postgres://…` for the worker role; unused on SQLite.
    pub worker_url: Option<String>,
    /// Most connections of the application role, or SQLite readers.
    pub connections: u32,
    /// Longest wait for a connection.
    pub acquire_timeout: Duration,
    /// Longest statement, on PostgreSQL.
    pub statement_timeout: Duration,
    /// Longest wait for a lock, on either database.
    pub lock_timeout: Duration,
}

/// How long a connection may lie idle and be used unasked: longer, and the server may have gone meanwhile.
/// Under load none lies so long, so that the question costs nothing.
const TRUSTED_IDLE: Duration = Duration::from_secs(1);

/// Connections of the worker role: one each for the relay, for the sealer, for the time of cases, and for those who replay.
const WORKERS: u32 = 5;
/// So many read events of before at a time; the others wait for their turn.
const REPLAYS: usize = 2;

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    pools: Pools,
    /// Longest statement.
    statement_timeout: Duration,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    vault: Arc<Vault>,
    wake: Notify,
    afar: Notify,
    carried: Carried,
    replays: Semaphore,
    bus: Bus,
    standing: Standing,
}

pub(super) enum Pools {
    Postgres { app: Pool<Postgres>, worker: Pool<Postgres> },
    Sqlite { readers: Pool<Sqlite>, writer: Pool<Sqlite> },
}

impl Db {
    /// Opens the pools. Nothing is migrated and nothing is checked yet.
    ///
    /// # Errors
    /// [`StoreError::Internal`] for an address that is none; [`StoreError::Unavailable`] for a SQLite
    /// file that cannot be opened. PostgreSQL is connected to by the first statement.
    pub async fn open(
        options: &DbOptions,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        vault: Arc<Vault>,
    ) -> Result<Self, StoreError> {
        let pools = if options.url.starts_with("sqlite:") {
            open_sqlite(options).await?
        } else if options.url.starts_with("postgres://") || options.url.starts_with("postgresql://") {
            open_postgres(options)?
        } else {
            // The driver would take any scheme for its own.
            let text = "database.url must begin with sqlite:// or postgres://";
            return Err(StoreError::Internal(text.to_owned()));
        };
        Ok(Self(Arc::new(Inner {
            pools,
            statement_timeout: options.statement_timeout,
            clock,
            ids,
            vault,
            wake: Notify::new(),
            afar: Notify::new(),
            carried: Carried::default(),
            replays: Semaphore::new(REPLAYS),
            bus: Bus::default(),
            standing: Standing::default(),
        })))
    }

    /// Brings the database at `url` to the newest schema: the owner's address on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn migrate(url: &str) -> Result<(), StoreError> {
        let url = if url.starts_with("sqlite:") && !url.contains('?') {
            format!("{url}?mode=rwc")
        } else {
            url.to_owned()
        };
        let mut options = sea_orm::ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await?;
        Migrator::up(&connection, None).await?;
        connection.close().await?;
        Ok(())
    }

    /// How many migrations the database lacks.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn pending_migrations(&self) -> Result<usize, StoreError> {
        let known = Migrator::migrations();
        let applied = self.applied_migrations().await?;
        Ok(known.iter().filter(|migration| !applied.iter().any(|name| name == migration.name())).count())
    }

    async fn applied_migrations(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT version FROM seaql_migrations";
        let rows: Result<Vec<(String,)>, sqlx::Error> = match &self.0.pools {
            Pools::Postgres { app, .. } => sqlx::query_as(sql).fetch_all(app).await,
            Pools::Sqlite { readers, .. } => sqlx::query_as(sql).fetch_all(readers).await,
        };
        match rows {
            Ok(rows) => Ok(rows.into_iter().map(|(name,)| name).collect()),
            // No such table: nothing was ever migrated. Without the grant it was not by us.
            Err(sqlx::Error::Database(error))
                if matches!(error.code().as_deref(), Some("42P01" | "42501" | "1")) =>
            {
                Ok(vec![])
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether it is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.0.pools, Pools::Postgres { .. })
    }

    /// One cheap statement, to know that the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.0.pools {
            Pools::Postgres { app, .. } => app.execute("SELECT 1").await.map(drop)?,
            Pools::Sqlite { readers, .. } => readers.execute("SELECT 1").await.map(drop)?,
        }
        Ok(())
    }

    /// The reading side of one request.
    #[must_use]
    pub fn reader(&self, scope: &Scope) -> Reader {
        Reader::new(self.clone(), scope.clone())
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Begins a write use case, or tells what it did when its idempotency key was used before. Nothing begins for whoever only reads, nor
    /// for an account of a district that is closed.
    pub(crate) async fn begin(&self, scope: &Scope) -> Result<Begun, StoreError> {
        if scope.reads_only() && !mutant::active(Mutant::OverseerWrites) {
            return Err(StoreError::ReadsOnly);
        }
        let mark = self.standing().mark();
        let wire = match &self.0.pools {
            Pools::Postgres { app, .. } => {
                let begin = settings::begin(scope, Mode::Write);
                Wire::postgres(app, begin, self.statement_timeout(), scope.meter().clone()).await?
            }
            Pools::Sqlite { writer, .. } => {
                Wire::sqlite(writer, "BEGIN IMMEDIATE", scope.meter().clone()).await?
            }
        };
        let tx = Tx::new(wire, scope.clone(), self.clone(), mark);
        tx.learn_tenant_key().await?;
        if !scope.is_system() && !tx.stands_open().await? {
            return Err(StoreError::Closed);
        }
        write::claim(tx).await
    }

    /// Begins a write of the platform in one tenant; no idempotency key is involved.
    pub(crate) async fn begin_platform(
        &self,
        platform: &PlatformScope,
        tenant: TenantId,
    ) -> Result<WriteTx, StoreError> {
        match self.begin(&platform.enter(tenant)).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Replay(_) => Err(StoreError::Internal("a platform write carries no key".to_owned())),
        }
    }

    pub(super) async fn snapshot(&self, scope: &Scope) -> Result<Tx, StoreError> {
        let mark = self.standing().mark();
        let wire = match &self.0.pools {
            Pools::Postgres { app, .. } => {
                let begin = settings::begin(scope, Mode::Read);
                Wire::postgres(app, begin, self.statement_timeout(), scope.meter().clone()).await?
            }
            Pools::Sqlite { readers, .. } => Wire::sqlite(readers, "BEGIN", scope.meter().clone()).await?,
        };
        let tx = Tx::new(wire, scope.clone(), self.clone(), mark);
        tx.learn_tenant_key().await?;
        Ok(tx)
    }

    pub(super) fn standing(&self) -> &Standing {
        &self.0.standing
    }

    pub(super) fn pools(&self) -> &Pools {
        &self.0.pools
    }

    /// Where new ids come from, before a transaction exists.
    pub(crate) fn id_source(&self) -> &dyn IdSource {
        self.0.ids.as_ref()
    }

    /// Seals and opens personal values.
    pub(crate) fn vault(&self) -> &Arc<Vault> {
        &self.0.vault
    }

    /// How long a statement may take.
    pub(super) fn statement_timeout(&self) -> Duration {
        self.0.statement_timeout
    }

    pub(super) fn wake_relay(&self) {
        self.0.wake.notify_one();
    }

    pub(super) async fn relay_woken(&self) {
        self.0.wake.notified().await;
    }

    /// Says that another process placed events: the relay of this one looks for them now.
    pub fn wake_from_afar(&self) {
        self.0.afar.notify_one();
    }

    pub(super) async fn heard_from_afar(&self) {
        self.0.afar.notified().await;
    }

    pub(super) fn carried(&self) -> &Carried {
        &self.0.carried
    }

    /// Turns of those who read events of before.
    pub(super) fn replays(&self) -> &Semaphore {
        &self.0.replays
    }

    pub(super) fn bus(&self) -> &Bus {
        &self.0.bus
    }
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").field("postgres", &self.is_postgres()).finish()
    }
}

fn open_postgres(options: &DbOptions) -> Result<Pools, StoreError> {
    let connect = |url: &str, name: &str| -> Result<PgConnectOptions, StoreError> {
        let connect =
            PgConnectOptions::from_str(url).map_err(|error| StoreError::Internal(error.to_string()))?;
        Ok(connect.application_name(name).options([
            ("statement_timeout", options.statement_timeout.as_millis().to_string()),
            ("lock_timeout", options.lock_timeout.as_millis().to_string()),
            ("idle_in_transaction_session_timeout", "10000".to_owned()),
            // The planner takes the policies for so dear that it would compile them for every longer statement: 350 ms for
            // one that reads 100,000 rows in 110 (docs/PERFORMANCE.md).
            ("jit", "off".to_owned()),
            // The release hook rolls back whether or not there is a transaction: no notice for that.
            ("client_min_messages", "error".to_owned()),
        ]))
    };
    let patience = options.statement_timeout;
    let pool = |most: u32| {
        PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .before_acquire(move |connection, facts| {
                Box::pin(async move {
                    if facts.idle_for > TRUSTED_IDLE && !mutant::active(Mutant::UntestedIdle) {
                        within(patience / 4, connection.ping()).await?;
                    }
                    Ok(true)
                })
            })
            .after_release(move |connection, _| {
                Box::pin(async move {
                    if !mutant::active(Mutant::UnguardedBegin) {
                        within(patience, connection.execute("ROLLBACK")).await?;
                    }
                    Ok(true)
                })
            })
    };
    let app = pool(options.connections).connect_lazy_with(connect(&options.url, "fengqiao")?);
    let worker_url = options.worker_url.as_deref().unwrap_or(&options.url);
    let worker = pool(WORKERS).connect_lazy_with(connect(worker_url, "fengqiao worker")?);
    Ok(Pools::Postgres { app, worker })
}

/// The answer of a server that must give one in time: one that says nothing any more would hold its
/// connection, and with it a place in the pool, for as long as the network lets it.
pub(super) async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    if mutant::active(Mutant::EndlessPatience) {
        return answer.await;
    }
    tokio::time::timeout(limit, answer).await.unwrap_or_else(|_elapsed| Err(silent()))
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the server says nothing"))
}

async fn open_sqlite(options: &DbOptions) -> Result<Pools, StoreError> {
    let base = SqliteConnectOptions::from_str(&options.url)
        .map_err(|error| StoreError::Internal(error.to_string()))?
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if mutant::active(Mutant::NoSync) {
            SqliteSynchronous::Normal
        } else {
            SqliteSynchronous::Full
        })
        .foreign_keys(true)
        .busy_timeout(options.lock_timeout);
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(options.acquire_timeout)
            .test_before_acquire(false)
            .after_release(|connection, _| {
                Box::pin(async move {
                    if !mutant::active(Mutant::UnguardedBegin) {
                        // Outside a transaction SQLite answers with an error, which is the good case.
                        let _ = connection.execute("ROLLBACK").await;
                    }
                    // A full disk makes SQLite roll back by itself, which sqlx does not notice: such a
                    // connection would refuse to begin for ever.
                    Ok(!connection.is_in_transaction())
                })
            })
    };
    let writer = pool().max_connections(1).connect_with(base.clone().create_if_missing(true)).await?;
    let readers = pool().max_connections(options.connections).connect_lazy_with(base.read_only(true));
    Ok(Pools::Sqlite { readers, writer })
}
