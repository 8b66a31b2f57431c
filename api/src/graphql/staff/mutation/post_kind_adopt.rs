//! `postKindAdopt`.

use async_graphql::{Context, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::PostKind;

/// Input of `postKindAdopt`.
#[derive(InputObject)]
pub(super) struct PostKindAdoptInput {
    #[graphql(validator(max_items = 100))]
    /// Codes of those that are wanted, at most 100; all of them when absent.
    codes: Option<Vec<String>>,
}

/// Outcome of `postKindAdopt`.
#[derive(SimpleObject)]
pub(super) struct PostKindAdoptPayload {
    /// All kinds of posts that the tenant then has, by code; empty when `userErrors` says why not.
    post_kinds: Vec<PostKind>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Adopt shipped kinds of posts that the tenant does not have yet. Doing it again changes nothing.
pub(super) async fn run(ctx: &Context<'_>, input: PostKindAdoptInput) -> Outcome<PostKindAdoptPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "postKindAdopt")?;
    let command = input.codes.unwrap_or_default();
    let outcome = member.services().staff.adopt_post_kinds(&scope, &command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => {
            PostKindAdoptPayload { post_kinds: done.into_iter().map(PostKind).collect(), user_errors: vec![] }
        }
        Err(problems) => {
            PostKindAdoptPayload { post_kinds: vec![], user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
