//! Settings of the audit trail.

use std::path::PathBuf;
use std::time::Duration;

use fengqiao_domain::AUDIT_LEAST_DAYS;
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

    /// It is kept as long as the law demands, and anchored daily at least.
    pub(super) fn check(&self) -> Result<(), String> {
        let seconds = self.anchor_seconds;
        if !(1..=86_400).contains(&seconds) {
            return Err(format!("audit.anchor_seconds is {seconds} and must be 1 to 86400"));
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
