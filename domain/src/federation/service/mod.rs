//! Use cases of the federation slice, one per file.

mod identities;
mod identity_create;
mod identity_remove;
mod provider_create;
mod provider_enable;
mod provider_update;
mod providers;
mod token;

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Semaphore, SemaphorePermit};
use tracing::Instrument as _;

use crate::federation::doors::Doors;
use crate::federation::error::FederationError;
use crate::federation::keys::Keys;
use crate::federation::model::IdentityProvider;
use crate::federation::store;
use crate::identity::IdentityService;
use crate::kernel::failure::Failure;
use crate::kernel::id::IdentityProviderId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Db, Done, StoreError, Tx};

/// What a use case of this slice answers.
pub(super) type Answer<T> = Result<T, Failure<FederationError>>;

/// Most providers of a tenant: each is looked through when somebody comes by a token.
const MOST_PROVIDERS: usize = 16;

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct FederationSettings {
    /// For how many seconds an ID token may be shown after it was made, 60 to 3600.
    pub id_token_seconds: i64,
    /// Seconds by which clocks may differ, 0 to 300.
    pub leeway_seconds: i64,
    /// How many wait for a provider's answer at a time in one process, 1 to 1024.
    pub at_once: usize,
}

impl Default for FederationSettings {
    fn default() -> Self {
        // Ten minutes are what a front-end needs to come back from the issuer's page; more than thirty calls at a time is no sign-in any more.
        Self { id_token_seconds: 600, leeway_seconds: 30, at_once: 32 }
    }
}

/// Identity providers, and whoever comes by them. Cheap to clone.
#[derive(Clone)]
pub struct FederationService {
    db: Db,
    identity: IdentityService,
    doors: Arc<dyn Doors>,
    settings: FederationSettings,
    keys: Arc<Keys>,
    turns: Arc<Semaphore>,
}

/// Does something to its end though whoever asked hangs up: what was begun with a provider is not left half done.
#[expect(clippy::disallowed_methods, reason = "it is waited for, and ends with the provider's answer")]
pub(super) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Answer<T>> + Send + 'static,
) -> Answer<T> {
    match tokio::spawn(work.in_current_span()).await {
        Ok(outcome) => outcome,
        Err(broken) => Err(StoreError::Internal(broken.to_string()).into()),
    }
}

impl fmt::Debug for FederationService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FederationService").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl FederationService {
    /// The service over a store, with what asks the world outside.
    #[must_use]
    pub fn new(
        db: Db,
        identity: IdentityService,
        doors: Arc<dyn Doors>,
        settings: FederationSettings,
    ) -> Self {
        let turns = Arc::new(Semaphore::new(settings.at_once));
        let keys = Arc::new(Keys::new(settings.at_once));
        Self { db, identity, doors, settings, keys, turns }
    }

    pub(super) const fn db(&self) -> &Db {
        &self.db
    }

    pub(super) const fn identity(&self) -> &IdentityService {
        &self.identity
    }

    pub(super) fn doors(&self) -> &dyn Doors {
        self.doors.as_ref()
    }

    pub(super) const fn settings(&self) -> &FederationSettings {
        &self.settings
    }

    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// A turn to ask WeChat: whoever finds all of them taken comes again.
    pub(super) fn turn(&self) -> Answer<SemaphorePermit<'_>> {
        self.turns.try_acquire().map_err(|_| Failure::Overloaded { retry_after_seconds: 1 })
    }

    /// What an earlier use of the key made or changed.
    async fn provider_done(&self, scope: &Scope, done: Done) -> Answer<IdentityProvider> {
        let tx = self.db.reader(scope).tx().await?;
        found(store::provider::by_id(&tx, IdentityProviderId::from_uuid(done.id)).await?)
    }
}

/// Only whoever may say whose word counts.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::IdentityProviderManage) { Ok(()) } else { Err(Failure::Denied) }
}

/// A provider of the tenant, kept from changing until the transaction ends.
async fn held(tx: &Tx, id: IdentityProviderId) -> Answer<IdentityProvider> {
    found(store::provider::held(tx, id).await?)
}

/// What the audit trail keeps of a provider: all by which it is believed, of which nothing is secret.
fn believed(provider: &IdentityProvider) -> serde_json::Value {
    let kind: &'static str = provider.kind.into();
    let claims = provider.required_claims().iter().map(|claim| (claim.name.clone(), claim.value.clone()));
    serde_json::json!({
        "kind": kind,
        "issuer": provider.issuer,
        "audience": provider.audience,
        "jwks_url": provider.jwks_url(),
        "subject_claim": provider.subject_claim(),
        "required_claims": claims.collect::<std::collections::BTreeMap<_, _>>(),
        "registers": provider.registers,
    })
}

fn found(provider: Option<IdentityProvider>) -> Answer<IdentityProvider> {
    provider.ok_or_else(|| Failure::user("identityProviderId", FederationError::NotFound))
}
