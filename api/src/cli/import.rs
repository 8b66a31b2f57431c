//! `fengqiao import`: files of units, grids, the force, categories and days off, each taken whole or not at all.

use std::fs::File;
use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use fengqiao_domain::kernel::scope::{PlatformScope, Scope};
use fengqiao_domain::kernel::sheet::{ImportFailure, Progress, SheetFile};

use super::Place;
use crate::app::App;
use crate::config::Settings;
use crate::output;

#[derive(Debug, Args)]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Units from CSV or XLSX; a row of level district creates its tenant.
    Units(Source),
    /// Grids from CSV, XLSX or GeoJSON.
    Grids(Source),
    /// People of the force with what they are appointed to, from CSV or XLSX.
    Staff(OfDistrict),
    /// Categories from CSV or XLSX; those that exist stay as they are.
    Categories(OfDistrict),
    /// Days off and make-up days of whole years from CSV or XLSX; a year of the file takes the place of what was known
    /// of it.
    CalendarDays(OfDistrict),
}

#[derive(Debug, Args)]
struct OfDistrict {
    /// Code of the district it is about, for example 150302.
    #[arg(long)]
    district: String,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Args)]
struct Source {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Import {
    fn source(&self) -> &Source {
        match &self.what {
            What::Units(source) | What::Grids(source) => source,
            What::Staff(of) | What::Categories(of) | What::CalendarDays(of) => &of.source,
        }
    }

    /// Where the database is.
    pub(super) fn place(&self) -> &Place {
        &self.source().place
    }
}

/// Imports a file and says what came of it.
pub(super) async fn import(settings: &Settings, import: Import) -> anyhow::Result<()> {
    let app = App::open(settings.clone()).await?;
    app.prepare_store().await?;
    let platform = PlatformScope::for_command_line("import");
    let path = import.source().file.clone();
    let opened = File::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let file = SheetFile::new(opened, settings.files.sheet());
    let services = &app.services;
    let counter = Counter::default();
    let outcome = match &import.what {
        What::Units(_) => services.org.import_units(&platform, file).await,
        What::Grids(_) => services.org.import_grids(&platform, file).await,
        What::Staff(of) => {
            let scope = district(&app, &platform, &of.district).await?;
            services.staff.import_staff(&scope, file, &counter).await
        }
        What::Categories(of) => {
            let scope = district(&app, &platform, &of.district).await?;
            services.catalogue.import_category_file(&scope, file).await
        }
        What::CalendarDays(of) => {
            let scope = district(&app, &platform, &of.district).await?;
            services.calendars.import_days(&scope, file).await
        }
    };
    counter.finish();
    match outcome {
        Ok(report) => {
            let (created, changed, unchanged) = (report.created, report.changed, report.unchanged);
            Ok(output::line(format_args!("{created} created, {changed} changed, {unchanged} unchanged"))?)
        }
        Err(ImportFailure::Rows(bad)) => {
            for row in &bad {
                output::complain(row);
            }
            bail!("{}: {} bad rows, nothing was written", path.display(), bad.len())
        }
        Err(ImportFailure::Store(error)) => Err(error.into()),
        Err(ImportFailure::Denied) => bail!("the system was refused, which is a defect of this program"),
    }
}

/// The system's scope in the district with a code.
async fn district(app: &App, platform: &PlatformScope, code: &str) -> anyhow::Result<Scope> {
    let tenants = app.services.org.tenants(platform).await;
    let tenants = tenants.map_err(|_| anyhow::anyhow!("the database does not answer"))?;
    let found = tenants.into_iter().find(|tenant| tenant.code == code);
    let found = found.with_context(|| format!("no district {code}: `fengqiao import units` creates one"))?;
    Ok(platform.enter(found.id))
}

/// Counts rows on a terminal, on one line.
#[derive(Default)]
pub(super) struct Counter(AtomicUsize);

impl Counter {
    /// Ends the line, if one was begun.
    pub(super) fn finish(&self) {
        if std::io::stderr().is_terminal() && self.0.load(Ordering::Relaxed) > 0 {
            output::complain("");
        }
    }
}

impl Progress for Counter {
    fn rows(&self, more: usize) {
        let rows = self.0.fetch_add(more, Ordering::Relaxed) + more;
        if std::io::stderr().is_terminal() {
            output::replace(format_args!("{rows} rows"));
        }
    }
}
