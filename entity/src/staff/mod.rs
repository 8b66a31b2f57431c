//! Tables of the staff slice: people of the force, kinds of posts, appointments, plans and teams.

pub mod appointment;
pub mod headcount;
pub mod post_kind;
pub mod staff_change;
pub mod staff_member;
pub mod staffing_rule;
pub mod team;
pub mod team_membership;
