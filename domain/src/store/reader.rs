//! The reading side of one request: one read-only transaction, opened by its first statement.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::kernel::scope::Scope;
use crate::store::{Db, StoreError, Tx};

/// Opens a snapshot when it is first needed and shares it with all loaders of the request.
///
/// Dropping it queues the rollback; the pool flushes it off the request's path.
///
/// Nothing is read or written without a scope (requirement T1). This compiles:
///
/// ```
/// use fengqiao_domain::kernel::scope::Scope;
/// use fengqiao_domain::{Db, Reader};
///
/// fn read(db: &Db, scope: &Scope) -> Reader {
///     db.reader(scope)
/// }
/// ```
///
/// The same without a scope does not:
///
/// ```compile_fail,E0061
/// use fengqiao_domain::kernel::scope::Scope;
/// use fengqiao_domain::{Db, Reader};
///
/// fn read(db: &Db) -> Reader {
///     db.reader()
/// }
/// ```
///
/// Nobody makes a scope of their own:
///
/// ```compile_fail,E0624
/// use fengqiao_domain::kernel::scope::Scope;
/// use fengqiao_domain::{Db, Reader};
///
/// fn read(db: &Db, scope: &Scope) -> Reader {
///     db.reader(&Scope::new(std::process::abort(), "request"))
/// }
/// ```
///
/// ```compile_fail,E0599
/// use fengqiao_domain::kernel::scope::Scope;
/// use fengqiao_domain::{Db, Reader};
///
/// fn read(db: &Db, scope: &Scope) -> Reader {
///     db.reader(&Scope::default())
/// }
/// ```
///
/// Nor does anybody open a transaction, or reach a connection, with one in hand: that is the slices' business.
///
/// ```compile_fail,E0624
/// use fengqiao_domain::Db;
/// use fengqiao_domain::kernel::scope::Scope;
///
/// async fn write(db: &Db, scope: &Scope) {
///     db.begin(scope).await;
/// }
/// ```
///
/// ```compile_fail,E0616
/// use fengqiao_domain::Db;
///
/// fn reach(db: &Db) {
///     db.0;
/// }
/// ```
#[derive(Clone)]
pub struct Reader {
    db: Db,
    scope: Scope,
    open: Arc<Mutex<Option<Arc<Tx>>>>,
}

impl Reader {
    pub(super) fn new(db: Db, scope: Scope) -> Self {
        Self { db, scope, open: Arc::default() }
    }

    /// The scope it reads for.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Lets go of the snapshot, so that the next statement sees what was committed since.
    pub async fn renew(&self) {
        *self.open.lock().await = None;
    }

    /// The snapshot.
    pub(crate) async fn tx(&self) -> Result<Arc<Tx>, StoreError> {
        let mut open = self.open.lock().await;
        if let Some(tx) = open.as_ref() {
            return Ok(Arc::clone(tx));
        }
        let tx = Arc::new(self.db.snapshot(&self.scope).await?);
        *open = Some(Arc::clone(&tx));
        Ok(tx)
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("scope", &self.scope).finish_non_exhaustive()
    }
}
