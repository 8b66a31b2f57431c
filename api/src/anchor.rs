//! Writes down outside the database where the chains of the audit trail end.
//!
//! A chain shows what was done to its middle. Whoever owns the database can cut off its end, or write a whole one anew: that shows only
//! against an end that was written down where they cannot write. A line is appended and is on the disk before anything else is done.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use fengqiao_domain::audit::anchor_line;
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::{Anchored, Db, Sealer};

use tokio::sync::oneshot;

use crate::app::App;
use crate::config::Audit;

/// How long a server that ends takes for the last entries: it must end all the same.
const LAST: Duration = Duration::from_secs(5);

/// A file to which ends are appended.
struct Anchor {
    db: Db,
    file: PathBuf,
    written: BTreeMap<TenantId, i64>,
}

/// Writes down the ends of all chains, again and again, if there is a file for it.
pub(crate) async fn keep(db: Db, settings: Audit) {
    let Some(file) = settings.anchor() else { return };
    let mut anchor = Anchor { db, file, written: BTreeMap::new() };
    loop {
        anchor.write().await;
        tokio::time::sleep(settings.anchored()).await;
    }
}

/// Seals what was committed last, and writes down where the chains end.
pub(crate) async fn write_last(app: &App) {
    let db = app.services.db.clone();
    let last = async {
        let sealer = Sealer::new(db.clone());
        while sealer.step().await.is_ok_and(|sealed| sealed > 0) {}
        if let Some(file) = app.settings.audit.anchor() {
            Anchor { db, file, written: BTreeMap::new() }.write().await;
        }
    };
    if tokio::time::timeout(LAST, last).await.is_err() {
        tracing::warn!("the last entries of the audit trail are sealed at the next start");
    }
}

impl Anchor {
    /// Writes down the ends that moved since the last time.
    async fn write(&mut self) {
        if let Err(error) = self.try_write().await {
            let file = self.file.display();
            tracing::error!(%file, error = format!("{error:#}"), "the ends of the audit trail are not written down");
        }
    }

    async fn try_write(&mut self) -> anyhow::Result<()> {
        let mut ends = self.db.chain_ends().await?;
        ends.retain(|end| self.written.get(&end.tenant) != Some(&end.sequence));
        let (file, lines) = (self.file.clone(), ends.clone());
        let (told, heard) = oneshot::channel();
        // A thread of its own, which nobody waits for at the end: a mount that hangs must not hold up the server's.
        std::thread::Builder::new().name("anchor".to_owned()).spawn(move || {
            let _ = told.send(append(&file, &lines));
        })?;
        heard.await??;
        self.written.extend(ends.into_iter().map(|end| (end.tenant, end.sequence)));
        Ok(())
    }
}

/// Appends whole lines in one write, after one that a crash cut off.
fn append(path: &Path, ends: &[Anchored]) -> anyhow::Result<()> {
    if ends.is_empty() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut text = String::new();
    if file.seek(SeekFrom::End(0))? > 0 {
        let mut end = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut end)?;
        if end != *b"\n" {
            text.push('\n');
        }
    }
    for end in ends {
        text.push_str(&anchor_line(end));
        text.push('\n');
    }
    file.write_all(text.as_bytes())?;
    Ok(file.sync_all()?)
}
