//! Writes what a closed district holds into a folder that only its owner reads.
//!
//! `tables/NAME.jsonl` has a row on each line, `attachments/ID` the bytes of each attachment, and `manifest.json` says how many rows and
//! bytes each has and its SHA-256: written last, so that a folder without it was not written to its end.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use aws_lc_rs::digest::{Context as Digest, SHA256};
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::leaving::{HandedOver, LeavingService};
use fengqiao_domain::org::Tenant;
use fengqiao_domain::{Leaving, LeavingTable, UNREADABLE};
use futures::TryStreamExt as _;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Export, refused};
use crate::app::App;
use crate::output;

/// The form of the folder: another number when a reader would have to read it otherwise.
const FORM: u32 = 1;
/// The table that names attachments.
const ATTACHMENTS: &str = "attachments";

/// What handing over needs.
pub(super) struct HandOver<'a> {
    pub(super) app: &'a App,
    pub(super) platform: &'a PlatformScope,
    pub(super) leave: &'a LeavingService,
    pub(super) leaving: &'a Leaving,
}

impl HandOver<'_> {
    /// Writes a district into a new folder, and notes that it was done.
    pub(super) async fn write_into(&self, wanted: &Export) -> anyhow::Result<()> {
        let (code, folder) = (&wanted.code, &wanted.into);
        let settled = self.leave.settled(self.platform, code).await.map_err(refused)?;
        self.leave.sees(self.platform, self.leaving, &settled).await.map_err(refused)?;
        for folder in [folder, &folder.join("tables"), &folder.join("attachments")] {
            private_folder(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let (mut tables, mut what) = (vec![], HandedOver::default());
        let mut named = BTreeSet::new();
        for table in self.leaving.tables().await? {
            let told = self.table(&settled.tenant, &table, folder, &mut named).await?;
            output::line(format_args!("{}: {} rows, {} unreadable", table.name, told.rows, told.unreadable))?;
            what.tables.insert(table.name.clone(), told.rows);
            tables.push(told);
        }
        let attachments = self.attachments(&settled.tenant, folder, &mut named).await?;
        what.files = u64::try_from(attachments.len()).unwrap_or(u64::MAX);
        if !named.is_empty() && !wanted.without_missing_files {
            bail!(
                "{} attachments are not in the storage that [attachments] names, such as {}: is it that of the servers? \
                 Otherwise give --without-missing-files",
                named.len(),
                named.first().map_or("", String::as_str)
            );
        }
        let unreadable: usize = tables.iter().map(|told: &Told| told.unreadable).sum();
        if unreadable > 0 && !wanted.with_unreadable {
            bail!(
                "{unreadable} values do not open: is tenant_keys restored, and the key file that of this time? Otherwise give --with-unreadable"
            );
        }
        let at = self.app.services.db.now().micros();
        let manifest = manifest(&settled.tenant, (&tables, &attachments, &named), at);
        let mut written = Written::create(&folder.join("manifest.json"))?;
        written.write(serde_json::to_string_pretty(&manifest)?.as_bytes())?;
        let (_, digest) = written.done()?;
        let noted = self.leave.handed_over(self.platform, &settled, (&what, &digest)).await;
        noted.map_err(refused)?;
        Ok(output::line(format_args!(
            "{code} is handed over: {} rows and {} files in {}; SHA-256 of manifest.json {digest}",
            what.tables.values().sum::<u64>(),
            what.files,
            folder.display()
        ))?)
    }

    /// The rows of one table, and which attachments it names.
    async fn table(
        &self,
        tenant: &Tenant,
        table: &LeavingTable,
        folder: &Path,
        named: &mut BTreeSet<String>,
    ) -> anyhow::Result<Told> {
        let name = format!("tables/{}.jsonl", table.name);
        let mut written = Written::create(&folder.join(&name))?;
        let (mut rows, mut count, mut unreadable) = (self.leaving.rows(tenant.id, table), 0, 0);
        while let Some(row) = rows.try_next().await.with_context(|| format!("cannot read {}", table.name))? {
            unreadable += row.values().filter(|value| value.get(UNREADABLE).is_some()).count();
            if table.name == ATTACHMENTS {
                named.extend(row.get("id").and_then(Value::as_str).map(str::to_owned));
            }
            let mut line = serde_json::to_vec(&row)?;
            line.push(b'\n');
            written.write(&line)?;
            count += 1;
        }
        let (bytes, sha256) = written.done()?;
        let table = table.name.clone();
        Ok(Told { table, file: name, rows: count, unreadable, bytes, sha256 })
    }

    /// The attachments, each with its line in the list; what is named and was found is named no more.
    async fn attachments(
        &self,
        tenant: &Tenant,
        folder: &Path,
        named: &mut BTreeSet<String>,
    ) -> anyhow::Result<Vec<Value>> {
        let (files, mut told) = (&self.app.services.files, vec![]);
        for id in files.all_of(self.platform, tenant.id).await? {
            let Some(mut bytes) = files.bytes_of(self.platform, (tenant.id, id)).await? else { continue };
            let name = format!("attachments/{}", id.uuid());
            let mut written = Written::create(&folder.join(&name))?;
            while let Some(part) = bytes.try_next().await? {
                written.write(&part)?;
            }
            let (length, digest) = written.done()?;
            named.remove(&id.uuid().to_string());
            told.push(json!({"file": name, "bytes": length, "sha256": digest}));
        }
        Ok(told)
    }
}

/// A table in the list.
#[derive(Serialize)]
struct Told {
    table: String,
    file: String,
    rows: u64,
    /// Values that do not open any more, and are handed over as they are kept.
    unreadable: usize,
    bytes: u64,
    sha256: String,
}

fn manifest(
    tenant: &Tenant,
    (tables, attachments, missing): (&[Told], &[Value], &BTreeSet<String>),
    at: i64,
) -> Value {
    json!({
        "form": FORM,
        "version": env!("CARGO_PKG_VERSION"),
        "district": {"id": tenant.id.uuid(), "code": tenant.code, "name": tenant.name},
        "exported_at": at,
        "notes": "Instants and lengths of time are whole microseconds, instants since 1970-01-01T00:00Z. What is kept sealed stands here as it \
                  reads; bytes that are no text as {\"base64\": …}, and what does not open any more as {\"unreadable\": …}, in hexadecimal digits \
                  like all other bytes. Passwords, keys, tokens and other secrets are left out.",
        "tables": tables,
        "attachments": attachments,
        "missing_attachments": missing,
    })
}

/// A file as it is written.
struct Written {
    file: BufWriter<File>,
    digest: Digest,
    length: u64,
}

impl Written {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { file: BufWriter::new(file), digest: Digest::new(&SHA256), length: 0 })
    }

    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.digest.update(bytes);
        self.length += u64::try_from(bytes.len()).unwrap_or_default();
        self.file.write_all(bytes)
    }

    /// On the disk: its length and its digest.
    fn done(self) -> anyhow::Result<(u64, String)> {
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok((self.length, hex::encode(self.digest.finish())))
    }
}

/// A folder of its owner's, which must not be there yet.
fn private_folder(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        bail!("it exists: name a new folder");
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}
