//! The keys of tenants: each is read by the first transaction that needs it, and made with its tenant.

use fengqiao_entity::org::tenant_key::{Entity, Model};

use crate::kernel::id::TenantId;
use crate::kernel::scope::PlatformScope;
use crate::kernel::vault::VaultError;
use crate::store::{Db, Done, StoreError, Tx};

impl Tx {
    /// Reads the key of the scope's tenant, unless this process read it lately or no master key wants it.
    pub(super) async fn learn_tenant_key(&self) -> Result<(), StoreError> {
        let tenant = self.scope().tenant();
        if !self.vault().wants_tenant_key(tenant) {
            return Ok(());
        }
        let kept = self.select::<Entity>().one().await?.map(|row| row.key);
        self.vault().learn_tenant_key(tenant, kept.as_ref()).map_err(|fault| told(&fault))
    }

    /// Makes the key of the scope's tenant, which has none.
    pub(crate) async fn make_tenant_key(&self) -> Result<(), StoreError> {
        let tenant = self.scope().tenant();
        let key = self.vault().make_tenant_key(tenant).map_err(|fault| told(&fault))?;
        self.insert(Model { tenant_id: tenant, key, created_at: self.now() }).await
    }
}

impl Db {
    /// Whether what is sealed now opens nowhere without the key of its tenant.
    ///
    /// # Errors
    /// [`StoreError::Internal`] never, in a file that could be read.
    pub fn seals_by_tenant(&self) -> Result<bool, StoreError> {
        self.vault().seals_by_tenant().map_err(|fault| StoreError::Internal(fault.to_string()))
    }

    /// Makes the keys of tenants of before every one had its own: how many. Nothing is sealed with them before a master key wants them; once
    /// one does, whoever lacks a key lost it, and another one would make everything unreadable.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for a key that was lost.
    pub async fn make_tenant_keys(&self, platform: &PlatformScope) -> Result<usize, StoreError> {
        let mut made = 0;
        let living = self
            .lookup_tenants()
            .await?
            .into_iter()
            .filter(|known| ["open", "closed"].contains(&known.state.as_str()));
        for known in living {
            let tenant = TenantId::from_uuid(known.tenant.tenant_id);
            let tx = self.begin_platform(platform, tenant).await?;
            if tx.select::<Entity>().one().await?.is_some() {
                continue;
            }
            if self.vault().wants_tenant_keys() {
                let what = format!(
                    "district {} lost its key: load tenant_keys from where it is kept",
                    known.tenant.code
                );
                return Err(StoreError::Corrupt(what));
            }
            tx.make_tenant_key().await?;
            tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
            made += 1;
        }
        Ok(made)
    }
}

fn told(fault: &VaultError) -> StoreError {
    StoreError::Corrupt(format!("tenant_keys.key: {fault}"))
}
