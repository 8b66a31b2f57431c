//! Plain values of the identity slice.

use std::fmt;

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::identity::role::Role;
use crate::kernel::id::{
    AccountId, CategoryId, GridId, OrganisationId, RoleGrantId, SessionId, Timestamp, UnitGroupId, UnitId,
};
use crate::kernel::permission::PermissionSet;
use crate::kernel::place::Sensitivity;

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AccountState {
    /// It may.
    Active,
    /// It may not, and its sessions have ended.
    Disabled,
}

/// An account as one reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Login within the tenant.
    pub login: String,
    /// Name: whole to oneself and, for staff, to staff; masked to everyone else.
    pub name: String,
    /// Whether the name is masked.
    pub name_masked: bool,
    /// Masked telephone number.
    pub phone: Option<String>,
    /// Whether it holds a role of the staff now.
    pub staff: bool,
    /// Whether it may sign in.
    pub state: AccountState,
    /// When it was created.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Where a role is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GrantTarget {
    /// The installation itself: platform operators only.
    Platform,
    /// A unit of the three tiers.
    Unit(UnitId),
    /// A grid.
    Grid(GridId),
    /// A unit group.
    Group(UnitGroupId),
    /// An organisation.
    Organisation(OrganisationId),
}

/// A role held by an account at a target for a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleGrant {
    /// Id.
    pub id: RoleGrantId,
    /// Who holds it.
    pub account: AccountId,
    /// The role.
    pub role: Role,
    /// Where it is held.
    pub target: GrantTarget,
    /// First instant.
    pub since: Timestamp,
    /// First instant after it; `None` is open-ended.
    pub until: Option<Timestamp>,
    /// The categories it is limited to, each with all below it; none is every category.
    pub categories: Vec<CategoryId>,
    /// The most sensitive cases it reaches.
    pub ceiling: Sensitivity,
    /// Who granted it; absent for the system.
    pub granted_by: Option<AccountId>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

impl RoleGrant {
    /// Whether it counts at an instant.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.since <= now && self.until.is_none_or(|until| now < until)
    }
}

/// Whoever asks, and what they may do.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Their account.
    pub account: Account,
    /// The session they act in.
    pub session: Option<SessionId>,
    /// Everything some grant allows somewhere.
    pub permissions: PermissionSet,
    /// Their grants in force, oldest first.
    pub grants: Vec<RoleGrant>,
    /// The targets of these grants, each once.
    pub targets: Vec<GrantTarget>,
}

/// A session of the caller that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Id.
    pub id: SessionId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ends, however often it is refreshed.
    pub expires_at: Timestamp,
    /// When its last pair of tokens was issued.
    pub refreshed_at: Timestamp,
    /// Whether the caller acts in it.
    pub current: bool,
}

/// How far somebody is with a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum SecondFactorState {
    /// There is none.
    Absent,
    /// A secret was made, and no code of it was shown yet.
    Begun,
    /// Signing in wants a code.
    InForce,
}

/// The caller's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// How far they are.
    pub state: SecondFactorState,
    /// Since when it counts.
    pub confirmed_at: Option<Timestamp>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: usize,
    /// Whether roles of theirs count only with it.
    pub required: bool,
}

/// The secret of a second factor, told once.
#[derive(Clone)]
pub struct NewSecondFactor {
    /// As it is typed into a telephone.
    pub secret: String,
    /// As a telephone reads it from a picture.
    pub uri: String,
}

impl fmt::Debug for NewSecondFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewSecondFactor(…)")
    }
}

/// The caller's own password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordStanding {
    /// When it was set.
    pub changed_at: Timestamp,
    /// From when on it opens a session only together with a new one; none is never.
    pub due_at: Option<Timestamp>,
}

/// A password that is given to somebody, told once.
#[derive(Clone)]
pub struct FirstPassword {
    /// Whose it is.
    pub account: Account,
    /// The password.
    pub password: String,
    /// Until when it counts, once and together with one of their own.
    pub lapses_at: Timestamp,
}

impl fmt::Debug for FirstPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirstPassword").field("account", &self.account.id).finish_non_exhaustive()
    }
}

/// What signing in or refreshing gives.
#[derive(Clone)]
pub struct SessionTokens {
    /// Short-lived bearer token.
    pub access_token: String,
    /// Single-use token for the next pair.
    pub refresh_token: String,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// When the session ends, however often it is refreshed.
    pub session_expires_at: Timestamp,
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub account: AccountId,
}

impl fmt::Debug for SessionTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionTokens").field("session", &self.session).finish_non_exhaustive()
    }
}
