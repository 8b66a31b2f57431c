//! How long tokens live and how much identity keeps in memory.

use std::time::Duration;

use crate::identity::password_rules::PasswordRules;
use crate::kernel::bucket::Rate;

/// Settings of the identity slice.
#[derive(Clone, Debug)]
pub struct IdentitySettings {
    /// `iss` of access tokens.
    pub issuer: String,
    /// `aud` of access tokens.
    pub audience: String,
    /// Seconds an access token lives: 30 to 900.
    pub access_ttl_seconds: i64,
    /// Seconds by which clocks may differ: 0 to 30.
    pub leeway_seconds: i64,
    /// Seconds after which a session ends, however often it is refreshed: at most 30 days.
    pub session_seconds: i64,
    /// Seconds after which an unused refresh token, and with it the session, lapses.
    pub idle_seconds: i64,
    /// Milliseconds for which a caller's grants are taken from memory: at most 60 seconds.
    pub grants_cache_millis: i64,
    /// Most callers kept in memory.
    pub grants_cache_entries: usize,
    /// Password hashes computed at the same time; each takes 19 MiB.
    pub hashing_workers: usize,
    /// Password hashes that may wait for their turn.
    pub hashing_queue: usize,
    /// Password hashes of one account that are computed or wait: so many for strangers, and so many on devices that it knows.
    pub hashing_places: usize,
    /// How often passwords may be shown.
    pub sign_in: SignInLimits,
    /// Second factors.
    pub second_factor: SecondFactorRules,
    /// What passwords must be.
    pub password: PasswordRules,
    /// Secrets of programs.
    pub client: ClientRules,
    /// How often an account looks people up by their telephone number.
    pub lookups: Rate,
}

/// How long what programs prove themselves by counts: see `docs/adr/0030-programs-prove-who-they-are.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientRules {
    /// Seconds for which a secret counts at most.
    pub secret_seconds: i64,
    /// Seconds before and after its own time in which a signed request counts.
    pub window_seconds: i64,
}

/// Who needs a second factor, and how often codes may be shown: see `docs/adr/0027-a-code-besides-the-password.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactorRules {
    /// Whether the separated administrators and the auditor hold their roles only with one.
    pub required_for_administrators: bool,
    /// For one account by whoever it does not know, for one device that it knows, or for one session.
    pub guesses: Rate,
}

/// How often passwords may be shown: see `docs/adr/0025-a-lock-out-is-no-weapon.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInLimits {
    /// For one account, by whoever it does not know, and as much again by whoever it knows.
    pub account: Rate,
    /// From one address in one tenant, or in none.
    pub address: Rate,
    /// For one account on one device that it knows.
    pub device: Rate,
    /// Seconds for which an account knows a device after its last pair of tokens.
    pub known_seconds: i64,
}

/// A setting out of its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("identity.{name} must be {bounds}")]
pub struct BadSetting {
    /// Name of the setting.
    pub name: &'static str,
    /// What it must be.
    pub bounds: &'static str,
}

/// Longest life of an access token, in seconds (requirement A1).
pub(super) const MOST_ACCESS_SECONDS: i64 = 900;
/// Longest life of a link to a file, in seconds.
pub(super) const MOST_LINK_SECONDS: i64 = 3_600;
/// Most seconds by which clocks may differ.
pub(super) const MOST_LEEWAY_SECONDS: i64 = 30;
const DAY: i64 = 86_400;

impl Default for IdentitySettings {
    fn default() -> Self {
        Self {
            issuer: "fengqiao".to_owned(),
            audience: "fengqiao-api".to_owned(),
            access_ttl_seconds: 300,
            leeway_seconds: 5,
            session_seconds: 30 * DAY,
            idle_seconds: 7 * DAY,
            grants_cache_millis: 5_000,
            grants_cache_entries: 10_000,
            hashing_workers: std::thread::available_parallelism().map_or(1, usize::from),
            hashing_queue: 32,
            // Nobody needs more than one at a time, and with two devices a second one; eight of these leave most of the queue to others.
            hashing_places: 4,
            sign_in: SignInLimits::default(),
            second_factor: SecondFactorRules::default(),
            password: PasswordRules::default(),
            client: ClientRules::default(),
            // As many as are read whole: of ten thousand numbers that fit a mask half are tried in 83 days.
            lookups: Rate { burst: 60, every: Duration::from_mins(24) },
        }
    }
}

