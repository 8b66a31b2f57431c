//! Says once that Redis is away, and once that it is back.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

/// What of Redis is used, and whether it is away.
#[derive(Debug)]
pub(super) struct Outage {
    used_for: &'static str,
    lasts: AtomicBool,
}

impl Outage {
    pub(super) const fn new(used_for: &'static str) -> Self {
        Self { used_for, lasts: AtomicBool::new(false) }
    }

    /// It does not answer, or says no.
    pub(super) fn note(&self, error: &dyn Display) {
        metrics::counter!("fengqiao_redis_failures_total", "use" => self.used_for).increment(1);
        metrics::gauge!("fengqiao_redis_up", "use" => self.used_for).set(0.0);
        if !self.lasts.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, used_for = self.used_for, "Redis (redis.url) is away; the database and this server do without it");
        }
    }

    /// It answers.
    pub(super) fn is_over(&self) {
        metrics::gauge!("fengqiao_redis_up", "use" => self.used_for).set(1.0);
        if self.lasts.swap(false, Ordering::Relaxed) {
            tracing::info!(used_for = self.used_for, "Redis is back");
        }
    }
}
