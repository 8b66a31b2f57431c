//! Objects of the org slice.

use async_graphql::{Context, ID, Object, SimpleObject};
use fengqiao_domain::kernel::id::UnitId;
use fengqiao_domain::org as domain;
use fengqiao_domain::org::{GridFilter, UnitFilter};

use super::enums::{CodeSystem, CoordinateSystem, GridKind, GridState, UnitGroupKind, UnitLevel, UnitState};
use super::found::unit_of;
use super::query::{grid_connection, unit_connection};
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::Date;

/// A district with its own units, people and cases; nothing crosses its border.
pub struct Tenant(pub domain::Tenant);

/// A district with its own units, people and cases; nothing crosses its border.
#[Object]
impl Tenant {
    /// Global id: `tenant_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Six-digit code of the district; `000000` for the platform's operators.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name of the district.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What this tenant calls its levels, from the district down.
    async fn level_names(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<LevelName>> {
        let member = member(ctx)?;
        let names = member.services().org.level_names(member.scope(), member.reader()).await;
        let names = names.map_err(Fault::from_failure)?;
        Ok(names.into_iter().map(LevelName::from).collect())
    }
}

/// What a tenant calls a level.
#[derive(SimpleObject)]
pub(super) struct LevelName {
    /// Which of the three tiers.
    level: UnitLevel,
    /// Name in Chinese, for example 镇街分中心.
    name_zh: String,
    /// Name in English, for example "Town sub-centre".
    name_en: String,
}

impl From<domain::LevelName> for LevelName {
    fn from(name: domain::LevelName) -> Self {
        Self { level: name.level.into(), name_zh: name.name_zh, name_en: name.name_en }
    }
}

/// A unit of the three tiers: the district, a town or a village, with its centre or station.
pub struct Unit(pub domain::Unit);

/// A unit of the three tiers: the district, a town or a village, with its centre or station.
#[Object]
impl Unit {
    /// Global id: `unit_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Which of the three tiers it stands on.
    async fn level(&self) -> UnitLevel {
        self.0.level.into()
    }

    /// Code in its register: 6, 9 or 12 digits by level.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The register the code belongs to.
    async fn code_system(&self) -> CodeSystem {
        self.0.code_system.into()
    }

    /// Year of the register's edition.
    async fn code_year(&self) -> i32 {
        self.0.code_year
    }

    /// Present name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How far its centre or station is.
    async fn state(&self) -> UnitState {
        self.0.state.into()
    }

    /// Whether its station is a pilot (试点).
    async fn is_pilot(&self) -> bool {
        self.0.pilot
    }

    /// Whether it exists only in the register, without residents.
    async fn is_statistical(&self) -> bool {
        self.0.statistical
    }

    /// Day its centre or station goes or went live, when known.
    async fn live_on(&self) -> Option<Date> {
        self.0.live_on.as_deref().and_then(Date::from_text)
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The unit above; none for the district.
    async fn parent(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, self.0.parent).await.map_err(Into::into).transpose()
    }

    /// The units right below, by code.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of units from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of units from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Unit>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        let filter = UnitFilter { parent: Some(self.0.id), ..UnitFilter::default() };
        Ok(unit_connection(ctx, filter, &page).await?)
    }

