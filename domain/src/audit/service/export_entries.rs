//! Export the audit trail: the entries that its reader finds, newest first, with where each stands in the chain.

use chrono::{DateTime, FixedOffset, SecondsFormat};

use crate::audit::model::{AuditEntry, AuditFilter};
use crate::audit::service::AuditService;
use crate::audit::store;
use crate::identity::directory as identity;
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::page::PageRequest;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{ExportFailure, Progress, SheetTarget, SheetWriter, Written};
use crate::store::Reader;

/// Entries that are asked for together.
const PAGE: u64 = 500;
/// Asia/Shanghai has been UTC+8 without summer time since 1991.
const CHINA_SECONDS_EAST: i32 = 8 * 3_600;

/// The columns, in the words of the schema.
const COLUMNS: [&str; 11] = [
    "id",
    "occurred_at",
    "actor",
    "login",
    "action",
    "target",
    "request",
    "detail",
    "sequence",
    "hash",
    "sealed_at",
];

impl AuditService {
    /// Writes the entries that the filter finds, newest first: what `entries` tells of each, and the login of who did it, as far as the caller
    /// sees the account. Instants are in China's time, to the microsecond that is hashed. Needs `AUDIT_READ`.
    ///
    /// # Errors
    /// [`ExportFailure::Denied`] without it.
    pub async fn export_entries(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &AuditFilter,
        target: SheetTarget,
        progress: &dyn Progress,
    ) -> Result<Written, ExportFailure> {
        if !scope.permits(Permission::AuditRead) {
            return Err(ExportFailure::Denied);
        }
        let tx = reader.tx().await?;
        let mut writer = SheetWriter::begin(target, &COLUMNS)?;
        let mut request = PageRequest { size: PAGE, ..PageRequest::default() };
        loop {
            let page = store::page(&tx, filter, &request).await?;
            request.cursor = page.rows.last().map(|(cursor, _)| cursor.clone());
            let mut accounts: Vec<AccountId> =
                page.rows.iter().filter_map(|(_, entry)| entry.account).collect();
            accounts.sort_unstable();
            accounts.dedup();
            let logins = identity::logins(&tx, &accounts).await?;
            for (_, entry) in &page.rows {
                let login = entry.account.and_then(|account| logins.get(&account));
                writer.row(entry.id.uuid(), &cells(entry, login), None)?;
            }
            progress.rows(page.rows.len());
            if !page.has_next {
                return Ok(writer.finish()?);
            }
        }
    }
}

fn cells(entry: &AuditEntry, login: Option<&String>) -> [String; 11] {
    [
        entry.id.to_string(),
        instant(Some(entry.at)),
        entry.account.map(|account| account.to_string()).unwrap_or_default(),
        login.cloned().unwrap_or_default(),
        entry.action.clone(),
        entry.target.clone(),
        entry.request_id.clone(),
        entry.detail.clone(),
        entry.seal.map(|seal| seal.sequence.to_string()).unwrap_or_default(),
        entry.seal.map(|seal| seal.hash_text()).unwrap_or_default(),
        instant(entry.seal.map(|seal| seal.at)),
    ]
}

/// An instant in China's time, as RFC 3339 with its offset.
fn instant(at: Option<Timestamp>) -> String {
    let china = FixedOffset::east_opt(CHINA_SECONDS_EAST);
    let utc = at.and_then(|at| DateTime::from_timestamp_micros(at.micros()));
    utc.zip(china).map_or_else(String::new, |(utc, china)| {
        utc.with_timezone(&china).to_rfc3339_opts(SecondsFormat::Micros, false)
    })
}
