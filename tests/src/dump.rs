//! A copy of a store, as whoever runs it takes one.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::Household;

impl Household {
    /// What a dump of the database holds: as `pg_dump` writes it, or as SQLite copies itself.
    ///
    /// # Errors
    /// Without `pg_dump` beside the server, and as the database says.
    pub async fn dump(&self) -> anyhow::Result<Vec<u8>> {
        let Some(url) = self.superuser_url() else {
            let copy = self.folder().join("copy.db");
            self.texts(&format!("VACUUM INTO '{}'", copy.display())).await?;
            let bytes = std::fs::read(&copy)?;
            std::fs::remove_file(copy)?;
            return Ok(bytes);
        };
        let folder = self.texts("SELECT setting FROM pg_config WHERE name = 'BINDIR'").await?;
        let mut command = Command::new(Path::new(folder.first().context("a folder")?).join("pg_dump"));
        // What stands behind the address is the driver's own.
        let address = url.split('?').next().unwrap_or_default();
        command.arg("--dbname").arg(address).stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await?.context("pg_dump")?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(output.stdout)
    }
}
