//! Who asks: one account of every role at the first village of the first town, and some who are elsewhere.

use anyhow::Context as _;
use fengqiao_domain::identity::{GrantTarget, Role, SeedAccount, SeedGrant};
use fengqiao_tests::{Answered as _, Mirror, Side};

/// A column of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    /// As the table calls them.
    pub(super) name: &'static str,
    /// Their login; nothing for whoever is not signed in.
    pub(super) login: Option<&'static str>,
    /// Their district.
    pub(super) side: usize,
}

const fn of(name: &'static str, login: &'static str) -> Caller {
    Caller { name, login: Some(login), side: 0 }
}

/// The columns.
pub(super) const CALLERS: [Caller; 27] = [
    Caller { name: "nobody", login: None, side: 0 },
    of("resident", "resident"),
    of("volunteer", "volunteer"),
    of("parttime", "parttime"),
    of("worker", "worker"),
    of("farworker", "far"),
    of("mediator", "mediator"),
    of("gridchief", "gridchief"),
    of("instructor", "instructor"),
    of("police", "patrol"),
    of("station", "chief"),
    of("neighbour", "chief2"),
    of("townhandler", "townhandler"),
    of("town", "town"),
    of("townadmin", "townadmin"),
    of("department", "handler"),
    of("dispatcher", "dispatcher"),
    of("commander", "commander"),
    of("leader", "leader"),
    of("reviewer", "auditor"),
    of("api", "api"),
    of("system", "system"),
    of("security", "security"),
    of("audit", "auditadmin"),
    of("operator", "operator"),
    // The commander of another district by the leave of this one.
    Caller { name: "overseer", login: Some("overseer"), side: 0 },
    Caller { name: "elsewhere", login: Some("commander"), side: 1 },
];

/// Gives a side the roles that the mirror lacks.
pub(super) async fn seed(mirror: &Mirror, side: &Side) -> anyhow::Result<()> {
    let grid = GrantTarget::Grid(side.grids[0][0][0]);
    let (district, town) = (GrantTarget::Unit(side.unit), GrantTarget::Unit(side.towns[0]));
    let more = [
        ("gridchief", Role::GridChief, grid),
        ("instructor", Role::GridInstructor, GrantTarget::Group(side.group)),
        ("parttime", Role::PartTimeWorker, grid),
        ("dispatcher", Role::DistrictDispatcher, district),
        ("townhandler", Role::TownHandler, town),
        ("auditadmin", Role::AuditAdministrator, district),
    ];
    let seeds = more.map(|(login, role, target)| SeedAccount {
        login: login.to_owned(),
        name: format!("{}{login}", side.mark),
        phone: None,
        password: None,
        grants: vec![SeedGrant { role, target, categories: vec![] }],
    });
    let seeded = mirror.identity.seed_accounts(&side.system, seeds.to_vec()).await.done()?;
    seeded.get("gridchief").map(drop).context("the grid chief has no account")
}
