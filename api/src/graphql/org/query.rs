//! Queries of the org slice.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::org as domain;

use super::enums::{CodeSystem, GridKind, UnitLevel, UnitState};
use super::found::{grid_of, organisation_of, unit_of};
use super::types::{Grid, Organisation, Tenant, Unit, UnitGroup};
use crate::graphql::context::member;
use crate::graphql::kit::comparators::TextSearch;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;

/// Which units are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct UnitFilter {
    /// Only of this level.
    level: Option<UnitLevel>,
    /// Only right below this unit.
    parent_id: Option<ID>,
    /// Only in this state.
    state: Option<UnitState>,
    /// Only with this in the present name.
    name: Option<TextSearch>,
}

/// Which grids are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct GridFilter {
    /// Only of this town's villages.
    town_id: Option<ID>,
    /// Only of this village.
    village_id: Option<ID>,
    /// Only of this kind.
    kind: Option<GridKind>,
    /// Only with this in the name.
    name: Option<TextSearch>,
}

/// Which organisations are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct OrganisationFilter {
    /// Only of this kind, as categories name the responsible one; at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    kind: Option<String>,
    /// Only with this in the name.
    name: Option<TextSearch>,
}

/// Queries of the org slice.
#[derive(Default)]
pub struct OrgQuery;

#[expect(
    clippy::too_many_arguments,
    reason = "a list takes the four arguments of a connection beside its filter"
)]
#[Object]
impl OrgQuery {
    /// The caller's own tenant.
    async fn tenant(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Tenant>> {
        own_tenant(ctx).await.map_err(Into::into).transpose()
    }

    /// The unit with an id; null when the tenant has none.
    async fn unit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the unit.")] id: ID,
    ) -> Option<async_graphql::Result<Unit>> {
        match id::parse(&id) {
            Ok(id) => unit_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The unit with a code; of several editions of the register the newest, unless one is named.
    async fn unit_by_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "6, 9 or 12 digits.")] code: String,
        #[graphql(desc = "The register, when the same digits stand in both.")] code_system: Option<
            CodeSystem,
        >,
        #[graphql(desc = "Year of the register's edition.")] code_year: Option<i32>,
    ) -> Option<async_graphql::Result<Unit>> {
        by_code(ctx, &code, code_system, code_year).await.map_err(Into::into).transpose()
    }

    /// The units of the tenant, by code.
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all units without it.")] filter: Option<UnitFilter>,
        #[graphql(desc = "Number of units from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of units from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Unit>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = domain::UnitFilter {
            level: filter.level.map(Into::into),
            parent: id::parse_optional(filter.parent_id.as_ref())?,
            state: filter.state.map(Into::into),
            name_contains: filter.name.map(|search| search.contains),
        };
        Ok(unit_connection(ctx, filter, &page).await?)
    }

    /// The grid with an id; null when the tenant has none.
    async fn grid(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the grid.")] id: ID,
    ) -> Option<async_graphql::Result<Grid>> {
        match id::parse(&id) {
            Ok(id) => grid_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The grid with a code; null when the tenant has none.
    async fn grid_by_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "15 digits.")] code: String,
    ) -> Option<async_graphql::Result<Grid>> {
        grid_by_code(ctx, &code).await.map_err(Into::into).transpose()
    }

    /// The grids of the tenant, by code.
    async fn grids(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all grids without it.")] filter: Option<GridFilter>,
        #[graphql(desc = "Number of grids from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of grids from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Grid>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = domain::GridFilter {
            town: id::parse_optional(filter.town_id.as_ref())?,
            village: id::parse_optional(filter.village_id.as_ref())?,
            kind: filter.kind.map(Into::into),
            name_contains: filter.name.map(|search| search.contains),
        };
        Ok(grid_connection(ctx, filter, &page).await?)
    }

    /// The unit groups of the tenant, by code.
    async fn unit_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of groups from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of groups from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<UnitGroup>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(group_connection(ctx, &page).await?)
    }

    /// The organisation with an id; null when the tenant has none.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the organisation.")] id: ID,
    ) -> Option<async_graphql::Result<Organisation>> {
        match id::parse(&id) {
            Ok(id) => organisation_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The organisations of the tenant, by code.
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all organisations without it.")] filter: Option<OrganisationFilter>,
        #[graphql(desc = "Number of organisations from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of organisations from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Organisation>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = domain::OrganisationFilter {
            kind: filter.kind,
            name_contains: filter.name.map(|search| search.contains),
        };
        Ok(organisation_connection(ctx, filter, &page).await?)
    }
}

async fn own_tenant(ctx: &Context<'_>) -> Outcome<Option<Tenant>> {
    let member = member(ctx)?;
    Ok(member.services().org.tenant(member.scope(), member.reader()).await?.map(Tenant))
}

async fn by_code(
    ctx: &Context<'_>,
    code: &str,
    system: Option<CodeSystem>,
    year: Option<i32>,
) -> Outcome<Option<Unit>> {
    let member = member(ctx)?;
    let edition = match (system, year) {
        (Some(system), year) => Some((system.into(), year)),
        (None, None) => None,
        (None, Some(_)) => return Err(Fault::bad_request(Mistake::YearWithoutSystem)),
    };
    let service = &member.services().org;
    Ok(service.unit_by_code(member.scope(), member.reader(), code, edition).await?.map(Unit))
}

async fn grid_by_code(ctx: &Context<'_>, code: &str) -> Outcome<Option<Grid>> {
    let member = member(ctx)?;
    Ok(member.services().org.grid_by_code(member.scope(), member.reader(), code).await?.map(Grid))
}

/// A page of units as a connection.
pub(super) async fn unit_connection(
    ctx: &Context<'_>,
    filter: domain::UnitFilter,
    page: &PageRequest,
) -> Outcome<Paged<Unit>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().org.clone(), member.reader().clone());
    let rows = service.units(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_units(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Unit, total))
}

/// A page of grids as a connection.
pub(super) async fn grid_connection(
    ctx: &Context<'_>,
    filter: domain::GridFilter,
    page: &PageRequest,
) -> Outcome<Paged<Grid>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().org.clone(), member.reader().clone());
    let rows = service.grids(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_grids(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Grid, total))
}

async fn group_connection(ctx: &Context<'_>, page: &PageRequest) -> Outcome<Paged<UnitGroup>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().org.clone(), member.reader().clone());
    let rows = service.groups(reader.scope(), &reader, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_groups(reader.scope(), &reader).await?) }
    });
    Ok(connection(rows, UnitGroup, total))
}

async fn organisation_connection(
    ctx: &Context<'_>,
    filter: domain::OrganisationFilter,
    page: &PageRequest,
) -> Outcome<Paged<Organisation>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().org.clone(), member.reader().clone());
    let rows = service.organisations(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_organisations(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Organisation, total))
}
