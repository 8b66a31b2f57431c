//! `unitGroupCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::org as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::org::{OrgUserError, UnitGroup, UnitGroupKind};

/// Input of `unitGroupCreate`.
#[derive(InputObject)]
pub(super) struct UnitGroupCreateInput {
    /// Code within the tenant: 1 to 32 letters, digits, `-`, `_`, `.`.
    code: String,
    /// Name, 1 to 60 characters.
    name: String,
    /// What it is for.
    kind: UnitGroupKind,
    /// Units in it, at most 100; one that is named twice is in it once.
    unit_ids: Vec<ID>,
    /// Grids in it, at most 100; one that is named twice is in it once.
    grid_ids: Vec<ID>,
}

/// Outcome of `unitGroupCreate`.
#[derive(SimpleObject)]
pub(super) struct UnitGroupCreatePayload {
    /// The group as it was created; null when `userErrors` says why not.
    unit_group: Option<UnitGroup>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OrgUserError>,
}

/// Create a unit group: a management area, an area or a police grid.
pub(super) async fn run(ctx: &Context<'_>, input: UnitGroupCreateInput) -> Outcome<UnitGroupCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "unitGroupCreate")?;
    let command = domain::CreateGroup {
        code: input.code,
        name: input.name,
        kind: input.kind.into(),
        units: id::parse_all(&input.unit_ids, 100)?,
        grids: id::parse_all(&input.grid_ids, 100)?,
    };
    let outcome = member.services().org.create_group(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(unit_group) => {
            UnitGroupCreatePayload { unit_group: Some(UnitGroup(unit_group)), user_errors: vec![] }
        }
        Err(problems) => {
            UnitGroupCreatePayload { unit_group: None, user_errors: OrgUserError::all(ctx, problems) }
        }
    })
}
