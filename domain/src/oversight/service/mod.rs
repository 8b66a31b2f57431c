//! Use cases of the oversight slice, one per file.

mod districts;
mod enter;
mod grant_create;
mod grant_revoke;
mod grants;

use std::fmt;

use crate::identity::IdentityService;
use crate::kernel::failure::Failure;
use crate::kernel::id::OversightGrantId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::oversight::error::OversightError;
use crate::oversight::model::OversightGrant;
use crate::oversight::store;
use crate::store::{Db, Done};

/// What a use case of this slice answers.
pub(super) type Answer<T> = Result<T, Failure<OversightError>>;

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct OversightSettings {
    /// Most days from now on until a leave is over, 1 to 366.
    pub most_days: u32,
    /// Most leaves of a tenant that count or will count, 1 to 1000.
    pub most_grants: u32,
}

impl Default for OversightSettings {
    fn default() -> Self {
        // A round of inspections lasts a quarter at most, and is made by some dozens of people.
        Self { most_days: 90, most_grants: 64 }
    }
}

/// Who of other tenants reads this one. Cheap to clone.
#[derive(Clone)]
pub struct OversightService {
    db: Db,
    identity: IdentityService,
    settings: OversightSettings,
}

impl fmt::Debug for OversightService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OversightService").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl OversightService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db, identity: IdentityService, settings: OversightSettings) -> Self {
        Self { db, identity, settings }
    }

    /// What an earlier use of the key made or changed.
    async fn done_before(&self, scope: &Scope, done: Done) -> Answer<OversightGrant> {
        let tx = self.db.reader(scope).tx().await?;
        found(store::by_id(&tx, OversightGrantId::from_uuid(done.id)).await?)
    }
}

/// Only whoever may give leave.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::OversightManage) { Ok(()) } else { Err(Failure::Denied) }
}

fn found(grant: Option<OversightGrant>) -> Answer<OversightGrant> {
    grant.ok_or_else(|| Failure::user("oversightGrantId", OversightError::NotFound))
}
