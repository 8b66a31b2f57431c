//! The leave to read a district as it is read.

use strum::{EnumIter, IntoStaticStr};

use crate::kernel::id::{AccountId, OversightGrantId, RoleGrantId, TenantId, Timestamp, UnitId};

/// Whether somebody may come by a leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
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

/// The leave that a district gives somebody of another tenant to read it (跨区督查授权).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OversightGrant {
    /// Id.
    pub id: OversightGrantId,
    /// The account that they have here.
    pub account: AccountId,
    /// What it holds.
    pub(super) role_grant: RoleGrantId,
    /// What they read: the district, or a town of it.
    pub unit: UnitId,
    /// Their own tenant.
    pub(super) home_tenant: TenantId,
    /// Their account there.
    pub(super) home_account: AccountId,
    /// Code of that tenant, when the leave was given.
    pub home_code: String,
    /// Login of that account, when the leave was given.
    pub home_login: String,
    /// Why it was given.
    pub reason: String,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// When it was given.
    pub created_at: Timestamp,
    /// Who gave it; absent for the system.
    pub created_by: Option<AccountId>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Who took it back.
    pub revoked_by: Option<AccountId>,
    /// Whether it counts, at the instant at which it was read.
    pub state: OversightState,
    /// Counts changes.
    pub version: i64,
}

/// Whether a leave counts at an instant.
pub(super) fn state_at(
    (since, until): (Timestamp, Timestamp),
    revoked_at: Option<Timestamp>,
    now: Timestamp,
) -> OversightState {
    if revoked_at.is_some() {
        OversightState::Revoked
    } else if now < since {
        OversightState::ToCome
    } else if now < until {
        OversightState::InForce
    } else {
        OversightState::Over
    }
}

/// A district that the caller may read by its leave, now or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverseenDistrict {
    /// The leave.
    pub grant: OversightGrantId,
    /// Code of the district.
    pub code: String,
    /// Its name.
    pub name: String,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}