impl Default for ClientRules {
    fn default() -> Self {
        Self {
            // A year: longer ones outlive whoever knows where they are kept.
            secret_seconds: 365 * DAY,
            // Five minutes, as the requirement (A8) and Standard Webhooks say: clocks of servers differ by less.
            window_seconds: 300,
        }
    }
}

impl Default for SecondFactorRules {
    fn default() -> Self {
        Self {
            required_for_administrators: false,
            // Five, as the requirement says; then 288 a day, of which one in a thousand days hits one of three codes in a million.
            guesses: Rate { burst: 5, every: Duration::from_mins(5) },
        }
    }
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            // 1,800 an hour, as Matrix allows: a password of eight letters outlives whoever guesses.
            account: Rate { burst: 60, every: Duration::from_secs(2) },
            // Below a third of what the account has: whoever guesses from one address leaves most of it to others.
            address: Rate { burst: 30, every: Duration::from_secs(6) },
            // Somebody who mistypes, and too few for whoever found a telephone.
            device: Rate { burst: 10, every: Duration::from_mins(1) },
            known_seconds: 90 * DAY,
        }
    }
}

impl IdentitySettings {
    /// Whether every setting is within its bounds.
    ///
    /// # Errors
    /// The first [`BadSetting`].
    pub fn check(&self) -> Result<(), BadSetting> {
        let rules = [
            (!self.issuer.is_empty(), "issuer", "a text"),
            (!self.audience.is_empty(), "audience", "a text"),
            (
                (30..=MOST_ACCESS_SECONDS).contains(&self.access_ttl_seconds),
                "access_ttl_seconds",
                "30 to 900",
            ),
            ((0..=MOST_LEEWAY_SECONDS).contains(&self.leeway_seconds), "leeway_seconds", "0 to 30"),
            ((60..=30 * DAY).contains(&self.session_seconds), "session_seconds", "60 to 2592000 (30 days)"),
            ((60..=30 * DAY).contains(&self.idle_seconds), "idle_seconds", "60 to 2592000 (30 days)"),
            ((0..=60_000).contains(&self.grants_cache_millis), "grants_cache_millis", "0 to 60000"),
            ((1..=1_000_000).contains(&self.grants_cache_entries), "grants_cache_entries", "1 to 1000000"),
            ((1..=256).contains(&self.hashing_workers), "hashing_workers", "1 to 256"),
            (self.hashing_queue <= 4_096, "hashing_queue", "0 to 4096"),
            ((1..=4_096).contains(&self.hashing_places), "hashing_places", "1 to 4096"),
            ((1..=1_000).contains(&self.sign_in.account.burst), "sign_in.account.burst", "1 to 1000"),
            ((1..=1_000).contains(&self.sign_in.address.burst), "sign_in.address.burst", "1 to 1000"),
            ((1..=1_000).contains(&self.sign_in.device.burst), "sign_in.device.burst", "1 to 1000"),
            (
                (1..=100).contains(&self.second_factor.guesses.burst),
                "second_factor.guesses.burst",
                "1 to 100",
            ),
            (
                (DAY..=3_650 * DAY).contains(&self.client.secret_seconds),
                "client.secret_seconds",
                "86400 to 315360000 (ten years)",
            ),
            ((30..=900).contains(&self.client.window_seconds), "client.window_seconds", "30 to 900"),
            ((1..=1_000).contains(&self.lookups.burst), "lookups.burst", "1 to 1000"),
            ((1..=24).contains(&self.password.kept), "password.kept", "1 to 24"),
            ((1..=720).contains(&self.password.given_hours), "password.given_hours", "1 to 720 (30 days)"),
            (
                (0..=365 * DAY).contains(&self.sign_in.known_seconds),
                "sign_in.known_seconds",
                "0 to 31536000 (365 days)",
            ),
        ];
        match rules.into_iter().find(|(kept, ..)| !kept) {
            None => Ok(()),
            Some((_, name, bounds)) => Err(BadSetting { name, bounds }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_bounds() {
        assert_eq!(IdentitySettings::default().check(), Ok(()));
    }

    #[test]
    fn a_setting_out_of_bounds_is_named() {
        let lax = IdentitySettings { leeway_seconds: 31, ..IdentitySettings::default() };
        let message = lax.check().expect_err("31 seconds").to_string();
        assert_eq!(message, "identity.leeway_seconds must be 0 to 30");
    }
}
