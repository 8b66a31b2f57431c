//! Watches over a caller who holds a socket or a stream: the credential expires, or is revoked.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep_until, timeout_at};

use super::caller::{Caller, Validity};
use super::edge::Edge;
use super::limits::Seconds;

/// For so many periods after it was last asked with success, whoever nobody can say anything of stays: 60 seconds by the defaults, as
/// requirement A4 demands. The last question is over by then.
const PERIODS: u32 = 3;

/// The watch over one caller.
pub(super) struct Vigil {
    caller: Caller,
    /// One timer for as long as the watch lasts: whoever waits is woken by much else.
    expiry: Option<Pin<Box<Sleep>>>,
    rechecks: Interval,
    period: Duration,
    /// When it was last asked whether the caller is valid, and they were.
    sure_at: Instant,
}

/// What a recheck came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The caller keeps what they hold.
    Stays,
    /// They are not valid any more.
    Invalid,
    /// Nobody could say for too long.
    Unanswered,
}

/// Why the watch calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// The credential has expired.
    Expired,
    /// It is time to ask whether the caller is still valid.
    Recheck,
}

impl Vigil {
    pub(super) fn new(caller: Caller, recheck: Seconds) -> Self {
        let expiry = caller.expires_at.map(|at| Box::pin(sleep_until(at)));
        Self { expiry, rechecks: every(recheck), caller, period: recheck.duration(), sure_at: Instant::now() }
    }

    pub(super) const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Waits for the next alarm. Nothing is lost when the wait is given up.
    pub(super) async fn alarm(&mut self) -> Alarm {
        tokio::select! {
            biased;
            () = passed(&mut self.expiry) => Alarm::Expired,
            _ = self.rechecks.tick() => Alarm::Recheck,
        }
    }

    /// Whether the caller may keep what they hold. Asked three times for nothing, they go: nobody who was revoked stays because the
    /// database is busy.
    pub(super) async fn recheck<E>(&mut self, edge: &Edge<E>) -> Verdict {
        let deadline = edge.limits().request.deadline_seconds.duration().min(self.period);
        // What is answered was so when it was asked, and may not be so any more.
        let asked_at = Instant::now();
        let gone_at = self.sure_at + self.period * PERIODS;
        let last_at = gone_at - deadline;
        let asked = edge.callers().still_valid(&self.caller);
        match timeout_at(gone_at.min(asked_at + deadline), asked).await.unwrap_or(Validity::Unknown) {
            Validity::Valid => {
                self.sure_at = asked_at;
                Verdict::Stays
            }
            Validity::Invalid => Verdict::Invalid,
            Validity::Unknown if asked_at < last_at => {
                self.rechecks.reset_at(last_at.min(asked_at + self.period));
                Verdict::Stays
            }
            Validity::Unknown => Verdict::Unanswered,
        }
    }
}

async fn passed(timer: &mut Option<Pin<Box<Sleep>>>) {
    match timer {
        Some(timer) => timer.as_mut().await,
        None => std::future::pending().await,
    }
}

/// A beat of that period, the first after one period.
pub(super) fn every(period: Seconds) -> Interval {
    // An interval of zero is a mistake of the settings that must not take the process down.
    let period = period.duration().max(Duration::from_millis(1));
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

/// Waits until that instant; for ever when there is none.
pub(super) async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
