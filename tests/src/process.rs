//! The product as a process of its own, which a test kills and starts again over the same store.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fengqiao_domain::Db;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use tempfile::TempDir;

use crate::{APP, Actor, Backend, Cluster, OWNER, PostgresDatabase, SUPERUSER, WORKER};

/// Longer than a start with the demo takes on a busy machine.
const START: Duration = Duration::from_mins(1);
/// Longer than any answer takes that comes at all.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The product as `cargo test --workspace` builds it beside the tests; `FENGQIAO_BIN` names another.
///
/// # Errors
/// When it is not there.
#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
pub fn program() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("FENGQIAO_BIN") {
        return Ok(named.into());
    }
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("target/debug")?;
    let program = folder.join("fengqiao");
    ensure!(program.exists(), "{} is not there: cargo build -p fengqiao-api", program.display());
    Ok(program)
}

/// What stays when the process ends: the store, the keys and the log.
#[derive(Debug)]
pub struct Household {
    folder: TempDir,
    store: Store,
}

#[derive(Debug)]
enum Store {
    Sqlite,
    Postgres { superuser: String, owner: String, app: String, worker: String, _own: Option<PostgresDatabase> },
}

impl Household {
    /// A migrated store without the demo, which the first start loads.
    ///
    /// # Errors
    /// As the database says.
    pub async fn new(backend: Backend) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let store = match backend {
            Backend::Sqlite => {
                Db::migrate(&sqlite_url(folder.path())).await?;
                Store::Sqlite
            }
            Backend::Postgres => {
                let own = PostgresDatabase::migrated().await?;
                let (superuser, owner) = (own.url(SUPERUSER)?, own.url(OWNER)?);
                Store::Postgres {
                    superuser,
                    owner,
                    app: own.url(APP)?,
                    worker: own.url(WORKER)?,
                    _own: Some(own),
                }
            }
        };
        Ok(Self { folder, store })
    }

    /// The same in a server that the test may stop.
    ///
    /// # Errors
    /// As the server says.
    pub async fn at(cluster: &Cluster) -> anyhow::Result<Self> {
        cluster.prepare().await?;
        let [superuser, owner, app, worker] = [SUPERUSER, OWNER, APP, WORKER].map(|role| cluster.url(role));
        let (superuser, owner, app, worker) = (superuser?, owner?, app?, worker?);
        Ok(Self {
            folder: TempDir::new()?,
            store: Store::Postgres { superuser, owner, app, worker, _own: None },
        })
    }

    /// Starts the product and waits until it is ready.
    ///
    /// # Errors
    /// What it says when it does not get there.
    pub async fn start(&self) -> anyhow::Result<Running> {
        self.start_with(&[]).await
    }

    /// The same with these settings, as environment variables.
    ///
    /// # Errors
    /// As [`Household::start`].
    pub async fn start_with(&self, settings: &[(&str, &str)]) -> anyhow::Result<Running> {
        let log = self.folder.path().join("server.log");
        let output = File::options().create(true).append(true).open(&log)?;
        let before = std::fs::metadata(&log)?.len();
        let mut command = Command::new(program()?);
        command
            .args(["serve", "--demo", "small", "--listen", "127.0.0.1:0"])
            .env("FENGQIAO__AUTH__ACCESS_TOKEN_SECONDS", "900")
            .envs(settings.iter().copied())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        match &self.store {
            Store::Sqlite => command.args(["--database", &sqlite_url(self.folder.path())]),
            Store::Postgres { app, worker, .. } => {
                command.args(["--database", app]).env("FENGQIAO__DATABASE__WORKER_URL", worker)
            }
        };
        if self.settings().exists() {
            command.arg("--config").arg(self.settings());
        }
        let child = command.spawn()?;
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        let mut running = Running { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), client };
        running.address = running.announced(&log, before).await?;
        Ok(running)
    }

    /// Gives every later start this file of settings.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn configure(&self, text: &str) -> anyhow::Result<()> {
        Ok(std::fs::write(self.settings(), text)?)
    }

    /// Another command over the same store, in the same folder.
    ///
    /// # Errors
    /// When the product is not there.
    pub fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::new(program()?);
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        match &self.store {
            Store::Sqlite => command.env("FENGQIAO__DATABASE__URL", sqlite_url(self.folder.path())),
            Store::Postgres { owner, app, worker, .. } => command
                .env("FENGQIAO__DATABASE__URL", app)
                .env("FENGQIAO__DATABASE__WORKER_URL", worker)
                .env("FENGQIAO__DATABASE__OWNER_URL", owner),
        };
        Ok(command)
    }

    /// Where it lives: the database file, what it says and whatever it keeps beside.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn settings(&self) -> PathBuf {
        self.folder.path().join("settings.toml")
    }

    /// What the store is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        match self.store {
            Store::Sqlite => Backend::Sqlite,
            Store::Postgres { .. } => Backend::Postgres,
        }
    }

    /// Everything it has said so far.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.folder.path().join("server.log"))?)
    }

    /// The texts that a query gives, past every wall. The product should be running: whoever opens a
    /// SQLite file first after a crash repairs it, and that shall be the product.
    ///
    /// # Errors
    /// As the database says.
    pub async fn texts(&self, sql: &str) -> anyhow::Result<Vec<String>> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &self.store {
            Store::Sqlite => {
                let file = self.folder.path().join("fengqiao.db");
                let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE);
                let mut connection = options.connect().await?;
                let texts = sqlx::query_scalar(sql).fetch_all(&mut connection).await?;
                connection.close().await?;
                Ok(texts)
            }
            Store::Postgres { superuser, .. } => {
                let mut connection = PgConnectOptions::from_str(superuser)?.connect().await?;
                let texts = sqlx::query_scalar(sql).fetch_all(&mut connection).await?;
                connection.close().await?;
                Ok(texts)
            }
        }
    }

    /// Runs a statement past every wall, and past guards of tables, which are gone for good on SQLite.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tamper(&self, guards: &[&str], sql: &str) -> anyhow::Result<()> {
        let sql = match &self.store {
            Store::Sqlite => {
                let guards: Vec<String> =
                    guards.iter().map(|guard| format!("DROP TRIGGER {guard}; ")).collect();
                format!("{}{sql}", guards.concat())
            }
            Store::Postgres { .. } => {
                format!("BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT")
            }
        };
        let sql = AssertSqlSafe(sql);
        match &self.store {
            Store::Sqlite => {
                let file = self.folder.path().join("fengqiao.db");
                let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
                connection.execute(sqlx::raw_sql(sql)).await?;
                Ok(connection.close().await?)
            }
            Store::Postgres { .. } => {
                self.superuser().await?.execute(sqlx::raw_sql(sql)).await?;
                Ok(())
            }
        }
    }

    /// A connection past every wall, to stand in the product's way with; none on SQLite, where a file has one writer.
    ///
    /// # Errors
    /// As the database says.
    pub async fn superuser(&self) -> anyhow::Result<PgConnection> {
        match &self.store {
            Store::Sqlite => bail!("a file knows no superuser"),
            Store::Postgres { superuser, .. } => Ok(PgConnectOptions::from_str(superuser)?.connect().await?),
        }
    }

    /// The address of whoever stands before no wall; none of a file.
    pub(crate) fn superuser_url(&self) -> Option<&str> {
        match &self.store {
            Store::Sqlite => None,
            Store::Postgres { superuser, .. } => Some(superuser),
        }
    }

    /// A connection past every wall in another database of the server.
    ///
    /// # Errors
    /// As the database says.
    pub async fn superuser_elsewhere(&self) -> anyhow::Result<PgConnection> {
        match &self.store {
            Store::Sqlite => bail!("a file knows no superuser"),
            Store::Postgres { superuser, .. } => {
                Ok(PgConnectOptions::from_str(superuser)?.database("postgres").connect().await?)
            }
        }
    }

    /// The number that a query gives as a text.
    ///
    /// # Errors
    /// As the database says, and when it is no number.
    pub async fn number(&self, sql: &str) -> anyhow::Result<usize> {
        Ok(self.texts(sql).await?.first().context("no row")?.parse()?)
    }
}

