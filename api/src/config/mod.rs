//! Settings: built-in defaults, a file, the environment, in this order. An unknown key is an error.

mod attachments;
mod audit;
mod auth;
mod database;
mod exchange;
mod federation;
mod files;
mod masked;
mod networks;
mod oversight;
mod password;
mod personal;
mod redis;
mod shown;
mod webhooks;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use config::{Config, Environment, File, FileFormat};
use fengqiao_domain::identity::IdentitySettings;
use serde::Deserialize;

use crate::http::Limits;
pub use attachments::{Attachments, S3, StorageKind};
pub use audit::Audit;
pub use auth::{Auth, Required, SecondFactor, SignIn};
pub use database::Database;
pub use exchange::Exchange;
pub use federation::Federation;
pub use files::Files;
use masked::masked;
pub use oversight::Oversight;
pub use password::Password;
pub use personal::Personal;
pub use redis::Redis;
pub use shown::{Explorer, Metrics, Served};
pub use webhooks::Webhooks;

/// Every default, with its reason.
pub const DEFAULTS: &str = include_str!("../../config.default.toml");

/// All settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the deployment is for.
    pub profile: Profile,
    /// Where it serves.
    pub server: Server,
    /// Where its rows are.
    pub database: Database,
    /// Where it meets the other servers of its deployment.
    pub redis: Redis,
    /// What happened, and for how long it is told again.
    pub events: Events,
    /// For how long a repeat is known to be one.
    pub idempotency: Idempotency,
    /// Tokens and sessions.
    pub auth: Auth,
    /// Whose word counts for who somebody is.
    pub federation: Federation,
    /// Who of other districts reads one.
    pub oversight: Oversight,
    /// Key files.
    pub keys: Keys,
    /// Case rules that are settings.
    pub cases: Cases,
    /// Files that are imported and exported.
    pub files: Files,
    /// People read whole.
    pub personal: Personal,
    /// Photos and documents that are attached to cases.
    pub attachments: Attachments,
    /// Places of integrators that are called.
    pub webhooks: Webhooks,
    /// Other systems that cases are exchanged with.
    pub exchange: Exchange,
    /// The audit trail.
    pub audit: Audit,
    /// Logs and traces.
    pub telemetry: Telemetry,
    /// Where the metrics are.
    pub metrics: Metrics,
    /// The page at `/`.
    pub explorer: Explorer,
    /// Limits of the GraphQL edge.
    #[serde(default)]
    pub edge: Limits,
}

/// What a deployment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// A laptop, a demo, a test.
    Development,
    /// Real people's data.
    Production,
}

/// Where the server listens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
}

/// What happened, and for how long it is told again.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Events {
    /// Days for which events are kept.
    pub keep_days: u32,
    /// Most events that whoever comes back is told.
    pub most_told_again: u32,
}

impl Events {
    /// For how long events are kept.
    #[must_use]
    pub fn kept(self) -> Duration {
        Duration::from_secs(u64::from(self.keep_days) * 86_400)
    }
}

/// For how long a repeat is known to be one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idempotency {
    /// Hours for which it is remembered what was done under a key.
    pub keep_hours: u32,
}

impl Idempotency {
    /// For how long what was done under a key is remembered.
    #[must_use]
    pub fn kept(self) -> Duration {
        Duration::from_secs(u64::from(self.keep_hours) * 3_600)
    }
}

/// Key files.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Signs access tokens.
    pub token_file: PathBuf,
    /// Seals personal columns.
    pub sealing_file: PathBuf,
}

/// Case rules that are settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    /// How long after closing a case can be opened again.
    pub reopen_hours: u32,
    /// Percent of its time from which a case is yellow.
    pub yellow_percent: u8,
    /// How often a case may be extended.
    pub extensions: u32,
    /// Seconds between two rounds of the worker.
    pub watch_seconds: u32,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For a person at a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Logs and traces.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// What is logged.
    pub log: String,
    /// How it looks.
    pub format: LogFormat,
    /// Where traces go, or empty.
    pub otlp_endpoint: String,
}

impl std::fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telemetry")
            .field("log", &self.log)
            .field("format", &self.format)
            .field("otlp_endpoint", &masked(&self.otlp_endpoint))
            .finish()
    }
}

/// The settings do not make sense: one line that names the key.
#[derive(Debug, thiserror::Error)]
#[error("configuration: {0}; `fengqiao check-config` explains every key")]
pub struct BadSettings(String);

