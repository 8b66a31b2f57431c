//! A PostgreSQL server of one test's own, which it may stop under the product.

use std::path::Path;
use std::process::{Command, Stdio};
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::Db;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tempfile::TempDir;

use crate::OWNER;
use crate::postgres::ROLES;

/// Longer than a start with recovery takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that lives as long as this value.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    address: String,
}

impl Cluster {
    /// Initialises and starts one; `tests/lib/cluster.sh` knows how.
    ///
    /// # Errors
    /// Without PostgreSQL's programs.
    pub async fn new() -> anyhow::Result<Self> {
        let mut cluster = Self { folder: TempDir::new()?, address: String::new() };
        let port = cluster.run("create").await?;
        cluster.address = format!("postgres://postgres@127.0.0.1:{}/postgres", port.trim());
        Ok(cluster)
    }

    /// Its address for a role.
    ///
    /// # Errors
    /// Never; the address is one.
    pub fn url(&self, role: &str) -> anyhow::Result<String> {
        let options = PgConnectOptions::from_str(&self.address)?;
        let options = if role.is_empty() { options } else { options.username(role) };
        Ok(options.to_url_lossy().to_string())
    }

    /// Roles and tables.
    pub(crate) async fn prepare(&self) -> anyhow::Result<()> {
        let mut connection = PgConnectOptions::from_str(&self.address)?.connect().await?;
        connection.execute(ROLES).await?;
        connection.close().await?;
        Ok(Db::migrate(&self.url(OWNER)?).await?)
    }

    /// Stops it as a crash would: every connection breaks, and what was not written ahead is lost.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn crash(&self) -> anyhow::Result<()> {
        self.run("crash").await.map(drop)
    }

    /// Starts it again and waits until it has recovered.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(&self) -> anyhow::Result<()> {
        self.run("start").await.map(drop)
    }

    /// Carries out one command of the script: what it prints.
    async fn run(&self, what: &'static str) -> anyhow::Result<String> {
        let mut command = script(what, self.folder.path());
        let output = tokio::task::spawn_blocking(move || command.output());
        let output =
            tokio::time::timeout(PATIENCE, output).await.context("tests/lib/cluster.sh hangs")???;
        ensure!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What does not stop is stopped by the script, once this process has ended.
        let _ = script("crash", self.folder.path()).output();
    }
}

fn script(what: &str, folder: &Path) -> Command {
    let mut command = Command::new("bash");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("lib/cluster.sh");
    command.arg(script).arg(what).arg(folder).stdin(Stdio::null());
    command
}
