//! A programme played without a case: where it would be after each act, when it would be due, and who would be refused
//! why. Pure: the same functions that act, over a case that nobody reported.

use uuid::Uuid;

use crate::cases::actor::{self, Bounds};
use crate::cases::clock::{self, CaseLimit, Reckoning};
use crate::cases::error::{CaseError, error_of};
use crate::cases::evaluation::FilledForm;
use crate::cases::model::{Assignee, Case, CasePriority, Handover, Post, SealedTexts};
use crate::cases::outcome;
use crate::cases::progress::{self, Step};
use crate::cases::return_visit::VisitChannel;
use crate::cases::supervision::{self, Supervised};
use crate::identity::Role;
use crate::kernel::calendar::{Light, Limit, WorkCalendar};
use crate::kernel::id::{AccountId, CaseId, CategoryId, Timestamp, UnitId};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::{Place, Sensitivity};
use crate::programmes::{
    CaseAct, CaseSource, Grant, Programme, Relation, SettlementLevel, Standing, SupervisionLevel, Verdict,
    judge,
};

/// Most acts of one play.
pub const MOST_STEPS: usize = 100;

/// A programme, and what is done with a case of it.
#[derive(Clone, Debug)]
pub struct Play {
    /// The programme.
    pub programme: Programme,
    /// When the case is reported.
    pub started_at: Timestamp,
    /// The limit that its category gives, for a programme that leaves it to the category.
    pub limit: Option<Limit>,
    /// The level of the office that it arrives at.
    pub level: SettlementLevel,
    /// What is done, in order.
    pub steps: Vec<PlayedAct>,
}

/// The longest play, in seconds: as long as the longest limit.
const LONGEST: i64 = 3_653 * 86_400;

impl Play {
    /// Whether its times run forward over ten years at most, and its limit is one.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let times = || std::iter::once(self.started_at).chain(self.steps.iter().map(|step| step.at));
        let ends = self.started_at.plus_seconds(LONGEST);
        times().is_sorted()
            && times().all(|at| at <= ends)
            && self.limit.is_none_or(|limit| limit.kind.bounds().contains(&limit.amount))
    }
}

/// One act of a play, and as what it is done.
#[derive(Clone, Debug)]
pub struct PlayedAct {
    /// The act.
    pub act: CaseAct,
    /// Key of the stage that an advance or a step back leads to.
    pub toward: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What whoever does it is to the case.
    pub relation: Relation,
    /// By which role; none for somebody who may do everything.
    pub role: Option<Role>,
    /// At which level that is held.
    pub tier: Option<SettlementLevel>,
    /// Who it is, by any name: nobody judges their own result. Without one it is somebody new.
    pub by: Option<String>,
    /// The level of whom the case is given to.
    pub to_level: Option<SettlementLevel>,
    /// Hours or days more, for an extension and a request for one.
    pub more: u32,
    /// At what level, for a supervision.
    pub supervision: SupervisionLevel,
}

/// What became of one act.
#[derive(Clone, Debug)]
pub struct PlayedStep {
    /// What it would lead to and demand; or why it is refused.
    pub outcome: Result<Verdict, CaseError>,
    /// The case after it, or as it was.
    pub case: Case,
    /// How its time stands then.
    pub light: Option<Light>,
    /// When it is due at its stage then, and how that stands.
    pub at_stage: Option<(Option<Timestamp>, Light)>,
}

/// Plays a programme.
pub(super) fn played(play: &Play, bounds: Bounds, by: &Reckoning<'_>) -> Vec<PlayedStep> {
    let programme = &play.programme;
    let mut case = clock::timed(begun(play), programme, by, &[]);
    let mut people: Vec<Option<&str>> = vec![];
    let mut told = vec![];
    for act in &play.steps {
        let known = people.iter().position(|name| name.is_some() && *name == act.by.as_deref());
        people.push(act.by.as_deref());
        let who = account(known.map_or(people.len(), |first| first + 1));
        let actor = actor::imagined(&case, programme, (standing(act), who), act.at, bounds);
        let toward = act.toward.as_deref();
        let outcome = judge((case.state, &case.stage), (act.act, toward), &actor, programme);
        let outcome = outcome
            .map_err(error_of)
            .and_then(|verdict| unfit(&case, act, programme, by.calendar).map_or(Ok(verdict), Err));
        if let Ok(verdict) = &outcome {
            let step = Step {
                category: None,
                act: act.act,
                to: verdict.state,
                stage: verdict.stage.clone(),
                at: act.at,
                by: Some(who),
                handover: handover(&case, act),
                rating: Some(crate::cases::model::CaseRating::Satisfied),
                filled: FilledForm::default(),
                channel: Some(VisitChannel::Phone),
                more: act.more,
                assistants: vec![post(act.to_level.unwrap_or(SettlementLevel::Village)).assignee],
                master: None,
                supervised: Some(Supervised::by(programme, act.supervision)),
            };
            let counted = outcome::counted(progress::advanced(&case, &step), act.act, programme, by);
            case = clock::timed(counted, programme, by, &[]);
        }
        told.push(PlayedStep {
            outcome,
            light: clock::clock(&case, act.at, by).map(|clock| clock.run.light),
            at_stage: clock::stage_clock(&case, programme, act.at, by)
                .map(|clock| (clock.run.due_at, clock.run.light)),
            case: case.clone(),
        });
    }
    told
}

