//! Keeps the time of every district's cases: what was reckoned by a calendar of before is reckoned anew, and the rungs of
//! ladders fire.
//!
//! Any number of processes may do it at once. A district or a case that fails is told in the log and left for the next
//! round; it holds up nobody else.

use std::time::Duration;

use crate::cases::service::CaseService;
use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::kernel::scope::PlatformScope;
use crate::store::{Db, DueCase, StoreError};

/// Parts of one district that are reckoned anew in one round. What two servers of different settings reckon by turns
/// must not keep them from everything else.
const PARTS: usize = 1_000;

/// Due cases that are looked up at once.
const PAGE: usize = 500;
/// Rungs of one case that fire in one round: as many as a programme has.
const MOST_RUNGS: usize = 40;

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
    /// Rungs that fired.
    pub fired: usize,
}

impl Timekeeper {
    /// One over a store, by the right of the worker.
    #[must_use]
    pub const fn new(db: Db, cases: CaseService, platform: PlatformScope) -> Self {
        Self { db, cases, platform }
    }

    /// Keeps time until dropped. Rungs do not wait for what is reckoned anew, which may be every case of a district.
    pub async fn run(&self, every: Duration) {
        tokio::join!(
            self.again(every, "rungs", || self.fired()),
            self.again(every, "due times", || self.reckoned())
        );
    }

    /// Does something again and again, and says so when there was something to do.
    async fn again<F: Future<Output = Result<usize, StoreError>>>(
        &self,
        every: Duration,
        what: &str,
        work: impl Fn() -> F,
    ) {
        loop {
            match work().await {
                Ok(0) => {}
                Ok(cases) => tracing::info!(what, cases, "kept time"),
                Err(error) => tracing::warn!(what, %error, "time is not kept"),
            }
            tokio::time::sleep(every).await;
        }
    }

    /// One round over every district.
    ///
    /// # Errors
    /// [`StoreError`] when the districts, or what is due in them, cannot be found.
    pub async fn round(&self) -> Result<Round, StoreError> {
        Ok(Round { reckoned: self.reckoned().await?, fired: self.fired().await? })
    }

    /// Reckons anew in every district, a part of each in turn, so that a large one does not hold up the others.
    async fn reckoned(&self) -> Result<usize, StoreError> {
        let tenants = self.db.lookup_tenants().await?.into_iter().filter(|known| known.state == "open");
        let mut left: Vec<_> = tenants.map(|known| TenantId::from_uuid(known.tenant.tenant_id)).collect();
        let mut reckoned = 0;
        for _ in 0..PARTS {
            let mut more = vec![];
            for tenant in left {
                let part = self.part(tenant).await;
                reckoned += part;
                more.extend((part > 0).then_some(tenant));
            }
            left = more;
        }
        Ok(reckoned)
    }

    /// One part of a district: how many cases.
    async fn part(&self, tenant: TenantId) -> usize {
        match self.cases.reckon_anew(&self.platform.enter(tenant)).await {
            Ok(cases) => cases,
            Err(failure) => {
                tracing::warn!(%tenant, error = told(&failure), "due times are not reckoned anew");
                0
            }
        }
    }

    /// Fires what is due, the longest due first. A case has one rung fired after the other, each asked of it anew.
    async fn fired(&self) -> Result<usize, StoreError> {
        let (mut fired, mut after) = (0, None);
        loop {
            let due = self.db.due_cases(after, PAGE).await?;
            for found in &due {
                fired += self.climbed(found).await;
            }
            after = due.last().copied();
            if due.len() < PAGE {
                return Ok(fired);
            }
        }
    }

    async fn climbed(&self, due: &DueCase) -> usize {
        let (scope, case) = (self.platform.enter(due.tenant), due.case);
        let mut fired = 0;
        for _ in 0..MOST_RUNGS {
            match self.cases.fire_rung(&scope, case).await {
                Ok(Some(_)) => fired += 1,
                Ok(None) => break,
                Err(failure) => {
                    tracing::warn!(%case, error = told(&failure), "a rung does not fire");
                    break;
                }
            }
        }
        fired
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
