//! Enums of the staff slice, mirrored from the domain.

use async_graphql::Enum;

/// Whether somebody of the force serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::StaffMemberState")]
pub enum StaffMemberState {
    /// They do (在岗).
    Serving,
    /// They do not any more (离岗): all their appointments have ended.
    Left,
}

/// How the holders of a post are employed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::EmploymentKind")]
pub enum EmploymentKind {
    /// As their whole work (专职).
    FullTime,
    /// Beside other work (兼职).
    PartTime,
    /// As trained specialists (专业).
    Professional,
    /// As officials, by or beside their office (公职).
    Official,
    /// Unpaid (志愿).
    Voluntary,
}

/// Whether a kind of post takes new holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::PostKindState")]
pub enum PostKindState {
    /// It does.
    Active,
    /// It does not any more; whoever holds it keeps it until it is ended.
    Retired,
}

/// How somebody holds a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::AppointmentKind")]
pub enum AppointmentKind {
    /// As their own.
    Regular,
    /// Away from the unit that keeps their file (借调).
    Secondment,
    /// In place of its holder, for a time (代班).
    StandIn,
}

/// What a team is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::TeamKind")]
pub enum TeamKind {
    /// Volunteers (志愿服务队).
    Volunteer,
    /// Mediators (调解服务队).
    Mediation,
    /// Social workers (社工队伍).
    SocialWork,
    /// Party members (党员队伍).
    PartyMember,
    /// Grid workers (网格员队伍).
    GridWorker,
    /// Social organisations (社会团体).
    SocialOrganisation,
    /// Residents (群众队伍).
    Resident,
}

/// Whether a team works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::TeamState")]
pub enum TeamState {
    /// It does.
    Active,
    /// It was disbanded; everybody's time in it has ended.
    Disbanded,
}

/// What happened to somebody of the force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::StaffChangeKind")]
pub enum StaffChangeKind {
    /// They were entered into the roster.
    Registered,
    /// Something about them changed; `fields` names it.
    Updated,
    /// They left the force.
    Left,
    /// They were appointed to a post, or let stand in.
    Appointed,
    /// An appointment of theirs was ended.
    AppointmentEnded,
    /// They joined a team.
    TeamJoined,
    /// Their time in a team was ended.
    TeamLeft,
}
