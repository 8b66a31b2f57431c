//! Settings of the doors of other systems.

use fengqiao_domain::exchange::ExchangeSettings;
use serde::Deserialize;

/// Other systems that cases are exchanged with.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// How long before and after its own time a signed message counts.
    pub window_seconds: u32,
    /// Messages that one process looks at at a time.
    pub at_once: u32,
    /// Most bytes of a message.
    pub max_bytes: u32,
    /// Most partners of one account.
    pub most_per_account: u32,
    /// How long the secret of before a rotation counts too.
    pub old_secret_hours: u32,
}

impl Exchange {
    /// The rules for the domain.
    #[must_use]
    pub fn rules(&self) -> ExchangeSettings {
        ExchangeSettings {
            window_seconds: self.window_seconds.into(),
            old_secret_seconds: i64::from(self.old_secret_hours) * 3_600,
            most_per_account: self.most_per_account.into(),
        }
    }
}
