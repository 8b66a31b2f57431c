//! How often somebody may do something: a bucket that fills again, one drop at a time.
//!
//! It is the generic cell rate algorithm: of a bucket is known only when it will be full again. Where several
//! processes serve, they share buckets; who cannot reach the others counts for itself.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use crate::kernel::id::{TenantId, Timestamp};

/// Buckets that a process keeps at most; the fullest go first.
const MOST: usize = 100_000;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Limited {
    /// Showing a password of an account.
    SignIn,
    /// Showing passwords from one address.
    #[strum(serialize = "sign_in_address")]
    Address,
    /// Saying at one address that one is a program.
    Client,
    /// Showing a password of an account on a device that it knows.
    #[strum(serialize = "sign_in_device")]
    Device,
    /// Showing a password of an account on any of the devices that it knows.
    #[strum(serialize = "sign_in_known")]
    Known,
    /// Showing a code of a second factor.
    SecondFactor,
    /// Looking people up by their telephone number.
    NumberLookup,
    /// Entries of the audit trail about what somebody was refused.
    RefusalEntry,
    /// Points of what an account asks.
    #[strum(serialize = "cost_account")]
    AccountCost,
    /// Points of what a tenant asks, all its accounts together.
    #[strum(serialize = "cost_tenant")]
    TenantCost,
}

/// How much a bucket holds, and how fast it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many at once, from 1.
    pub burst: u32,
    /// Then one after each such time, in whole milliseconds from 1.
    pub every: Duration,
}

impl Rate {
    /// The time in which an empty bucket fills, in milliseconds.
    #[must_use]
    pub fn whole_millis(self) -> i64 {
        self.millis_of(self.burst.max(1))
    }

    /// The time after which there is one more, in milliseconds.
    #[must_use]
    pub fn every_millis(self) -> i64 {
        i64::try_from(self.every.as_millis()).unwrap_or(i64::MAX).max(1)
    }

    /// The time in which so many drops come in, in milliseconds.
    #[must_use]
    pub fn millis_of(self, drops: u32) -> i64 {
        self.every_millis().saturating_mul(i64::from(drops))
    }
}

/// Whose bucket it is, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// For what.
    pub limited: Limited,
    /// The tenant of whoever it is; none where none is known.
    pub tenant: Option<TenantId>,
    /// Names them within the tenant: an id or a digest, never what somebody typed.
    pub whose: String,
}

/// Where buckets are.
#[async_trait]
pub trait Buckets: Send + Sync {
    /// Takes a drop; where there is none, how long until there is. It always answers, and soon.
    async fn take(&self, bucket: &Bucket, rate: Rate, now: Timestamp) -> Result<(), Duration> {
        self.draw(bucket, rate, 1, now).await.map(drop)
    }

    /// Takes several drops at once or none of them, and says how many are left; where there are too few, how long until
    /// there are enough.
    async fn draw(&self, bucket: &Bucket, rate: Rate, drops: u32, now: Timestamp) -> Result<u32, Duration>;

    /// Puts a drop back that was taken for nothing that is limited. A full bucket gets no fuller.
    async fn give_back(&self, bucket: &Bucket, rate: Rate, now: Timestamp);
}

/// The buckets of one process.
#[derive(Debug, Default)]
pub struct LocalBuckets(Mutex<HashMap<Bucket, i64>>);

impl LocalBuckets {
    fn inner(&self) -> MutexGuard<'_, HashMap<Bucket, i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same as [`Buckets::take`], at once.
    ///
    /// # Errors
    /// How long until there is a drop.
    pub fn take_now(&self, bucket: &Bucket, rate: Rate, now: Timestamp) -> Result<(), Duration> {
        self.draw_now(bucket, rate, 1, now).map(drop)
    }

