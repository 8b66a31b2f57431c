//! The cases of a mirrored tenant: every village has one in every state, some of them delicate, some
//! handed to somebody elsewhere. Who got each is written down here, by other means than the product's.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use fengqiao_domain::cases::{
    Anonymity, Assignee, CaseFilter, CaseOrder, CasePriority, CaseRating, CaseService, DrawSample,
    ReporterDetails, SampleSize, SeedCase, SeedStep,
};
use fengqiao_domain::kernel::id::{AccountId, CaseId, CaseSampleId};
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::org::PlaceReference;
use fengqiao_domain::programmes::{CaseAct, CaseSource};
use sqlx::types::Uuid;

use crate::{Answered as _, Side, World};

/// Where a case is, by index; `None` is the whole of what is above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Town.
    pub town: Option<usize>,
    /// Village of the town.
    pub village: Option<usize>,
    /// Grid of the village.
    pub grid: Option<usize>,
}

/// A case as it was laid.
#[derive(Clone, Debug)]
pub struct Laid {
    /// Id.
    pub id: CaseId,
    /// Number.
    pub number: String,
    /// Stands in each of its texts and nowhere else.
    pub canary: String,
    /// Where it is.
    pub spot: Spot,
    /// Code of its category.
    pub category: &'static str,
    /// Sensitivity.
    pub sensitivity: Sensitivity,
    /// What became of it: the name of its story.
    pub story: &'static str,
    /// Bare ids of everyone it ever lay with, and of the account that reported it.
    pub handed: BTreeSet<Uuid>,
}

