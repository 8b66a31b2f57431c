//! The command line: one line says what is wrong and what to do.

mod audit;
mod district;
mod export;
mod import;
mod keys;
mod people;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use fengqiao_domain::identity::Role;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::{Db, Doctor};

use crate::app::{self, App, Offer};
use crate::config::{DEFAULTS, Profile, Settings};
use crate::listeners::Listeners;
use crate::{demo, graphql, output, telemetry};

/// Grassroots governance for a district: GraphQL backend.
#[derive(Debug, Parser)]
#[command(name = "fengqiao", version)]
struct Arguments {
    /// Settings file (TOML) over the built-in defaults.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API.
    Serve(Serve),
    /// Bring the database to the newest schema. PostgreSQL: under `database.owner_url`.
    Migrate(Place),
    /// Load units, grids, the force, categories or days off from a file, all or nothing.
    Import(import::Import),
    /// Write what an account sees to a file.
    Export(export::Export),
    /// Create an account with a role for a whole district, or for the platform: the first of a tenant. The
    /// password comes on standard input.
    Account(Account),
    /// Print a bearer token for a local account: LOGIN@TENANTCODE. Refused in production.
    Token(Token),
    /// Print the GraphQL schema.
    Schema,
    /// Verify the chains of the audit trail.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// List districts, and let one leave: close it, hand over what it holds, erase it.
    #[command(subcommand)]
    District(district::District),
    /// Examine the database's walls.
    Doctor(Place),
    /// Print the settings in force, with secrets masked.
    CheckConfig,
    /// Make key files for production where the settings name them; or have another key seal, or sign tokens, while servers run.
    Keys(keys::Keys),
}