    /// The same as [`Buckets::draw`], at once.
    ///
    /// # Errors
    /// How long until there are enough drops.
    pub fn draw_now(&self, bucket: &Bucket, rate: Rate, drops: u32, now: Timestamp) -> Result<u32, Duration> {
        let now = now.micros() / 1_000;
        let mut full_at = self.inner();
        let empty = now + rate.whole_millis();
        if let Some(known) = full_at.get_mut(bucket) {
            // No bucket is emptier than empty: a clock that was set back keeps nobody waiting for its way.
            *known = (*known).min(empty);
        }
        let next = full_at.get(bucket).copied().unwrap_or(now).max(now).saturating_add(rate.millis_of(drops));
        let wait = next - empty;
        if wait > 0 {
            return Err(Duration::from_millis(wait.unsigned_abs()));
        }
        if full_at.len() >= MOST && !full_at.contains_key(bucket) {
            make_room(&mut full_at, now);
        }
        full_at.insert(bucket.clone(), next);
        Ok(u32::try_from(wait.unsigned_abs() / rate.every_millis().unsigned_abs()).unwrap_or(u32::MAX))
    }

    /// The same as [`Buckets::give_back`], at once.
    pub fn give_back_now(&self, bucket: &Bucket, rate: Rate, now: Timestamp) {
        self.pour_back_now(bucket, rate, 1, now);
    }

    /// Puts several drops back.
    pub fn pour_back_now(&self, bucket: &Bucket, rate: Rate, drops: u32, now: Timestamp) {
        let mut full_at = self.inner();
        let Some(known) = full_at.get_mut(bucket) else { return };
        *known -= rate.millis_of(drops);
        if *known <= now.micros() / 1_000 {
            full_at.remove(bucket);
        }
    }
}

/// Lets full buckets go; where all are in use, the half that is full first.
fn make_room(full_at: &mut HashMap<Bucket, i64>, now: i64) {
    full_at.retain(|_, full| *full > now);
    if full_at.len() >= MOST {
        let mut times: Vec<i64> = full_at.values().copied().collect();
        let half = times.len() / 2;
        let median = *times.select_nth_unstable(half).1;
        full_at.retain(|_, full| *full > median);
    }
}

#[async_trait]
impl Buckets for LocalBuckets {
    async fn draw(&self, bucket: &Bucket, rate: Rate, drops: u32, now: Timestamp) -> Result<u32, Duration> {
        self.draw_now(bucket, rate, drops, now)
    }