impl Settings {
    /// What the identity slice is told.
    #[must_use]
    pub fn identity(&self) -> IdentitySettings {
        self.auth.settings(self.profile, self.personal.lookups())
    }

    /// Reads the settings.
    ///
    /// # Errors
    /// [`BadSettings`] for an unknown key, a wrong type or an unreadable file.
    pub fn read(file: Option<&Path>) -> Result<Self, BadSettings> {
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(file) = file {
            builder = builder.add_source(File::from(file).format(FileFormat::Toml));
        }
        let environment =
            Environment::with_prefix("FENGQIAO").prefix_separator("__").separator("__").try_parsing(true);
        let settings: Self = builder
            .add_source(environment)
            .build()
            .and_then(Config::try_deserialize)
            .map_err(|error| BadSettings(in_one_line(&error.to_string())))?;
        settings.check()
    }

    fn check(self) -> Result<Self, BadSettings> {
        let bounds = [
            ("attachments.arrival_seconds", self.attachments.arrival_seconds, 30, 3_600),
            ("attachments.at_once", self.attachments.at_once, 1, 16),
            ("attachments.keep_hours", self.attachments.keep_hours, 1, 720),
            ("attachments.max_waiting", self.attachments.max_waiting, 1, 10_000),
            ("attachments.s3.answer_seconds", self.attachments.s3.answer_seconds, 1, 300),
            ("auth.access_token_seconds", self.auth.access_token_seconds, 30, 900),
            ("auth.scope_cache_seconds", self.auth.scope_cache_seconds, 0, 60),
            ("auth.session_days", self.auth.session_days, 1, 30),
            ("auth.session_idle_minutes", self.auth.session_idle_minutes, 20, 43_200),
            ("cases.extensions", self.cases.extensions, 0, 100),
            ("cases.watch_seconds", self.cases.watch_seconds, 1, 600),
            ("cases.yellow_percent", self.cases.yellow_percent.into(), 1, 99),
            ("database.connections", self.database.connections, 1, 500),
            ("events.keep_days", self.events.keep_days, 1, 400),
            ("events.most_told_again", self.events.most_told_again, 100, 1_000_000),
            ("idempotency.keep_hours", self.idempotency.keep_hours, 24, 720),
            ("redis.timeout_millis", self.redis.timeout_millis, 50, 5_000),
            ("exchange.at_once", self.exchange.at_once, 1, 256),
            ("exchange.max_bytes", self.exchange.max_bytes, 1_024, 1_048_576),
            ("exchange.most_per_account", self.exchange.most_per_account, 1, 100),
            ("exchange.old_secret_hours", self.exchange.old_secret_hours, 0, 720),
            ("exchange.window_seconds", self.exchange.window_seconds, 10, 3_600),
            ("webhooks.answer_seconds", self.webhooks.answer_seconds, 1, 30),
            ("webhooks.at_once", self.webhooks.at_once, 1, 256),
            ("webhooks.disable_after_days", self.webhooks.disable_after_days, 1, 30),
            ("webhooks.keep_days", self.webhooks.keep_days, 1, 90),
            ("webhooks.look_millis", self.webhooks.look_millis, 50, 60_000),
            ("webhooks.most_per_account", self.webhooks.most_per_account, 1, 100),
            ("webhooks.old_secret_hours", self.webhooks.old_secret_hours, 0, 720),
            ("webhooks.per_webhook", self.webhooks.per_webhook, 1, 32),
        ];
        let large = [
            ("attachments.max_bytes", self.attachments.max_bytes, 65_536, 67_108_864),
            ("attachments.max_pixels", self.attachments.max_pixels, 1_000_000, 200_000_000),
        ];
        let large = large.into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
        if let Some((key, value, least, most)) = large {
            return Err(BadSettings(format!("{key} is {value} and must be {least} to {most}")));
        }
        for (key, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                return Err(BadSettings(format!("{key} is {value} and must be {least} to {most}")));
            }
        }
        self.check_parts().map_err(BadSettings)?;
        Ok(self)
    }

    /// What each part checks by itself.
    fn check_parts(&self) -> Result<(), String> {
        let checks = [
            self.attachments.check(),
            self.audit.check(),
            self.auth.check(),
            self.edge.check(),
            self.federation.check(),
            self.files.check(),
            self.oversight.check(),
            self.personal.check(),
            self.redis.check(),
            self.webhooks.check(),
        ];
        checks.into_iter().collect()
    }
}

/// What the parser says over several lines, with a drawing, as one line.
fn in_one_line(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| *word != "|" && !word.starts_with('^'))
        .collect::<Vec<_>>()
        .join(" ")
}
