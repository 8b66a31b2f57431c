//! The figures of a programme's source: so many cases laid as history by its story, and counted by the product.

use anyhow::{Context as _, ensure};
use fengqiao_domain::cases::{Assignee, CasePriority, ReporterDetails, SeedCase, SeedStep};
use fengqiao_domain::kernel::id::{AccountId, CategoryId, GridId, TenantId, Timestamp};
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::kernel::scope::{PlatformScope, Scope};
use fengqiao_domain::org::PlaceReference;
use fengqiao_domain::programmes::{CaseAct, CaseSource, Programme};
use fengqiao_tests::{Actor, Answered as _, Places, Served, account_id};
use serde_json::{Value, json};

use super::{Figure, Story, Told, Whom};
use crate::programmes::{GRID, person};

/// 2026-09-01T01:00:00Z: the history lies before the tests' clock.
const BEGAN: Timestamp = Timestamp(1_788_224_400_000_000);
/// Days that belong to one figure, in seconds.
const SPAN: i64 = 5 * 86_400;
const COUNT: &str = "query($filter: CaseFilter!) { cases(filter: $filter) { totalCount } }";

/// Lays what the source counted: how many were found and settled, as the product counts them; none without figures.
pub(super) async fn laid_and_counted(
    served: &Served,
    programme: &Programme,
    story: &Story,
) -> anyhow::Result<Option<(usize, usize)>> {
    if story.figures.is_empty() {
        return Ok(None);
    }
    let watcher = person(served, "district.command").await?;
    let scope = system(&watcher).await?;
    let steps = steps(served, story).await?;
    let (mut found, mut settled) = (0, 0);
    for (place, figure) in (0..).zip(&story.figures) {
        // Each figure in days of its own: two can be of one category.
        let began = BEGAN.plus_seconds(place * SPAN);
        let until = began.plus_seconds(SPAN);
        let category = Places::of(&watcher).category(&figure.category).await?;
        let cases = cases(&watcher, (programme, story), (figure, began), &steps).await?;
        served.services().cases.seed_cases(&scope, &cases).await.done()?;
        let mut filter = json!({
            "programmeKey": programme.key, "categoryIds": [category],
            "opened": {"from": instant(began), "until": instant(until)},
        });
        let count = async |filter: &Value| {
            let answer = watcher.run(COUNT, json!({"filter": filter})).await?;
            let total = answer.data("cases/totalCount")?.as_u64().context("a number")?;
            anyhow::Ok(usize::try_from(total)?)
        };
        found += count(&filter).await?;
        filter["states"] = json!(["CLOSED"]);
        settled += count(&filter).await?;
        filter["states"] = json!([]);
        filter["stageKeys"] = json!([figure.open_at]);
        let open = count(&filter).await?;
        ensure!(open == figure.found - figure.settled, "{open} at {}", figure.open_at);
    }
    Ok(Some((found, settled)))
}

fn instant(at: Timestamp) -> Value {
    async_graphql::ScalarType::to_value(&fengqiao_api::graphql::kit::scalars::DateTime(at))
        .into_json()
        .unwrap_or_default()
}

/// The system itself in the district of somebody.
async fn system(of: &Actor) -> anyhow::Result<Scope> {
    let own = of.run("{ tenant { id } }", Value::Null).await?;
    let tenant: TenantId =
        own.data("tenant/id")?.as_str().unwrap_or_default().parse().ok().context("an id")?;
    Ok(PlatformScope::for_command_line("the figures of a programme").enter(tenant))
}

/// The steps of a story that led somewhere, as history tells them, each with the stage after it.
async fn steps(served: &Served, story: &Story) -> anyhow::Result<Vec<(SeedStep, String)>> {
    let mut steps = vec![];
    for told in story.steps.iter().filter(|step| step.refused.is_none()) {
        let act: CaseAct = told.act.parse().ok().context("an act")?;
        let step = SeedStep {
            act,
            at: BEGAN,
            by: Some(account(served, &told.by).await?),
            target: target(served, act, told).await?,
            text: told.says.clone(),
            rating: told.rating.as_deref().and_then(|rating| rating.to_lowercase().parse().ok()),
            toward: told.toward.clone(),
            supervision: None,
        };
        steps.push((step, told.stage.clone().unwrap_or_default()));
    }
    Ok(steps)
}

async fn account(served: &Served, login: &str) -> anyhow::Result<AccountId> {
    let id = account_id(&person(served, login).await?).await?;
    id.parse().ok().context("an account")
}

async fn target(served: &Served, act: CaseAct, told: &Told) -> anyhow::Result<Option<Assignee>> {
    let staff = person(served, "xindi.station").await?;
    let places = Places::of(&staff);
    Ok(match &told.to {
        Some(Whom { account: Some(login), .. }) => Some(Assignee::Account(account(served, login).await?)),
        Some(Whom { unit: Some(code), .. }) => {
            Some(Assignee::Unit(places.unit(code).await?.parse().ok().context("a unit")?))
        }
        Some(Whom { organisation: Some(code), .. }) => {
            let id = places.organisation(code).await?;
            Some(Assignee::Organisation(id.parse().ok().context("an organisation")?))
        }
        _ => {
            ensure!(!matches!(act, CaseAct::Dispatch | CaseAct::Transfer | CaseAct::SendDown), "to whom");
            None
        }
    })
}

/// The cases of a figure: the settled ones go the whole way, the others stop where the figure says.
async fn cases(
    by: &Actor,
    (programme, story): (&Programme, &Story),
    (figure, began): (&Figure, Timestamp),
    steps: &[(SeedStep, String)],
) -> anyhow::Result<Vec<SeedCase>> {
    let places = Places::of(by);
    let category: CategoryId = places.category(&figure.category).await?.parse().ok().context("a category")?;
    let grid: GridId = places.grid(GRID).await?.parse().ok().context("a grid")?;
    let source = story.source.to_lowercase();
    let source: CaseSource = source.parse().ok().with_context(|| source.clone())?;
    let last = if story.stage == figure.open_at {
        0
    } else {
        let passed = steps.iter().position(|(_, stage)| *stage == figure.open_at);
        1 + passed.with_context(|| format!("the story does not pass {}", figure.open_at))?
    };
    let case = |number: usize| {
        let opened_at = began.plus_seconds(i64::try_from(number).unwrap_or_default());
        let length = if number < figure.settled { steps.len() } else { last };
        let step = |(place, (step, _)): (i64, &(SeedStep, String))| SeedStep {
            at: opened_at.plus_seconds(3_600 * place),
            ..step.clone()
        };
        SeedCase {
            category,
            title: programme.name.zh.clone(),
            description: "演示".to_owned(),
            place: PlaceReference::Grid(grid),
            source,
            priority: CasePriority::Normal,
            sensitivity: Sensitivity::Normal,
            reporter_account: None,
            reporter: ReporterDetails::default(),
            programme: Some(programme.key.clone()),
            opened_at,
            steps: (1..).zip(&steps[..length]).map(step).collect(),
        }
    };
    Ok((0..figure.found).map(case).collect())
}
