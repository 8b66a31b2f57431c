//! The five first times of a case (五个第一时间).

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::cases as domain;

use super::loaders::MilestonesOf;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::DateTime;

/// What happens to a case for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::MilestoneKind")]
pub enum CaseMilestoneKind {
    /// Somebody who answers for it did something (第一时间回应).
    Response,
    /// Somebody began to work on it (第一时间介入).
    Intervention,
    /// A result was reported (第一时间处置).
    Handling,
    /// It was closed or refused, and its reporter told so (第一时间答复).
    Answer,
    /// It was supervised, or its result checked (第一时间督查).
    Inspection,
}

/// When something happened to a case for the first time.
#[derive(SimpleObject)]
pub struct CaseMilestone {
    /// What happened.
    kind: CaseMilestoneKind,
    /// When it did.
    reached_at: DateTime,
    /// Minutes since the case was entered, by the clock on the wall.
    elapsed_minutes: i64,
}

/// What has happened to a case for the first time, by what of its timeline the caller may read.
pub(super) async fn milestones_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Vec<CaseMilestone>> {
    let key = MilestonesOf { case: case.id, opened_at: case.opened_at };
    let reached = member(ctx)?.timelines().load_one(key).await?.unwrap_or_default();
    let told = |milestone: domain::Milestone| CaseMilestone {
        kind: milestone.kind.into(),
        reached_at: DateTime(milestone.at),
        elapsed_minutes: milestone.elapsed_minutes,
    };
    Ok(reached.into_iter().map(told).collect())
}
