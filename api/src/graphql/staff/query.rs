//! Queries of the staff slice.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use fengqiao_domain::identity::Phone;
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::staff as domain;

use super::enums::{AppointmentKind, StaffMemberState, TeamKind, TeamState};
use super::plan_types::{Posts, Roster, StaffingGap, StaffingRule};
use super::team_types::{Team, team_of};
use super::types::{
    Appointment, AppointmentTargetInput, PostKind, StaffChange, StaffMember, appointment_of, member_of,
};
use crate::graphql::context::member;
use crate::graphql::kit::comparators::DateTimeRange;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;
use crate::graphql::kit::scalars::DateTime;

/// Which people of the force are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct StaffMemberFilter {
    /// Only whose file this unit keeps, or one below it.
    unit_id: Option<ID>,
    /// Only in this state.
    state: Option<StaffMemberState>,
    /// Only with exactly this staff number; at most 64 characters.
    #[graphql(validator(chars_max_length = 64))]
    code: Option<String>,
    /// Only with exactly this telephone number; at most 32 characters. Asked so often a day: then `RATE_LIMITED`.
    #[graphql(validator(chars_max_length = 32))]
    phone: Option<String>,
}

/// Which appointments are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub(super) struct AppointmentFilter {
    /// Only at this unit, or at a unit, grid or group that lies in it.
    within_unit_id: Option<ID>,
    /// Only at exactly this target.
    target: Option<AppointmentTargetInput>,
    /// Only to this kind of post.
    post_kind_id: Option<ID>,
    /// Only this person's.
    staff_member_id: Option<ID>,
    /// Only held in this way.
    kind: Option<AppointmentKind>,
    /// Only those in force at this instant; without it also past ones and those to come.
    in_force_at: Option<DateTime>,
}

/// Which teams are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct TeamFilter {
    /// Only those that work for this unit, or one below it.
    unit_id: Option<ID>,
    /// Only of this kind.
    kind: Option<TeamKind>,
    /// Only in this state.
    state: Option<TeamState>,
}

/// Which lines of the change log are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct StaffChangeFilter {
    /// Only about this person.
    staff_member_id: Option<ID>,
    /// Only what happened then.
    occurred: Option<DateTimeRange>,
}

/// Which gaps are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct StaffingGapFilter {
    /// Only of grids in this unit.
    unit_id: Option<ID>,
    /// As it is or was at this instant; now without it.
    snapshot_at: Option<DateTime>,
}

/// Queries of the staff slice.
#[derive(Default)]
pub struct StaffQuery;

