//! `fengqiao export`: what an account sees, as a file.

use std::fs::OpenOptions;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use clap::Args;
use fengqiao_domain::audit::AuditFilter;
use fengqiao_domain::cases::CaseFilter;
use fengqiao_domain::identity::IdentityError;
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::kernel::sheet::{ExportFailure, SheetFormat};
use fengqiao_domain::sheets::{ExportKind, StartExport};

use super::Place;
use super::import::Counter;
use crate::app::App;
use crate::config::Settings;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct Export {
    /// What its rows are: roster, cases, units, grids or `audit_entries`.
    what: ExportKind,
    /// The file to write, which must not exist.
    file: PathBuf,
    /// csv, xlsx or geojson; by the ending of the file without it.
    #[arg(long)]
    format: Option<SheetFormat>,
    /// In whose name: LOGIN@TENANTCODE. The file holds what this account sees, and needs its `DATA_EXPORT`, or
    /// `AUDIT_READ` for the audit trail.
    #[arg(long)]
    account: String,
    /// What it is for; it stands in the audit trail.
    #[arg(long, default_value = "command line")]
    purpose: String,
    #[command(flatten)]
    place: Place,
}

impl Export {
    /// Where the database is.
    pub(super) fn place(&self) -> &Place {
        &self.place
    }
}

/// Writes the file, or leaves none behind.
pub(super) async fn export(settings: Settings, export: Export) -> anyhow::Result<()> {
    let path = &export.file;
    let ending = path.extension().and_then(|ending| ending.to_str()).and_then(|ending| ending.parse().ok());
    let format = export.format.or(ending).context("name the format: --format csv, xlsx or geojson")?;
    let app = App::open(settings).await?;
    app.prepare_store().await?;
    let platform = PlatformScope::for_command_line("export");
    let account = &export.account;
    let scope = app.services.identity.scope_for(&platform, account).await;
    let scope = scope.map_err(|failure| match failure {
        Failure::User(problems)
            if problems.iter().any(|problem| problem.error == IdentityError::AccountDisabled) =>
        {
            anyhow!("{account} is disabled")
        }
        Failure::User(_) => anyhow!("no account {account:?}: name one as LOGIN@TENANTCODE"),
        failure => anyhow!("the database does not answer: {failure:?}"),
    })?;
    let wanted = StartExport {
        kind: export.what,
        format,
        purpose: export.purpose.clone(),
        unit: None,
        at: None,
        filter: CaseFilter::default(),
        entries: AuditFilter::default(),
    };
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let file = file.with_context(|| format!("cannot write {}", path.display()))?;
    let counter = Counter::default();
    let outcome = app.services.sheets.export_now(&scope, &wanted, file, &counter).await;
    counter.finish();
    let failure = match outcome {
        Ok(rows) => return Ok(output::line(format_args!("{rows} rows"))?),
        Err(failure) => failure,
    };
    std::fs::remove_file(path).with_context(|| format!("cannot remove {}", path.display()))?;
    match failure {
        ExportFailure::Denied => {
            let lacking: &str = export.what.permission().into();
            bail!("{account} may not export: its roles lack {lacking}")
        }
        ExportFailure::File(error) => Err(error.into()),
        ExportFailure::Store(error) => Err(error.into()),
    }
}
