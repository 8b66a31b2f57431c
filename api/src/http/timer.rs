//! Waiting by the clock for several things at once, with one timer for all of them: whoever holds thousands of sockets
//! holds thousands of those.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::limits::Seconds;

/// What is so much late was held up, and is not made up for.
const LATE: Duration = Duration::from_millis(5);

/// A timer that is set to whatever comes first.
pub(super) struct Timer(Pin<Box<Sleep>>);

impl Timer {
    /// One that was not set yet.
    pub(super) fn new() -> Self {
        Self(Box::pin(sleep_until(Instant::now())))
    }

    /// Whether that instant has come. If not, whoever asks is woken when it has.
    pub(super) fn poll(&mut self, at: Instant, cx: &mut Context<'_>) -> Poll<()> {
        if self.0.deadline() != at {
            self.0.as_mut().reset(at);
        }
        self.0.as_mut().poll(cx)
    }
}

/// What comes again after each period.
#[derive(Debug)]
pub(super) struct Beat {
    at: Instant,
    period: Duration,
}

impl Beat {
    /// The first after one period.
    pub(super) fn every(period: Seconds) -> Self {
        // A period of zero is a mistake of the settings that must not keep a processor busy.
        let period = period.duration().max(Duration::from_millis(1));
        Self { at: Instant::now() + period, period }
    }

    /// When it comes next.
    pub(super) const fn at(&self) -> Instant {
        self.at
    }

    /// Lets it come then.
    pub(super) const fn set(&mut self, at: Instant) {
        self.at = at;
    }

    /// Whether it came by now. Then it comes again one period later.
    pub(super) fn strikes(&mut self, now: Instant) -> bool {
        if now < self.at {
            return false;
        }
        let from = if now > self.at + LATE { now } else { self.at };
        self.at = from + self.period;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn one_timer_waits_for_whatever_comes_first() {
        let (begun, mut timer) = (Instant::now(), Timer::new());
        let at = |milliseconds| begun + Duration::from_millis(milliseconds);
        let far = poll_fn(|cx| Poll::Ready(timer.poll(at(60_000), cx))).await;
        assert!(far.is_pending());
        poll_fn(|cx| timer.poll(at(30), cx)).await;
        assert!(Instant::now() >= at(30) && Instant::now() < at(10_000));
        assert!(poll_fn(|cx| Poll::Ready(timer.poll(at(60_000), cx))).await.is_pending());
        poll_fn(|cx| timer.poll(at(60), cx)).await;
        assert!(Instant::now() >= at(60));
    }

    #[tokio::test]
    async fn what_came_late_is_not_made_up_for() {
        let mut beat = Beat::every(Seconds::thousandths(100));
        let first = beat.at();
        assert!(!beat.strikes(first - Duration::from_millis(1)));
        assert!(beat.strikes(first + Duration::from_millis(2)));
        assert_eq!(beat.at(), first + Duration::from_millis(100));
        let late = first + Duration::from_millis(450);
        assert!(beat.strikes(late));
        assert_eq!(beat.at(), late + Duration::from_millis(100));
        assert!(!beat.strikes(late));
    }
}
