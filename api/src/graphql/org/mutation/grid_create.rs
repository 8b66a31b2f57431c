//! `gridCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::org as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::org::{CoordinateSystem, Grid, GridKind, OrgUserError};

/// Input of `gridCreate`.
#[derive(InputObject)]
pub(super) struct GridCreateInput {
    /// The village it becomes part of.
    village_id: ID,
    /// Name, 1 to 60 characters.
    name: String,
    /// What it covers.
    kind: GridKind,
    /// Its area.
    boundary: Option<GeoAreaInput>,
}

/// An area on the map.
#[derive(InputObject)]
pub(super) struct GeoAreaInput {
    /// GeoJSON geometry (RFC 7946) of type `Polygon`, as text of at most 64 kB.
    geojson: String,
    /// The coordinate system of its points.
    coordinate_system: CoordinateSystem,
}

/// Outcome of `gridCreate`.
#[derive(SimpleObject)]
pub(super) struct GridCreatePayload {
    /// The grid with its code; null when `userErrors` says why not.
    grid: Option<Grid>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OrgUserError>,
}

/// Create a grid; the allocator of its village gives the code.
pub(super) async fn run(ctx: &Context<'_>, input: GridCreateInput) -> Outcome<GridCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "gridCreate")?;
    let command = domain::CreateGrid {
        village: id::parse(&input.village_id)?,
        name: input.name,
        kind: input.kind.into(),
        boundary: input
            .boundary
            .map(|area| domain::Boundary { geojson: area.geojson, system: area.coordinate_system.into() }),
    };
    let outcome = member.services().org.create_grid(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(grid) => GridCreatePayload { grid: Some(Grid(grid)), user_errors: vec![] },
        Err(problems) => GridCreatePayload { grid: None, user_errors: OrgUserError::all(ctx, problems) },
    })
}
