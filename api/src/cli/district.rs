//! `fengqiao district`: lists districts, and lets one leave: closed, handed over, erased. Why these are four steps is in
//! `docs/adr/0037-a-district-leaves.md`.

mod hand_over;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::leaving::{LeavingError, LeavingService, Wanted};
use fengqiao_domain::org::TenantKind;
use fengqiao_domain::{Leaving, Rewrite, StoreError};

use super::Place;
use super::people::{plain, unexpected};
use crate::app::App;
use crate::config::Settings;
use crate::output;

#[derive(Debug, Subcommand)]
pub(super) enum District {
    /// Every district with its code, its state and its name.
    List(At),
    /// Close a district: whoever is in it is out within a minute, nobody comes in, and nothing is done for it.
    Close(Turn),
    /// Open a closed district again.
    Reopen(Turn),
    /// Write what a closed district holds into a folder: one file of JSON lines for each table, the attachments, and a list of both.
    Export(Export),
    /// Erase what a district held that was handed over; its audit trail stays. Whoever broke it off runs it again.
    Erase(Erase),
}

#[derive(Debug, Args)]
pub(super) struct At {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(super) struct Turn {
    /// Six-digit code of the district.
    code: String,
    /// Why; it stands in the district's audit trail.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// Six-digit code of the district.
    code: String,
    /// The folder to make.
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
    /// Go on though the storage has not every attachment that the tables name; the list says which are missing.
    #[arg(long)]
    without_missing_files: bool,
    /// Go on though some values do not open any more; they are handed over as they are kept.
    #[arg(long)]
    with_unreadable: bool,
    #[command(flatten)]
    at: At,
    /// Address of the same database for the role `fengqiao_owner`; not needed for SQLite, nor where `database.owner_url` names it.
    #[arg(long, value_name = "DATABASE")]
    owner_database: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Erase {
    /// Six-digit code of the district.
    code: String,
    /// Its name, to show which one is meant.
    #[arg(long)]
    named: String,
    /// Go on though the storage has fewer attachments than were handed over.
    #[arg(long)]
    without_missing_files: bool,
    /// Write every table anew afterwards, so that nothing is left in free space: nobody reads or writes a table meanwhile.
    #[arg(long)]
    rewrite: bool,
    #[command(flatten)]
    at: At,
    /// Address of the same database for the role `fengqiao_owner`; not needed for SQLite, nor where `database.owner_url` names it.
    #[arg(long, value_name = "DATABASE")]
    owner_database: Option<String>,
}

impl District {
    /// Where the database is.
    pub(super) const fn place(&self) -> &Place {
        match self {
            Self::List(at) => &at.place,
            Self::Close(turn) | Self::Reopen(turn) => &turn.at.place,
            Self::Export(export) => &export.at.place,
            Self::Erase(erase) => &erase.at.place,
        }
    }

