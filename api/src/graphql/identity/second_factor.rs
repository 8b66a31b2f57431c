//! The viewer's second factor.

use async_graphql::{Enum, SimpleObject};
use fengqiao_domain::identity as domain;

use crate::graphql::kit::scalars::DateTime;

/// How far somebody is with a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::identity::SecondFactorState")]
pub enum SecondFactorState {
    /// There is none (未启用).
    Absent,
    /// A secret was made, and no code of it was shown yet (待确认).
    Begun,
    /// Signing in wants a code (已启用).
    InForce,
}

/// A second factor: codes that a telephone makes, besides the password.
#[derive(SimpleObject)]
pub struct SecondFactor {
    /// How far the viewer is.
    state: SecondFactorState,
    /// Since when signing in wants a code.
    confirmed_at: Option<DateTime>,
    /// Recovery codes that were not used.
    recovery_codes_left: i32,
    /// Whether a role of theirs counts only with a second factor: without one `permissions` leaves out what it allows.
    is_required: bool,
}

impl From<domain::SecondFactor> for SecondFactor {
    fn from(found: domain::SecondFactor) -> Self {
        Self {
            state: found.state.into(),
            confirmed_at: found.confirmed_at.map(DateTime),
            recovery_codes_left: i32::try_from(found.recovery_codes_left).unwrap_or(i32::MAX),
            is_required: found.required,
        }
    }
}
