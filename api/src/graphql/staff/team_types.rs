//! Teams and who is in them.

use async_graphql::{Context, ID, Object};
use fengqiao_domain::kernel::id::TeamId;
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::staff as domain;

use super::enums::{TeamKind, TeamState};
use super::types::{StaffMember, member_of};
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::{Organisation, Unit, organisation_of, unit_of};

/// People who work together under a name (队伍).
pub struct Team(pub domain::Team);

/// People who work together under a name (队伍). Everyone of the tenant knows it; staff know who is in it.
#[Object]
impl Team {
    /// Global id: `team_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Code, unique in the tenant.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Present name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Brand name (品牌) under which people know it, for example 老舅公·夕阳红.
    async fn brand_name(&self) -> Option<&str> {
        self.0.brand_name.as_deref()
    }

    /// What it is made of.
    async fn kind(&self) -> TeamKind {
        self.0.kind.into()
    }

    /// The unit it works for.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.0.unit)).await.map_err(Into::into).transpose()
    }

    /// The organisation that runs it.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organisation>> {
        organisation_of(ctx, self.0.organisation).await.map_err(Into::into).transpose()
    }

    /// Who leads it; null for whoever may not know.
    async fn leader(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<StaffMember>> {
        member_of(ctx, self.0.leader).await.map_err(Into::into).transpose()
    }

    /// Whether it works.
    async fn state(&self) -> TeamState {
        self.0.state.into()
    }

    /// When it was registered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Who is in it now, newest first, as far as the caller may know.
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of memberships from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of memberships from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<TeamMembership>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(memberships(ctx, self.0.id, &page).await?)
    }
}

/// Somebody's time in a team.
pub(super) struct TeamMembership(pub(super) domain::TeamMembership);

/// Somebody's time in a team.
#[Object]
impl TeamMembership {
    /// Global id: `membership_<uuid>`.
    async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// The team they are in.
    async fn team(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Team>> {
        team_of(ctx, Some(self.0.team)).await.map_err(Into::into).transpose()
    }

    /// Who is in it.
    async fn staff_member(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<StaffMember>> {
        member_of(ctx, Some(self.0.member)).await.map_err(Into::into).transpose()
    }

    /// First instant.
    async fn since_at(&self) -> DateTime {
        DateTime(self.0.since)
    }

    /// First instant after it; null when open-ended.
    async fn until_at(&self) -> Option<DateTime> {
        self.0.until.map(DateTime)
    }
}

/// The team with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn team_of(ctx: &Context<'_>, id: Option<TeamId>) -> Outcome<Option<Team>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.staff().load_one(id).await?.map(Team))
}

async fn memberships(ctx: &Context<'_>, team: TeamId, page: &PageRequest) -> Outcome<Paged<TeamMembership>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().staff.clone(), member.reader().clone());
    let rows = service.team_members(reader.scope(), &reader, team, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_team_members(reader.scope(), &reader, team).await?) }
    });
    Ok(connection(rows, TeamMembership, total))
}
