//! `visitVoid`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::fieldwork::VoidVisit;

use crate::graphql::context::member;
use crate::graphql::fieldwork::{Visit, VisitUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `visitVoid`.
#[derive(InputObject)]
pub struct VisitVoidInput {
    /// Which visit is struck off.
    visit_id: ID,
    /// Why, 1 to 1,000 characters.
    reason: String,
}

/// Outcome of `visitVoid`.
#[derive(SimpleObject)]
pub struct VisitVoidPayload {
    /// The visit; null when `userErrors` says why not.
    visit: Option<Visit>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<VisitUserError>,
}

/// Strike off a visit (作废).
pub(super) async fn run(ctx: &Context<'_>, input: VisitVoidInput) -> Outcome<VisitVoidPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "visitVoid")?;
    let command = VoidVisit { visit: id::parse(&input.visit_id)?, reason: input.reason };
    let outcome = member.services().fieldwork.void_visit(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(visit) => VisitVoidPayload { visit: Some(Visit(visit)), user_errors: vec![] },
        Err(problems) => VisitVoidPayload { visit: None, user_errors: VisitUserError::all(ctx, problems) },
    })
}
