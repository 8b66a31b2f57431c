//! A SQLite file of its own for every test, written from one that was migrated once.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use fengqiao_domain::Db;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{ConnectOptions as _, Executor as _};
use tempfile::TempDir;
use tokio::sync::OnceCell;

static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();

/// A file that vanishes with this value.
#[derive(Debug)]
pub(crate) struct SqliteFile {
    folder: TempDir,
}

impl SqliteFile {
    /// A migrated file without tenants.
    pub(crate) async fn migrated() -> anyhow::Result<Self> {
        Self::of(TEMPLATE.get_or_try_init(template).await?)
    }

    /// A file with these bytes.
    pub(crate) fn of(bytes: &[u8]) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        std::fs::write(file_in(folder.path()), bytes)?;
        Ok(Self { folder })
    }

    /// What the file holds, with what still stood in its journal.
    pub(crate) async fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        bytes(&file_in(self.folder.path())).await
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        url_in(self.folder.path())
    }

    /// Connections that no wall stands before.
    pub(crate) fn pool(&self) -> SqlitePool {
        let options = SqliteConnectOptions::new()
            .filename(file_in(self.folder.path()))
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(5));
        SqlitePool::connect_lazy_with(options)
    }
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("fengqiao.db")
}

fn url_in(folder: &Path) -> String {
    format!("sqlite://{}", file_in(folder).display())
}

async fn template() -> anyhow::Result<Vec<u8>> {
    let fresh = async {
        let folder = TempDir::new()?;
        Db::migrate(&url_in(folder.path())).await.context("migrating SQLite")?;
        bytes(&file_in(folder.path())).await
    };
    kept("migrated", fresh.boxed()).await
}

/// The bytes of a file that is made once: for all processes, where `FENGQIAO_TEST_TEMPLATES` names their folder. One with a fault in it
/// leaves nothing there.
#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
pub(crate) async fn kept(
    name: &str,
    fresh: BoxFuture<'_, anyhow::Result<Vec<u8>>>,
) -> anyhow::Result<Vec<u8>> {
    let Some(folder) = std::env::var_os("FENGQIAO_TEST_TEMPLATES").map(PathBuf::from) else {
        return fresh.await;
    };
    let file = folder.join(name);
    if file.exists() {
        return Ok(std::fs::read(file)?);
    }
    let bytes = fresh.await?;
    if std::env::var_os("FENGQIAO_MUTANT").is_none() {
        let half = folder.join(format!("{name}-{}", std::process::id()));
        std::fs::write(&half, &bytes)?;
        std::fs::rename(half, file)?;
    }
    Ok(bytes)
}

async fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
    drop(connection);
    Ok(std::fs::read(file)?)
}
