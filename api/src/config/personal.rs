//! Settings of the personal slice.

use serde::Deserialize;

/// People read whole, whom every query masks.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personal {
    /// How many an account reads in a day.
    pub reveals_per_day: u32,
}

impl Personal {
    pub(super) fn check(self) -> Result<(), String> {
        match self.reveals_per_day {
            1..=1_000 => Ok(()),
            many => Err(format!("personal.reveals_per_day is {many} and must be 1 to 1000")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_everybody() {
        let check = |reveals_per_day| Personal { reveals_per_day }.check();
        assert!(check(1).is_ok() && check(1_000).is_ok());
        assert!(check(0).is_err() && check(1_001).is_err());
    }
}
