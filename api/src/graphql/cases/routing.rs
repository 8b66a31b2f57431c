//! Why a case went where it went (分派依据), and whom it could be given to.

use async_graphql::{Context, ID, SimpleObject};
use fengqiao_domain::cases as domain;

use super::enums::{CasePlaceSourceKind, CaseRoutingRuleKind, CaseSuggestionKind};
use super::types::{CaseAssignee, assignee_of};
use crate::graphql::catalogue::{Category, category_of};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;

/// Why a case went where it went (分派依据).
#[derive(SimpleObject)]
pub struct CaseRouting {
    /// By what it was decided.
    rule: CaseRoutingRuleKind,
    /// By what its place was known.
    place_source: CasePlaceSourceKind,
    /// The category whose duty (权责) names the organisation; null where the kind of organisation did that the category names,
    /// and where the case went to none.
    duty_category: Option<Category>,
    /// How many organisations it could have gone to by the rule; of several it went to the one with the fewest open cases.
    candidates: u32,
}

/// Why a case went where it went, for staff.
pub(super) async fn routing_of(ctx: &Context<'_>, case: &domain::Case) -> Outcome<Option<CaseRouting>> {
    let Some(routing) = case.routing else { return Ok(None) };
    if !member(ctx)?.scope().is_staff() {
        return Ok(None);
    }
    Ok(Some(CaseRouting {
        rule: routing.rule.into(),
        place_source: routing.place.into(),
        duty_category: category_of(ctx, routing.duty).await?,
        candidates: routing.candidates,
    }))
}

/// Somebody whom a case could be given to.
#[derive(SimpleObject)]
pub struct CaseSuggestion {
    /// Who; null for a person whom the caller may not know.
    assignee: Option<CaseAssignee>,
    /// Why.
    reason: CaseSuggestionKind,
    /// How many open cases lie with them, counted no further than 10,000.
    open_cases: u64,
}

/// Whom the case with an id could be given to; nobody where the caller does not see it.
pub(super) async fn suggested(ctx: &Context<'_>, id: &ID) -> Outcome<Vec<CaseSuggestion>> {
    let member = member(ctx)?;
    let service = &member.services().cases;
    let Some(case) = service.case(member.scope(), member.reader(), id::parse(id)?).await? else {
        return Ok(vec![]);
    };
    let mut suggestions = vec![];
    for one in service.suggested(member.scope(), member.reader(), &case).await? {
        suggestions.push(CaseSuggestion {
            assignee: assignee_of(ctx, one.assignee).await?,
            reason: one.reason.into(),
            open_cases: one.open,
        });
    }
    Ok(suggestions)
}
