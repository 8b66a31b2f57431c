//! `oversightGrantCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::oversight as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::oversight::OversightUserError;
use crate::graphql::oversight::types::OversightGrant;

/// Somebody of another district.
#[derive(InputObject)]
pub struct OverseerInput {
    /// Code of their district, such as `150300`; at most 12 characters.
    #[graphql(validator(chars_max_length = 12))]
    district_code: String,
    /// Global id of their account there: they read it themselves, and tell it together with their letter.
    account_id: ID,
    /// What they are called, 1 to 60 characters.
    name: String,
}

/// Input of `oversightGrantCreate`.
#[derive(InputObject)]
pub struct OversightGrantCreateInput {
    /// Who shall read.
    overseer: OverseerInput,
    /// What: the district, or a town of it.
    unit_id: ID,
    /// The categories, each with all below it, at most 100; every category when absent.
    category_ids: Option<Vec<ID>>,
    /// Why, 1 to 500 characters.
    reason: String,
    /// First instant; now when absent or past.
    since_at: Option<DateTime>,
    /// First instant after it, at most ninety days from now unless the operator says otherwise.
    until_at: DateTime,
}

/// Outcome of `oversightGrantCreate`.
#[derive(SimpleObject)]
pub struct OversightGrantCreatePayload {
    /// The grant as it was made; null when `userErrors` says why not.
    oversight_grant: Option<OversightGrant>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OversightUserError>,
}

/// Let somebody of another district read this one.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: OversightGrantCreateInput,
) -> Outcome<OversightGrantCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "oversightGrantCreate")?;
    let command = domain::CreateOversight {
        home_code: input.overseer.district_code,
        home_account: id::parse(&input.overseer.account_id)?,
        name: input.overseer.name,
        unit: id::parse(&input.unit_id)?,
        categories: id::parse_all(&input.category_ids.unwrap_or_default(), 100)?,
        reason: input.reason,
        since: input.since_at.map(|at| at.0),
        until: input.until_at.0,
    };
    let outcome = member.services().oversight.grant_create(&scope, command).await;
    let (oversight_grant, problems) = match settled(ctx, member, outcome).await? {
        Ok(grant) => (Some(OversightGrant(grant)), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(OversightGrantCreatePayload { oversight_grant, user_errors: OversightUserError::all(ctx, problems) })
}
