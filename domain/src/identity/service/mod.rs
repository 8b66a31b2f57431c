//! Use cases of the identity slice, one per file.

mod account_create;
mod account_disable;
mod account_reset_password;
mod account_reset_second_factor;
mod account_sign_out;
mod accounts;
mod client_secret_create;
mod client_secret_revoke;
mod client_secrets;
mod external_identity;
mod grants;
mod password;
mod password_change;
mod role_grant_create;
mod role_grant_revoke;
mod second_factor;
mod second_factor_begin;
mod second_factor_confirm;
mod second_factor_remove;
mod seed_accounts;
mod session_revoke;
mod session_revoke_others;
mod sessions;
mod viewer;

use std::fmt;
use std::sync::{Arc, Weak};

use crate::identity::BadSetting;
use crate::identity::cache::WhoCache;
use crate::identity::password::PasswordPool;
use crate::identity::settings::IdentitySettings;
use crate::identity::token::TokenKeys;
use crate::kernel::bucket::{Buckets, LocalBuckets};
use crate::kernel::event::Hearer;
use crate::kernel::id::{AccountId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{Db, StoreError, Tx};

pub(super) use account_create::insert as insert_account;
pub use accounts::AccountFilter;
pub use grants::GrantFilter;
pub(super) use password_change::end_others;
pub(super) use second_factor::own;

/// Accounts, sessions and role grants. Cheap to clone.
#[derive(Clone)]
pub struct IdentityService {
    db: Db,
    keys: Arc<TokenKeys>,
    settings: Arc<IdentitySettings>,
    passwords: Arc<PasswordPool>,
    cache: Arc<WhoCache>,
    buckets: Arc<dyn Buckets>,
}

impl fmt::Debug for IdentityService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("IdentityService");
        shown.field("db", &self.db).field("settings", &self.settings).finish_non_exhaustive()
    }
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
        let (workers, queue) = (settings.hashing_workers, settings.hashing_queue);
        let passwords = PasswordPool::new(workers, queue, settings.hashing_places)?;
        let cache = Arc::new(WhoCache::new(settings.grants_cache_millis, settings.grants_cache_entries));
        let hearer: Weak<WhoCache> = Arc::downgrade(&cache);
        db.tell(hearer as Weak<dyn Hearer>);
        Ok(Self {
            db,
            keys,
            settings: Arc::new(settings),
            passwords: Arc::new(passwords),
            cache,
            buckets: Arc::new(LocalBuckets::default()),
        })
    }

    /// The same with limits that several processes share.
    #[must_use]
    pub fn limited_by(self, buckets: Arc<dyn Buckets>) -> Self {
        Self { buckets, ..self }
    }

    /// The keys that sign its tokens.
    #[must_use]
    pub fn keys(&self) -> &TokenKeys {
        &self.keys
    }

    /// Forgets what an account may do: for whoever granted or ended a role in a transaction of their own.
    pub(crate) fn forget(&self, tenant: TenantId, account: AccountId) {
        self.cache.drop_account(tenant, account);
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

    pub(super) fn buckets(&self) -> &dyn Buckets {
        self.buckets.as_ref()
    }

    pub(super) fn cache(&self) -> &WhoCache {
        &self.cache
    }

    /// When the sessions of an account end, once the account is held: what was opened while somebody waited for it ends with the others.
    pub(super) fn ended_at(&self, tx: &Tx) -> Timestamp {
        if mutant::active(Mutant::EarlyEnd) { tx.now() } else { self.db.now() }
    }
}

/// The account that a use case without a scope's account cannot do without.
fn acting(tx: &Tx) -> Option<AccountId> {
    tx.scope().account()
}
