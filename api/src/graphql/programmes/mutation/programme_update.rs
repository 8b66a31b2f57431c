//! `programmeUpdate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::programmes as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::programmes::{Programme, ProgrammeUserError};

/// Input of `programmeUpdate`.
#[derive(InputObject)]
pub struct ProgrammeUpdateInput {
    /// Which programme.
    programme_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Whether new cases follow it.
    is_active: bool,
}

/// Outcome of `programmeUpdate`.
#[derive(SimpleObject)]
pub struct ProgrammeUpdatePayload {
    /// The programme after it; null when `userErrors` says why not.
    programme: Option<Programme>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<ProgrammeUserError>,
}

/// Say whether new cases follow a programme.
pub(super) async fn run(ctx: &Context<'_>, input: ProgrammeUpdateInput) -> Outcome<ProgrammeUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "programmeUpdate")?;
    let command = domain::UpdateProgramme {
        seen: domain::SeenProgramme {
            programme: id::parse(&input.programme_id)?,
            version: input.expected_version,
        },
        active: input.is_active,
    };
    let outcome = member.services().programmes.update_programme(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(programme) => {
            ProgrammeUpdatePayload { programme: Some(Programme(programme)), user_errors: vec![] }
        }
        Err(problems) => {
            ProgrammeUpdatePayload { programme: None, user_errors: ProgrammeUserError::all(ctx, problems) }
        }
    })
}
