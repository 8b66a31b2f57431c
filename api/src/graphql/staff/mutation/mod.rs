//! Mutations of the staff slice, one per file.

mod appointment_create;
mod appointment_end;
mod appointment_stand_in;
mod headcount_set;
mod post_kind_adopt;
mod post_kind_create;
mod post_kind_update;
mod staff_member_create;
mod staff_member_leave;
mod staff_member_update;
mod staffing_rule_set;
mod team_create;
mod team_membership_create;
mod team_membership_end;
mod team_update;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use appointment_create::{AppointmentCreateInput, AppointmentCreatePayload};
use appointment_end::{AppointmentEndInput, AppointmentEndPayload};
use appointment_stand_in::{AppointmentStandInInput, AppointmentStandInPayload};
use headcount_set::{HeadcountSetInput, HeadcountSetPayload};
use post_kind_adopt::{PostKindAdoptInput, PostKindAdoptPayload};
use post_kind_create::{PostKindCreateInput, PostKindCreatePayload};
use post_kind_update::{PostKindUpdateInput, PostKindUpdatePayload};
use staff_member_create::{StaffMemberCreateInput, StaffMemberCreatePayload};
use staff_member_leave::{StaffMemberLeaveInput, StaffMemberLeavePayload};
use staff_member_update::{StaffMemberUpdateInput, StaffMemberUpdatePayload};
use staffing_rule_set::{StaffingRuleSetInput, StaffingRuleSetPayload};
use team_create::{TeamCreateInput, TeamCreatePayload};
use team_membership_create::{TeamMembershipCreateInput, TeamMembershipCreatePayload};
use team_membership_end::{TeamMembershipEndInput, TeamMembershipEndPayload};
use team_update::{TeamUpdateInput, TeamUpdatePayload};

/// Mutations of the staff slice.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Appoint somebody to a post; their account gets its role in the same moment, never beyond what the caller may grant.
    #[graphql(directive = requires::apply(Permission::AppointmentManage))]
    async fn appointment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AppointmentCreateInput,
    ) -> Option<async_graphql::Result<AppointmentCreatePayload>> {
        Some(appointment_create::run(ctx, input).await.map_err(Into::into))
    }

    /// End an appointment and whoever stands in for it; the role it gave ends with it.
    #[graphql(directive = requires::apply(Permission::AppointmentManage))]
    async fn appointment_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AppointmentEndInput,
    ) -> Option<async_graphql::Result<AppointmentEndPayload>> {
        Some(appointment_end::run(ctx, input).await.map_err(Into::into))
    }

    /// Let somebody take the duty of an appointment for a time (代班); its holder keeps it.
    #[graphql(directive = requires::apply(Permission::AppointmentManage))]
    async fn appointment_stand_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AppointmentStandInInput,
    ) -> Option<async_graphql::Result<AppointmentStandInPayload>> {
        Some(appointment_stand_in::run(ctx, input).await.map_err(Into::into))
    }

    /// Plan how many a unit shall have of a kind of post from now on; former plans keep answering for the past.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn headcount_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: HeadcountSetInput,
    ) -> Option<async_graphql::Result<HeadcountSetPayload>> {
        Some(headcount_set::run(ctx, input).await.map_err(Into::into))
    }

    /// Adopt shipped kinds of posts that the tenant does not have yet. Doing it again changes nothing.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn post_kind_adopt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: PostKindAdoptInput,
    ) -> Option<async_graphql::Result<PostKindAdoptPayload>> {
        Some(post_kind_adopt::run(ctx, input).await.map_err(Into::into))
    }

    /// Create what people can be appointed to (岗位), beside or in place of what is shipped.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn post_kind_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: PostKindCreateInput,
    ) -> Option<async_graphql::Result<PostKindCreatePayload>> {
        Some(post_kind_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Change a kind of post; its role and targets stay, for its holders have them.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn post_kind_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: PostKindUpdateInput,
    ) -> Option<async_graphql::Result<PostKindUpdatePayload>> {
        Some(post_kind_update::run(ctx, input).await.map_err(Into::into))
    }

    /// Enter somebody into the roster, under the unit that keeps their file.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn staff_member_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: StaffMemberCreateInput,
    ) -> Option<async_graphql::Result<StaffMemberCreatePayload>> {
        Some(staff_member_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Let somebody leave the force: all they hold and every membership ends now. Their account stays.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn staff_member_leave(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: StaffMemberLeaveInput,
    ) -> Option<async_graphql::Result<StaffMemberLeavePayload>> {
        Some(staff_member_leave::run(ctx, input).await.map_err(Into::into))
    }

    /// Change somebody of the force. Another account takes over the roles of what they hold.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn staff_member_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: StaffMemberUpdateInput,
    ) -> Option<async_graphql::Result<StaffMemberUpdatePayload>> {
        Some(staff_member_update::run(ctx, input).await.map_err(Into::into))
    }

    /// Set what each grid of the tenant needs from now on; the former rule keeps answering for the past.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn staffing_rule_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: StaffingRuleSetInput,
    ) -> Option<async_graphql::Result<StaffingRuleSetPayload>> {
        Some(staffing_rule_set::run(ctx, input).await.map_err(Into::into))
    }

    /// Register a team.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn team_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: TeamCreateInput,
    ) -> Option<async_graphql::Result<TeamCreatePayload>> {
        Some(team_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Let somebody join a team.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn team_membership_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: TeamMembershipCreateInput,
    ) -> Option<async_graphql::Result<TeamMembershipCreatePayload>> {
        Some(team_membership_create::run(ctx, input).await.map_err(Into::into))
    }

    /// End somebody's time in a team.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn team_membership_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: TeamMembershipEndInput,
    ) -> Option<async_graphql::Result<TeamMembershipEndPayload>> {
        Some(team_membership_end::run(ctx, input).await.map_err(Into::into))
    }

    /// Change a team, or disband it, which ends every membership now.
    #[graphql(directive = requires::apply(Permission::StaffManage))]
    async fn team_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: TeamUpdateInput,
    ) -> Option<async_graphql::Result<TeamUpdatePayload>> {
        Some(team_update::run(ctx, input).await.map_err(Into::into))
    }
}
