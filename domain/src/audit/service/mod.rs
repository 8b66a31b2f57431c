//! Use cases of the audit slice, one per file.

mod query;

use crate::audit::error::AuditError;
use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Db;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<AuditError>>;

/// Use cases of the audit trail.
#[derive(Clone, Debug)]
pub struct AuditService {
    db: Db,
}

impl AuditService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}

/// Whoever may not read the trail is told nothing of it.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::AuditRead) { Ok(()) } else { Err(Failure::Denied) }
}
