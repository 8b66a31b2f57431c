//! Who sees which case, written down once more by plain rules over the fixture: nothing of the product
//! decides here.

use anyhow::bail;
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_tests::{Laid, Side, Spot};
use sqlx::types::Uuid;

/// Everyone who asks.
pub(crate) const CALLERS: [&str; 20] = [
    "resident",
    "neighbour",
    "volunteer",
    "worker",
    "sibling",
    "far",
    "chief",
    "chief2",
    "town",
    "townadmin",
    "patrol",
    "handler",
    "mediator",
    "commander",
    "leader",
    "operator",
    "system",
    "security",
    "auditor",
    "api",
];

/// Whether an account belongs to the staff.
pub(crate) fn is_staff(login: &str) -> bool {
    !matches!(login, "resident" | "neighbour" | "volunteer" | "api")
}

/// Whether somebody sees a case of their own tenant.
pub(crate) fn sees(side: &Side, login: &str, case: &Laid) -> anyhow::Result<bool> {
    let at = |town: usize, village: usize| case.spot.town == Some(town) && case.spot.village == Some(village);
    let grid = |town: usize, village: usize, grid: usize| at(town, village) && case.spot.grid == Some(grid);
    let normal = case.sensitivity == Sensitivity::Normal;
    let sensitive = case.sensitivity <= Sensitivity::Sensitive;
    // What the place gives, and whose cases the account handles.
    let (by_place, handles): (bool, Option<Uuid>) = match login {
        "worker" => (grid(0, 0, 0) && normal, None),
        "sibling" => (grid(0, 1, 0) && normal, None),
        "far" => (grid(1, 1, 1) && normal, None),
        "chief" => (at(0, 0) && sensitive, Some(side.villages[0][0].uuid())),
        "chief2" => (at(0, 1) && sensitive, Some(side.villages[0][1].uuid())),
        "town" | "townadmin" => (case.spot.town == Some(0) && sensitive, Some(side.towns[0].uuid())),
        "patrol" => {
            let in_area = at(0, 0) || at(1, 0) || grid(0, 1, 0);
            (in_area && sensitive && case.category == "0101", None)
        }
        "handler" => (false, Some(side.organisations[0].uuid())),
        "mediator" => (false, Some(side.organisations[1].uuid())),
        "commander" => (true, Some(side.unit.uuid())),
        "leader" => (true, None),
        "resident" | "neighbour" | "volunteer" | "operator" | "system" | "security" | "auditor" | "api" => {
            (false, None)
        }
        other => bail!("who is {other}?"),
    };
    let own = side.accounts[login].uuid();
    Ok(by_place || case.handed.contains(&own) || handles.is_some_and(|whom| case.handed.contains(&whom)))
}

/// The case of a story in a village.
pub(crate) fn told<'a>(side: &'a Side, story: &str, town: usize, village: usize) -> anyhow::Result<&'a Laid> {
    let here = |spot: Spot| spot.town == Some(town) && spot.village == Some(village);
    match side.cases.iter().find(|case| case.story == story && here(case.spot)) {
        Some(case) => Ok(case),
        None => bail!("no case {story} in village {town}.{village}"),
    }
}
