//! One test's world: a database of its own, a clock that stands still, ids that repeat.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use fengqiao_domain::kernel::clock::ManualClock;
use fengqiao_domain::kernel::event::{Event, EventCursor};
use fengqiao_domain::kernel::id::{EventId, TenantId, Timestamp};
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::kernel::vault::Vault;
use fengqiao_domain::org::OrgService;
use fengqiao_domain::{Db, DbOptions, Relay};
use sqlx::{PgPool, SqlitePool};

use crate::sqlite::SqliteFile;
use crate::{APP, Backend, District, PostgresDatabase, SlowRoad, WORKER};

/// 2026-11-22T08:00:00Z, a Sunday afternoon in Wuhai.
const START: Timestamp = Timestamp(1_795_334_400_000_000);

/// One test's world.
#[derive(Debug)]
pub struct World {
    /// The store, as the application role.
    pub db: Db,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    home: Home,
    /// Open while it is held.
    road: Option<SlowRoad>,
    platform: PlatformScope,
}

#[derive(Debug)]
pub(crate) enum Home {
    Sqlite(SqliteFile),
    Postgres(PostgresDatabase),
}

impl Home {
    /// The addresses for the application and for the worker.
    fn urls(&self) -> anyhow::Result<(String, Option<String>)> {
        Ok(match self {
            Self::Sqlite(file) => (file.url(), None),
            Self::Postgres(database) => (database.url(APP)?, Some(database.url(WORKER)?)),
        })
    }
}

impl World {
    /// A migrated database without tenants.
    ///
    /// # Errors
    /// As the database says.
    pub async fn new(backend: Backend) -> anyhow::Result<Self> {
        Self::with_connections(backend, 8).await
    }

    /// The same with so many connections of the application role, or readers of SQLite.
    ///
    /// # Errors
    /// As the database says.
    pub async fn with_connections(backend: Backend, connections: u32) -> anyhow::Result<Self> {
        let home = match backend {
            Backend::Sqlite => Home::Sqlite(SqliteFile::migrated().await?),
            Backend::Postgres => Home::Postgres(PostgresDatabase::migrated().await?),
        };
        Self::at(home, connections).await
    }

    pub(crate) async fn at(home: Home, connections: u32) -> anyhow::Result<Self> {
        let (url, worker_url) = home.urls()?;
        let options = DbOptions { connections, ..Self::options(url, worker_url) };
        let clock = Arc::new(ManualClock::at(START));
        let db = Self::open(&options, Arc::clone(&clock)).await?;
        Ok(Self { db, clock, home, platform: PlatformScope::for_command_line("test"), road: None })
    }

    /// The same with one connection, on which every answer of PostgreSQL takes its time: whoever awaits
    /// a statement waits for sure, however fast the server is.
    ///
    /// # Errors
    /// As the database says.
    pub async fn unhurried(backend: Backend) -> anyhow::Result<Self> {
        let mut world = Self::with_connections(backend, 1).await?;
        if let Home::Postgres(database) = &world.home {
            let (road, url) = database.slow_url(APP, Duration::from_millis(2)).await?;
            let options = DbOptions { connections: 1, ..Self::options(url, Some(database.url(WORKER)?)) };
            world.db = Self::open(&options, Arc::clone(&world.clock)).await?;
            world.road = Some(road);
        }
        Ok(world)
    }

    /// Patient options: a busy machine must not fail a test.
    #[must_use]
    pub fn options(url: String, worker_url: Option<String>) -> DbOptions {
        DbOptions {
            url,
            worker_url,
            connections: 8,
            acquire_timeout: Duration::from_secs(20),
            statement_timeout: Duration::from_secs(20),
            lock_timeout: Duration::from_secs(10),
        }
    }

    /// A store over a database.
    ///
    /// # Errors
    /// As the database says.
    pub async fn open(options: &DbOptions, clock: Arc<ManualClock>) -> anyhow::Result<Db> {
        let ids = Arc::new(SeededIds::new(20_261_122));
        Ok(Db::open(options, clock, ids, Arc::new(Vault::for_tests())).await?)
    }

    /// The addresses of its database, for the application and for the worker.
    ///
    /// # Errors
    /// Without a test server.
    pub fn urls(&self) -> anyhow::Result<(String, Option<String>)> {
        self.home.urls()
    }