    async fn give_back(&self, bucket: &Bucket, rate: Rate, now: Timestamp) {
        self.give_back_now(bucket, rate, now);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const RATE: Rate = Rate { burst: 3, every: Duration::from_secs(2) };

    fn bucket(tenant: u128, whose: &str) -> Bucket {
        let tenant = Some(TenantId::from_uuid(Uuid::from_u128(tenant)));
        Bucket { limited: Limited::SignIn, tenant, whose: whose.to_owned() }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp(millis * 1_000)
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_waiting_for_its_way() {
        let (buckets, one) = (LocalBuckets::default(), bucket(1, "a"));
        for _ in 0..3 {
            assert_eq!(buckets.take_now(&one, RATE, at(3_600_000)), Ok(()));
        }
        assert_eq!(buckets.take_now(&one, RATE, at(0)), Err(Duration::from_secs(2)));
        assert_eq!(buckets.take_now(&one, RATE, at(2_000)), Ok(()), "when it was said");
    }

    #[test]
    fn a_burst_is_let_through_and_then_one_after_each_time() {
        let (buckets, one) = (LocalBuckets::default(), bucket(1, "a"));
        for _ in 0..3 {
            assert_eq!(buckets.take_now(&one, RATE, at(0)), Ok(()));
        }
        assert_eq!(buckets.take_now(&one, RATE, at(0)), Err(Duration::from_secs(2)));
        assert_eq!(
            buckets.take_now(&one, RATE, at(1_500)),
            Err(Duration::from_millis(500)),
            "asking costs nothing"
        );
        assert_eq!(buckets.take_now(&one, RATE, at(2_000)), Ok(()));
        assert_eq!(buckets.take_now(&one, RATE, at(2_000)), Err(Duration::from_secs(2)));
        for _ in 0..3 {
            assert_eq!(buckets.take_now(&one, RATE, at(60_000)), Ok(()), "full again, and no fuller");
        }
        assert_eq!(buckets.take_now(&one, RATE, at(60_000)), Err(Duration::from_secs(2)));
    }

    #[test]
    fn several_drops_are_taken_together_or_not_at_all() {
        let (buckets, one) = (LocalBuckets::default(), bucket(1, "a"));
        assert_eq!(buckets.draw_now(&one, RATE, 2, at(0)), Ok(1));
        assert_eq!(buckets.draw_now(&one, RATE, 2, at(0)), Err(Duration::from_secs(2)));
        assert_eq!(buckets.draw_now(&one, RATE, 1, at(0)), Ok(0), "nothing was taken in vain");
        assert_eq!(buckets.draw_now(&one, RATE, 3, at(5_000)), Err(Duration::from_secs(1)));
        assert_eq!(buckets.draw_now(&one, RATE, 3, at(6_000)), Ok(0));
        assert!(buckets.draw_now(&one, RATE, u32::MAX, at(600_000)).is_err(), "more than it holds");
        buckets.pour_back_now(&one, RATE, 2, at(6_000));
        assert_eq!(buckets.draw_now(&one, RATE, 2, at(6_000)), Ok(0));
    }

    #[test]
    fn what_is_given_back_is_there_again_and_no_bucket_overflows() {
        let (buckets, one) = (LocalBuckets::default(), bucket(1, "a"));
        buckets.give_back_now(&one, RATE, at(0));
        for _ in 0..3 {
            assert_eq!(buckets.take_now(&one, RATE, at(0)), Ok(()));
        }
        assert_eq!(buckets.take_now(&one, RATE, at(0)), Err(Duration::from_secs(2)));
        buckets.give_back_now(&one, RATE, at(0));
        assert_eq!(buckets.take_now(&one, RATE, at(0)), Ok(()));
        assert_eq!(buckets.take_now(&one, RATE, at(0)), Err(Duration::from_secs(2)));
        for _ in 0..9 {
            buckets.give_back_now(&one, RATE, at(0));
        }
        for _ in 0..3 {
            assert_eq!(buckets.take_now(&one, RATE, at(0)), Ok(()), "full again, and no fuller");
        }
        assert_eq!(buckets.take_now(&one, RATE, at(0)), Err(Duration::from_secs(2)));
    }

    #[test]
    fn each_has_their_own() {
        let buckets = LocalBuckets::default();
        for one in [bucket(1, "a"), bucket(1, "b"), bucket(2, "a")] {
            for _ in 0..3 {
                assert_eq!(buckets.take_now(&one, RATE, at(0)), Ok(()));
            }
            assert!(buckets.take_now(&one, RATE, at(0)).is_err());
        }
    }

    #[test]
    fn memory_is_bounded_and_the_emptiest_are_kept() {
        let (buckets, one) = (LocalBuckets::default(), bucket(1, "a"));
        for _ in 0..3 {
            assert_eq!(buckets.take_now(&one, RATE, at(0)), Ok(()));
        }
        for number in 0..MOST + 10 {
            assert_eq!(buckets.take_now(&bucket(2, &number.to_string()), RATE, at(0)), Ok(()));
        }
        assert!(buckets.inner().len() <= MOST);
        assert!(buckets.take_now(&one, RATE, at(0)).is_err(), "still empty");
        for number in 0..MOST {
            assert_eq!(buckets.take_now(&bucket(3, &number.to_string()), RATE, at(600_000)), Ok(()));
        }
        assert!(buckets.inner().len() <= MOST, "what is full is nothing to keep");
    }
}
