//! Enums of the oversight slice, mirrored from the domain.

use async_graphql::Enum;

/// Whether somebody may come by an oversight grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::oversight::OversightState")]
pub enum OversightState {
    /// Its time has not begun.
    ToCome,
    /// They may.
    InForce,
    /// Its time is over.
    Over,
    /// It was taken back.
    Revoked,
}
