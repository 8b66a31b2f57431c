//! Plain values of the staff slice.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::identity::{GrantTarget, Role, TargetKind};
use crate::kernel::id::{
    AccountId, AppointmentId, CategoryId, HeadcountId, OrganisationId, PostKindId, RoleGrantId,
    StaffChangeId, StaffMemberId, StaffingRuleId, TeamId, TeamMembershipId, Timestamp, UnitId,
};
use crate::org::GridKind;

/// Whether somebody serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum StaffMemberState {
    /// They do.
    Serving,
    /// They left; all their appointments have ended.
    Left,
}

/// Somebody of the force, as the caller sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// Id.
    pub id: StaffMemberId,
    /// Staff number (工号), unique in the tenant.
    pub code: String,
    /// The unit that keeps their file: their home unit when they are seconded.
    pub unit: UnitId,
    /// The organisation they belong to.
    pub organisation: Option<OrganisationId>,
    /// Their account.
    pub account: Option<AccountId>,
    /// Name: whole, for only staff and they themselves see the row.
    pub name: String,
    /// Masked telephone number.
    pub phone: Option<String>,
    /// Whether they serve.
    pub state: StaffMemberState,
    /// When they were registered.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// How the holders of a post are employed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum EmploymentKind {
    /// Full-time (专职).
    FullTime,
    /// Part-time (兼职).
    PartTime,
    /// Professional (专业).
    Professional,
    /// An official who does it beside or as an office (公职).
    Official,
    /// Unpaid (志愿).
    Voluntary,
}

/// Whether a kind of post takes new holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PostKindState {
    /// It does.
    Active,
    /// It does not any more; its holders stay until they are ended.
    Retired,
}

/// What somebody can be appointed to: data of the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostKind {
    /// Id.
    pub id: PostKindId,
    /// Code, unique in the tenant.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// The role that its holders get; none for a post without one, such as a building head.
    pub role: Option<Role>,
    /// What it can be held at: not empty, and what the role allows.
    pub targets: Vec<TargetKind>,
    /// Whether a target has one holder at a time, stand-ins aside.
    pub exclusive: bool,
    /// How its holders are employed.
    pub employment: EmploymentKind,
    /// Whether it takes new holders.
    pub state: PostKindState,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// How somebody holds a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AppointmentKind {
    /// As their own.
    Regular,
    /// Away from the unit that keeps their file (借调).
    Secondment,
    /// In place of its holder, for a time (代班).
    StandIn,
}

/// A post held by somebody at a target for a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Id.
    pub id: AppointmentId,
    /// Who holds it.
    pub member: StaffMemberId,
    /// Their account, if they have one.
    pub account: Option<AccountId>,
    /// The kind of post.
    pub post_kind: PostKindId,
    /// How they hold it.
    pub kind: AppointmentKind,
    /// Where: never the platform.
    pub target: GrantTarget,
    /// The appointment whose duty a stand-in takes.
    pub stands_in_for: Option<AppointmentId>,
    /// The role grant it made, as long as the holder has an account.
    pub grant: Option<RoleGrantId>,
    /// The categories it is limited to; none is every category.
    pub categories: Vec<CategoryId>,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it; `None` is open-ended.
    pub until: Option<Timestamp>,
    /// Number of the document of appointment.
    pub document: Option<String>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

impl Appointment {
    /// Whether it lasts beyond an instant.
    #[must_use]
    pub fn lasts_beyond(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| until > at)
    }
}

/// How many a unit plans of a kind of post, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headcount {
    /// Id.
    pub id: HeadcountId,
    /// The unit.
    pub unit: UnitId,
    /// The kind of post.
    pub post_kind: PostKindId,
    /// How many are planned.
    pub planned: u32,
    /// First instant; a later one takes over.
    pub since: Timestamp,
}

/// One demand of a staffing rule: so many people of these posts for each grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Name in Chinese, for example 一长.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Only for grids of this kind; none for every grid.
    #[serde(default)]
    pub grid_kind: Option<GridKind>,
    /// Codes of kinds of posts that count together.
    pub posts: Vec<String>,
    /// Least number of people.
    pub minimum: u32,
}

/// What each grid of the tenant needs, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffingRule {
    /// Id; none for the rule that holds until the tenant sets its own.
    pub id: Option<StaffingRuleId>,
    /// First instant; none for that rule.
    pub since: Option<Timestamp>,
    /// Its demands.
    pub requirements: Vec<Requirement>,
}

/// Who serves in a unit at an instant, by kind of post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// The unit.
    pub unit: UnitId,
    /// The instant.
    pub at: Timestamp,
    /// One line per kind of post that is planned or held there, by code.
    pub lines: Vec<RosterLine>,
}

/// How many serve in a kind of post, beside how many are planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterLine {
    /// The kind of post.
    pub post_kind: PostKind,
    /// How many are planned.
    pub planned: u64,
    /// People who hold it, each once, stand-ins left out.
    pub people: u64,
    /// Appointments to it, stand-ins left out: one person may hold it at several grids.
    pub appointments: u64,
}

/// What a team is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum TeamState {
    /// It does.
    Active,
    /// It was disbanded; all memberships have ended.
    Disbanded,
}

/// People who work together under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Id.
    pub id: TeamId,
    /// Code, unique in the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// Brand name (品牌), for example 老舅公·夕阳红.
    pub brand_name: Option<String>,
    /// What it is made of.
    pub kind: TeamKind,
    /// The unit it works for.
    pub unit: UnitId,
    /// The organisation that runs it.
    pub organisation: Option<OrganisationId>,
    /// Who leads it.
    pub leader: Option<StaffMemberId>,
    /// Whether it works.
    pub state: TeamState,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Somebody's time in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMembership {
    /// Id.
    pub id: TeamMembershipId,
    /// The team.
    pub team: TeamId,
    /// Who.
    pub member: StaffMemberId,
    /// Their account, if they have one.
    pub account: Option<AccountId>,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it; `None` is open-ended.
    pub until: Option<Timestamp>,
    /// Version, which counts its changes.
    pub version: i64,
}

/// What happened to somebody of the force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum StaffChangeKind {
    /// They were registered.
    Registered,
    /// Something about them changed.
    Updated,
    /// They left.
    Left,
    /// They were appointed.
    Appointed,
    /// An appointment of theirs was ended.
    AppointmentEnded,
    /// They joined a team.
    TeamJoined,
    /// Their time in a team was ended.
    TeamLeft,
}

/// A line of the change log: who changed what about whom, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffChange {
    /// Id.
    pub id: StaffChangeId,
    /// When.
    pub at: Timestamp,
    /// Who did it; absent for the system.
    pub by: Option<AccountId>,
    /// About whom.
    pub member: StaffMemberId,
    /// Their account, if they have one.
    pub account: Option<AccountId>,
    /// What happened.
    pub kind: StaffChangeKind,
    /// The appointment it is about.
    pub appointment: Option<AppointmentId>,
    /// The team it is about.
    pub team: Option<TeamId>,
    /// Names of the changed values, as the input calls them.
    pub fields: Vec<String>,
}
