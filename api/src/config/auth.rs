//! Settings of tokens, sessions and signing in.

use std::time::Duration;

use fengqiao_domain::identity::{ClientRules, IdentitySettings, SecondFactorRules, SignInLimits};
use fengqiao_domain::kernel::bucket::Rate;
use serde::Deserialize;

use super::{Password, Profile};

/// Tokens and sessions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Names this deployment in its tokens.
    pub issuer: String,
    /// Names who the tokens are for.
    pub audience: String,
    /// Life of an access token.
    pub access_token_seconds: u32,
    /// Life of a session.
    pub session_days: u32,
    /// How long a session may lie unused.
    pub session_idle_minutes: u32,
    /// How long grants may be remembered.
    pub scope_cache_seconds: u32,
    /// How often passwords may be shown.
    pub sign_in: SignIn,
    /// Second factors.
    pub second_factor: SecondFactor,
    /// What passwords must be.
    pub password: Password,
    /// Secrets of programs.
    pub client: Client,
}

impl Auth {
    /// The settings for the domain.
    pub(super) fn settings(&self, profile: Profile, lookups: Rate) -> IdentitySettings {
        IdentitySettings {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            access_ttl_seconds: i64::from(self.access_token_seconds),
            session_seconds: i64::from(self.session_days) * 86_400,
            idle_seconds: i64::from(self.session_idle_minutes) * 60,
            grants_cache_millis: i64::from(self.scope_cache_seconds) * 1_000,
            sign_in: self.sign_in.limits(),
            second_factor: self.second_factor.rules(profile),
            password: self.password.rules(profile),
            client: self.client.rules(),
            lookups,
            ..IdentitySettings::default()
        }
    }

    /// Each part is within its bounds.
    pub(super) fn check(&self) -> Result<(), String> {
        self.sign_in.check()?;
        self.second_factor.check()?;
        self.password.check()?;
        self.client.check()
    }
}

/// Secrets of programs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// How long a secret counts at most.
    pub secret_days: u32,
    /// How far from its own time a signed request counts.
    pub window_seconds: u32,
}

impl Client {
    /// The rules for the domain.
    fn rules(self) -> ClientRules {
        ClientRules {
            secret_seconds: i64::from(self.secret_days) * 86_400,
            window_seconds: i64::from(self.window_seconds),
        }
    }

    fn check(self) -> Result<(), String> {
        for (key, value, most) in
            [("secret_days", self.secret_days, 1..=3_650), ("window_seconds", self.window_seconds, 30..=900)]
        {
            if !most.contains(&value) {
                let (least, most) = most.into_inner();
                return Err(format!("auth.client.{key} is {value} and must be {least} to {most}"));
            }
        }
        Ok(())
    }
}

/// Second factors.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// When administrators need one.
    pub required_for_administrators: Required,
    /// Codes at once, for one account, device or session.
    pub guess_burst: u32,
    /// Then one in so many seconds.
    pub guess_seconds: u32,
}

/// When something is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Required {
    /// In the profile for real people's data.
    InProduction,
    /// In every profile.
    Always,
    /// In none.
    Never,
}

impl Required {
    /// Whether it is in a profile.
    pub(super) fn applies(self, profile: Profile) -> bool {
        match self {
            Self::InProduction => profile == Profile::Production,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

impl SecondFactor {
    /// The rules for the domain.
    #[must_use]
    pub fn rules(self, profile: Profile) -> SecondFactorRules {
        SecondFactorRules {
            required_for_administrators: self.required_for_administrators.applies(profile),
            guesses: Rate { burst: self.guess_burst, every: Duration::from_secs(self.guess_seconds.into()) },
        }
    }

    /// What an operator should know of settings that work and are careless.
    #[must_use]
    pub fn doubt(self, profile: Profile) -> Option<&'static str> {
        let careless = profile == Profile::Production && self.required_for_administrators == Required::Never;
        careless.then_some(
            "auth.second_factor.required_for_administrators is never: whoever knows the password of an administrator is one",
        )
    }

    /// Each is within its bounds.
    pub(super) fn check(self) -> Result<(), String> {
        for (key, value, most) in
            [("guess_burst", self.guess_burst, 100), ("guess_seconds", self.guess_seconds, 86_400)]
        {
            if !(1..=most).contains(&value) {
                return Err(format!("auth.second_factor.{key} is {value} and must be 1 to {most}"));
            }
        }
        Ok(())
    }
}

/// How often passwords may be shown.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// At once, for one account.
    pub account_burst: u32,
    /// Then one in so many seconds.
    pub account_seconds: u32,
    /// At once, from one address in one tenant.
    pub address_burst: u32,
    /// Then one in so many seconds.
    pub address_seconds: u32,
    /// At once, for one account on one device that it knows.
    pub device_burst: u32,
    /// Then one in so many seconds.
    pub device_seconds: u32,
    /// Days for which an account knows a device.
    pub known_days: u32,
}

impl SignIn {
    /// The limits for the domain.
    #[must_use]
    pub fn limits(self) -> SignInLimits {
        let rate = |burst, seconds: u32| Rate { burst, every: Duration::from_secs(seconds.into()) };
        SignInLimits {
            account: rate(self.account_burst, self.account_seconds),
            address: rate(self.address_burst, self.address_seconds),
            device: rate(self.device_burst, self.device_seconds),
            known_seconds: i64::from(self.known_days) * 86_400,
        }
    }

