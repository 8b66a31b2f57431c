//! Settings of the audit trail.

use std::path::PathBuf;
use std::time::Duration;

use fengqiao_domain::AUDIT_LEAST_DAYS;
use fengqiao_domain::kernel::bucket::Rate;
use serde::Deserialize;

use super::Profile;

/// The audit trail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Where the ends of chains are written down, or empty.
    pub anchor_file: PathBuf,
    /// Seconds between two times that they are.
    pub anchor_seconds: u32,
    /// Days for which it is kept.
    pub keep_days: u32,
    /// Entries that an account makes in an hour by what it is refused.
    pub refusals_per_hour: u32,
}

impl Audit {
    /// The file to which the ends of chains are appended.
    #[must_use]
    pub fn anchor(&self) -> Option<PathBuf> {
        Some(self.anchor_file.clone()).filter(|file| !file.as_os_str().is_empty())
    }

    /// Between two times that they are.
    #[must_use]
    pub fn anchored(&self) -> Duration {
        Duration::from_secs(self.anchor_seconds.into())
    }

    /// How long it is kept.
    #[must_use]
    pub fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_days) * 86_400)
    }

    /// How many entries an account makes by what it is refused: so many at once, and as many over an hour.
    pub(crate) fn refusals(&self) -> Rate {
        let many = self.refusals_per_hour.max(1);
        Rate { burst: many, every: Duration::from_hours(1) / many }
    }

    /// It is kept as long as the law demands, and anchored daily at least.
    pub(super) fn check(&self) -> Result<(), String> {
        let seconds = self.anchor_seconds;
        if !(1..=86_400).contains(&seconds) {
            return Err(format!("audit.anchor_seconds is {seconds} and must be 1 to 86400"));
        }
        let many = self.refusals_per_hour;
        if !(1..=3_600).contains(&many) {
            return Err(format!("audit.refusals_per_hour is {many} and must be 1 to 3600"));
        }
        if self.keep_days < AUDIT_LEAST_DAYS {
            return Err(format!(
                "audit.keep_days is {} and must be at least {AUDIT_LEAST_DAYS}: 网络安全法第二十一条 (2016) demands that logs are kept \
                 for six months",
                self.keep_days
            ));
        }
        Ok(())
    }

    /// What an operator should know of settings that work and are careless.
    #[must_use]
    pub fn doubt(&self, profile: Profile) -> Option<&'static str> {
        (profile == Profile::Production && self.anchor().is_none()).then_some(
            "audit.anchor_file names no file: whoever owns the database can cut off the end of the audit trail, or replace it, \
             and nobody would notice",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;

    /// What `docs/SECURITY.md` and requirement P6 promise whoever sets nothing.
    #[test]
    fn by_the_defaults_the_trail_is_kept_three_years_and_anchored_each_hour() {
        let audit = Settings::read(None).expect("the defaults").audit;
        assert_eq!(audit.kept(), Duration::from_hours(3 * 365 * 24));
        assert_eq!(audit.anchored(), Duration::from_hours(1));
        assert_eq!(audit.refusals_per_hour, 60);
    }
}
