//! `postKindUpdate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::enums::{EmploymentKind, PostKindState};
use crate::graphql::staff::types::PostKind;

/// Input of `postKindUpdate`. What is absent stays.
#[derive(InputObject)]
pub(super) struct PostKindUpdateInput {
    /// Which kind of post changes.
    post_kind_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Name in Chinese, 1 to 60 characters.
    name_zh: Option<String>,
    /// Name in English, 1 to 60 characters.
    name_en: Option<String>,
    /// Whether a target has one holder at a time from now on; whoever holds it stays.
    is_exclusive: Option<bool>,
    /// How its holders are employed.
    employment_kind: Option<EmploymentKind>,
    /// `RETIRED` takes no new holders.
    state: Option<PostKindState>,
}

/// Outcome of `postKindUpdate`.
#[derive(SimpleObject)]
pub(super) struct PostKindUpdatePayload {
    /// The kind of post after the change; null when `userErrors` says why not.
    post_kind: Option<PostKind>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Change a kind of post; its role and targets stay, for its holders have them.
pub(super) async fn run(ctx: &Context<'_>, input: PostKindUpdateInput) -> Outcome<PostKindUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "postKindUpdate")?;
    let command = domain::UpdatePostKind {
        post_kind: id::parse(&input.post_kind_id)?,
        expected_version: input.expected_version,
        name_zh: input.name_zh,
        name_en: input.name_en,
        exclusive: input.is_exclusive,
        employment: input.employment_kind.map(Into::into),
        state: input.state.map(Into::into),
    };
    let outcome = member.services().staff.update_post_kind(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => PostKindUpdatePayload { post_kind: Some(PostKind(done)), user_errors: vec![] },
        Err(problems) => {
            PostKindUpdatePayload { post_kind: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
