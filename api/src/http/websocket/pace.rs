//! How many messages a socket may send in any one minute.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_mins(1);

/// The instants of the last minute's messages.
#[derive(Debug)]
pub(super) struct Pace {
    max_per_minute: usize,
    recent: VecDeque<Instant>,
}

impl Pace {
    pub(super) const fn new(max_per_minute: usize) -> Self {
        Self { max_per_minute, recent: VecDeque::new() }
    }

    /// Notes one more message; `false` when it is one too many.
    pub(super) fn allows(&mut self, now: Instant) -> bool {
        while self.recent.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.recent.pop_front();
        }
        if self.recent.len() >= self.max_per_minute {
            return false;
        }
        self.recent.push_back(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_minute_holds_so_many_and_no_more() {
        let begun = Instant::now();
        let mut pace = Pace::new(3);
        for second in [0, 10, 20] {
            assert!(pace.allows(begun + Duration::from_secs(second)));
        }
        assert!(!pace.allows(begun + Duration::from_secs(59)));
        assert!(pace.allows(begun + MINUTE));
        assert!(!pace.allows(begun + Duration::from_secs(69)));
        assert!(pace.allows(begun + Duration::from_secs(70)));
    }
}
