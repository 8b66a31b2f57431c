//! `programmePublish`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::programmes as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::programmes::{Programme, ProgrammeUserError};

/// Input of `programmePublish`.
#[derive(InputObject)]
pub struct ProgrammePublishInput {
    /// Which programme.
    programme_id: ID,
    /// The version the caller saw.
    expected_version: i64,
}

/// Outcome of `programmePublish`.
#[derive(SimpleObject)]
pub struct ProgrammePublishPayload {
    /// The programme after it; null when `userErrors` says why not.
    programme: Option<Programme>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ProgrammeUserError>,
}

/// Publish the draft of a programme.
pub(super) async fn run(ctx: &Context<'_>, input: ProgrammePublishInput) -> Outcome<ProgrammePublishPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "programmePublish")?;
    let command =
        domain::SeenProgramme { programme: id::parse(&input.programme_id)?, version: input.expected_version };
    let outcome = member.services().programmes.publish_programme(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(programme) => {
            ProgrammePublishPayload { programme: Some(Programme(programme)), user_errors: vec![] }
        }
        Err(problems) => {
            ProgrammePublishPayload { programme: None, user_errors: ProgrammeUserError::all(ctx, problems) }
        }
    })
}