    /// The grids below it, by code.
    async fn grids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of grids from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of grids from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Grid>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        let mut filter = GridFilter::default();
        match self.0.level {
            domain::UnitLevel::District => {}
            domain::UnitLevel::Town => filter.town = Some(self.0.id),
            domain::UnitLevel::Village => filter.village = Some(self.0.id),
        }
        Ok(grid_connection(ctx, filter, &page).await?)
    }

    /// How many units and grids lie below, dissolved ones left out.
    async fn counts(&self, ctx: &Context<'_>) -> async_graphql::Result<UnitCounts> {
        Ok(counts_of(ctx, &self.0).await?)
    }

    /// The names it has borne, oldest first.
    async fn names(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<UnitName>> {
        let member = member(ctx)?;
        let names = member.services().org.unit_names(member.scope(), member.reader(), self.0.id).await;
        let names = names.map_err(Fault::from_failure)?;
        Ok(names
            .into_iter()
            .map(|name| UnitName { since_on: Date::from_text(&name.since_on), name: name.name })
            .collect())
    }

    /// The units it took over from; its people read their past cases too.
    async fn predecessors(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Unit>> {
        Ok(successions_of(ctx, self.0.id).await?.0)
    }

    /// The units that took over from it.
    async fn successors(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Unit>> {
        Ok(successions_of(ctx, self.0.id).await?.1)
    }
}

/// How many units and grids lie below a unit.
#[derive(SimpleObject)]
pub(super) struct UnitCounts {
    /// Towns, for the district.
    towns: u64,
    /// Villages, for the district and a town.
    villages: u64,
    /// Grids in use.
    grids: u64,
}

/// A name that a unit bore from a day on.
#[derive(SimpleObject)]
pub(super) struct UnitName {
    /// The name as it was then.
    name: String,
    /// Its first day.
    since_on: Option<Date>,
}

/// The smallest area that somebody answers for; always part of a village.
pub struct Grid(pub domain::Grid);

/// The smallest area that somebody answers for (网格); always part of a village.
#[Object]
impl Grid {
    /// Global id: `grid_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// 12-digit area code and 3-digit serial; never given twice.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Present name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it covers.
    async fn kind(&self) -> GridKind {
        self.0.kind.into()
    }

    /// Whether it is in use.
    async fn state(&self) -> GridState {
        self.0.state.into()
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its area, when it was drawn.
    async fn boundary(&self) -> Option<GeoArea> {
        let boundary = self.0.boundary.as_ref()?;
        Some(GeoArea { geojson: boundary.geojson.clone(), coordinate_system: boundary.system.into() })
    }

    /// The village it is part of.
    async fn village(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.0.village)).await.map_err(Into::into).transpose()
    }

    /// The town of its village.
    async fn town(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.0.town)).await.map_err(Into::into).transpose()
    }
}

/// An area on the map.
#[derive(SimpleObject)]
pub(super) struct GeoArea {
    /// GeoJSON geometry (RFC 7946) of type `Polygon`, as text.
    geojson: String,
    /// The coordinate system of its points.
    coordinate_system: CoordinateSystem,
}

/// A named set of units and grids: a management area, an area, a police grid.
pub struct UnitGroup(pub domain::UnitGroup);

/// A named set of units and grids: a management area, an area, a police grid.
#[Object]
impl UnitGroup {
    /// Global id: `group_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Code within the tenant.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Present name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for.
    async fn kind(&self) -> UnitGroupKind {
        self.0.kind.into()
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its units and grids, by code.
    async fn members(&self, ctx: &Context<'_>) -> async_graphql::Result<UnitGroupMembers> {
        let member = member(ctx)?;
        let service = &member.services().org;
        let members = service.group_members(member.scope(), member.reader(), self.0.id).await;
        let (units, grids) = members.map_err(Fault::from_failure)?;
        Ok(UnitGroupMembers {
            units: units.into_iter().map(Unit).collect(),
            grids: grids.into_iter().map(Grid).collect(),
        })
    }
}

/// What belongs to a unit group.
#[derive(SimpleObject)]
pub(super) struct UnitGroupMembers {
    /// Units that belong to it.
    units: Vec<Unit>,
    /// Grids that belong to it.
    grids: Vec<Grid>,
}

/// A department, committee or partner organisation, beside the territory.
pub struct Organisation(pub domain::Organisation);

/// A department, committee or partner organisation, beside the territory.
#[Object]
impl Organisation {
    /// Global id: `org_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Code within the tenant.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Present name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Kind, as categories name the responsible one: `justice`, `housing`, `police` …
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

async fn counts_of(ctx: &Context<'_>, unit: &domain::Unit) -> Outcome<UnitCounts> {
    let member = member(ctx)?;
    let service = &member.services().org;
    let counts = service.unit_counts(member.scope(), member.reader(), std::slice::from_ref(unit)).await?;
    let counts = counts.get(&unit.id).copied().unwrap_or_default();
    Ok(UnitCounts { towns: counts.towns, villages: counts.villages, grids: counts.grids })
}

async fn successions_of(ctx: &Context<'_>, id: UnitId) -> Outcome<(Vec<Unit>, Vec<Unit>)> {
    let member = member(ctx)?;
    let (before, after) = member.services().org.successions(member.scope(), member.reader(), id).await?;
    Ok((before.into_iter().map(Unit).collect(), after.into_iter().map(Unit).collect()))
}
