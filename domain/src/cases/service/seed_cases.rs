//! Lay cases of the past in bulk: the workflow is played, the rows are written at once, nobody is told.

use std::sync::Arc;

use serde_json::json;

use fengqiao_entity::cases::{case, case_access, case_entry};

use crate::cases::access::{self, Access};
use crate::cases::actor::narrator;
use crate::cases::clock::CaseLimit;
use crate::cases::command::{Anonymity, ReportTexts};
use crate::cases::error::{CaseError, refused};
use crate::cases::evaluation::FilledForm;
use crate::cases::event::hides_actor;
use crate::cases::model::{Assignee, Audience, Case, Handover, Post, TimelineEntry};
use crate::cases::progress::{self, Step};
use crate::cases::return_visit::VisitChannel;
use crate::cases::seed::{SeedCase, SeedStep};
use crate::cases::service::report::sealed;
use crate::cases::service::seed_ground::{Ground, ground, serials};
use crate::cases::service::{Answer, CaseService};
use crate::cases::supervision::Supervised;
use crate::cases::{clock, number, outcome, store, target};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, CaseId};
use crate::kernel::scope::Scope;
use crate::org::{PlaceReference, directory};
use crate::programmes::{self, CaseAct, CaseState, Programme, SettlementLevel, judge};
use crate::store::{Begun, Done, StoreError, Tx};

/// A case of the past and the programme that it followed.
struct Follows<'a> {
    seed: &'a SeedCase,
    programme: &'a Programme,
}

/// Rows to be written together.
#[derive(Default)]
struct Rows {
    cases: Vec<case::Model>,
    access: Vec<case_access::Model>,
    entries: Vec<case_entry::Model>,
}

