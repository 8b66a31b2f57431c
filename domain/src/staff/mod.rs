//! Who serves where: the people of the force, what they are appointed to, and what is planned.
//!
//! A staff member (队伍人员) belongs to a unit and may have an account. A kind of post (岗位) is the tenant's own
//! data; an appointment (任职) holds one at a unit, grid, unit group or organisation for a period. A stand-in
//! (代班) takes the duty of another's appointment. Plans (编制), the staffing rule (配备标准) and teams (队伍)
//! stand beside them.
//!
//! Invariants: an appointment whose post has a role makes the role grant of its holder's account in the same
//! transaction, and ends it; nobody appoints beyond what they could grant; a target of an exclusive post has
//! one holder at a time; nothing is deleted, so a roster is right for every past instant.

mod command;
pub(crate) mod directory;
mod error;
mod gaps;
mod import;
mod model;
mod seed;
mod service;
mod store;
mod template;

pub use command::{
    AddTeamMember, Appoint, CreatePostKind, CreateStaffMember, CreateTeam, EndAppointment, EndTeamMembership,
    PostKindRow, SetHeadcount, SetRequirement, StandIn, UpdatePostKind, UpdateStaffMember, UpdateTeam,
};
pub use error::{StaffError, StaffErrorCode};
pub use gaps::{Gap, Shortfall};
pub use model::{
    Appointment, AppointmentKind, EmploymentKind, Headcount, PostKind, PostKindState, Requirement, Roster,
    RosterLine, StaffChange, StaffChangeKind, StaffMember, StaffMemberState, StaffingRule, Team, TeamKind,
    TeamMembership, TeamState,
};
pub use seed::{SeedAppointment, SeedForce, SeedHeadcount, SeedStaffMember, SeedTeam};
pub use service::{
    AppointmentFilter, GapFilter, RosterExport, StaffChangeFilter, StaffMemberFilter, StaffService,
    TeamFilter,
};