/// What is done to a case after its report, and to whom it is given.
type Story = (&'static str, &'static [(CaseAct, &'static str)]);

const STORIES: [Story; 11] = [
    ("reported", &[]),
    ("accepted", &[(CaseAct::Accept, "")]),
    ("at police", &[(CaseAct::Accept, ""), (CaseAct::Dispatch, "police")]),
    ("with far", &[(CaseAct::Accept, ""), (CaseAct::Dispatch, "far")]),
    ("handed up", &[(CaseAct::Accept, ""), (CaseAct::HandUp, "above")]),
    ("at the sibling", &[(CaseAct::Accept, ""), (CaseAct::Dispatch, "sibling station")]),
    ("rejected", &[(CaseAct::Reject, "")]),
    (
        "resolved",
        &[
            (CaseAct::Accept, ""),
            (CaseAct::Dispatch, "volunteer"),
            (CaseAct::Start, ""),
            (CaseAct::Complete, ""),
        ],
    ),
    (
        "closed",
        &[
            (CaseAct::Accept, ""),
            (CaseAct::Dispatch, "justice"),
            (CaseAct::Start, ""),
            (CaseAct::Complete, ""),
            (CaseAct::Verify, ""),
            (CaseAct::Close, ""),
        ],
    ),
    ("withdrawn", &[(CaseAct::Withdraw, "")]),
    ("voided", &[(CaseAct::Accept, ""), (CaseAct::Void, "")]),
];

/// A case before it has an id.
struct Plan {
    laid: Laid,
    seed: SeedCase,
}

/// Lays the cases of a tenant.
pub(crate) async fn lay(world: &World, cases: &CaseService, side: &Side) -> anyhow::Result<Vec<Laid>> {
    let plans = plans(world, side)?;
    let seeds: Vec<SeedCase> = plans.iter().map(|plan| plan.seed.clone()).collect();
    let count = cases.seed_cases(&side.system, &seeds).await.done()?;
    ensure!(count == plans.len(), "{count} of {} cases", plans.len());
    let reader = world.db.reader(&side.system);
    let page = PageRequest { size: 100, ..PageRequest::default() };
    let filter = CaseFilter::default();
    let found = cases.cases(&side.system, &reader, &filter, CaseOrder::default(), &page).await.done()?;
    let found: BTreeMap<String, _> =
        found.rows.into_iter().map(|(_, case)| (case.title.clone(), case)).collect();
    let known = |plan: Plan| {
        let case = found.get(&plan.seed.title).with_context(|| plan.seed.title.clone())?;
        ensure!(case.sensitivity == plan.laid.sensitivity, "{}", plan.seed.title);
        Ok(Laid { id: case.id, number: case.number.clone(), ..plan.laid })
    };
    plans.into_iter().map(known).collect()
}

/// Draws a sample from the closed cases of the district.
pub(crate) async fn draw(cases: &CaseService, side: &Side) -> anyhow::Result<CaseSampleId> {
    let command = DrawSample {
        name: format!("抽查{}", side.mark),
        unit: None,
        category: None,
        programme: None,
        closed_from: None,
        closed_until: None,
        size: SampleSize::Percent(100),
    };
    Ok(cases.draw_sample(&side.system, command).await.done()?.id)
}

fn plans(world: &World, side: &Side) -> anyhow::Result<Vec<Plan>> {
    let mut plans = vec![];
    for (town, village) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        for (number, story) in STORIES.iter().enumerate() {
            let grid = if number % 5 == 4 { None } else { Some(number % 2) };
            let spot = Spot { town: Some(town), village: Some(village), grid };
            // The same story is told with another category and another grade in the next village.
            let shade = number + 3 * village + town;
            plans.push(plan(world, side, spot, *story, shade, plans.len())?);
        }
    }
    for town in [Some(0), Some(1), None] {
        let spot = Spot { town, ..Spot::default() };
        plans.push(plan(world, side, spot, STORIES[1], 0, plans.len())?);
    }
    Ok(plans)
}

fn plan(
    world: &World,
    side: &Side,
    spot: Spot,
    (name, steps): Story,
    shade: usize,
    serial: usize,
) -> anyhow::Result<Plan> {
    let category = if shade.is_multiple_of(2) { "0101" } else { "0201" };
    let sensitivity = match (name, shade % 4) {
        ("handed up", _) | (_, 0 | 1) => Sensitivity::Normal,
        (_, 2) => Sensitivity::Sensitive,
        _ => Sensitivity::Confidential,
    };
    let reporter = match name {
        "accepted" => Some("resident"),
        "withdrawn" => Some("neighbour"),
        "voided" => Some("api"),
        _ => None,
    };
    let reporter = reporter.and_then(|login| side.accounts.get(login).copied());
    let canary = format!("{}〔{serial:02}〕", side.mark);
    let seconds = i64::try_from(serial)? * 60;
    let opened_at = world.db.now().plus_seconds(seconds - 100_000);
    let mut handed = BTreeSet::from([arrival(side, spot, sensitivity)]);
    handed.extend(reporter.map(AccountId::uuid));
    let mut told = vec![];
    for (position, (act, whom)) in steps.iter().enumerate() {
        let target = target(side, spot, whom)?;
        handed.extend(target.map(Assignee::uuid));
        let given = matches!(act, CaseAct::Dispatch);
        told.push(SeedStep {
            act: *act,
            at: opened_at.plus_seconds(i64::try_from(position)? + 1),
            by: None,
            target: target.filter(|_| given),
            text: Some(format!("{canary}经过")),
            rating: None::<CaseRating>,
            toward: None,
            supervision: None,
        });
    }
    let seed = SeedCase {
        programme: None,
        category: side.categories.get(category).copied().context("a category")?,
        title: format!("{canary}标题"),
        description: format!("{canary}详情"),
        place: place(side, spot),
        source: CaseSource::Patrol,
        priority: [CasePriority::Normal, CasePriority::Urgent][serial % 2],
        sensitivity,
        reporter_account: reporter,
        reporter: ReporterDetails {
            name: Some(format!("{}报", side.mark)),
            phone: Some("13900000001".to_owned()),
            anonymity: Anonymity::Named,
        },
        opened_at,
        steps: told,
    };
    let id = CaseId::from_uuid(Uuid::nil());
    let laid = Laid { id, number: String::new(), canary, spot, category, sensitivity, story: name, handed };
    Ok(Plan { laid, seed })
}

fn place(side: &Side, spot: Spot) -> PlaceReference {
    match (spot.town, spot.village, spot.grid) {
        (Some(town), Some(village), Some(grid)) => PlaceReference::Grid(side.grids[town][village][grid]),
        (Some(town), Some(village), None) => PlaceReference::Unit(side.villages[town][village]),
        (Some(town), None, _) => PlaceReference::Unit(side.towns[town]),
        (None, ..) => PlaceReference::Unit(side.unit),
    }
}

/// At whose desk a report arrives: a confidential one at the district's, any other at the lowest unit's.
fn arrival(side: &Side, spot: Spot, sensitivity: Sensitivity) -> Uuid {
    match (sensitivity, spot.town, spot.village) {
        (Sensitivity::Confidential, ..) | (_, None, _) => side.unit.uuid(),
        (_, Some(town), Some(village)) => side.villages[town][village].uuid(),
        (_, Some(town), None) => side.towns[town].uuid(),
    }
}

fn target(side: &Side, spot: Spot, whom: &str) -> anyhow::Result<Option<Assignee>> {
    let account =
        |login: &str| side.accounts.get(login).copied().map(Assignee::Account).context("an account");
    Ok(match (whom, spot.town, spot.village) {
        ("", ..) => None,
        ("police", ..) => Some(Assignee::Organisation(side.organisations[0])),
        ("justice", ..) => Some(Assignee::Organisation(side.organisations[1])),
        ("above", Some(town), _) => Some(Assignee::Unit(side.towns[town])),
        ("sibling station", Some(town), Some(village)) => {
            Some(Assignee::Unit(side.villages[town][1 - village]))
        }
        (login, ..) => Some(account(login)?),
    })
}
