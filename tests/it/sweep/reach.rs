//! Who sees which case and which visit, written down once more by plain rules over the fixture: nothing of the product
//! decides here.

use anyhow::bail;
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_tests::{Laid, LaidVisit, Side, Spot};
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
    // Whose cases the account handles.
    let handles: Option<Uuid> = match login {
        "chief" => Some(side.villages[0][0].uuid()),
        "chief2" => Some(side.villages[0][1].uuid()),
        "town" | "townadmin" => Some(side.towns[0].uuid()),
        "handler" => Some(side.organisations[0].uuid()),
        "mediator" => Some(side.organisations[1].uuid()),
        "commander" => Some(side.unit.uuid()),
        _ => None,
    };
    let of_category = login != "patrol" || case.category == "0101";
    let by_place = reads_at(login, case.spot, case.sensitivity)? && of_category;
    let own = side.accounts[login].uuid();
    Ok(by_place || case.handed.contains(&own) || handles.is_some_and(|whom| case.handed.contains(&whom)))
}

/// Whether somebody sees a visit of their own tenant: the patrol is for some cases only, and visits have no category. Those to key persons are for
/// who follows them up, those to children for who reads of children.
pub(crate) fn sees_visit(login: &str, visit: &LaidVisit) -> anyhow::Result<bool> {
    let by_place = reads_at(login, visit.spot, visit.sensitivity)?;
    let concerned = match (visit.key_person, visit.child) {
        (false, false) => login != "patrol",
        (true, false) => ["patrol", "chief", "chief2", "townadmin", "commander"].contains(&login),
        (_, true) => ["chief", "chief2", "townadmin", "commander"].contains(&login),
    };
    Ok(visit.by == login || (concerned && by_place))
}

/// What the place gives, whatever the category.
fn reads_at(login: &str, spot: Spot, sensitivity: Sensitivity) -> anyhow::Result<bool> {
    let at = |town: usize, village: usize| spot.town == Some(town) && spot.village == Some(village);
    let grid = |town: usize, village: usize, grid: usize| at(town, village) && spot.grid == Some(grid);
    let normal = sensitivity == Sensitivity::Normal;
    let sensitive = sensitivity <= Sensitivity::Sensitive;
    Ok(match login {
        "worker" => grid(0, 0, 0) && normal,
        "sibling" => grid(0, 1, 0) && normal,
        "far" => grid(1, 1, 1) && normal,
        "chief" => at(0, 0) && sensitive,
        "chief2" => at(0, 1) && sensitive,
        "town" | "townadmin" => spot.town == Some(0) && sensitive,
        "patrol" => (at(0, 0) || at(1, 0) || grid(0, 1, 0)) && sensitive,
        "commander" | "leader" => true,
        "handler" | "mediator" | "resident" | "neighbour" | "volunteer" | "operator" | "system"
        | "security" | "auditor" | "api" => false,
        other => bail!("who is {other}?"),
    })
}

/// The case of a story in a village.
pub(crate) fn told<'a>(side: &'a Side, story: &str, town: usize, village: usize) -> anyhow::Result<&'a Laid> {
    let here = |spot: Spot| spot.town == Some(town) && spot.village == Some(village);
    match side.cases.iter().find(|case| case.story == story && here(case.spot)) {
        Some(case) => Ok(case),
        None => bail!("no case {story} in village {town}.{village}"),
    }
}
