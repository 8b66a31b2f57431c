//! The demo: five real districts with invented people and cases, at the size that was published of them or with
//! a few hundred cases, laid by the bulk path.
//!
//! The files of `demo/` are built in. Loading is for an empty store of the development profile only.

mod force;
mod histories;
mod rows;
mod shares;
mod stories;

use std::fmt;

use anyhow::bail;
use fengqiao_domain::Fact;
use fengqiao_domain::catalogue::CategoryRow;
use fengqiao_domain::identity::PasswordDigest;
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::scope::{PlatformScope, Scope};
use fengqiao_domain::kernel::sheet::ImportFailure;
use fengqiao_domain::org::{Tenant, TenantKind};
use serde::Serialize;

use self::force::Ground;
use self::stories::Cast;
use crate::app::App;

/// The password of every demo account. Production refuses them.
pub const PASSWORD: &str = "fengqiao-demo";

/// Seed of everything invented.
const SEED: u64 = 2_026;

/// How many cases a demo has. People, posts and teams are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Size {
    /// Those of published numbers too: some 27,000.
    Published,
    /// Some hundred.
    Small,
}

/// Cases that are laid in one transaction: what a transaction holds in memory has a bound.
const BATCH: usize = 2_000;

/// What was loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loaded {
    tenants: usize,
    units: usize,
    grids: usize,
    accounts: usize,
    people: usize,
    cases: usize,
}

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tenants, units, grids, accounts, people, cases } = self;
        write!(
            f,
            "{tenants} tenants, {units} units, {grids} grids, {accounts} accounts, {people} people of the force, {cases} cases"
        )
    }
}

/// A demo account, as the explorer offers it.
#[derive(Clone, Debug, Serialize)]
pub struct DemoAccount {
    /// `login@tenant`.
    pub account: String,
    /// First role.
    pub role: String,
    /// Invented name.
    pub name: String,
    /// The one password.
    pub password: &'static str,
}

/// Every demo account.
#[must_use]
pub fn accounts() -> Vec<DemoAccount> {
    let mut accounts: Vec<DemoAccount> = vec![];
    for row in rows::accounts().unwrap_or_default() {
        let account = format!("{}@{}", row.login, row.district_code);
        if accounts.iter().all(|known| known.account != account) {
            accounts.push(DemoAccount { account, role: row.role, name: row.name, password: PASSWORD });
        }
    }
    accounts
}

/// The demo accounts worth a line at the start: one per role, of the district with most to show.
#[must_use]
pub fn shown_accounts() -> Vec<DemoAccount> {
    let mut shown: Vec<DemoAccount> = vec![];
    for account in accounts() {
        let here = account.account.ends_with("@150302") || account.account.ends_with("@000000");
        if here && shown.iter().all(|known| known.role != account.role) {
            shown.push(account);
        }
    }
    shown
}

/// The demo as a store remembers it: it is loaded in many transactions.
const LOADING: &str = "loading";
const COMPLETE: &str = "complete";

/// Loads the demo into an empty store; does nothing in any other.
///
/// # Errors
/// When an earlier loading was interrupted; when a file does not fit, which a test rules out, or the
/// database refuses.
pub async fn load_if_empty(app: &App, size: Size) -> anyhow::Result<Option<Loaded>> {
    let db = &app.services.db;
    match db.fact(Fact::Demo).await?.as_deref() {
        Some(COMPLETE) => return Ok(None),
        Some(_) => bail!(
            "the demo was interrupted while it was loaded into {}: remove that database and start again",
            app.settings.database.shown()
        ),
        None if !app.services.org.is_empty().await.map_err(told)? => return Ok(None),
        None => {}
    }
    db.set_fact(Fact::Demo, LOADING).await?;
    let loaded = load(app, size).await?;
    db.set_fact(Fact::Demo, COMPLETE).await?;
    Ok(Some(loaded))
}

async fn load(app: &App, size: Size) -> anyhow::Result<Loaded> {
    let platform = PlatformScope::for_command_line("load the demo");
    let mut loaded = Loaded::default();
    let units =
        app.services.org.import_units(&platform, rows::UNITS.as_bytes()).await.map_err(import_told)?;
    loaded.units = units.created;
    let grids =
        app.services.org.import_grids(&platform, rows::GRIDS.as_bytes()).await.map_err(import_told)?;
    loaded.grids = grids.created;
    app.services.org.ensure_platform(&platform).await.map_err(told)?;
    let digest = app.services.identity.digest(PASSWORD).await.map_err(told)?;
    for tenant in app.services.org.tenants(&platform).await.map_err(told)? {
        let scope = platform.enter(tenant.id);
        load_tenant(app, &scope, &tenant, &digest, size, &mut loaded).await?;
        loaded.tenants += 1;
    }
    Ok(loaded)
}

async fn load_tenant(
    app: &App,
    scope: &Scope,
    tenant: &Tenant,
    digest: &PasswordDigest,
    size: Size,
    loaded: &mut Loaded,
) -> anyhow::Result<()> {
    let services = &app.services;
    let is_district = tenant.kind == TenantKind::District;
    if is_district {
        let categories: Vec<CategoryRow> =
            rows::categories()?.into_iter().filter(|row| row.is_for(&tenant.code)).collect();
        services.org.seed_organisations(scope, &rows::organisations(&tenant.code)?).await.map_err(told)?;
        services.org.seed_groups(scope, &rows::groups(&tenant.code)?).await.map_err(told)?;
        services.catalogue.import_categories(scope, &categories).await.map_err(told)?;
    }
    let reader = services.db.reader(scope);
    let codes = services.org.codes(scope, &reader).await.map_err(told)?;
    let categories = services.catalogue.codes(scope, &reader).await.map_err(told)?;
    let seeds = rows::seed_accounts(tenant, &codes, &categories, digest)?;
    let accounts = services.identity.seed_accounts(scope, seeds).await.map_err(told)?;
    loaded.accounts += accounts.len();
    if is_district {
        services.staff.adopt_post_kinds(scope, &[]).await.map_err(told)?;
        let ground =
            Ground { district: &tenant.code, codes: &codes, categories: &categories, accounts: &accounts };
        let muster = force::muster(&ground)?;
        loaded.people += services.staff.seed_force(scope, muster).await.map_err(told)?;
        let now = services.db.now();
        let kinds = rows::categories()?.into_iter().map(|row| (row.code, row.organisation_kind)).collect();
        let cast = Cast { codes: &codes, categories: &categories, kinds: &kinds, accounts: &accounts, now };
        let mut cases = match size {
            Size::Published => histories::tell(&tenant.code, &codes, &categories)?,
            Size::Small => vec![],
        };
        cases.extend(stories::tell(&rows::reports(&tenant.code)?, &cast, SEED)?);
        for batch in cases.chunks(BATCH) {
            loaded.cases += services.cases.seed_cases(scope, batch).await.map_err(told)?;
        }
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn told<E: fmt::Debug>(failure: Failure<E>) -> anyhow::Error {
    anyhow::anyhow!("the demo does not load: {failure:?}")
}

fn import_told(failure: ImportFailure) -> anyhow::Error {
    match failure {
        ImportFailure::Denied => anyhow::anyhow!("the system was refused"),
        ImportFailure::Rows(rows) => {
            let rows: Vec<String> = rows.iter().take(5).map(ToString::to_string).collect();
            anyhow::anyhow!("the demo does not load: {}", rows.join("; "))
        }
        ImportFailure::Store(error) => error.into(),
    }
}
