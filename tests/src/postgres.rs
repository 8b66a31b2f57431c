//! A PostgreSQL database of its own for every test, copied from one that was migrated once.

use std::hash::{BuildHasher as _, Hash as _, Hasher as _, RandomState};
use std::str::FromStr as _;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context as _;
use fengqiao_domain::Db;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;

use crate::SlowRoad;

/// Answers requests.
pub const APP: &str = "fengqiao_app";
/// Owns the tables.
pub const OWNER: &str = "fengqiao_owner";
/// Relays events.
pub const WORKER: &str = "fengqiao_worker";
/// Whoever the test server's address names: every wall is open to it.
pub const SUPERUSER: &str = "";

pub(crate) const ROLES: &str = include_str!("../../deploy/postgres/roles.sql");

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// The address of the test server, as its superuser.
#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
pub(crate) fn superuser_url() -> Option<String> {
    std::env::var("FENGQIAO_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

fn superuser() -> anyhow::Result<PgConnectOptions> {
    let url = superuser_url().context("FENGQIAO_TEST_POSTGRES_URL is not set")?;
    Ok(PgConnectOptions::from_str(&url)?)
}

/// A database that vanishes with this value, if it is its own.
#[derive(Debug)]
pub struct PostgresDatabase {
    name: String,
    own: bool,
}

impl PostgresDatabase {
    /// A migrated database without tenants.
    ///
    /// # Errors
    /// As the server says.
    pub async fn migrated() -> anyhow::Result<Self> {
        let template = TEMPLATE.get_or_try_init(template).await?;
        Self::copy_of(template).await
    }

    /// A database with the roles, and nothing else.
    ///
    /// # Errors
    /// As the server says.
    pub async fn empty() -> anyhow::Result<Self> {
        let database = Self::copy_of("template0").await?;
        let mut connection = superuser()?.database(&database.name).connect().await?;
        connection.execute(ROLES).await?;
        connection.close().await?;
        Ok(database)
    }

    pub(crate) async fn copy_of(template: &str) -> anyhow::Result<Self> {
        let name = format!("t_{:016x}", RandomState::new().build_hasher().finish());
        let mut connection = superuser()?.connect().await?;
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        connection.execute(AssertSqlSafe(sql)).await.context("copying the template")?;
        connection.close().await?;
        Ok(Self { name, own: true })
    }

    /// A database that somebody else drops.
    pub(crate) fn borrowed(name: &str) -> Self {
        Self { name: name.to_owned(), own: false }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address for a role.
    ///
    /// # Errors
    /// Without a test server.
    pub fn url(&self, role: &str) -> anyhow::Result<String> {
        Ok(self.options(role)?.to_url_lossy().to_string())
    }

    /// Its address for a role over a road on which answers take `latency`.
    ///
    /// # Errors
    /// Without a test server.
    pub async fn slow_url(&self, role: &str, latency: Duration) -> anyhow::Result<(SlowRoad, String)> {
        let options = self.options(role)?;
        let road = SlowRoad::to(options.get_host().to_owned(), options.get_port(), latency).await?;
        let options = options.host("127.0.0.1").port(road.address().port());
        Ok((road, options.to_url_lossy().to_string()))
    }

    /// Connections of a role, opened when they are needed.
    ///
    /// # Errors
    /// Without a test server.
    pub fn pool(&self, role: &str) -> anyhow::Result<PgPool> {
        Ok(PgPoolOptions::new().max_connections(4).connect_lazy_with(self.options(role)?))
    }

    fn options(&self, role: &str) -> anyhow::Result<PgConnectOptions> {
        let options = superuser()?.database(&self.name);
        Ok(if role.is_empty() { options } else { options.username(role) })
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        if !self.own {
            return;
        }
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // What cannot be dropped stays behind in a server that is thrown away.
        let _ = std::thread::spawn(move || -> anyhow::Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = superuser()?.connect().await?;
                connection.execute(AssertSqlSafe(sql)).await?;
                Ok(connection.close().await?)
            })
        })
        .join();
    }
}

/// The name of the migrated database, which all processes of this build share.
async fn template() -> anyhow::Result<String> {
    shared_template("template", "template0", async |raw| {
        let mut inside = superuser()?.database(&raw).connect().await?;
        inside.execute(ROLES).await.context("deploy/postgres/roles.sql")?;
        inside.close().await?;
        let owner = superuser()?.database(&raw).username(OWNER).to_url_lossy().to_string();
        Db::migrate(&owner).await.context("migrating PostgreSQL")
    })
    .await
}

/// The name of a database that holds the demo, filled by `fill`, which gets a database of its own.
pub(crate) async fn demo_template(fill: impl AsyncFn(&str) -> anyhow::Result<()>) -> anyhow::Result<String> {
    let migrated = TEMPLATE.get_or_try_init(template).await?;
    shared_template("demo", migrated, async |raw| {
        fill(&raw).await?;
        let mut connection = superuser()?.connect().await?;
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
            .bind(raw)
            .execute(&mut connection)
            .await?;
        Ok(connection.close().await?)
    })
    .await
}

/// A database that all processes of this build share, made by the first that asks for it.
async fn shared_template(
    kind: &str,
    from: &str,
    fill: impl AsyncFn(String) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    let name = format!("{kind}_{:016x}", build()?);
    let mut connection = superuser()?.connect().await?;
    connection.execute("SELECT pg_advisory_lock(7310582932)").await?;
    let made = make_template(&mut connection, &name, from, fill).await;
    connection.close().await?;
    made.map(|()| name)
}

async fn make_template(
    connection: &mut PgConnection,
    name: &str,
    from: &str,
    fill: impl AsyncFn(String) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&mut *connection)
        .await?;
    if there {
        return Ok(());
    }
    // Under another name until it is whole: a process that is killed leaves no half of it.
    let raw = format!("{name}_raw");
    for sql in [format!("DROP DATABASE IF EXISTS {raw}"), format!("CREATE DATABASE {raw} TEMPLATE {from}")] {
        connection.execute(AssertSqlSafe(sql)).await?;
    }
    fill(raw.clone()).await?;
    connection.execute(AssertSqlSafe(format!("ALTER DATABASE {raw} RENAME TO {name}"))).await?;
    Ok(())
}

/// Names this build of the test program, and with it its migrations.
fn build() -> anyhow::Result<u64> {
    let program = std::env::current_exe()?;
    let facts = std::fs::metadata(&program)?;
    let mut hasher = std::collections::hash_map::DefaultHasher::new();
    (program, facts.len(), facts.modified()?.duration_since(UNIX_EPOCH)?).hash(&mut hasher);
    Ok(hasher.finish())
}