fn sqlite_url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("fengqiao.db").display())
}

pub(crate) async fn sign_in(
    client: &reqwest::Client,
    address: SocketAddr,
    account: &str,
) -> anyhow::Result<Actor> {
    let stranger = Actor::new(client.clone(), address, "anonymous", None);
    let input = json!({"account": account, "password": fengqiao_api::demo::PASSWORD});
    let selection = "session { accessToken } userErrors { code }";
    let answer = stranger.mutate("sessionCreate", selection, input).await?;
    let token = answer.payload()?["session"]["accessToken"].as_str().context("a token")?.to_owned();
    Ok(Actor::new(client.clone(), address, account, Some(token)))
}

/// A running server; it is killed with this value.
#[derive(Debug)]
pub struct Running {
    child: Child,
    address: SocketAddr,
    client: reqwest::Client,
}

impl Running {
    /// Somebody of the demo signs in with the password that everybody has there.
    ///
    /// # Errors
    /// When they may not.
    pub async fn sign_in(&self, account: &str) -> anyhow::Result<Actor> {
        sign_in(&self.client, self.address, account).await
    }

    /// Whoever is not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Actor {
        Actor::new(self.client.clone(), self.address, "anonymous", None)
    }

    /// Number of the process.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Where it serves.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it as an operator does, and waits until it has finished what it does.
    ///
    /// # Errors
    /// When it does not end, or ends badly.
    pub async fn terminate(mut self) -> anyhow::Result<()> {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        ensure!(told.success(), "it cannot be told to end");
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "it ended with {status}");
                return Ok(());
            }
            ensure!(begun.elapsed() < START, "it does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The status of a probe such as `livez`.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn probe(&self, name: &str) -> anyhow::Result<u16> {
        let answer = self.client.get(format!("http://{}/{name}", self.address)).send().await?;
        Ok(answer.status().as_u16())
    }

    /// Ends it as a lack of memory would: at once, and without a word to it.
    ///
    /// # Errors
    /// When it had ended before, which it should not.
    pub fn kill(mut self) -> anyhow::Result<()> {
        ensure!(self.child.try_wait()?.is_none(), "it ended by itself");
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// The address that it prints once it serves.
    async fn announced(&mut self, log: &Path, before: u64) -> anyhow::Result<SocketAddr> {
        let begun = Instant::now();
        loop {
            let text = std::fs::read(log)?;
            let text = String::from_utf8_lossy(&text);
            let said = text.get(usize::try_from(before)?..).unwrap_or_default();
            let address = said.split_once("serves on http://").and_then(|(_, rest)| rest.split_once('/'));
            if let Some((address, _)) = address {
                return Ok(address.parse()?);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended with {status}: {said}");
            }
            ensure!(begun.elapsed() < START, "it did not start: {said}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which whoever wanted that has seen.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
