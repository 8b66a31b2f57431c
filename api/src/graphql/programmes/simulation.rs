//! `programmeSimulate`: a programme played without a case.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::cases;
use fengqiao_domain::kernel::calendar::Limit;
use fengqiao_domain::programmes as domain;

use super::enums::CaseRelationKind;
use super::fault::ProgrammeFault;
use super::mutation::ProgrammeSourceInput;
use super::outline::ProgrammeStage;
use crate::graphql::cases::{
    CaseActKind, CaseErrorCode, CaseInputKind, CaseLightLevel, CaseState, SettlementLevel, SupervisionLevel,
};
use crate::graphql::catalogue::CaseLimitInput;
use crate::graphql::context::member;
use crate::graphql::identity::RoleKind;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::message::language;
use crate::graphql::kit::mistake::Mistake;
use crate::graphql::kit::scalars::DateTime;

/// Input of `programmeSimulate`.
#[derive(InputObject)]
pub(super) struct ProgrammeSimulateInput {
    /// Where the file comes from.
    source: ProgrammeSourceInput,
    /// When the case is reported; every act is later, by ten years at most, and no earlier than the one before.
    started_at: DateTime,
    /// The limit that its category would give, for a programme that leaves it to the category.
    category_limit: Option<CaseLimitInput>,
    /// The level of the office that it arrives at; VILLAGE when absent.
    level: Option<SettlementLevel>,
    /// What is done, in order; at most 100 acts.
    steps: Vec<ProgrammeSimulateStepInput>,
}

/// One act of a simulation, and as what it is done. What it would have to write is taken as written.
#[derive(InputObject)]
pub(super) struct ProgrammeSimulateStepInput {
    /// What is done.
    act: CaseActKind,
    /// Key of the stage that `ADVANCE` and `STEP_BACK` lead to, at most 32 characters.
    to_stage: Option<String>,
    /// When.
    occurred_at: DateTime,
    /// What whoever does it is to the case.
    relation: CaseRelationKind,
    /// By which role; absent for somebody who may do everything.
    role: Option<RoleKind>,
    /// At which level the role is held.
    tier: Option<SettlementLevel>,
    /// Who it is, by any name of at most 40 characters: nobody judges their own result. Somebody new when absent.
    by: Option<String>,
    /// The level of whom `DISPATCH`, `TRANSFER` and `SEND_DOWN` give it to; GRID when absent.
    to_level: Option<SettlementLevel>,
    /// Hours or days more, for `EXTEND` and `REQUEST_EXTENSION`; at least 1.
    amount: Option<u32>,
    /// At what level, for SUPERVISE; NORMAL when absent.
    supervision_level: Option<SupervisionLevel>,
}

/// What became of a simulation.
#[derive(SimpleObject)]
pub(super) struct ProgrammeSimulation {
    /// What is wrong with the file, in the order of its lines; with any, nothing was played.
    faults: Vec<ProgrammeFault>,
    /// What became of each act.
    steps: Vec<SimulatedStep>,
}

/// What became of one act of a simulation.
#[derive(SimpleObject)]
struct SimulatedStep {
    /// What was tried.
    act: CaseActKind,
    /// Whether it was done.
    is_done: bool,
    /// Why not.
    refusal: Option<CaseErrorCode>,
    /// What its input would have to hold.
    requires: Vec<CaseInputKind>,
    /// Keys of the fields that would have to have a value after it.
    field_keys: Vec<String>,
    /// The stage after it, or as it was.
    stage: Option<ProgrammeStage>,
    /// The state after it, or as it was.
    state: CaseState,
    /// The level after it, or as it was.
    level: SettlementLevel,
    /// When the case would have to be done; null without a limit of the whole, and while it stands still.
    due_at: Option<DateTime>,
    /// How that would stand.
    light: Option<CaseLightLevel>,
    /// When it would have to be done at its stage; null where the stage has no limit, and while it stands still.
    stage_due_at: Option<DateTime>,
    /// How that would stand.
    stage_light: Option<CaseLightLevel>,
}

impl ProgrammeSimulateStepInput {
    fn parsed(self) -> cases::PlayedAct {
        cases::PlayedAct {
            act: self.act.into(),
            toward: self.to_stage,
            at: self.occurred_at.0,
            relation: self.relation.into(),
            role: self.role.map(Into::into),
            tier: self.tier.map(Into::into),
            by: self.by,
            to_level: self.to_level.map(Into::into),
            more: self.amount.unwrap_or_default(),
            supervision: self.supervision_level.unwrap_or(SupervisionLevel::Normal).into(),
        }
    }
}

/// Plays a programme.
pub(super) async fn run(ctx: &Context<'_>, input: ProgrammeSimulateInput) -> Outcome<ProgrammeSimulation> {
    let member = member(ctx)?;
    if input.steps.len() > cases::MOST_STEPS {
        return Err(Fault::bad_request(Mistake::TooMany { limit: cases::MOST_STEPS }));
    }
    let text = input.source.text().ok_or_else(|| Fault::bad_request(Mistake::UnknownTemplate))?;
    let programme = match domain::read(&text) {
        Ok(programme) => programme,
        Err(faults) => {
            let language = language(ctx);
            let faults = faults.into_iter().map(|fault| ProgrammeFault::told(fault, language)).collect();
            return Ok(ProgrammeSimulation { faults, steps: vec![] });
        }
    };
    let play = cases::Play {
        programme,
        started_at: input.started_at.0,
        limit: input.category_limit.map(Limit::from),
        level: input.level.unwrap_or(SettlementLevel::Village).into(),
        steps: input.steps.into_iter().map(ProgrammeSimulateStepInput::parsed).collect(),
    };
    if !play.is_possible() {
        return Err(Fault::bad_request(Mistake::ImpossiblePlay));
    }
    let played = member.services().cases.simulate(member.scope(), member.reader(), &play).await?;
    let told = play.steps.iter().zip(played).map(|(act, step)| simulated(&play.programme, act, step));
    Ok(ProgrammeSimulation { faults: vec![], steps: told.collect() })
}

fn simulated(
    programme: &domain::Programme,
    act: &cases::PlayedAct,
    step: cases::PlayedStep,
) -> SimulatedStep {
    let (stage_due_at, stage_light) = step.at_stage.unzip();
    let (verdict, refusal) = match step.outcome {
        Ok(verdict) => (Some(verdict), None),
        Err(error) => (None, Some(error.code().into())),
    };
    let (inputs, fields) = verdict.map(|verdict| (verdict.inputs, verdict.fields)).unwrap_or_default();
    SimulatedStep {
        act: act.act.into(),
        is_done: refusal.is_none(),
        refusal,
        requires: inputs.into_iter().map(Into::into).collect(),
        field_keys: fields.into_iter().collect(),
        stage: programme.stage(&step.case.stage).map(Into::into),
        state: step.case.state.into(),
        level: step.case.level.into(),
        due_at: step.case.due_at.map(DateTime),
        light: step.light.map(Into::into),
        stage_due_at: stage_due_at.flatten().map(DateTime),
        stage_light: stage_light.map(Into::into),
    }
}