impl CaseService {
    /// Lays cases with all that was done to them: how many. Transitions are checked, authority is not;
    /// no events are sent, because it is history. For the system itself only.
    ///
    /// # Errors
    /// Paths begin with the index of the case: `NOT_FOUND`, `ILLEGAL_TRANSITION`, `INVALID_TARGET`.
    pub async fn seed_cases(&self, scope: &Scope, seeds: &[SeedCase]) -> Answer<usize> {
        if !scope.is_system() {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            // The system carries no key.
            Begun::Replay(_) => return Ok(0),
        };
        let ground = ground(&tx, seeds).await?;
        let mut serials = serials(&tx, seeds).await?;
        let mut rows = Rows::default();
        let mut order: Vec<(usize, &SeedCase)> = seeds.iter().enumerate().collect();
        order.sort_by_key(|(_, seed)| seed.opened_at);
        for (index, seed) in order {
            let year = number::year(seed.opened_at);
            let serial = serials.entry(year).or_insert(1);
            let number = number::number(&ground.district.code, year, *serial);
            *serial += 1;
            let programme = programme(&tx, seed).await.map_err(|failure| indexed(failure, index))?;
            let follows = Follows { seed, programme: &programme };
            self.lay(&tx, &ground, &follows, number, &mut rows).map_err(|failure| indexed(failure, index))?;
        }
        tx.insert_all(rows.access).await?;
        tx.insert_all(rows.cases).await?;
        tx.plan_anew().await?;
        tx.insert_all(rows.entries).await?;
        let tenant = scope.tenant();
        tx.audit("case.seed", &tenant, json!({ "cases": seeds.len() }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
        Ok(seeds.len())
    }

    fn lay(
        &self,
        tx: &Tx,
        ground: &Ground,
        follows: &Follows<'_>,
        number: String,
        rows: &mut Rows,
    ) -> Answer<()> {
        let seed = follows.seed;
        let mut case = begun(tx, ground, follows, number)?;
        case = clock::timed(case, follows.programme, &self.settings.by(&ground.calendar), &[]);
        let filed_by = seed.reporter_account;
        let mut access = access::opened(&case, filed_by, || tx.new_id());
        let report = SeedStep {
            act: CaseAct::Report,
            at: seed.opened_at,
            by: filed_by,
            target: None,
            text: None,
            rating: None,
            toward: None,
            supervision: None,
        };
        rows.entries.push(told(tx, &case, None, (&report, None))?);
        for step in &seed.steps {
            let (after, rows_after) = self.told_by((tx, ground, follows.programme), &case, &access, step)?;
            let supervised = supervised(follows.programme, step);
            rows.entries.push(told(tx, &after, Some(case.state), (step, supervised))?);
            (case, access) = (after, rows_after);
        }
        rows.access.extend(access.iter().map(|access| store::access::row(tx, &case, access)));
        rows.cases.push(store::row(tx, &case));
        Ok(())
    }

    fn told_by(
        &self,
        (tx, ground, programme): (&Tx, &Ground, &Programme),
        case: &Case,
        access: &[Access],
        step: &SeedStep,
    ) -> Answer<(Case, Vec<Access>)> {
        let actor = narrator(case, programme, step.by, step.at, self.settings.bounds());
        let verdict = judge((case.state, &case.stage), (step.act, step.toward.as_deref()), &actor, programme)
            .map_err(refused)?;
        let change = Step {
            category: None,
            act: step.act,
            to: verdict.state,
            stage: verdict.stage,
            at: step.at,
            by: step.by,
            handover: handover(ground, case, step)?,
            rating: step.rating,
            filled: FilledForm::default(),
            channel: (step.act == CaseAct::ReturnVisit).then_some(VisitChannel::Phone),
            more: 0,
            assistants: step.target.into_iter().collect(),
            master: None,
            supervised: supervised(programme, step),
        };
        let by = self.settings.by(&ground.calendar);
        let counted = outcome::counted(progress::advanced(case, &change), step.act, programme, &by);
        let after = clock::timed(counted, programme, &by, &[]);
        let rows = access::after(access, case, &after, step.act, step.at, || tx.new_id());
        Ok((after, rows))
    }
}

/// The path of a mistake with the index of its case in front.
fn indexed(failure: Failure<CaseError>, index: usize) -> Failure<CaseError> {
    match failure {
        Failure::User(mut problems) => {
            for problem in &mut problems {
                problem.path.insert(0, index.to_string());
            }
            Failure::User(problems)
        }
        other => other,
    }
}

/// The programme that a case of the past followed.
async fn programme(tx: &Tx, seed: &SeedCase) -> Answer<Arc<Programme>> {
    let named = seed.programme.as_deref();
    let programme = programmes::directory::for_case(tx, named, seed.category, seed.source).await?;
    programme.ok_or_else(|| Failure::user("programme", CaseError::InvalidProgramme))
}

/// The case as it was reported.
#[expect(clippy::too_many_lines, reason = "one line for each field")]
fn begun(tx: &Tx, ground: &Ground, follows: &Follows<'_>, number: String) -> Answer<Case> {
    let (seed, programme) = (follows.seed, follows.programme);
    let unknown = |path: &str| Failure::user(path, CaseError::NotFound);
    let place = match seed.place {
        PlaceReference::Grid(id) => {
            directory::place_of_grid(ground.grids.get(&id).ok_or_else(|| unknown("place"))?)
        }
        PlaceReference::Unit(id) => {
            directory::place_of_unit(ground.units.get(&id).ok_or_else(|| unknown("place"))?)
        }
    };
    let terms = ground.terms.get(&seed.category).ok_or_else(|| unknown("category"))?;
    let sensitivity = terms.sensitivity.max(seed.sensitivity);
    let arrival = target::arrival(&place, sensitivity, ground.district.id);
    let limit = CaseLimit::of(programme, terms);
    let id: CaseId = tx.new_id();
    let (state, visit) = progress::beginning(programme, seed.opened_at);
    let case = Case {
        id,
        number,
        state,
        programme: programme.version,
        stage: visit.stage.clone(),
        category: seed.category,
        sensitivity,
        priority: seed.priority,
        source: seed.source,
        external: None,
        title: seed.title.clone(),
        place,
        point: None,
        occurred_at: None,
        reported_at: seed.opened_at,
        reported_unit: None,
        anonymous: seed.reporter.anonymity == Anonymity::Anonymous,
        routing: None,
        assignee: arrival.assignee,
        level: arrival.level,
        settled_level: None,
        limit,
        due_at: None,
        accepted_at: (state == CaseState::Accepted).then_some(seed.opened_at),
        closed_at: None,
        judgement: None,
        reworks: 0,
        evaluation: None,
        evaluable_until: None,
        return_visits: vec![],
        visited_at: None,
        opened_at: seed.opened_at,
        version: 1,
        reckoned_by: 0,
        next_due: None,
        rungs_since: tx.now(),
        retimed: 0,
        followers: vec![],
        visits: vec![visit],
        extensions: 0,
        request: None,
        assistants: vec![],
        master: None,
        urgings: 0,
        supervision: None,
        leader: None,
        pauses: vec![],
        givers: vec![],
        resolution: None,
        reporter_account: seed.reporter_account,
        sealed: sealed(tx, id, &texts(seed))?,
    };
    Ok(case)
}

fn texts(seed: &SeedCase) -> ReportTexts {
    ReportTexts {
        title: seed.title.clone(),
        description: seed.description.clone(),
        address: None,
        name: seed.reporter.name.clone(),
        phone: seed.reporter.phone.clone(),
        external: None,
    }
}

/// Where a case goes in a step of the past.
fn handover(ground: &Ground, case: &Case, step: &SeedStep) -> Answer<Option<Handover>> {
    let target = match step.target {
        Some(target) => Some(post_of(ground, case, target)?),
        None => None,
    };
    let missing = || Failure::user("target", CaseError::Required);
    Ok(match step.act {
        CaseAct::Dispatch | CaseAct::SendDown | CaseAct::Transfer => {
            Some(progress::given(target.ok_or_else(missing)?, progress::post(case)))
        }
        CaseAct::Accept => target.and_then(|taker| progress::taken_over(case, taker)),
        CaseAct::HandUp => {
            let present = match case.assignee {
                Assignee::Unit(id) => ground.units.get(&id),
                Assignee::Account(_) | Assignee::Organisation(_) => None,
            };
            let town = present.and_then(|unit| unit.parent).and_then(|parent| ground.units.get(&parent));
            Some(progress::raised(target::above(case, present, town, ground.district.id)))
        }
        CaseAct::Return => progress::returned(case),
        CaseAct::Complete => progress::reported_back(case),
        CaseAct::SendBack | CaseAct::Reopen => progress::reworked(case),
        CaseAct::Report
        | CaseAct::Reject
        | CaseAct::Start
        | CaseAct::Advance
        | CaseAct::StepBack
        | CaseAct::Pause
        | CaseAct::Resume
        | CaseAct::Extend
        | CaseAct::RequestExtension
        | CaseAct::RefuseExtension
        | CaseAct::CoHandle
        | CaseAct::Assist
        | CaseAct::Urge
        | CaseAct::Supervise
        | CaseAct::Instruct
        | CaseAct::TakeCharge
        | CaseAct::ChangeCategory
        | CaseAct::Comment
        | CaseAct::Verify
        | CaseAct::Close
        | CaseAct::Evaluate
        | CaseAct::ReturnVisit
        | CaseAct::Withdraw
        | CaseAct::Merge
        | CaseAct::Void => None,
    })
}

fn post_of(ground: &Ground, case: &Case, target: Assignee) -> Answer<Post> {
    let level = match target {
        Assignee::Account(_) => SettlementLevel::Grid,
        Assignee::Organisation(_) => case.level,
        Assignee::Unit(id) => {
            let unit = ground.units.get(&id).ok_or_else(|| Failure::user("target", CaseError::NotFound))?;
            unit.level.into()
        }
    };
    Ok(Post { assignee: target, level })
}

/// At what level and cost a case was supervised in a step of the past.
fn supervised(programme: &Programme, step: &SeedStep) -> Option<Supervised> {
    let level = step.supervision.unwrap_or_default();
    (step.act == CaseAct::Supervise).then(|| Supervised::by(programme, level))
}

/// The entry of the timeline that tells of a step.
fn told(
    tx: &Tx,
    after: &Case,
    from: Option<CaseState>,
    (step, supervised): (&SeedStep, Option<Supervised>),
) -> Result<case_entry::Model, StoreError> {
    let by: Option<AccountId> = step.by;
    let entry = TimelineEntry {
        category: None,
        id: tx.new_id(),
        case: after.id,
        version: after.version,
        at: step.at,
        act: step.act,
        from,
        to: after.state,
        stage: Some(after.stage.clone()),
        account: by,
        audience: if is_internal(step.act) { Audience::Staff } else { Audience::Everyone },
        text: step.text.clone(),
        assignee: after.assignee,
        level: after.level,
        rating: step.rating,
        score: None,
        supervised,
        anonymous: hides_actor(after, step.act, by),
    };
    store::entry::row(tx, &entry)
}

/// Whether what is written with an act is the staff's matter.
const fn is_internal(act: CaseAct) -> bool {
    matches!(
        act,
        CaseAct::Instruct
            | CaseAct::Supervise
            | CaseAct::CoHandle
            | CaseAct::Assist
            | CaseAct::RequestExtension
            | CaseAct::RefuseExtension
            | CaseAct::ReturnVisit
    )
}
