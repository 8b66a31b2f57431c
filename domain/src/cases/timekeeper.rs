//! Keeps the time of every district's cases: what was reckoned by a calendar of before is reckoned anew.
//!
//! Any number of processes may do it at once. A district or a case that fails is told in the log and left for the next
//! round; it holds up nobody else.

use std::time::Duration;

use crate::cases::service::CaseService;
use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::kernel::scope::PlatformScope;
use crate::store::{Db, StoreError};

/// Parts of one district that are reckoned anew in one round, before the others have their turn.
const PARTS: usize = 200;

/// Keeps the time of every district's cases.
#[derive(Debug)]
pub struct Timekeeper {
    db: Db,
    cases: CaseService,
    platform: PlatformScope,
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Cases that were reckoned anew.
    pub reckoned: usize,
}

impl Timekeeper {
    /// One over a store, by the right of the worker.
    #[must_use]
    pub const fn new(db: Db, cases: CaseService, platform: PlatformScope) -> Self {
        Self { db, cases, platform }
    }

    /// Keeps time until dropped, a round at a time.
    pub async fn run(&self, every: Duration) {
        loop {
            match self.round().await {
                Ok(Round { reckoned: 0 }) => {}
                Ok(round) => tracing::info!(?round, "kept time"),
                Err(error) => tracing::warn!(%error, "time is not kept"),
            }
            tokio::time::sleep(every).await;
        }
    }

    /// One round over every district.
    ///
    /// # Errors
    /// [`StoreError`] when the districts cannot be found.
    pub async fn round(&self) -> Result<Round, StoreError> {
        let mut round = Round::default();
        for tenant in self.db.lookup_tenants().await? {
            round.reckoned += self.reckoned(TenantId::from_uuid(tenant.tenant_id)).await;
        }
        Ok(round)
    }

    async fn reckoned(&self, tenant: TenantId) -> usize {
        let scope = self.platform.enter(tenant);
        let mut reckoned = 0;
        for _ in 0..PARTS {
            match self.cases.reckon_anew(&scope).await {
                Ok(0) => break,
                Ok(some) => reckoned += some,
                Err(failure) => {
                    tracing::warn!(%tenant, error = told(&failure), "due times are not reckoned anew");
                    break;
                }
            }
        }
        reckoned
    }
}

/// A failure of the system itself, for the log.
fn told<E>(failure: &Failure<E>) -> String {
    match failure {
        Failure::Unavailable(error) | Failure::TimedOut(error) | Failure::Internal(error) => {
            error.to_string()
        }
        Failure::User(_)
        | Failure::Denied
        | Failure::ForeignCursor
        | Failure::KeyBusy
        | Failure::KeyReused
        | Failure::Overloaded { .. } => "refused".to_owned(),
    }
}
