//! The land that cases occur in: 5 districts, 50 towns, 750 villages and 2,175 grids, with their people.

use std::collections::HashMap;
use std::fmt::Debug;

use anyhow::Context as _;
use fengqiao_api::app::App;
use fengqiao_domain::catalogue::CategoryRow;
use fengqiao_domain::identity::{GrantTarget, Role, SeedAccount, SeedGrant};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::id::AccountId;
use fengqiao_domain::kernel::scope::{PlatformScope, Scope};
use fengqiao_domain::org::{Codes, CreateOrganisation};

const DISTRICTS: usize = 5;
const TOWNS_OF_A_DISTRICT: usize = 10;
/// How the code of a district's last town ends.
pub(crate) const LAST_TOWN: &str = "010";
const VILLAGES_OF_A_TOWN: usize = 15;
/// Nine of ten villages have three grids, the tenth has two.
const GRIDS_OF_A_VILLAGE: usize = 3;
const CATEGORIES: &str = include_str!("../../demo/categories.csv");

/// The organisation that some cases lie with.
pub(crate) const ORGANISATION: &str = "police";

/// A failure of a use case as one of this program.
#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
pub(crate) fn told<E: Debug>(failure: Failure<E>) -> anyhow::Error {
    anyhow::anyhow!("{failure:?}")
}

/// The code of a district.
fn district(number: usize) -> String {
    format!("99{:04}", number + 1)
}

/// The codes of all towns with those of their districts.
pub(crate) fn towns() -> Vec<(String, String)> {
    let districts = (0..DISTRICTS).map(district);
    districts
        .flat_map(|code| {
            (1..=TOWNS_OF_A_DISTRICT).map(move |town| (code.clone(), format!("{code}{town:03}")))
        })
        .collect()
}

/// The codes of the villages of a town.
pub(crate) fn villages(town: &str) -> Vec<String> {
    (1..=VILLAGES_OF_A_TOWN).map(|village| format!("{town}{village:03}")).collect()
}

/// The codes of the grids of the village with that place among all.
fn grids(village: &str, place: usize) -> Vec<String> {
    let number = if place.is_multiple_of(10) { GRIDS_OF_A_VILLAGE - 1 } else { GRIDS_OF_A_VILLAGE };
    (1..=number).map(|grid| format!("{village}{grid:03}")).collect()
}

/// Lays the land.
pub(crate) async fn lay(app: &App, platform: &PlatformScope) -> anyhow::Result<()> {
    let mut units = "code,name,level,parent_code\n".to_owned();
    let mut of_villages = "code,village_code,name,kind\n".to_owned();
    for number in 0..DISTRICTS {
        let code = district(number);
        units.push_str(&format!("{code},第{}区,district,\n", number + 1));
    }
    let mut place = 0;
    for (district, town) in towns() {
        units.push_str(&format!("{town},{town}镇,town,{district}\n"));
        for village in villages(&town) {
            units.push_str(&format!("{village},{village}村,village,{town}\n"));
            for grid in grids(&village, place) {
                of_villages.push_str(&format!("{grid},{village},{grid}网格,basic\n"));
            }
            place += 1;
        }
    }
    let org = &app.services.org;
    org.import_units(platform, units.as_bytes()).await.map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    org.import_grids(platform, of_villages.as_bytes())
        .await
        .map_err(|failure| anyhow::anyhow!("{failure:?}"))?;
    Ok(())
}

/// Gives a district its categories, an organisation, and somebody at every desk.
pub(crate) async fn people(
    app: &App,
    scope: &Scope,
    district: &str,
) -> anyhow::Result<(Codes, HashMap<String, AccountId>)> {
    let services = &app.services;
    let police = CreateOrganisation {
        code: ORGANISATION.to_owned(),
        name: "公安分局".to_owned(),
        kind: "police".to_owned(),
    };
    services.org.seed_organisations(scope, &[police]).await.map_err(told)?;
    let rows: Result<Vec<CategoryRow>, _> =
        csv::Reader::from_reader(CATEGORIES.as_bytes()).into_deserialize().collect();
    let rows: Vec<CategoryRow> =
        rows.context("the demo's categories")?.into_iter().filter(|row| row.is_for(district)).collect();
    services.catalogue.import_categories(scope, &rows).await.map_err(told)?;
    let codes = services.org.codes(scope, &services.db.reader(scope)).await.map_err(told)?;
    let accounts = services.identity.seed_accounts(scope, accounts(&codes)).await.map_err(told)?;
    Ok((codes, accounts))
}

/// A dispatcher for the district and each town, a chief for each village, a worker for each grid. The login is
/// the letter of the role and the code of the place.
fn accounts(codes: &Codes) -> Vec<SeedAccount> {
    let mut accounts = vec![];
    for (code, unit) in &codes.units {
        let (letter, role) = match code.len() {
            6 => ("d", Role::DistrictDispatcher),
            9 => ("t", Role::TownDispatcher),
            _ => ("c", Role::StationChief),
        };
        accounts.push(account(format!("{letter}{code}"), role, GrantTarget::Unit(*unit)));
    }
    for (code, grid) in &codes.grids {
        accounts.push(account(format!("w{code}"), Role::FullTimeWorker, GrantTarget::Grid(*grid)));
    }
    accounts.sort_by(|left, right| left.login.cmp(&right.login));
    accounts
}

fn account(login: String, role: Role, target: GrantTarget) -> SeedAccount {
    SeedAccount {
        name: format!("演示·{login}"),
        login,
        phone: None,
        password: None,
        grants: vec![SeedGrant { role, target, categories: vec![] }],
    }
}
