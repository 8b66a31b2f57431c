//! How dear a document may be, and how much its sender may ask for.

use std::time::Duration;

use fengqiao_domain::kernel::bucket::Rate;
use serde::Deserialize;

/// Limits on what documents cost, in points: an object of the answer is one, an act ten.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CostLimits {
    /// Points of one document: five times the dearest of our own. Everything about one case on one screen costs 1,729, a counted page of a
    /// hundred cases 911.
    pub max_document: u32,
    /// What one account may ask for: counted pages of a hundred cases, some hundred at once and then five a second.
    pub account: Fill,
    /// What all accounts of one tenant may ask for together: ten that ask without end.
    pub tenant: Fill,
}

impl Default for CostLimits {
    fn default() -> Self {
        Self {
            max_document: 10_000,
            account: Fill { points: 100_000, per_second: 5_000 },
            tenant: Fill { points: 1_000_000, per_second: 50_000 },
        }
    }
}

/// How many points there are at once, and how many come in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// Points at once.
    pub points: u32,
    /// Points that come in again each second.
    pub per_second: u32,
}

impl Fill {
    /// Points that a server takes from a bucket at a time, and spends by itself: a five-hundredth of the bucket, and never more
    /// often than a bucket can count.
    #[must_use]
    pub(super) fn portion(self) -> u32 {
        (self.points / 500).max(self.per_second / 100).clamp(1, self.points.max(1))
    }

    /// The bucket in portions.
    #[must_use]
    pub(super) fn rate(self) -> Rate {
        let every = u64::from(self.portion()) * 1_000 / u64::from(self.per_second.max(1));
        Rate { burst: self.points.div_ceil(self.portion()), every: Duration::from_millis(every.max(1)) }
    }
}

impl CostLimits {
    /// # Errors
    /// One line that names the key.
    pub(crate) fn check(&self) -> Result<(), String> {
        let least = |key: &str, value: u32, least: u32, why: &str| {
            if value >= least {
                return Ok(());
            }
            Err(format!("edge.cost.{key} is {value} and must be at least {least}: {why}"))
        };
        let (account, tenant) = (self.account, self.tenant);
        least("max_document", self.max_document, 1, "no document costs less")?;
        least("account.points", account.points, self.max_document, "the dearest document must pass")?;
        least("account.per_second", account.per_second, 1, "an empty bucket must fill")?;
        let shared = "one account alone must not use up its tenant's";
        least("tenant.points", tenant.points, account.points.saturating_mul(2), shared)?;
        least("tenant.per_second", tenant.per_second, account.per_second.saturating_mul(2), shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_counted_in_portions_that_come_in_as_fast_as_points_do() {
        for (points, per_second) in
            [(100_000, 5_000), (1_000_000, 50_000), (40, 1), (100, 100), (7, 3), (1, 1)]
        {
            let fill = Fill { points, per_second };
            let (portion, rate) = (fill.portion(), fill.rate());
            assert!(rate.burst * portion >= points && (rate.burst - 1) * portion < points, "{fill:?}");
            let seconds = f64::from(rate.burst) * rate.every.as_secs_f64();
            let wanted = f64::from(points) / f64::from(per_second);
            assert!((seconds - wanted).abs() <= 0.1 * wanted, "{fill:?} fills in {seconds} s");
        }
    }

    #[test]
    fn the_file_of_defaults_says_the_same() {
        let settings = crate::config::Settings::read(None).expect("the defaults");
        assert_eq!(settings.edge.cost, CostLimits::default());
    }

    #[test]
    fn settings_that_shut_everybody_out_are_refused() {
        let default = CostLimits::default();
        assert_eq!(default.check(), Ok(()));
        let account = default.account;
        let tenant = default.tenant;
        for bad in [
            CostLimits { max_document: 0, ..default.clone() },
            CostLimits { max_document: account.points + 1, ..default.clone() },
            CostLimits { account: Fill { per_second: 0, ..account }, ..default.clone() },
            CostLimits { tenant: Fill { points: account.points, ..tenant }, ..default.clone() },
            CostLimits { tenant: Fill { per_second: account.per_second, ..tenant }, ..default.clone() },
        ] {
            assert!(bad.check().is_err_and(|why| why.starts_with("edge.cost.")), "{bad:?}");
        }
    }
}
