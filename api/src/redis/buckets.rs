//! Buckets that the servers of a deployment share.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ::redis::Script;
use async_trait::async_trait;
use fengqiao_domain::kernel::bucket::{Bucket, Buckets, LocalBuckets, Rate};
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::kernel::mutant::{self, Mutant};

use super::key::Keys;
use super::line::Line;
use super::outage::Outage;

/// After Redis did not answer it is left alone for so long.
const REST: Duration = Duration::from_secs(1);

/// Takes drops by the server's own clock, in one step: the milliseconds to wait, or how many are left, negative. A key lives until
/// its bucket is full.
static TAKE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME') \
         local now = time[1] * 1000 + math.floor(time[2] / 1000) \
         local every, whole, drops = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) \
         local empty = now + whole \
         local known = tonumber(redis.call('GET', KEYS[1]) or now) \
         if known > empty then \
           known = empty \
           redis.call('SET', KEYS[1], string.format('%.0f', known), 'PX', whole) \
         end \
         local full_at = math.max(known, now) + every * drops \
         local wait = full_at - empty \
         if wait > 0 then return wait end \
         redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', full_at - now) \
         return -math.floor(-wait / every)",
    )
});

/// Puts a drop back; a full bucket is no key.
static GIVE_BACK: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME') \
         local now = time[1] * 1000 + math.floor(time[2] / 1000) \
         local full_at = tonumber(redis.call('GET', KEYS[1]) or now) - tonumber(ARGV[1]) \
         if full_at > now then \
           redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', full_at - now) \
         else \
           redis.call('DEL', KEYS[1]) \
         end \
         return 0",
    )
});

/// Buckets in Redis, and those of this server for when it is away.
pub(super) struct RedisBuckets {
    line: Line,
    keys: Keys,
    /// Counts along, so that nobody's bucket is full again when Redis goes.
    local: LocalBuckets,
    rests_since: Mutex<Option<Instant>>,
    outage: Outage,
}

impl RedisBuckets {
    pub(super) fn new(line: Line, keys: Keys) -> Self {
        let (local, rests_since) = (LocalBuckets::default(), Mutex::default());
        Self { line, keys, local, rests_since, outage: Outage::new("limits") }
    }

    fn rests(&self) -> bool {
        let since = *self.rests_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < REST)
    }

    fn rest(&self, since: Option<Instant>) {
        *self.rests_since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// What the script says of a bucket; nothing when Redis does not answer.
    async fn shared(&self, script: &Script, bucket: &Bucket, rate: Rate, drops: u32) -> Option<i64> {
        if self.rests() || mutant::active(Mutant::OwnBuckets) {
            return None;
        }
        let mut call = script.prepare_invoke();
        call.key(self.keys.bucket(bucket)).arg(rate.every_millis()).arg(rate.whole_millis()).arg(drops);
        match self.line.ask(async |connection| call.invoke_async(connection).await).await {
            Ok(wait) => {
                self.rest(None);
                self.outage.is_over();
                Some(wait)
            }
            Err(error) => {
                self.rest(Some(Instant::now()));
                self.outage.note(&error);
                None
            }
        }
    }
}

#[async_trait]
impl Buckets for RedisBuckets {
    async fn draw(&self, bucket: &Bucket, rate: Rate, drops: u32, now: Timestamp) -> Result<u32, Duration> {
        let half = mutant::active(Mutant::HalfTaken);
        let own = self.local.draw_now(bucket, rate, drops, now);
        if own.is_err() && !half {
            // What this server counted is part of what all did: where Redis forgot it, it still counts.
            return own;
        }
        match self.shared(&TAKE, bucket, rate, drops).await {
            None => own,
            Some(wait) if wait > 0 => {
                if !half {
                    self.local.pour_back_now(bucket, rate, drops, now);
                }
                Err(Duration::from_millis(wait.unsigned_abs()))
            }
            Some(left) => {
                let left = u32::try_from(left.unsigned_abs()).unwrap_or(u32::MAX);
                own.map(|own| own.min(left))
            }
        }
    }

    async fn give_back(&self, bucket: &Bucket, rate: Rate, now: Timestamp) {
        self.local.give_back_now(bucket, rate, now);
        self.shared(&GIVE_BACK, bucket, rate, 1).await;
    }
}
