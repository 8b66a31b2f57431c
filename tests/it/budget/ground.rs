//! A district with some thousand cases, so that a planner has reason to choose.

use std::collections::BTreeSet;

use anyhow::Context as _;
use fengqiao_domain::cases::{Anonymity, Assignee, CasePriority, ReporterDetails, SeedCase, SeedStep};
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::org::PlaceReference;
use fengqiao_domain::programmes::{CaseAct, CaseSource};
use fengqiao_tests::{Answered as _, Backend, Side};

use super::MANY;
use crate::sweep::stage::Stage;
use crate::tenancy::predicates::Walls;

/// Cases that are laid, besides those of the stage.
const CASES: usize = 10_500;

/// A visit where each case is, none of them struck off: what is read of them for nothing is read for those.
const VISITS: &str = "INSERT INTO visits (tenant_id, id, account_id, subject_kind, purpose, outcome, sensitivity, town_id, village_id, \
     grid_id, visited_at, recorded_at, version) SELECT c.tenant_id, c.id, v.account_id, v.subject_kind, \
     v.purpose, v.outcome, 0, c.town_id, c.village_id, c.grid_id, c.opened_at, c.opened_at, \
     1 \
     FROM cases c JOIN (SELECT w.*, row_number() OVER (PARTITION BY w.tenant_id ORDER BY w.id) AS number FROM visits w \
     WHERE w.findings IS NOT NULL) AS v ON v.tenant_id = c.tenant_id AND v.number = 1 WHERE c.grid_id IS NOT NULL";

/// The ground.
pub(super) struct Ground {
    pub(super) stage: Stage,
    /// Tables with many rows.
    pub(super) large: Vec<String>,
    /// What the statements must say.
    pub(super) walls: Walls,
    /// Tables that a policy stands before.
    pub(super) walled: BTreeSet<String>,
    /// A case in the grid of the worker, accepted by the station.
    pub(super) case: (String, String),
}

impl Ground {
    pub(super) async fn lay(backend: Backend) -> anyhow::Result<Self> {
        let stage = Stage::at_work(backend).await?;
        let side = &stage.mirror.sides[0];
        let seeds: Vec<SeedCase> = (0..CASES).map(|number| seed(&stage, side, number)).collect();
        stage.mirror.cases.seed_cases(&side.system, &seeds).await.done()?;
        stage.world.run_sql(VISITS).await?;
        if backend == Backend::Postgres {
            // As its own daemon does sooner or later; nobody does it for SQLite.
            stage.world.run_sql("ANALYZE").await?;
        }
        let (mut large, walled) = (vec![], stage.tables().await?);
        for table in walled.clone() {
            if stage.world.number(&format!("SELECT count(*) FROM {table}")).await? >= MANY {
                large.push(table);
            }
        }
        let laid = crate::sweep::reach::told(side, "accepted", 0, 0).context("a case")?;
        let case = (laid.id.to_string(), laid.number.clone());
        Ok(Self { stage, large, walls: Walls::declared(), walled: walled.into_iter().collect(), case })
    }
}

/// Cases over all grids and categories, half of them with the police or done.
fn seed(stage: &Stage, side: &Side, number: usize) -> SeedCase {
    let grid = side.grids[number % 2][number / 2 % 2][number / 4 % 2];
    let opened_at = stage.world.db.now().plus_seconds(-60 * i64::try_from(number).unwrap_or_default());
    let step = |act, seconds: i64, target| SeedStep {
        act,
        at: opened_at.plus_seconds(seconds),
        by: None,
        target,
        text: None,
        rating: None,
        toward: None,
        supervision: None,
    };
    let police = Assignee::Organisation(side.organisations[0]);
    let mut steps = vec![step(CaseAct::Accept, 1, None)];
    if number.is_multiple_of(2) {
        steps.push(step(CaseAct::Dispatch, 2, Some(police)));
    }
    SeedCase {
        programme: None,
        category: side.categories[["01", "0101", "02", "0201"][number % 4]],
        title: format!("{}第{number}件", side.mark),
        description: "井盖松动".to_owned(),
        place: PlaceReference::Grid(grid),
        source: CaseSource::Patrol,
        priority: CasePriority::Normal,
        sensitivity: Sensitivity::Normal,
        reporter_account: None,
        reporter: ReporterDetails { name: None, phone: None, anonymity: Anonymity::Named },
        opened_at,
        steps,
    }
}
