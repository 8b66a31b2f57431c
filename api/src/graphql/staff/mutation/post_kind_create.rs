//! `postKindCreate`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::identity::{RoleKind, RoleTargetKind};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::enums::EmploymentKind;
use crate::graphql::staff::types::PostKind;

/// Input of `postKindCreate`.
#[derive(InputObject)]
pub(super) struct PostKindCreateInput {
    /// Code within the tenant: 1 to 64 letters, digits, `.`, `-`, `_`.
    code: String,
    /// Name in Chinese, 1 to 60 characters.
    name_zh: String,
    /// Name in English, 1 to 60 characters.
    name_en: String,
    /// The role that the accounts of its holders get; none when absent.
    role: Option<RoleKind>,
    #[graphql(validator(min_items = 1, max_items = 10))]
    /// What it can be held at, 1 to 10 kinds, each one of those that its role can be held at.
    target_kinds: Vec<RoleTargetKind>,
    /// Whether a target has one holder at a time.
    is_exclusive: bool,
    /// How its holders are employed.
    employment_kind: EmploymentKind,
}

/// Outcome of `postKindCreate`.
#[derive(SimpleObject)]
pub(super) struct PostKindCreatePayload {
    /// The kind of post as it was created; null when `userErrors` says why not.
    post_kind: Option<PostKind>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Create what people can be appointed to (岗位), beside or in place of what is shipped.
pub(super) async fn run(ctx: &Context<'_>, input: PostKindCreateInput) -> Outcome<PostKindCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "postKindCreate")?;
    let command = domain::CreatePostKind {
        code: input.code,
        name_zh: input.name_zh,
        name_en: input.name_en,
        role: input.role.map(Into::into),
        targets: input.target_kinds.into_iter().map(Into::into).collect(),
        exclusive: input.is_exclusive,
        employment: input.employment_kind.into(),
    };
    let outcome = member.services().staff.create_post_kind(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => PostKindCreatePayload { post_kind: Some(PostKind(done)), user_errors: vec![] },
        Err(problems) => {
            PostKindCreatePayload { post_kind: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
