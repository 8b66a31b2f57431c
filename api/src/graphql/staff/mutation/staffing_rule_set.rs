//! `staffingRuleSet`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::org::GridKind;
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::plan_types::{Posts, StaffingRule};

/// Input of `staffingRuleSet`.
#[derive(InputObject)]
pub(super) struct StaffingRuleSetInput {
    /// The whole rule, at most 100 demands; an empty one demands nothing.
    requirements: Vec<StaffingRequirementInput>,
}

/// One demand of a staffing rule.
#[derive(InputObject)]
pub(super) struct StaffingRequirementInput {
    /// Name in Chinese, 1 to 60 characters.
    name_zh: String,
    /// Name in English, 1 to 60 characters.
    name_en: String,
    /// Only grids of this kind need it; every grid when absent.
    grid_kind: Option<GridKind>,
    /// Kinds of posts that count together, 1 to 100.
    post_kind_ids: Vec<ID>,
    /// Least number of people for each grid: 0 to 100,000.
    minimum: u32,
}

/// Outcome of `staffingRuleSet`.
#[derive(SimpleObject)]
pub(super) struct StaffingRuleSetPayload {
    /// The rule from now on; null when `userErrors` says why not.
    staffing_rule: Option<StaffingRule>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

impl StaffingRequirementInput {
    fn parsed(self) -> Outcome<domain::SetRequirement> {
        Ok(domain::SetRequirement {
            name_zh: self.name_zh,
            name_en: self.name_en,
            grid_kind: self.grid_kind.map(Into::into),
            posts: self.post_kind_ids.iter().map(id::parse).collect::<Outcome<_>>()?,
            minimum: self.minimum,
        })
    }
}

/// Set what each grid of the tenant needs from now on; the former rule keeps answering for the past.
pub(super) async fn run(ctx: &Context<'_>, input: StaffingRuleSetInput) -> Outcome<StaffingRuleSetPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "staffingRuleSet")?;
    let requirements = input.requirements.into_iter().map(StaffingRequirementInput::parsed);
    let requirements = requirements.collect::<Outcome<Vec<_>>>()?;
    let outcome = member.services().staff.set_staffing_rule(&scope, requirements).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(rule) => {
            let rule = Posts::read(ctx).await?.rule(rule);
            StaffingRuleSetPayload { staffing_rule: Some(rule), user_errors: vec![] }
        }
        Err(problems) => {
            StaffingRuleSetPayload { staffing_rule: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