#[derive(Debug, Args)]
struct Serve {
    /// Load the demo if the store is empty: at the size that was published of its districts, or `small`.
    #[arg(long, value_name = "SIZE", num_args = 0..=1, default_missing_value = "published")]
    demo: Option<demo::Size>,
    /// Address and port.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Address of the Redis server: <redis://HOST:PORT> or rediss://…
    #[arg(long)]
    redis: Option<String>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Place {
    /// Address of the database: <sqlite://PATH> or postgres://…
    #[arg(long)]
    database: Option<String>,
}

#[derive(Debug, Args)]
struct Account {
    /// LOGIN@TENANTCODE, for example security.admin@150302; 000000 is the platform.
    login: String,
    /// Name of the person.
    #[arg(long, required_unless_present = "reset_password")]
    name: Option<String>,
    /// Role, for example `security_administrator` or `system_administrator`.
    #[arg(long, required_unless_present = "reset_password")]
    role: Option<Role>,
    /// Give an account that exists a new password, make it active if it was disabled, end its sessions.
    #[arg(long, conflicts_with_all = ["name", "role"])]
    reset_password: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Token {
    /// LOGIN@TENANTCODE, for example xindi.worker@150302.
    #[arg(long)]
    account: String,
    #[command(flatten)]
    place: Place,
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(format_args!("fengqiao: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn execute(arguments: Arguments) -> anyhow::Result<()> {
    if matches!(arguments.command, Command::Schema) {
        return Ok(output::whole(graphql::schema::sdl())?);
    }
    let mut settings = Settings::read(arguments.config.as_deref())?;
    match &arguments.command {
        Command::Serve(serve) => {
            settings.server.listen = serve.listen.unwrap_or(settings.server.listen);
            settings.redis.url = serve.redis.clone().unwrap_or(settings.redis.url);
            settings.redis.check().map_err(anyhow::Error::msg)?;
            place(&mut settings, &serve.place);
        }
        Command::Migrate(at) => {
            place(&mut settings, at);
            settings.database.owner_url = at.database.clone().unwrap_or(settings.database.owner_url);
        }
        Command::Doctor(at) => place(&mut settings, at),
        Command::Token(token) => place(&mut settings, &token.place),
        Command::Account(account) => place(&mut settings, &account.place),
        Command::Import(import) => place(&mut settings, import.place()),
        Command::Export(export) => place(&mut settings, export.place()),
        Command::Audit(audit) => {
            place(&mut settings, audit.place());
            settings.database.worker_url = audit.worker_url(&settings.database.worker_url);
        }
        Command::District(district) => {
            place(&mut settings, district.place());
            if let Some(url) = district.owner_url() {
                url.clone_into(&mut settings.database.owner_url);
            }
        }
        Command::Keys(keys) => {
            if let Some(at) = keys.place() {
                place(&mut settings, at);
            }
        }
        Command::Schema | Command::CheckConfig => {}
    }
    match arguments.command {
        Command::CheckConfig => check_config(&settings),
        Command::Keys(keys) if keys.place().is_none() => keys::on_files(&settings, &keys),
        command => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(with_database(settings, command))
        }
    }
}

/// `--database` names the address for the role of the command.
fn place(settings: &mut Settings, place: &Place) {
    if let Some(url) = &place.database {
        settings.database.url.clone_from(url);
    }
}

async fn with_database(settings: Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(serve) => serve_command(settings, serve.demo).await,
        Command::Migrate(_) => migrate(&settings).await,
        Command::Import(import) => import::import(&settings, import).await,
        Command::Export(export) => export::export(settings, export).await,
        Command::Token(token) => people::token(settings, &token).await,
        Command::Account(account) => people::account(settings, account).await,
        Command::Audit(audit) => audit::audit(settings, audit).await,
        Command::District(wanted) => district::district(settings, wanted).await,
        Command::Doctor(_) => doctor(&settings).await,
        Command::Keys(keys) => keys::on_store(settings, keys).await,
        Command::Schema | Command::CheckConfig => Ok(()),
    }
}

async fn serve_command(settings: Settings, demo: Option<demo::Size>) -> anyhow::Result<()> {
    let _exporter = telemetry::start(&settings.telemetry)?;
    if demo.is_some() && settings.profile == Profile::Production {
        bail!("profile is production: the demo and its accounts are refused; start without --demo");
    }
    if let Some(doubt) = settings.redis.doubt(settings.profile) {
        tracing::warn!("{doubt}");
    }
    if let Some(doubt) = settings.auth.second_factor.doubt(settings.profile) {
        tracing::warn!("{doubt}");
    }
    let app = App::open(settings).await?;
    // Before anything is written: a taken port is said at once.
    let listeners = Listeners::take(&app.settings).await?;
    app.prepare_store().await?;
    if let Some(doubt) = app.settings.audit.doubt(app.settings.profile) {
        tracing::warn!("{doubt}");
    }
    let loaded = match demo {
        Some(size) => demo::load_if_empty(&app, size).await?,
        None => None,
    };
    let offer = if demo.is_some() { Offer::Demo } else { Offer::Nothing };
    app::serve(app, listeners, offer, loaded).await
}

async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    app::create_folder(settings)?;
    Db::migrate(settings.database.migration_url()).await.context("cannot migrate")?;
    Ok(output::line("migrated")?)
}

async fn doctor(settings: &Settings) -> anyhow::Result<()> {
    let app = App::open(settings.clone()).await?;
    let findings = Doctor::examine(&app.services.db).await?;
    if findings.is_empty() {
        output::line("the walls stand")?;
        return warn_of_missing_years(&app).await;
    }
    for finding in &findings {
        output::complain(finding);
    }
    bail!("{} findings", findings.len())
}

/// Deadlines that depend on a year without published days off can still move: whoever keeps the calendar should know.
async fn warn_of_missing_years(app: &App) -> anyhow::Result<()> {
    let platform = PlatformScope::for_command_line("doctor");
    let tenants = app.services.org.tenants(&platform).await;
    for tenant in tenants.map_err(|_| anyhow::anyhow!("the database does not answer"))? {
        let scope = platform.enter(tenant.id);
        let (db, calendars) = (&app.services.db, &app.services.calendars);
        let missing = calendars.missing_years(&scope, &db.reader(&scope), db.now()).await;
        for year in missing.map_err(|_| anyhow::anyhow!("the database does not answer"))? {
            output::complain(format_args!(
                "warning: district {} knows no days off of {}, and deadlines in that year are provisional: \
                 bring them in by `fengqiao import calendar-days FILE --district {}`",
                tenant.code, year, tenant.code
            ));
        }
    }
    Ok(())
}

fn check_config(settings: &Settings) -> anyhow::Result<()> {
    output::line(DEFAULTS)?;
    output::line("# In force:")?;
    for line in format!("{settings:#?}").lines() {
        output::line(format_args!("# {line}"))?;
    }
    Ok(())
}
