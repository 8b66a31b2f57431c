//! `fengqiao audit`: whether the audit trail is what it was.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail};
use clap::{Args, Subcommand};
use fengqiao_domain::audit::read_anchor;
use fengqiao_domain::kernel::chain::Fault;
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::{Anchored, ChainReport};

use super::Place;
use crate::app::App;
use crate::config::Settings;
use crate::output;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Walk every chain and name what is not what was sealed.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Only this tenant.
    #[arg(long, value_name = "CODE")]
    tenant: Option<String>,
    /// What was written down by `audit.anchor_file`; may be given several times. Without it nobody notices that the end of a chain was cut
    /// off, or that a whole chain was replaced.
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Address of the same database for the role `fengqiao_worker`, which reads the chains; not needed for SQLite.
    #[arg(long, value_name = "DATABASE", requires = "database")]
    worker_database: Option<String>,
}

impl Audit {
    /// Where the database is.
    pub(super) const fn place(&self) -> &Place {
        let Self::Verify(verify) = self;
        &verify.place
    }

    /// The address of the worker's role: that of a setting is of the database that the setting names.
    pub(super) fn worker_url(&self, set: &str) -> String {
        let Self::Verify(verify) = self;
        match (&verify.worker_database, &verify.place.database) {
            (Some(url), _) => url.clone(),
            (None, Some(_)) => String::new(),
            (None, None) => set.to_owned(),
        }
    }
}

pub(super) async fn audit(settings: Settings, audit: Audit) -> anyhow::Result<()> {
    let Audit::Verify(verify) = audit;
    let anchored = if mutant::active(Mutant::UnreadAnchor) { vec![] } else { read(&verify.anchor)? };
    let app = App::open(settings).await?;
    let db = &app.services.db;
    let pending = db.pending_migrations().await?;
    if pending > 0 {
        bail!("database lacks {pending} migrations: run `fengqiao migrate`");
    }
    if !db.sees_chains().await? {
        bail!(
            "the role of this database does not see every chain: set database.worker_url, or give --worker-database"
        );
    }
    let ends = db.chain_ends().await?;
    let mut chains = tenants(&app, &anchored).await?;
    if let Some(code) = &verify.tenant {
        chains.retain(|_, name| name == code);
        if chains.is_empty() {
            bail!("no tenant has the code {code}");
        }
    }
    let mut broken = 0;
    for (tenant, name) in &chains {
        let report = match db.verify_chain(*tenant, &anchored).await {
            Ok(report) => report,
            // One that cannot be walked keeps nobody from the others.
            Err(error) => {
                output::complain(format_args!("{name}: cannot be checked: {error}"));
                broken += 1;
                continue;
            }
        };
        tell(name, &report)?;
        if let Some(end) = ends.iter().find(|end| end.tenant == *tenant).filter(|_| !verify.anchor.is_empty())
        {
            warn_of_age(name, end, &anchored);
        }
        broken += usize::from(!report.faults.is_empty());
    }
    if broken > 0 {
        bail!("{broken} of {} chains are not what was sealed", chains.len());
    }
    Ok(())
}

/// Every tenant by its code; those that are known only by their chain by their id.
async fn tenants(app: &App, anchored: &[Anchored]) -> anyhow::Result<BTreeMap<TenantId, String>> {
    let platform = PlatformScope::for_command_line("verify the audit trail");
    let known = app.services.org.all_tenants(&platform).await;
    let known = known.map_err(|_| anyhow!("the database does not answer"))?;
    let chained = app.services.db.chained_tenants().await?.into_iter();
    let others = chained.chain(anchored.iter().map(|anchor| anchor.tenant));
    let mut names: BTreeMap<TenantId, String> = others.map(|tenant| (tenant, tenant.to_string())).collect();
    names.extend(known.into_iter().map(|tenant| (tenant.id, tenant.code)));
    Ok(names)
}

/// Warns of a chain that went on for a day since it was anchored: what came since can be cut off unseen.
fn warn_of_age(name: &str, end: &Anchored, anchored: &[Anchored]) {
    let own = anchored.iter().filter(|anchor| anchor.tenant == end.tenant);
    let until = own.clone().map(|anchor| anchor.sequence).max().unwrap_or_default();
    let at = own.map(|anchor| anchor.at.micros()).max().unwrap_or_default();
    if end.sequence > until && end.at.micros() - at > DAY {
        output::complain(format_args!(
            "{name}: warning: nothing behind sequence {until} was anchored for more than a day: is `audit.anchor_file` written?"
        ));
    }
}

fn tell(name: &str, report: &ChainReport) -> anyhow::Result<()> {
    let ChainReport { sealed, waiting, overdue, faults } = report;
    if faults.is_empty() {
        output::line(format_args!("{name}: {sealed} entries sealed and unbroken, {waiting} waiting"))?;
    }
    for Fault { sequence, entry, what } in faults {
        let place = sequence.map_or_else(String::new, |sequence| format!(" at sequence {sequence}"));
        let entry = entry.map_or_else(String::new, |entry| format!(" ({entry})"));
        output::complain(format_args!("{name}: broken{place}{entry}: {}", what.words()));
    }
    if *overdue > 0 {
        output::complain(format_args!(
            "{name}: warning: {overdue} entries wait for more than a minute to be sealed: is a server running?"
        ));
    }
    Ok(())
}

/// What was written down in some files.
fn read(files: &[PathBuf]) -> anyhow::Result<Vec<Anchored>> {
    let mut anchored = vec![];
    for path in files {
        read_into(&mut anchored, path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(anchored)
}

fn read_into(anchored: &mut Vec<Anchored>, path: &Path) -> anyhow::Result<()> {
    for (number, line) in BufReader::new(File::open(path)?).lines().enumerate() {
        let line = line?;
        match read_anchor(&line) {
            Some(anchor) => anchored.push(anchor),
            // A crash may cut a line off; whoever garbles the others shall be seen.
            None if line.trim().is_empty() => {}
            None => output::complain(format_args!(
                "warning: line {} of {} is not readable and is left out",
                number + 1,
                path.display()
            )),
        }
    }
    Ok(())
}