    /// Which database it is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        match self.home {
            Home::Sqlite(_) => Backend::Sqlite,
            Home::Postgres(_) => Backend::Postgres,
        }
    }

    /// The org slice.
    #[must_use]
    pub fn org(&self) -> OrgService {
        OrgService::new(self.db.clone())
    }

    /// The right to act in every tenant.
    #[must_use]
    pub const fn platform(&self) -> &PlatformScope {
        &self.platform
    }

    /// Whether a slow road leads to the database.
    #[must_use]
    pub const fn is_unhurried(&self) -> bool {
        self.road.is_some()
    }

    /// Two districts of the same shape: the same names and codes but for the district's own digits.
    ///
    /// # Errors
    /// As the database says.
    pub async fn mirrored_districts(&self) -> anyhow::Result<[District; 2]> {
        Ok([District::lay(self, "150302", "海勃湾区").await?, District::lay(self, "150303", "海南区").await?])
    }

    /// One district.
    ///
    /// # Errors
    /// As the database says.
    pub async fn district(&self) -> anyhow::Result<District> {
        District::lay(self, "150302", "海勃湾区").await
    }

    /// Gives pending events their positions and returns what the bus delivered, in its order.
    ///
    /// # Errors
    /// As the database says.
    pub async fn relay(&self) -> anyhow::Result<Vec<Arc<Event>>> {
        let mut bus = self.db.subscribe();
        let relay = Relay::new(self.db.clone());
        let mut placed = 0;
        loop {
            match relay.step().await? {
                0 => break,
                more => placed += more,
            }
        }
        let mut events = vec![];
        while let Ok(event) = bus.try_recv() {
            events.push(event);
        }
        if events.len() != placed {
            bail!("the bus delivered {} of {placed} events", events.len());
        }
        Ok(events)
    }

    pub(crate) const fn home(&self) -> &Home {
        &self.home
    }

    /// The PostgreSQL database below.
    ///
    /// # Errors
    /// On SQLite.
    pub fn postgres(&self) -> anyhow::Result<&PostgresDatabase> {
        match &self.home {
            Home::Postgres(database) => Ok(database),
            Home::Sqlite(_) => bail!("this world is on SQLite"),
        }
    }

    /// The SQLite file below.
    pub(crate) fn file(&self) -> anyhow::Result<&SqliteFile> {
        match &self.home {
            Home::Sqlite(file) => Ok(file),
            Home::Postgres(_) => bail!("this world is on PostgreSQL"),
        }
    }

    /// Connections of a role past the store.
    ///
    /// # Errors
    /// On SQLite.
    pub fn pool(&self, role: &str) -> anyhow::Result<PgPool> {
        self.postgres()?.pool(role)
    }

    /// Connections past the store.
    ///
    /// # Errors
    /// On PostgreSQL.
    pub fn sqlite(&self) -> anyhow::Result<SqlitePool> {
        Ok(self.file()?.pool())
    }

    /// The same database, with the same clock, for another server of the deployment.
    pub(crate) fn beside(&self) -> anyhow::Result<Self> {
        let home = Home::Postgres(PostgresDatabase::borrowed(self.postgres()?.name()));
        let (db, clock) = (self.db.clone(), Arc::clone(&self.clock));
        Ok(Self { db, clock, home, platform: PlatformScope::for_command_line("test"), road: None })
    }

    /// A number that a query gives, past every wall.
    ///
    /// # Errors
    /// As the database says.
    pub async fn number(&self, sql: &str) -> anyhow::Result<i64> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        Ok(match &self.home {
            Home::Sqlite(file) => sqlx::query_scalar(sql).fetch_one(&file.pool()).await?,
            Home::Postgres(database) => {
                sqlx::query_scalar(sql).fetch_one(&database.pool(crate::SUPERUSER)?).await?
            }
        })
    }

    /// The place of the event at a position, past every wall.
    ///
    /// # Errors
    /// As the database says, or where there is none.
    pub async fn place_of(&self, tenant: TenantId, position: i64) -> anyhow::Result<EventCursor> {
        const ID: &str = "SELECT id FROM outbox_events WHERE tenant_id = $1 AND position = $2";
        let id: sqlx::types::Uuid = match &self.home {
            Home::Sqlite(file) => {
                sqlx::query_scalar(ID).bind(tenant.uuid()).bind(position).fetch_one(&file.pool()).await?
            }
            Home::Postgres(database) => {
                let pool = database.pool(crate::SUPERUSER)?;
                sqlx::query_scalar(ID).bind(tenant.uuid()).bind(position).fetch_one(&pool).await?
            }
        };
        Ok(EventCursor::of(position, EventId::from_uuid(id)))
    }

    /// Every row of a table as text, past every wall.
    ///
    /// # Errors
    /// As the database says.
    pub async fn rows(&self, table: &str) -> anyhow::Result<Vec<String>> {
        let mut rows: Vec<String> = match &self.home {
            Home::Sqlite(file) => {
                let (pool, names) = (file.pool(), format!("SELECT name FROM pragma_table_info('{table}')"));
                let names: Vec<String> =
                    sqlx::query_scalar(sqlx::AssertSqlSafe(names)).fetch_all(&pool).await?;
                let columns: Vec<String> = names.iter().map(|name| format!("quote({name})")).collect();
                let sql = format!("SELECT {} FROM {table}", columns.join(" || ',' || "));
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&pool).await?
            }
            Home::Postgres(database) => {
                let sql = sqlx::AssertSqlSafe(format!("SELECT row_::text FROM {table} row_"));
                sqlx::query_scalar(sql).fetch_all(&database.pool(crate::SUPERUSER)?).await?
            }
        };
        rows.sort_unstable();
        Ok(rows)
    }

    /// Brings the database to the newest schema, as its owner.
    ///
    /// # Errors
    /// As the database says.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        let url = match &self.home {
            Home::Sqlite(file) => file.url(),
            Home::Postgres(database) => database.url(crate::OWNER)?,
        };
        Ok(Db::migrate(&url).await?)
    }

    /// Runs statements past every wall.
    ///
    /// # Errors
    /// As the database says.
    pub async fn run_sql(&self, sql: &str) -> anyhow::Result<()> {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        match &self.home {
            Home::Sqlite(file) => sql.execute(&file.pool()).await.map(drop)?,
            Home::Postgres(database) => sql.execute(&database.pool(crate::SUPERUSER)?).await.map(drop)?,
        }
        Ok(())
    }
}
