//! Settings of the databases.

use std::path::PathBuf;
use std::time::Duration;

use fengqiao_domain::DbOptions;
use serde::Deserialize;

use super::masked;

/// Where the databases are.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Address for the application role.
    pub url: String,
    /// Address for the worker role, or empty.
    pub worker_url: String,
    /// Address for the owner role, or empty.
    pub owner_url: String,
    /// Connections of the application role, or SQLite readers.
    pub connections: u32,
    /// Longest wait for a connection.
    pub acquire_timeout_seconds: u64,
    /// Longest statement.
    pub statement_timeout_seconds: u64,
    /// Longest wait for a lock.
    pub lock_timeout_seconds: u64,
}

impl Database {
    /// How the store is opened.
    #[must_use]
    pub fn options(&self) -> DbOptions {
        DbOptions {
            url: self.url.clone(),
            worker_url: Some(self.worker_url.clone()).filter(|url| !url.is_empty()),
            connections: self.connections,
            acquire_timeout: Duration::from_secs(self.acquire_timeout_seconds),
            statement_timeout: Duration::from_secs(self.statement_timeout_seconds),
            lock_timeout: Duration::from_secs(self.lock_timeout_seconds),
        }
    }

    /// The address that migrations run under.
    #[must_use]
    pub fn migration_url(&self) -> &str {
        if self.owner_url.is_empty() { &self.url } else { &self.owner_url }
    }

    /// The address without its password, to be shown.
    #[must_use]
    pub fn shown(&self) -> String {
        masked(&self.url)
    }

    /// The file of a SQLite database.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let path = self.url.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(PathBuf::from(path.split('?').next().unwrap_or(path)))
    }

    /// Whether it is a SQLite database without a file.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        let in_memory = |file: PathBuf| file.as_os_str().is_empty() || file.as_os_str() == ":memory:";
        self.sqlite_file().is_some_and(|file| in_memory(file) || self.url.contains("mode=memory"))
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("url", &masked(&self.url))
            .field("worker_url", &masked(&self.worker_url))
            .field("owner_url", &masked(&self.owner_url))
            .field("connections", &self.connections)
            .field("acquire_timeout_seconds", &self.acquire_timeout_seconds)
            .field("statement_timeout_seconds", &self.statement_timeout_seconds)
            .field("lock_timeout_seconds", &self.lock_timeout_seconds)
            .finish()
    }
}
