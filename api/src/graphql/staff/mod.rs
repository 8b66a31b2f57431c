//! GraphQL of the staff slice: people of the force, kinds of posts, appointments, rosters, plans and teams.

mod enums;
mod error;
mod loaders;
mod mutation;
mod plan_types;
mod query;
mod team_types;
mod types;

pub use error::StaffUserError;
pub use loaders::StaffLoader;
pub use mutation::StaffMutation;
pub use query::StaffQuery;
pub use team_types::{Team, team_of};
pub use types::{Appointment, PostKind, StaffMember, appointment_of, member_of, post_kind_of};
