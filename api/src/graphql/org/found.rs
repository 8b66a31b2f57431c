//! Objects of the org slice by id, through the request's loaders.

use async_graphql::Context;
use fengqiao_domain::kernel::id::{GridId, OrganisationId, UnitGroupId, UnitId};

use super::types::{Grid, Organisation, Unit, UnitGroup};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;

/// The unit with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn unit_of(ctx: &Context<'_>, id: Option<UnitId>) -> Outcome<Option<Unit>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.units().load_one(id).await?.map(Unit))
}

/// The grid with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn grid_of(ctx: &Context<'_>, id: Option<GridId>) -> Outcome<Option<Grid>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.grids().load_one(id).await?.map(Grid))
}

/// The organisation with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn organisation_of(ctx: &Context<'_>, id: Option<OrganisationId>) -> Outcome<Option<Organisation>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.organisations().load_one(id).await?.map(Organisation))
}

/// The unit group with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn group_of(ctx: &Context<'_>, id: Option<UnitGroupId>) -> Outcome<Option<UnitGroup>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.groups().load_one(id).await?.map(UnitGroup))
}
