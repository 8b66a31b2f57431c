//! A whole force at once, for the demo and for deployments from files.

use crate::identity::GrantTarget;
use crate::kernel::id::{AccountId, CategoryId, OrganisationId, Timestamp, UnitId};
use crate::staff::command::CreateTeam;

/// A force.
#[derive(Clone, Debug, Default)]
pub struct SeedForce {
    /// People with what they are appointed to.
    pub members: Vec<SeedStaffMember>,
    /// Plans.
    pub headcounts: Vec<SeedHeadcount>,
    /// Teams.
    pub teams: Vec<SeedTeam>,
}

/// Somebody of a [`SeedForce`].
#[derive(Clone)]
pub struct SeedStaffMember {
    /// Staff number.
    pub code: String,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// The unit that keeps their file.
    pub unit: UnitId,
    /// The organisation they belong to.
    pub organisation: Option<OrganisationId>,
    /// Their account.
    pub account: Option<AccountId>,
    /// What they are appointed to.
    pub appointments: Vec<SeedAppointment>,
}

/// An open-ended regular appointment of a [`SeedStaffMember`].
#[derive(Clone, Debug)]
pub struct SeedAppointment {
    /// Code of the kind of post.
    pub post: String,
    /// Where.
    pub target: GrantTarget,
    /// First instant.
    pub since: Timestamp,
    /// The categories it is limited to; none is every category.
    pub categories: Vec<CategoryId>,
}

/// A plan of a [`SeedForce`].
#[derive(Clone, Debug)]
pub struct SeedHeadcount {
    /// The unit.
    pub unit: UnitId,
    /// Code of the kind of post.
    pub post: String,
    /// How many.
    pub planned: u32,
}

/// A team of a [`SeedForce`].
#[derive(Clone, Debug)]
pub struct SeedTeam {
    /// What it is; its leader is ignored in favour of the first member.
    pub team: CreateTeam,
    /// Staff numbers of its members; the first one leads it.
    pub members: Vec<String>,
}

impl std::fmt::Debug for SeedStaffMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeedStaffMember").field("code", &self.code).finish_non_exhaustive()
    }
}