    /// The address of the tables' owner, if one was given.
    pub(super) fn owner_url(&self) -> Option<&str> {
        match self {
            Self::Export(export) => export.owner_database.as_deref(),
            Self::Erase(erase) => erase.owner_database.as_deref(),
            _ => None,
        }
    }
}

pub(super) async fn district(settings: Settings, wanted: District) -> anyhow::Result<()> {
    let owner_url = settings.database.migration_url().to_owned();
    let app = App::open(settings).await?;
    app.prepare_store().await?;
    let platform = PlatformScope::for_command_line("district");
    let leave = LeavingService::new(app.services.db.clone(), app.services.org.clone());
    match wanted {
        District::List(_) => list(&app, &platform).await,
        District::Close(turn) => {
            let closed = leave.close(&platform, &turn.code, &turn.reason).await;
            closed.map_err(refused)?;
            if !app.services.db.seals_by_tenant()? {
                output::complain(
                    "warning: its values are sealed by the master key alone. Copies of them stay readable after it is erased, unless it is \
                     brought over first: `fengqiao keys add`, `promote`, `reseal`",
                );
            }
            Ok(output::line(format_args!(
                "{} is closed. Export it in a minute: `fengqiao district export {} --into FOLDER`",
                turn.code, turn.code
            ))?)
        }
        District::Reopen(turn) => {
            leave.reopen(&platform, &turn.code, &turn.reason).await.map_err(refused)?;
            Ok(output::line(format_args!("{} is open", turn.code))?)
        }
        District::Export(export) => {
            let leaving = leaving(&app, &owner_url).await?;
            hand_over::HandOver { app: &app, platform: &platform, leave: &leave, leaving: &leaving }
                .write_into(&export)
                .await
        }
        District::Erase(wanted) => {
            let leaving = leaving(&app, &owner_url).await?;
            erase(&app, (&platform, &leave), &leaving, &wanted).await
        }
    }
}

async fn list(app: &App, platform: &PlatformScope) -> anyhow::Result<()> {
    let tenants = app.services.org.all_tenants(platform).await.map_err(unexpected)?;
    for tenant in tenants.iter().filter(|tenant| tenant.kind == TenantKind::District) {
        let state: &str = tenant.state.into();
        output::line(format_args!("{}\t{state}\t{}", tenant.code, tenant.name))?;
    }
    Ok(())
}

async fn leaving(app: &App, owner_url: &str) -> anyhow::Result<Leaving> {
    let opened = Leaving::open(app.services.db.clone(), owner_url).await;
    opened
        .context("cannot come to the tables as their owner: set database.owner_url, or give --owner-database")
}

async fn erase(
    app: &App,
    (platform, leave): (&PlatformScope, &LeavingService),
    leaving: &Leaving,
    wanted: &Erase,
) -> anyhow::Result<()> {
    let files = &app.services.files;
    let known = leave.district(platform, &wanted.code).await.map_err(refused)?;
    let there = u64::try_from(files.all_of(platform, known.id).await?.len()).unwrap_or(u64::MAX);
    let what = Wanted {
        code: &wanted.code,
        named: &wanted.named,
        files: there,
        without_missing_files: wanted.without_missing_files,
    };
    let tenant = leave.begin_erasure(platform, leaving, what).await.map_err(refused)?;
    let rewrite = if wanted.rewrite { Rewrite::Whole } else { Rewrite::Later };
    let said = |table: &str, rows: u64| {
        // Whether anybody reads it is no reason to stop.
        let _ = output::line(format_args!("{table}: {rows} rows"));
    };
    let erased = leave.erase(platform, leaving, (&tenant, rewrite), said).await.map_err(broken_off)?;
    let removed = files.remove_all_of(platform, tenant.id).await?;
    leave.files_gone(platform, &tenant).await.map_err(refused)?;
    match &app.redis {
        Some(redis) => {
            redis.forget(tenant.id).await.context("Redis does not forget the district: run it again")?;
        }
        None => output::line(
            "no Redis is configured here: where there is one, what it has of the district ends within a day",
        )?,
    }
    leaving.settle(rewrite).await.context(AGAIN)?;
    leave.erased(platform, &tenant, erased, removed).await.map_err(refused)?;
    if !app.services.db.sees_chains().await? || !leave.seal(platform, tenant.id).await {
        output::line("the end of its audit trail is sealed by the next server that runs")?;
    }
    Ok(output::line(format_args!(
        "{} is erased: {} rows, {removed} files, and {} leaves of its people to oversee other districts. Its audit trail stays",
        wanted.code, erased.rows, erased.leaves
    ))?)
}

/// What is left when somebody goes on reading what was removed.
const AGAIN: &str = "run it again when nobody reads what was before";

fn broken_off(failure: Failure<LeavingError>) -> anyhow::Error {
    match failure {
        Failure::Unavailable(error @ StoreError::Busy(_)) => anyhow::Error::from(error).context(AGAIN),
        failure => refused(failure),
    }
}

fn refused(failure: Failure<LeavingError>) -> anyhow::Error {
    plain(failure, |problem| problem.error.to_string())
}
