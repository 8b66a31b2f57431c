//! The stage a case is at, and what the caller could do with it there, as its programme says.

use async_graphql::{Context, SimpleObject};
use fengqiao_domain::cases as domain;

use super::clock::{CaseClock, StageClock};
use super::enums::{CaseActKind, CaseInputKind};
use crate::graphql::calendars::calendar_of;
use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::programmes::{ProgrammeStage, outline_of};

/// The stage a case is at.
#[derive(SimpleObject)]
pub struct CaseStage {
    /// The stage, as the case's programme names it.
    #[graphql(flatten)]
    stage: ProgrammeStage,
    /// Since when it is at it; null for what happened before this was kept.
    entered_at: Option<DateTime>,
    /// How its time there stands; null where the programme gives the stage no limit, and for a case that ended.
    clock: Option<StageClock>,
}

/// Something the caller could do with a case now.
#[derive(SimpleObject)]
pub struct CaseAction {
    /// The act; its mutation bears the same name.
    act: CaseActKind,
    /// What the case's programme calls it in Chinese; null leaves it to the act's own name.
    label_zh: Option<String>,
    /// What the case's programme calls it in English; null leaves it to the act's own name.
    label_en: Option<String>,
    /// Key of the stage it leads to.
    to_stage: String,
    /// What its input must hold besides the case and its version.
    requires: Vec<CaseInputKind>,
    /// The fields that it takes.
    fields: Vec<CaseActionField>,
}

/// A field that an act takes.
#[derive(SimpleObject)]
pub struct CaseActionField {
    /// Key of the field, as its programme has it.
    key: String,
    /// Whether it must have a value after the act: a value of before counts.
    is_required: bool,
}

/// The stage a case is at.
pub(super) async fn stage_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<CaseStage> {
    let programme = outline_of(ctx, case.programme).await?;
    // A published version never loses a stage.
    let stage = programme.stage(&case.stage).ok_or_else(Fault::internal)?;
    let calendar = calendar_of(ctx).await?;
    let clock = member(ctx)?.services().cases.stage_clock(case, &programme, &calendar);
    Ok(CaseStage {
        stage: stage.into(),
        entered_at: case.entered_at().map(DateTime),
        clock: clock.map(|clock| StageClock::of(clock, &stage.name)),
    })
}

/// How the time of a case stands.
pub(super) async fn clock_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Option<CaseClock>> {
    let calendar = calendar_of(ctx).await?;
    let Some(clock) = member(ctx)?.services().cases.clock(case, &calendar) else { return Ok(None) };
    let programme = outline_of(ctx, case.programme).await?;
    Ok(Some(CaseClock::of(clock, &programme)))
}

/// What the caller could do with a case now.
pub(super) async fn actions_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Vec<CaseAction>> {
    let programme = outline_of(ctx, case.programme).await?;
    let member = member(ctx)?;
    let verdicts = member.services().cases.viewer_actions(member.scope(), case, &programme);
    let action = |verdict: fengqiao_domain::programmes::Verdict| {
        let field = |is_required| move |key| CaseActionField { key, is_required };
        let demanded = verdict.fields.into_iter().map(field(true));
        let optional = verdict.optional_fields.into_iter().map(field(false));
        let (label_zh, label_en) = verdict.label.map(|label| (label.zh, label.en)).unzip();
        CaseAction {
            act: verdict.act.into(),
            label_zh,
            label_en,
            to_stage: verdict.stage,
            requires: verdict.inputs.into_iter().map(Into::into).collect(),
            fields: demanded.chain(optional).collect(),
        }
    };
    Ok(verdicts.into_iter().map(action).collect())
}