/// What is wrong with the input of an act that would be possible.
fn unfit(case: &Case, act: &PlayedAct, programme: &Programme, by: &WorkCalendar) -> Option<CaseError> {
    let grows =
        || clock::extended_limit(case, programme, by).is_some_and(|limit| limit.can_grow_by(act.more));
    match act.act {
        CaseAct::Extend | CaseAct::RequestExtension if !grows() => Some(CaseError::InvalidAmount),
        CaseAct::Supervise if !supervision::rises(case.supervision, act.supervision) => {
            Some(CaseError::LowerLevel)
        }
        _ => None,
    }
}

fn account(number: usize) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(u128::try_from(number).unwrap_or_default()))
}

fn standing(act: &PlayedAct) -> Standing {
    use strum::IntoEnumIterator as _;
    let everything = || Permission::iter().collect::<PermissionSet>();
    let by = (act.role.is_some() || act.tier.is_some()).then(|| Grant {
        role: act.role.map(Role::key),
        tier: act.tier,
        organisation: None,
    });
    let permissions = act.role.map_or_else(everything, Role::permissions);
    Standing { relation: act.relation, permissions, by }
}

/// Somebody or some office of a level.
fn post(level: SettlementLevel) -> Post {
    let number = Uuid::from_u128(1_000 + level as u128);
    let assignee = match level {
        SettlementLevel::Grid => Assignee::Account(AccountId::from_uuid(number)),
        SettlementLevel::Village | SettlementLevel::Town | SettlementLevel::District => {
            Assignee::Unit(UnitId::from_uuid(number))
        }
    };
    Post { assignee, level }
}

const fn above(level: SettlementLevel) -> SettlementLevel {
    match level {
        SettlementLevel::Grid => SettlementLevel::Village,
        SettlementLevel::Village => SettlementLevel::Town,
        SettlementLevel::Town | SettlementLevel::District => SettlementLevel::District,
    }
}

fn handover(case: &Case, act: &PlayedAct) -> Option<Handover> {
    let to = post(act.to_level.unwrap_or(SettlementLevel::Grid));
    match act.act {
        CaseAct::Dispatch | CaseAct::Transfer | CaseAct::SendDown => {
            Some(progress::given(to, progress::post(case)))
        }
        CaseAct::HandUp => Some(progress::raised(post(above(case.level)))),
        CaseAct::Return => progress::returned(case),
        CaseAct::Complete => progress::reported_back(case),
        CaseAct::SendBack | CaseAct::Reopen => progress::reworked(case),
        CaseAct::Report
        | CaseAct::Accept
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
    }
}

/// A case that nobody reported, as it would be then.
fn begun(play: &Play) -> Case {
    let (state, visit) = progress::beginning(&play.programme, play.started_at);
    let nobody = Uuid::nil();
    let arrival = post(play.level);
    Case {
        id: CaseId::from_uuid(nobody),
        number: String::new(),
        state,
        programme: None,
        stage: visit.stage.clone(),
        category: CategoryId::from_uuid(nobody),
        sensitivity: Sensitivity::Normal,
        priority: CasePriority::Normal,
        source: CaseSource::Resident,
        external: None,
        title: String::new(),
        place: Place::default(),
        point: None,
        occurred_at: None,
        reported_at: play.started_at,
        reported_unit: None,
        anonymous: false,
        routing: None,
        assignee: arrival.assignee,
        level: arrival.level,
        settled_level: None,
        limit: CaseLimit::given(
            &play.programme,
            play.limit.map(|limit| (limit, CategoryId::from_uuid(nobody))),
        ),
        due_at: None,
        accepted_at: None,
        closed_at: None,
        judgement: None,
        reworks: 0,
        evaluation: None,
        evaluable_until: None,
        return_visits: vec![],
        visited_at: None,
        opened_at: play.started_at,
        version: 1,
        reckoned_by: 0,
        next_due: None,
        rungs_since: play.started_at,
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
        reporter_account: None,
        sealed: SealedTexts { description: vec![], address: None, reporter_name: None, reporter_phone: None },
    }
}
