//! Use cases of the audit slice, one per file.

mod export_entries;
mod query;
mod refused;

use std::sync::Arc;

use crate::audit::error::AuditError;
use crate::kernel::bucket::{LocalBuckets, Rate};
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
    /// How many entries an account makes by what it is refused.
    refusals: Rate,
    /// How many each made of late, in this process.
    made: Arc<LocalBuckets>,
}

impl AuditService {
    /// The service over a store, and how many entries an account makes by what it is refused.
    #[must_use]
    pub fn new(db: Db, refusals: Rate) -> Self {
        Self { db, refusals, made: Arc::default() }
    }
}

/// Whoever may not read the trail is told nothing of it.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::AuditRead) { Ok(()) } else { Err(Failure::Denied) }
}
