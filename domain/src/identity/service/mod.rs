//! Use cases of the identity slice, one per file.

mod account_create;
mod account_disable;
mod accounts;
mod grants;
mod role_grant_create;
mod role_grant_revoke;
mod seed_accounts;
mod session_revoke;
mod viewer;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::identity::cache::WhoCache;
use crate::identity::limit::{self, Wanted};
use crate::identity::password::PasswordPool;
use crate::identity::role::Role;
use crate::identity::settings::IdentitySettings;
use crate::identity::token::TokenKeys;
use crate::identity::{BadSetting, store};
use crate::kernel::id::{AccountId, RoleGrantId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Held;
use crate::store::{Db, StoreError, Tx};

pub use accounts::AccountFilter;
pub use grants::GrantFilter;

/// Accounts, sessions and role grants. Cheap to clone.
#[derive(Clone, Debug)]
pub struct IdentityService {
    db: Db,
    keys: Arc<TokenKeys>,
    settings: Arc<IdentitySettings>,
    passwords: Arc<PasswordPool>,
    cache: Arc<WhoCache>,
}

/// Why the service cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A setting is out of its bounds.
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// The library that hashes passwords failed.
    #[error(transparent)]
    Hashing(#[from] StoreError),
}

impl IdentityService {
    /// The service over a store, with the keys that sign its tokens.
    ///
    /// # Errors
    /// [`SetupError`] for settings out of bounds.
    pub fn new(db: Db, keys: Arc<TokenKeys>, settings: IdentitySettings) -> Result<Self, SetupError> {
        settings.check()?;
        let passwords = PasswordPool::new(settings.hashing_workers, settings.hashing_queue)?;
        let cache = WhoCache::new(settings.grants_cache_millis, settings.grants_cache_entries);
        Ok(Self {
            db,
            keys,
            settings: Arc::new(settings),
            passwords: Arc::new(passwords),
            cache: Arc::new(cache),
        })
    }

    /// The keys that sign its tokens.
    #[must_use]
    pub fn keys(&self) -> &TokenKeys {
        &self.keys
    }

    pub(super) const fn db(&self) -> &Db {
        &self.db
    }

    pub(super) fn settings(&self) -> &IdentitySettings {
        &self.settings
    }

    pub(super) fn passwords(&self) -> &PasswordPool {
        &self.passwords
    }

    pub(super) fn cache(&self) -> &WhoCache {
        &self.cache
    }
}

/// Whether the caller may grant or take what is wanted, by the grants that are in force in this
/// transaction: those of the scope may be some seconds old.
async fn may_grant(tx: &Tx, wanted: &Wanted<'_>) -> Result<bool, StoreError> {
    let Some(own) = tx.scope().account() else { return Ok(tx.scope().is_system()) };
    if mutant::active(Mutant::NoGrantLimit) {
        return Ok(true);
    }
    let grants = store::grants_in_force(tx, own).await?;
    let held: Vec<&Held> =
        tx.scope().held().iter().filter(|held| grants.iter().any(|grant| grant.id == held.grant)).collect();
    let security: BTreeSet<RoleGrantId> = grants
        .iter()
        .filter(|grant| grant.role == Role::SecurityAdministrator)
        .map(|grant| grant.id)
        .collect();
    Ok(limit::within(&held, &security, wanted))
}

/// The account that a use case without a scope's account cannot do without.
fn acting(tx: &Tx) -> Option<AccountId> {
    tx.scope().account()
}
