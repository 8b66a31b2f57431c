//! Settings of webhooks.

use std::time::Duration;

use fengqiao_domain::kernel::address::{Addresses, IpNet};
use fengqiao_domain::webhooks::WebhookSettings;
use serde::Deserialize;

use crate::config::networks::networks;

/// Places of integrators that are called.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Whether `http` is taken beside `https`.
    pub allow_http: bool,
    /// Networks that are called although they are not public.
    pub allowed_networks: Vec<String>,
    /// Longest wait for an answer.
    pub answer_seconds: u32,
    /// Milliseconds between two looks for what is to be told.
    pub look_millis: u32,
    /// Webhooks that one process calls at a time.
    pub at_once: u32,
    /// Messages to one webhook on their way from one process.
    pub per_webhook: u32,
    /// Most webhooks of one account.
    pub most_per_account: u32,
    /// How long the secret of before a rotation signs too.
    pub old_secret_hours: u32,
    /// How long a webhook may fail.
    pub disable_after_days: u32,
    /// How long it is kept what was told.
    pub keep_days: u32,
}

impl Webhooks {
    /// The rules for the domain.
    #[must_use]
    pub fn rules(&self) -> WebhookSettings {
        WebhookSettings {
            addresses: Addresses { plain: self.allow_http, open: self.networks().unwrap_or_default() },
            most_per_account: self.most_per_account.into(),
            old_secret_seconds: i64::from(self.old_secret_hours) * 3_600,
            disable_after_seconds: i64::from(self.disable_after_days) * 86_400,
            keep_seconds: i64::from(self.keep_days) * 86_400,
            answer_seconds: self.answer_seconds.into(),
            at_once: self.at_once as usize,
            per_webhook: self.per_webhook.into(),
        }
    }

    /// Longest wait for an answer.
    #[must_use]
    pub fn answer(&self) -> Duration {
        Duration::from_secs(self.answer_seconds.into())
    }

    /// Between two looks for what is to be told.
    #[must_use]
    pub fn look(&self) -> Duration {
        Duration::from_millis(self.look_millis.into())
    }

    fn networks(&self) -> Result<Vec<IpNet>, String> {
        networks("webhooks.allowed_networks", &self.allowed_networks)
    }

    /// What is allowed makes sense.
    pub(super) fn check(&self) -> Result<(), String> {
        self.networks().map(drop)
    }
}
