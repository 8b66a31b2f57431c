//! Settings of passwords.

use fengqiao_domain::identity::{PasswordProfile, PasswordRules};
use serde::{Deserialize, Deserializer, de};

use super::{Profile, Required};

/// What passwords must be.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// Which rules they keep.
    #[serde(deserialize_with = "profile")]
    pub profile: PasswordProfile,
    /// When they must be changed from time to time, in the profile that asks for it.
    pub change: Required,
    /// Then after so many days.
    pub change_days: u32,
    /// Last passwords, the present one among them, that may not be set again.
    pub kept: u32,
    /// Hours for which a password counts that somebody else gave.
    pub given_hours: u32,
}

fn profile<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PasswordProfile, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(|_| de::Error::unknown_variant(&name, &["mlps3", "asvs"]))
}

impl Password {
    /// The rules for the domain.
    #[must_use]
    pub fn rules(self, profile: Profile) -> PasswordRules {
        PasswordRules {
            profile: self.profile,
            change_days: self.change.applies(profile).then_some(self.change_days),
            kept: self.kept as usize,
            given_hours: self.given_hours,
        }
    }

    /// Each is within its bounds.
    pub(super) fn check(self) -> Result<(), String> {
        for (key, value, most) in [
            ("change_days", self.change_days, 3_650),
            ("kept", self.kept, 24),
            ("given_hours", self.given_hours, 720),
        ] {
            if !(1..=most).contains(&value) {
                return Err(format!("auth.password.{key} is {value} and must be 1 to {most}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_real_people_are_changed_from_time_to_time() {
        let read = crate::config::Settings::read(None).expect("the defaults").auth.password;
        assert_eq!(read.rules(Profile::Development), PasswordRules::default());
        let rules = read.rules(Profile::Production);
        assert_eq!(rules, PasswordRules { change_days: Some(90), ..PasswordRules::default() });
        assert_eq!(rules.profile, PasswordProfile::Mlps3);
        assert_eq!(read.check(), Ok(()));
        let none = Password { kept: 0, ..read };
        assert_eq!(none.check(), Err("auth.password.kept is 0 and must be 1 to 24".to_owned()));
    }
}
