//! The keys of tenants: with one of them what is a tenant's is sealed besides the master key, and without it nothing of that tenant opens
//! again. It lies in the database, sealed by the master key alone, until the tenant is erased. See
//! `docs/adr/0037-a-district-leaves.md`.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use crate::kernel::id::TenantId;

/// Bytes of a tenant's key.
pub(super) const TENANT_KEY_LENGTH: usize = 32;
/// For so long a process trusts what it read, and then reads it again.
const TRUSTED: Duration = Duration::from_mins(10);
/// After so long it goes out of memory, when the next key is read: longer than whatever was begun when it was still trusted.
const KEPT: Duration = Duration::from_mins(30);

/// A tenant's key in memory.
pub(super) type TenantKey = Arc<Zeroizing<[u8; TENANT_KEY_LENGTH]>>;

/// The keys of tenants that a process knows.
#[derive(Default)]
pub(super) struct TenantKeys(RwLock<HashMap<TenantId, (TenantKey, Instant)>>);

impl TenantKeys {
    /// Whether the key of a tenant was read lately.
    pub(super) fn knows(&self, tenant: TenantId) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&tenant).is_some_and(|(_, read_at)| read_at.elapsed() < TRUSTED)
    }

    /// The key of a tenant.
    pub(super) fn of(&self, tenant: TenantId) -> Option<TenantKey> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&tenant).map(|(key, _)| Arc::clone(key))
    }

    /// Keeps what was read, and lets go of what nobody read for long.
    pub(super) fn learn(&self, tenant: TenantId, key: Zeroizing<[u8; TENANT_KEY_LENGTH]>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, read_at)| read_at.elapsed() < KEPT);
        known.insert(tenant, (Arc::new(key), Instant::now()));
    }

    /// Lets go of one.
    pub(super) fn forget(&self, tenant: TenantId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&tenant);
    }
}
