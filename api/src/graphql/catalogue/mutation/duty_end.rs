//! `dutyEnd`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::catalogue::CatalogueUserError;
use crate::graphql::catalogue::duty::Duty;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `dutyEnd`.
#[derive(InputObject)]
pub(super) struct DutyEndInput {
    /// Which duty ends.
    duty_id: ID,
}

/// Outcome of `dutyEnd`.
#[derive(SimpleObject)]
pub(super) struct DutyEndPayload {
    /// The duty after it ended; null when `userErrors` says why not.
    duty: Option<Duty>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CatalogueUserError>,
}

/// End a duty: the organisation answers for the category there no longer. Cases stay where they are.
pub(super) async fn run(ctx: &Context<'_>, input: DutyEndInput) -> Outcome<DutyEndPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "dutyEnd")?;
    let outcome = member.services().catalogue.end_duty(&scope, id::parse(&input.duty_id)?).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(duty) => DutyEndPayload { duty: Some(Duty(duty)), user_errors: vec![] },
        Err(problems) => DutyEndPayload { duty: None, user_errors: CatalogueUserError::all(ctx, problems) },
    })
}
