//! `unitCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::org as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::Date;
use crate::graphql::org::{CodeSystem, OrgUserError, Unit, UnitState};

/// Input of `unitCreate`.
#[derive(InputObject)]
pub(super) struct UnitCreateInput {
    /// The unit above.
    parent_id: ID,
    /// Code in its register: 9 digits for a town, 12 for a village, the first of them the code of the unit
    /// above when that is of the same register.
    code: String,
    /// The register.
    code_system: CodeSystem,
    /// Year of the register's edition, 1980 to 2100.
    code_year: i32,
    /// Name, 1 to 60 characters.
    name: String,
    /// How far its centre or station is.
    state: UnitState,
    /// Day its centre or station goes live.
    live_on: Option<Date>,
}

/// Outcome of `unitCreate`.
#[derive(SimpleObject)]
pub(super) struct UnitCreatePayload {
    /// The unit as it was created; null when `userErrors` says why not.
    unit: Option<Unit>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OrgUserError>,
}

/// Create a town below the district or a village below a town.
pub(super) async fn run(ctx: &Context<'_>, input: UnitCreateInput) -> Outcome<UnitCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "unitCreate")?;
    let command = domain::CreateUnit {
        parent: id::parse(&input.parent_id)?,
        code: input.code,
        code_system: input.code_system.into(),
        code_year: input.code_year,
        name: input.name,
        state: input.state.into(),
        live_on: input.live_on.map(|day| day.0),
    };
    let outcome = member.services().org.create_unit(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(unit) => UnitCreatePayload { unit: Some(Unit(unit)), user_errors: vec![] },
        Err(problems) => UnitCreatePayload { unit: None, user_errors: OrgUserError::all(ctx, problems) },
    })
}