#[expect(
    clippy::too_many_arguments,
    reason = "a list takes the four arguments of a connection beside its filter"
)]
#[Object]
impl StaffQuery {
    /// Somebody of the force; null when there is nobody, or nobody that the caller may know.
    async fn staff_member(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the person.")] id: ID,
    ) -> Option<async_graphql::Result<StaffMember>> {
        match id::parse(&id) {
            Ok(id) => member_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// People of the force, by staff number, as far as the caller may know.
    async fn staff_members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; everybody without it.")] filter: Option<StaffMemberFilter>,
        #[graphql(desc = "Number of people from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of people from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<StaffMember>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(member_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }

    /// What people can be appointed to, by code: some dozens of kinds.
    async fn post_kinds(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<PostKind>> {
        Ok(all_post_kinds(ctx).await?)
    }

    /// An appointment; null when there is none, or none that the caller may know.
    async fn appointment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the appointment.")] id: ID,
    ) -> Option<async_graphql::Result<Appointment>> {
        match id::parse(&id) {
            Ok(id) => appointment_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// Appointments, newest first, as far as the caller may know: a roster by unit, post and instant, or somebody's
    /// history.
    async fn appointments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all appointments without it.")] filter: Option<AppointmentFilter>,
        #[graphql(desc = "Number of appointments from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of appointments from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Appointment>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(appointment_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }

    /// Who serves in a unit at an instant, by kind of post, beside what is planned; null for an unknown unit.
    /// Needs `STAFF_READ`.
    async fn roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the unit.")] unit_id: ID,
        #[graphql(desc = "Instant of the roster; now without it.")] snapshot_at: Option<DateTime>,
    ) -> Option<async_graphql::Result<Roster>> {
        roster_of(ctx, &unit_id, snapshot_at).await.map_err(Into::into).transpose()
    }

    /// What each grid of the tenant needs.
    async fn staffing_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As it is or was at this instant; now without it.")] snapshot_at: Option<DateTime>,
    ) -> async_graphql::Result<StaffingRule> {
        Ok(rule_at(ctx, snapshot_at).await?)
    }

    /// Grids that lack people by the staffing rule, by code. Needs `STAFF_READ`.
    async fn staffing_gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; the whole tenant now without it.")] filter: Option<StaffingGapFilter>,
        #[graphql(desc = "Number of gaps from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of gaps from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<StaffingGap>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(gap_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }

    /// The team with an id; null when the tenant has none.
    async fn team(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the team.")] id: ID,
    ) -> Option<async_graphql::Result<Team>> {
        match id::parse(&id) {
            Ok(id) => team_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// Teams of the tenant, by code.
    async fn teams(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all teams without it.")] filter: Option<TeamFilter>,
        #[graphql(desc = "Number of teams from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of teams from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Team>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(team_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }

    /// The change log of the force, newest first, as far as the caller may know.
    async fn staff_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; the whole log without it.")] filter: Option<StaffChangeFilter>,
        #[graphql(desc = "Number of lines from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of lines from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<StaffChange>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(change_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }
}

async fn member_connection(
    ctx: &Context<'_>,
    filter: StaffMemberFilter,
    page: &PageRequest,
) -> Outcome<Paged<StaffMember>> {
    let member = member(ctx)?;
    let filter = domain::StaffMemberFilter {
        unit: id::parse_optional(filter.unit_id.as_ref())?,
        state: filter.state.map(Into::into),
        code: filter.code,
        phone: filter
            .phone
            .as_deref()
            .map(Phone::parse)
            .transpose()
            .map_err(|_| Fault::bad_request(Mistake::NotAPhone))?,
    };
    let (service, reader) = (member.services().staff.clone(), member.reader().clone());
    let rows = service.members(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_members(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, StaffMember, total))
}

async fn appointment_connection(
    ctx: &Context<'_>,
    filter: AppointmentFilter,
    page: &PageRequest,
) -> Outcome<Paged<Appointment>> {
    let member = member(ctx)?;
    let filter = domain::AppointmentFilter {
        within: id::parse_optional(filter.within_unit_id.as_ref())?,
        target: filter.target.as_ref().map(AppointmentTargetInput::parsed).transpose()?,
        post_kind: id::parse_optional(filter.post_kind_id.as_ref())?,
        member: id::parse_optional(filter.staff_member_id.as_ref())?,
        kind: filter.kind.map(Into::into),
        at: filter.in_force_at.map(|at| at.0),
    };
    let (service, reader) = (member.services().staff.clone(), member.reader().clone());
    let rows = service.appointments(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_appointments(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Appointment, total))
}

async fn team_connection(ctx: &Context<'_>, filter: TeamFilter, page: &PageRequest) -> Outcome<Paged<Team>> {
    let member = member(ctx)?;
    let filter = domain::TeamFilter {
        unit: id::parse_optional(filter.unit_id.as_ref())?,
        kind: filter.kind.map(Into::into),
        state: filter.state.map(Into::into),
    };
    let (service, reader) = (member.services().staff.clone(), member.reader().clone());
    let rows = service.teams(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_teams(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Team, total))
}

async fn change_connection(
    ctx: &Context<'_>,
    filter: StaffChangeFilter,
    page: &PageRequest,
) -> Outcome<Paged<StaffChange>> {
    let member = member(ctx)?;
    let filter = domain::StaffChangeFilter {
        member: id::parse_optional(filter.staff_member_id.as_ref())?,
        from: filter.occurred.and_then(|range| range.from).map(|from| from.0),
        until: filter.occurred.and_then(|range| range.until).map(|until| until.0),
    };
    let (service, reader) = (member.services().staff.clone(), member.reader().clone());
    let rows = service.changes(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_changes(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, StaffChange, total))
}

async fn gap_connection(
    ctx: &Context<'_>,
    filter: StaffingGapFilter,
    page: &PageRequest,
) -> Outcome<Paged<StaffingGap>> {
    let member = member(ctx)?;
    let filter = domain::GapFilter {
        unit: id::parse_optional(filter.unit_id.as_ref())?,
        at: filter.snapshot_at.map(|at| at.0),
    };
    let service = &member.services().staff;
    let (rows, total) = service.staffing_gaps(member.scope(), member.reader(), &filter, page).await?;
    let posts = Posts::read(ctx).await?;
    Ok(connection(rows, |gap| posts.gap(gap), TotalCount::lazily(move || async move { Ok(total) })))
}

async fn roster_of(ctx: &Context<'_>, unit: &ID, at: Option<DateTime>) -> Outcome<Option<Roster>> {
    let member = member(ctx)?;
    let service = &member.services().staff;
    let at = at.map(|at| at.0);
    let roster = service.roster(member.scope(), member.reader(), id::parse(unit)?, at).await?;
    Ok(roster.map(Roster))
}

async fn rule_at(ctx: &Context<'_>, at: Option<DateTime>) -> Outcome<StaffingRule> {
    let member = member(ctx)?;
    let service = &member.services().staff;
    let rule = service.staffing_rule(member.scope(), member.reader(), at.map(|at| at.0)).await?;
    Ok(Posts::read(ctx).await?.rule(rule))
}

async fn all_post_kinds(ctx: &Context<'_>) -> Outcome<Vec<PostKind>> {
    let member = member(ctx)?;
    let posts = member.services().staff.post_kinds(member.scope(), member.reader()).await?;
    Ok(posts.into_iter().map(PostKind).collect())
}
