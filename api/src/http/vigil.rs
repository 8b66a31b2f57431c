//! Watches over a caller who holds a socket or a stream: the credential expires, or is revoked.

use std::future::poll_fn;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::caller::{Caller, Validity};
use super::edge::Edge;
use super::limits::Seconds;
use super::timer::{Beat, Timer};

/// For so many periods after it was last asked with success, whoever nobody can say anything of stays: 60 seconds by the defaults, as
/// requirement A4 demands. The last question is over by then.
const PERIODS: u32 = 3;

/// The watch over one caller.
pub(super) struct Vigil {
    caller: Caller,
    rechecks: Beat,
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
        Self { rechecks: Beat::every(recheck), caller, period: recheck.duration(), sure_at: Instant::now() }
    }

    pub(super) const fn caller(&self) -> &Caller {
        &self.caller
    }

    /// When it calls next, if nothing changes.
    pub(super) fn due_at(&self) -> Instant {
        let recheck = self.rechecks.at();
        self.caller.expires_at.map_or(recheck, |expiry| expiry.min(recheck))
    }

    /// Whether it calls by now. What it called for is not called for again.
    pub(super) fn call(&mut self, now: Instant) -> Option<Alarm> {
        if self.caller.expires_at.is_some_and(|expiry| expiry <= now) {
            return Some(Alarm::Expired);
        }
        self.rechecks.strikes(now).then_some(Alarm::Recheck)
    }

    /// Waits for the next alarm. Nothing is lost when the wait is given up.
    pub(super) async fn alarm(&mut self, timer: &mut Timer) -> Alarm {
        loop {
            poll_fn(|cx| timer.poll(self.due_at(), cx)).await;
            if let Some(alarm) = self.call(Instant::now()) {
                return alarm;
            }
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
                self.rechecks.set(last_at.min(asked_at + self.period));
                Verdict::Stays
            }
            Validity::Unknown => Verdict::Unanswered,
        }
    }
}
