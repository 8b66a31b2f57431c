//! `headcountSet`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::Headcount;

/// Input of `headcountSet`.
#[derive(InputObject)]
pub(super) struct HeadcountSetInput {
    /// The unit that plans.
    unit_id: ID,
    /// What is planned.
    post_kind_id: ID,
    /// How many, those of the units below left out: 0 to 100,000.
    planned: u32,
}

/// Outcome of `headcountSet`.
#[derive(SimpleObject)]
pub(super) struct HeadcountSetPayload {
    /// The plan; null when `userErrors` says why not.
    headcount: Option<Headcount>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Plan how many a unit shall have of a kind of post from now on; former plans keep answering for the past.
pub(super) async fn run(ctx: &Context<'_>, input: HeadcountSetInput) -> Outcome<HeadcountSetPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "headcountSet")?;
    let command = domain::SetHeadcount {
        unit: id::parse(&input.unit_id)?,
        post_kind: id::parse(&input.post_kind_id)?,
        planned: input.planned,
    };
    let outcome = member.services().staff.set_headcount(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => HeadcountSetPayload { headcount: Some(done.into()), user_errors: vec![] },
        Err(problems) => {
            HeadcountSetPayload { headcount: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
