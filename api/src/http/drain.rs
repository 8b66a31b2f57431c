//! Stopping without breaking anything: a signal that everything open can hear, and a way to wait until
//! everything is closed.
//!
//! A web server's graceful shutdown does not wait for upgraded connections; their clients would see 1006.

use std::time::Duration;

use tokio::sync::watch;

/// Shared by the server, its sockets and its streams. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Drain {
    state: watch::Sender<State>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// Over which time sockets shall close, once stopping has begun.
    stopping_within: Option<Duration>,
    /// What is open.
    open: usize,
    /// What was ever opened.
    opened: u32,
}

impl Default for Drain {
    fn default() -> Self {
        Self { state: watch::Sender::new(State::default()) }
    }
}

impl Drain {
    /// Tells everything open to close, spread over `window`.
    pub fn begin(&self, window: Duration) {
        self.state.send_modify(|state| {
            state.stopping_within.get_or_insert(window);
        });
    }

    /// Whether stopping has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.state.borrow().stopping_within.is_some()
    }

    /// Counts something as open until it is dropped.
    #[must_use]
    pub fn hold(&self) -> Held {
        let mut number = 0;
        // Whoever waits to stop need not hear of each: of ten thousand sockets every one would wake all.
        self.state.send_if_modified(|state| {
            state.open += 1;
            state.opened = state.opened.wrapping_add(1);
            number = state.opened;
            false
        });
        Held { drain: self.clone(), number }
    }

    /// How much is open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.state.borrow().open
    }

    /// Waits until nothing is open.
    pub async fn idle(&self) {
        let mut states = self.state.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        drop(states.wait_for(|state| state.open == 0).await);
    }
}

/// Something open: a socket or a stream.
#[derive(Debug)]
pub struct Held {
    drain: Drain,
    number: u32,
}

impl Held {
    /// Waits until this one shall close: a share of the window after stopping begins, by turn. Whoever waits again gets the
    /// same share again, so that it is asked for once.
    pub(super) fn turn(&self) -> impl Future<Output = ()> + Send + use<> {
        const TURNS: u32 = 16;
        let (mut states, number) = (self.drain.state.subscribe(), self.number);
        async move {
            let window = match states.wait_for(|state| state.stopping_within.is_some()).await {
                Ok(state) => state.stopping_within.unwrap_or_default(),
                Err(_) => Duration::ZERO,
            };
            tokio::time::sleep(window / TURNS * (number % TURNS)).await;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.drain.state.send_if_modified(|state| {
            state.open = state.open.saturating_sub(1);
            state.open == 0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_open_closes_by_turn_and_is_waited_for() {
        let drain = Drain::default();
        let closing: Vec<_> = (0..32)
            .map(|_| drain.hold())
            .map(|held| async move {
                held.turn().await;
                std::time::Instant::now()
            })
            .collect();
        assert_eq!(drain.open(), 32);
        drain.begin(Duration::from_millis(320));
        assert!(drain.has_begun());
        let begun = std::time::Instant::now();
        let (closed_at, ()) = tokio::join!(futures::future::join_all(closing), drain.idle());
        assert_eq!(drain.open(), 0);
        let first_half = closed_at.iter().filter(|at| **at - begun < Duration::from_millis(150)).count();
        assert!((8..=16).contains(&first_half), "{first_half} of 32 closed in the first half");
    }
}