    /// Each is within its bounds, and neither one address nor one device can empty the bucket of an account.
    pub(super) fn check(self) -> Result<(), String> {
        let bounds = [
            ("account_burst", self.account_burst, 1, 1_000),
            ("account_seconds", self.account_seconds, 1, 3_600),
            ("address_burst", self.address_burst, 1, 1_000),
            ("address_seconds", self.address_seconds, 1, 3_600),
            ("device_burst", self.device_burst, 1, 1_000),
            ("device_seconds", self.device_seconds, 1, 3_600),
            ("known_days", self.known_days, 0, 365),
        ];
        for (key, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                return Err(format!("auth.sign_in.{key} is {value} and must be {least} to {most}"));
            }
        }
        let others = [
            ("address", self.address_burst, self.address_seconds),
            ("device", self.device_burst, self.device_seconds),
        ];
        for (one, burst, seconds) in others {
            if burst >= self.account_burst || seconds <= self.account_seconds {
                return Err(format!(
                    "auth.sign_in lets one {one} show as many passwords as an account takes: whoever guesses \
                     would keep its owner out; {one}_burst must be below account_burst and {one}_seconds above \
                     account_seconds"
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: SignIn = SignIn {
        account_burst: 60,
        account_seconds: 2,
        address_burst: 30,
        address_seconds: 6,
        device_burst: 10,
        device_seconds: 60,
        known_days: 90,
    };

    #[test]
    fn the_defaults_are_those_that_the_decision_names() {
        let read = crate::config::Settings::read(None).expect("the defaults");
        assert_eq!(read.auth.sign_in.limits(), DEFAULTS.limits());
        assert_eq!(DEFAULTS.limits(), SignInLimits::default());
        assert_eq!(DEFAULTS.check(), Ok(()));
    }

    #[test]
    fn administrators_need_a_second_factor_where_real_people_are() {
        let read = crate::config::Settings::read(None).expect("the defaults").auth.second_factor;
        assert_eq!(read.rules(Profile::Development), SecondFactorRules::default());
        let rules = read.rules(Profile::Production);
        assert_eq!(rules, SecondFactorRules { required_for_administrators: true, ..rules });
        assert_eq!(read.doubt(Profile::Production), None);
        let never = SecondFactor { required_for_administrators: Required::Never, ..read };
        assert!(never.doubt(Profile::Production).is_some() && never.doubt(Profile::Development).is_none());
        let always = SecondFactor { required_for_administrators: Required::Always, ..read };
        assert!(always.rules(Profile::Development).required_for_administrators);
        let none = SecondFactor { guess_burst: 0, ..read };
        assert_eq!(none.check(), Err("auth.second_factor.guess_burst is 0 and must be 1 to 100".to_owned()));
    }

    #[test]
    fn nobody_alone_is_given_what_an_account_has() {
        for lax in [
            SignIn { address_burst: 60, ..DEFAULTS },
            SignIn { account_burst: 30, ..DEFAULTS },
            SignIn { address_seconds: 2, ..DEFAULTS },
            SignIn { account_seconds: 6, ..DEFAULTS },
            SignIn { device_burst: 60, ..DEFAULTS },
            SignIn { device_seconds: 2, ..DEFAULTS },
        ] {
            let refused = lax.check().expect_err("a weapon");
            assert!(refused.contains("would keep its owner out"), "{refused}");
        }
        let none = SignIn { device_burst: 0, ..DEFAULTS };
        assert_eq!(none.check(), Err("auth.sign_in.device_burst is 0 and must be 1 to 1000".to_owned()));
    }
}
