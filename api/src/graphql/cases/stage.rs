//! The stage a case is at, and what the caller could do with it there, as its programme says.

use async_graphql::{Context, SimpleObject};
use fengqiao_domain::cases as domain;

use super::enums::{CaseActKind, CaseInputKind};
use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::programmes::{ProgrammeStage, outline_of};

/// The stage a case is at.
#[derive(SimpleObject)]
pub struct CaseStage {
    /// The stage, as the case's programme names it.
    #[graphql(flatten)]
    stage: ProgrammeStage,
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
}

/// The stage a case is at.
pub(super) async fn stage_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<CaseStage> {
    let programme = outline_of(ctx, case.programme).await?;
    // A published version never loses a stage.
    let stage = programme.stage(&case.stage).ok_or_else(Fault::internal)?;
    Ok(CaseStage { stage: stage.into() })
}

/// What the caller could do with a case now.
pub(super) async fn actions_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Vec<CaseAction>> {
    let programme = outline_of(ctx, case.programme).await?;
    let member = member(ctx)?;
    let verdicts = member.services().cases.viewer_actions(member.scope(), case, &programme);
    let action = |verdict: fengqiao_domain::programmes::Verdict| {
        let (label_zh, label_en) = verdict.label.map(|label| (label.zh, label.en)).unzip();
        CaseAction {
            act: verdict.act.into(),
            label_zh,
            label_en,
            to_stage: verdict.stage,
            requires: verdict.inputs.into_iter().map(Into::into).collect(),
        }
    };
    Ok(verdicts.into_iter().map(action).collect())
}
