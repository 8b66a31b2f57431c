//! `unitRename`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::org as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::Date;
use crate::graphql::org::{OrgUserError, Unit};

/// Input of `unitRename`.
#[derive(InputObject)]
pub(super) struct UnitRenameInput {
    /// Which unit gets it.
    unit_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// The new name, 1 to 60 characters.
    name: String,
    /// First day of the new name.
    since_on: Date,
}

/// Outcome of `unitRename`.
#[derive(SimpleObject)]
pub(super) struct UnitRenamePayload {
    /// The unit under its new name; null when `userErrors` says why not.
    unit: Option<Unit>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OrgUserError>,
}

/// Give a unit another name; the old one stays in its history.
pub(super) async fn run(ctx: &Context<'_>, input: UnitRenameInput) -> Outcome<UnitRenamePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "unitRename")?;
    let command = domain::RenameUnit {
        unit: id::parse(&input.unit_id)?,
        expected_version: input.expected_version,
        name: input.name,
        since_on: input.since_on.0,
    };
    let outcome = member.services().org.rename_unit(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(unit) => UnitRenamePayload { unit: Some(Unit(unit)), user_errors: vec![] },
        Err(problems) => UnitRenamePayload { unit: None, user_errors: OrgUserError::all(ctx, problems) },
    })
}
