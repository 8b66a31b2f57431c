//! Tables of the oversight slice: who of another tenant reads this one, by its leave.

pub mod oversight_grant;
