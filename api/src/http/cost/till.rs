//! Who pays for a document: the bucket of the account, then that of its tenant.
//!
//! Points are taken from a bucket in portions and spent here, so that a server asks Redis once in many operations; what it took
//! and has not spent is at most a portion for each account and tenant.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fengqiao_domain::kernel::bucket::{Bucket, Buckets, Limited};
use fengqiao_domain::kernel::id::{TenantId, Timestamp};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::super::caller::Caller;
use super::limits::{CostLimits, Fill};
use super::tariff::Tariff;

/// Purses that are kept at most; an emptied one is nothing to keep.
const MOST: usize = 100_000;

/// Who pays.
#[derive(Debug, Clone)]
pub(in crate::http) struct Payer {
    pub(in crate::http) tenant: TenantId,
    pub(in crate::http) account: String,
}

impl Payer {
    /// Whoever is signed in.
    pub(in crate::http) fn of(caller: &Caller) -> Option<Self> {
        Some(Self { tenant: caller.tenant?, account: caller.key.clone()? })
    }
}

/// What an account has left after it paid, as far as this server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Balance {
    pub(in crate::http) remaining: u64,
}

/// Not enough: how long until there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Short {
    pub(in crate::http) wait: Duration,
    pub(in crate::http) remaining: u64,
}

/// What was taken from a bucket and is not spent.
#[derive(Debug, Clone, Copy)]
struct Purse {
    points: u64,
    /// Portions that were left in the bucket when it was asked last.
    left: u32,
    asked: Instant,
}

/// Takes what documents cost. Cheap to clone.
#[derive(Clone)]
pub struct Till(Arc<Inner>);

struct Inner {
    tariff: Arc<Tariff>,
    buckets: Arc<dyn Buckets>,
    purses: Mutex<HashMap<Bucket, Purse>>,
    /// Buckets go by the timer of this process: nobody sets it.
    begun: Instant,
}

impl Till {
    /// A till for a tariff, over buckets.
    #[must_use]
    pub fn new(tariff: Arc<Tariff>, buckets: Arc<dyn Buckets>) -> Self {
        let purses = Mutex::default();
        Self(Arc::new(Inner { tariff, buckets, purses, begun: Instant::now() }))
    }

    pub(in crate::http) fn tariff(&self) -> &Tariff {
        &self.0.tariff
    }

    /// Takes what a document costs, from the account first: whoever asks without end empties their own bucket.
    pub(in crate::http) async fn pay(
        &self,
        payer: &Payer,
        cost: u64,
        limits: &CostLimits,
    ) -> Result<Balance, Short> {
        let account = account_of(payer);
        let remaining = |till: &Self| till.remaining(&account, limits.account);
        let short = |till: &Self, limited: Limited, wait| {
            let limit: &'static str = limited.into();
            metrics::counter!("fengqiao_limited_total", "limit" => limit).increment(1);
            Short { wait, remaining: remaining(till) }
        };
        if let Err(wait) = self.spend(&account, limits.account, cost).await {
            return Err(short(self, Limited::AccountCost, wait));
        }
        if let Err(wait) = self.spend(&tenant_of(payer), limits.tenant, cost).await {
            self.hold(&account, cost, None);
            return Err(short(self, Limited::TenantCost, wait));
        }
        Ok(Balance { remaining: remaining(self) })
    }

    fn purses(&self) -> MutexGuard<'_, HashMap<Bucket, Purse>> {
        self.0.purses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        Timestamp(i64::try_from(self.0.begun.elapsed().as_micros()).unwrap_or(i64::MAX))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "joined right here, but for whoever hangs up, and over when Redis answers"
    )]
    async fn spend(&self, bucket: &Bucket, fill: Fill, cost: u64) -> Result<(), Duration> {
        let Err(held) = self.spend_held(bucket, cost) else { return Ok(()) };
        let portions = (cost - held).div_ceil(u64::from(fill.portion()));
        let portions = u32::try_from(portions).unwrap_or(u32::MAX);
        let (till, bucket) = (self.clone(), bucket.clone());
        let drawing = async move { till.draw(&bucket, fill, portions, cost - held, held).await };
        // To its end, whoever hangs up: else each would take a portion along.
        tokio::spawn(drawing.in_current_span()).await.unwrap_or(Ok(()))
    }

    /// Spends what is here, or takes all of it and says how much it was.
    fn spend_held(&self, bucket: &Bucket, cost: u64) -> Result<(), u64> {
        let mut purses = self.purses();
        let Some(purse) = purses.get_mut(bucket) else { return Err(0) };
        match purse.points.checked_sub(cost) {
            Some(rest) => {
                purse.points = rest;
                Ok(())
            }
            None => Err(std::mem::take(&mut purse.points)),
        }
    }

    async fn draw(
        &self,
        bucket: &Bucket,
        fill: Fill,
        portions: u32,
        missing: u64,
        held: u64,
    ) -> Result<(), Duration> {
        match self.0.buckets.draw(bucket, fill.rate(), portions, self.now()).await {
            Ok(left) => {
                let over = (u64::from(portions) * u64::from(fill.portion())).saturating_sub(missing);
                self.hold(bucket, over, Some(left));
                Ok(())
            }
            Err(wait) => {
                self.hold(bucket, held, None);
                Err(wait)
            }
        }
    }

    /// Puts points into a purse; with them what was left in the bucket, if it was asked.
    fn hold(&self, bucket: &Bucket, points: u64, left: Option<u32>) {
        let mut purses = self.purses();
        if purses.len() >= MOST && !purses.contains_key(bucket) {
            purses.retain(|_, purse| purse.points > 0);
            if purses.len() >= MOST {
                purses.clear();
            }
        }
        let empty = Purse { points: 0, left: 0, asked: Instant::now() };
        let purse = purses.entry(bucket.clone()).or_insert(empty);
        purse.points = purse.points.saturating_add(points);
        if let Some(left) = left {
            (purse.left, purse.asked) = (left, Instant::now());
        }
    }

    fn remaining(&self, bucket: &Bucket, fill: Fill) -> u64 {
        let Some(purse) = self.purses().get(bucket).copied() else { return u64::from(fill.points) };
        let come = purse.asked.elapsed().as_millis() * u128::from(fill.per_second) / 1_000;
        let come = u64::try_from(come).unwrap_or(u64::MAX);
        let left = u64::from(purse.left) * u64::from(fill.portion());
        purse.points.saturating_add(left).saturating_add(come).min(u64::from(fill.points))
    }
}

fn account_of(payer: &Payer) -> Bucket {
    Bucket { limited: Limited::AccountCost, tenant: Some(payer.tenant), whose: payer.account.clone() }
}

fn tenant_of(payer: &Payer) -> Bucket {
    let tenant =
        if mutant::active(Mutant::SharedCost) { TenantId::from_uuid(Uuid::nil()) } else { payer.tenant };
    Bucket { limited: Limited::TenantCost, tenant: Some(tenant), whose: "all".to_owned() }
}
