//! Settings of the personal slice.

use std::time::Duration;

use fengqiao_domain::kernel::bucket::Rate;
use serde::Deserialize;

/// People read whole, whom every query masks.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personal {
    /// How many an account reads in a day.
    pub reveals_per_day: u32,
    /// How often an account looks somebody up in a day by a telephone number.
    pub lookups_per_day: u32,
}

impl Personal {
    /// How often an account looks somebody up: so many at once, and as many over a day.
    pub(super) fn lookups(self) -> Rate {
        let many = self.lookups_per_day.max(1);
        Rate { burst: many, every: Duration::from_hours(24) / many }
    }

    pub(super) fn check(self) -> Result<(), String> {
        let figures = [("reveals", self.reveals_per_day), ("lookups", self.lookups_per_day)];
        match figures.into_iter().find(|(_, many)| !(1..=1_000).contains(many)) {
            None => Ok(()),
            Some((what, many)) => Err(format!("personal.{what}_per_day is {many} and must be 1 to 1000")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_everybody() {
        let check = |reveals_per_day, lookups_per_day| Personal { reveals_per_day, lookups_per_day }.check();
        assert!(check(1, 1_000).is_ok() && check(1_000, 1).is_ok());
        for (reveals, lookups) in [(0, 1), (1_001, 1), (1, 0), (1, 1_001)] {
            assert!(check(reveals, lookups).is_err(), "{reveals} and {lookups}");
        }
    }
}
