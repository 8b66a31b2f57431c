//! The force of a mirrored tenant: one of everything that the staff slice owns.

use anyhow::Context as _;
use fengqiao_domain::identity::GrantTarget;
use fengqiao_domain::kernel::id::{
    AppointmentId, PostKindId, StaffMemberId, TeamId, TeamMembershipId, Timestamp,
};
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::staff::{
    AppointmentFilter, CreateTeam, SeedAppointment, SeedForce, SeedHeadcount, SeedStaffMember, SeedTeam,
    StaffMemberFilter, StaffService, TeamFilter, TeamKind,
};

use crate::{Answered as _, Side, World};

/// What was laid.
#[derive(Clone, Debug, Default)]
pub struct Force {
    /// People: one with the account of the worker, one without any.
    pub members: Vec<StaffMemberId>,
    /// A kind of post that gives no role: building head.
    pub post: Option<PostKindId>,
    /// An appointment of somebody without an account.
    pub appointment: Option<AppointmentId>,
    /// A team.
    pub team: Option<TeamId>,
    /// Somebody's time in it.
    pub membership: Option<TeamMembershipId>,
}

/// Lays the force of a side.
pub(crate) async fn lay(world: &World, staff: &StaffService, side: &Side) -> anyhow::Result<Force> {
    staff.adopt_post_kinds(&side.system, &[]).await.done()?;
    let worker = side.accounts.get("worker").copied();
    let person = |code: &str, account, post: &str| SeedStaffMember {
        code: format!("{code}-{}", side.code),
        name: format!("{}{code}", side.mark),
        phone: Some("13900000001".to_owned()),
        unit: side.villages[0][0],
        organisation: None,
        account,
        appointments: vec![SeedAppointment {
            post: post.to_owned(),
            target: GrantTarget::Grid(side.grids[0][0][0]),
            since: Timestamp(0),
            categories: vec![],
        }],
    };
    let team = CreateTeam {
        code: format!("team-{}", side.code),
        name: format!("志愿队{}", side.mark),
        brand_name: Some(format!("老舅公{}", side.mark)),
        kind: TeamKind::Volunteer,
        unit: side.villages[0][0],
        organisation: None,
        leader: None,
    };
    let force = SeedForce {
        members: vec![person("p1", worker, "social_worker"), person("p2", None, "building_head")],
        headcounts: vec![SeedHeadcount {
            unit: side.villages[0][0],
            post: "grid_chief".to_owned(),
            planned: 2,
        }],
        teams: vec![SeedTeam { team, members: vec![format!("p2-{}", side.code)] }],
    };
    staff.seed_force(&side.system, force).await.done()?;
    found(world, staff, side).await
}

async fn found(world: &World, staff: &StaffService, side: &Side) -> anyhow::Result<Force> {
    let (reader, page) = (world.db.reader(&side.system), PageRequest::default());
    let system = &side.system;
    let members = staff.members(system, &reader, &StaffMemberFilter::default(), &page).await.done()?;
    let members: Vec<StaffMemberId> = members.rows.into_iter().map(|(_, member)| member.id).collect();
    let posts = staff.post_kinds(system, &reader).await.done()?;
    let filter = AppointmentFilter { member: members.last().copied(), ..AppointmentFilter::default() };
    let held = staff.appointments(system, &reader, &filter, &page).await.done()?;
    let teams = staff.teams(system, &reader, &TeamFilter::default(), &page).await.done()?;
    let team = teams.rows.first().map(|(_, team)| team.id).context("a team")?;
    let memberships = staff.team_members(system, &reader, team, &page).await.done()?;
    Ok(Force {
        members,
        post: posts.iter().find(|post| post.code == "building_head").map(|post| post.id),
        appointment: held.rows.first().map(|(_, held)| held.id),
        team: Some(team),
        membership: memberships.rows.first().map(|(_, membership)| membership.id),
    })
}
