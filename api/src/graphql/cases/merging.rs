//! Cases that are part of others (并案).

use async_graphql::{Context, SimpleObject};
use fengqiao_domain::cases as domain;

use super::enums::CaseState;
use super::loaders::{CaseOf, DuplicatesOf, ProgressOf};
use super::types::Case;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::DateTime;

/// Most steps from a case to what it is part of: one, but where whoever merged its master did not see it.
const MOST_STEPS: usize = 16;

/// What a case is part of in the end, where the caller sees the way there.
pub(super) async fn master_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Option<Case>> {
    let member = member(ctx)?;
    let mut next = case.master;
    for _ in 0..MOST_STEPS {
        let Some(id) = next else { return Ok(None) };
        let Some(found) = member.timelines().load_one(CaseOf(id)).await? else { return Ok(None) };
        if found.master.is_none() {
            return Ok(Some(Case(found)));
        }
        next = found.master;
    }
    Ok(None)
}

/// The cases that are part of one, as far as the caller sees them.
pub(super) async fn duplicates_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Vec<Case>> {
    let found = member(ctx)?.timelines().load_one(DuplicatesOf(case.id)).await?;
    Ok(found.unwrap_or_default().into_iter().map(Case).collect())
}

/// How the case stands that another one is part of, for whoever reported the other one.
#[derive(SimpleObject)]
pub struct CaseMasterProgress {
    /// Number of that case.
    number: String,
    /// Where it stands, as whoever follows it was told last.
    state: CaseState,
    /// When it came to stand there.
    changed_at: DateTime,
}

/// What the caller was told last of the case that theirs is part of.
pub(super) async fn progress_of(
    ctx: &Context<'_>,
    case: &domain::Case,
) -> Outcome<Option<CaseMasterProgress>> {
    if case.master.is_none() {
        return Ok(None);
    }
    let told = member(ctx)?.timelines().load_one(ProgressOf(case.id)).await?;
    Ok(told.map(|told| CaseMasterProgress {
        number: told.number,
        state: told.state.into(),
        changed_at: DateTime(told.at),
    }))
}
