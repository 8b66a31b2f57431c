//! Use cases of the leaving slice, one per file. All are the platform's: no account of a district has a right to them.

mod close;
mod erase;
mod hand_over;

use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::kernel::scope::PlatformScope;
use crate::leaving::error::LeavingError;
use crate::leaving::store;
use crate::org::{OrgService, Tenant, TenantKind, TenantState};
use crate::store::{Db, StoreError, WriteTx};

use fengqiao_entity::org::tenant;

pub use erase::{Erased, Wanted};
pub use hand_over::{HandedOver, Settled};

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<LeavingError>>;

/// For so long after a district was closed what was begun before may go on: who asks is remembered for some seconds, a socket shows its token
/// again within a minute (requirement A4), and no write begins two seconds later. One that lasts longer, such as a file of very many rows, is
/// waited for.
const SETTLED_SECONDS: i64 = 60;

/// Lets districts leave. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LeavingService {
    db: Db,
    org: OrgService,
}

impl LeavingService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db, org: OrgService) -> Self {
        Self { db, org }
    }

    /// The district with a code, in whatever state.
    ///
    /// # Errors
    /// [`LeavingError::NotFound`], [`LeavingError::Platform`].
    pub async fn district(&self, platform: &PlatformScope, code: &str) -> Answer<Tenant> {
        let unexpected = |_| Failure::Internal(StoreError::Internal("tenants are only listed".to_owned()));
        let tenants = self.org.all_tenants(platform).await.map_err(|failure| match failure {
            Failure::Unavailable(error) => Failure::Unavailable(error),
            Failure::TimedOut(error) => Failure::TimedOut(error),
            other => unexpected(other),
        })?;
        let found = tenants.into_iter().find(|tenant| tenant.code == code);
        match found {
            None => Err(refused(LeavingError::NotFound(code.to_owned()))),
            Some(tenant) if tenant.kind == TenantKind::Platform => Err(refused(LeavingError::Platform)),
            Some(tenant) => Ok(tenant),
        }
    }

    /// Begins a change of a tenant: its row is held until the end.
    async fn begin(&self, platform: &PlatformScope, id: TenantId) -> Answer<(WriteTx, tenant::Model)> {
        let tx = self.db.begin_platform(platform, id).await?;
        let row = store::present(&tx).await?;
        let row = row.ok_or_else(|| refused(LeavingError::NotFound(id.to_string())))?;
        Ok((tx, row))
    }
}

fn refused(error: LeavingError) -> Failure<LeavingError> {
    Failure::user("", error)
}

/// The state of a tenant as its row says it.
fn state(row: &tenant::Model) -> Result<TenantState, StoreError> {
    row.state.parse().map_err(|_| StoreError::corrupt("tenants", "state", &row.state))
}
