//! Fills a store with cases of the past by the product's own bulk path, with every row that it writes for a
//! case: the case, its access rows and three entries of its timeline.

use std::collections::HashMap;

use anyhow::Context as _;
use fengqiao_api::app::App;
use fengqiao_domain::cases::{Anonymity, Assignee, CasePriority, ReporterDetails, SeedCase, SeedStep};
use fengqiao_domain::kernel::id::{AccountId, CategoryId, GridId, Timestamp};
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::kernel::scope::{PlatformScope, Scope};
use fengqiao_domain::org::{Codes, PlaceReference, TenantKind};
use fengqiao_domain::programmes::{CaseAct, CaseSource};

use crate::chance::Chance;
use crate::land::{self, ORGANISATION, told};

/// Cases of one transaction.
const BATCH: usize = 2_000;
/// Two years: numbers are given by year, six digits each.
const SPAN_SECONDS: i64 = 2 * 365 * 86_400;
/// Between two acts on a case.
const STEP_SECONDS: i64 = 3_600;

/// What a district's cases are made of.
struct District {
    codes: Codes,
    grids: Vec<(String, GridId)>,
    categories: Vec<CategoryId>,
    accounts: HashMap<String, AccountId>,
}

/// Fills an empty store.
pub(crate) async fn fill(app: &App, cases: usize) -> anyhow::Result<()> {
    let platform = PlatformScope::for_command_line("fill a store for measuring");
    land::lay(app, &platform).await?;
    let tenants = app.services.org.tenants(&platform).await.map_err(told)?;
    let tenants: Vec<_> = tenants.into_iter().filter(|tenant| tenant.kind == TenantKind::District).collect();
    let share = cases.div_ceil(tenants.len().max(1));
    for (number, tenant) in tenants.iter().enumerate() {
        let scope = platform.enter(tenant.id);
        let district = district(app, &scope, &tenant.code).await?;
        let mut chance = Chance::new(u64::try_from(number)?);
        for from in (0..share).step_by(BATCH) {
            let until = share.min(from + BATCH);
            let batch: Option<Vec<SeedCase>> =
                (from..until).map(|place| case(app, &district, &mut chance, place, share)).collect();
            let batch = batch.context("a district without grids, people or categories")?;
            app.services.cases.seed_cases(&scope, &batch).await.map_err(told)?;
        }
    }
    Ok(())
}

async fn district(app: &App, scope: &Scope, code: &str) -> anyhow::Result<District> {
    let (codes, accounts) = land::people(app, scope, code).await?;
    let categories =
        app.services.catalogue.codes(scope, &app.services.db.reader(scope)).await.map_err(told)?;
    // Items have codes of four digits; classes, which take no cases, have two.
    let mut categories: Vec<(String, CategoryId)> =
        categories.into_iter().filter(|(code, _)| code.len() > 2).collect();
    categories.sort_unstable();
    let mut grids: Vec<(String, GridId)> = codes.grids.clone().into_iter().collect();
    grids.sort_unstable();
    let categories = categories.into_iter().map(|(_, id)| id).collect();
    Ok(District { codes, grids, categories, accounts })
}

/// A case with three entries: half of them lie with the station, a quarter with a worker and a quarter with
/// the organisation.
fn case(app: &App, district: &District, chance: &mut Chance, place: usize, of: usize) -> Option<SeedCase> {
    let (code, grid) = chance.pick(&district.grids)?;
    let chief = *district.accounts.get(&format!("c{}", code.get(..12)?))?;
    let worker = *district.accounts.get(&format!("w{code}"))?;
    let age = SPAN_SECONDS / i64::try_from(of).ok()? * i64::try_from(of - place).ok()?;
    let opened_at = app.services.db.now().plus_seconds(-age);
    let second = match chance.below(4) {
        0 => given(Assignee::Account(worker)),
        1 => given(Assignee::Organisation(*district.codes.organisations.get(ORGANISATION)?)),
        _ => (CaseAct::Start, None),
    };
    Some(SeedCase {
        programme: None,
        category: *chance.pick(&district.categories)?,
        title: format!("{code}网格第{place}件：路口井盖松动，车辆经过有异响"),
        description: "井盖松动，夜间车辆经过有异响，附近居民多次反映，请尽快处理。".to_owned(),
        place: PlaceReference::Grid(*grid),
        source: CaseSource::Patrol,
        priority: CasePriority::Normal,
        sensitivity: Sensitivity::Normal,
        reporter_account: Some(worker),
        reporter: ReporterDetails {
            name: Some("演示·居民".to_owned()),
            phone: None,
            anonymity: Anonymity::Named,
        },
        opened_at,
        steps: vec![
            step(opened_at, 1, CaseAct::Accept, None, chief),
            step(opened_at, 2, second.0, second.1, chief),
        ],
    })
}

const fn given(to: Assignee) -> (CaseAct, Option<Assignee>) {
    (CaseAct::Dispatch, Some(to))
}

fn step(
    opened_at: Timestamp,
    number: i64,
    act: CaseAct,
    target: Option<Assignee>,
    by: AccountId,
) -> SeedStep {
    let at = opened_at.plus_seconds(number * STEP_SECONDS);
    SeedStep { act, at, by: Some(by), target, text: None, rating: None, toward: None, supervision: None }
}
