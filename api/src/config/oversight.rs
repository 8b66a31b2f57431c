//! Settings of the oversight slice.

use fengqiao_domain::oversight::OversightSettings;
use serde::Deserialize;

/// Who of other districts reads one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oversight {
    /// Most days from now on until a leave is over.
    pub most_days: u32,
    /// Most leaves of a district that count or will count.
    pub most_grants: u32,
}

impl Oversight {
    /// The rules for the domain.
    #[must_use]
    pub const fn rules(self) -> OversightSettings {
        OversightSettings { most_days: self.most_days, most_grants: self.most_grants }
    }

    /// Whether the settings make sense.
    pub(super) fn check(self) -> Result<(), String> {
        let bounds = [("most_days", self.most_days, 366), ("most_grants", self.most_grants, 1_000)];
        match bounds.into_iter().find(|(_, value, most)| !(1..=*most).contains(value)) {
            None => Ok(()),
            Some((key, value, most)) => Err(format!("oversight.{key} is {value} and must be 1 to {most}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_leave_lasts_for_ever() {
        let check = |most_days, most_grants| Oversight { most_days, most_grants }.check();
        assert!(check(1, 1).is_ok() && check(366, 1_000).is_ok());
        for (days, grants) in [(0, 1), (367, 1), (1, 0), (1, 1_001)] {
            assert!(check(days, grants).is_err(), "{days} and {grants}");
        }
    }
}
