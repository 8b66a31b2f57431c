//! What a password must be, and how long it counts: two profiles, for 等级保护 and OWASP contradict each other. See
//! `docs/adr/0028-two-rules-for-passwords.md`. Pure.

use fengqiao_entity::identity::credential;
use strum::{EnumString, IntoStaticStr};

use crate::identity::error::IdentityError;
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};

/// Least characters of a password: what both profiles ask for (ASVS 5.0, 6.2.1).
const PASSWORD_LEAST: usize = 8;
/// Most characters of a password: twice the 64 that must be allowed (ASVS 5.0, 6.2.9), and what a form carries.
const PASSWORD_MOST: usize = 128;
/// Kinds of characters of four in a password of [`PasswordProfile::Mlps3`]: what examiners of the third level ask for.
const LEAST_KINDS: usize = 3;
/// Guesses that it must take. Eight characters without a pattern take as many; at the pace that one account allows they last six
/// years.
const LEAST_GUESSES: u64 = 100_000_000;
/// Characters that guesses are reckoned of: enough where they are good, and of the worst hundred reckoning takes seconds.
const RECKONED: usize = 24;
/// Words of the field that whoever guesses tries first (ASVS 5.0, 6.2.11), besides login and name.
const WORDS: [&str; 18] = [
    "fengqiao", "枫桥", "wangge", "网格", "zongzhi", "综治", "pingan", "平安", "shehui", "zhili", "shequ",
    "jiedao", "zhihui", "huawei", "weixin", "admin", "system", "mima",
];
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// Which rules passwords keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PasswordProfile {
    /// The third level of GB/T 22239-2019, 8.1.4.1 a: complexity, and a change from time to time.
    Mlps3,
    /// OWASP ASVS 5.0, 6.2: length and what is not known or easily guessed; no composition, and no change without a reason.
    Asvs,
}

/// What passwords must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    /// By which profile.
    pub profile: PasswordProfile,
    /// Days for which an own password counts in [`PasswordProfile::Mlps3`]; none is for ever.
    pub change_days: Option<u32>,
    /// Last passwords, the present one among them, that may not be set again: 1 to 24.
    pub kept: usize,
    /// Hours for which a password counts that somebody else gave.
    pub given_hours: u32,
}

impl Default for PasswordRules {
    fn default() -> Self {
        // Ninety days and five are what examiners of the third level ask for; a week is long enough to meet whoever is given one.
        Self { profile: PasswordProfile::Mlps3, change_days: None, kept: 5, given_hours: 7 * 24 }
    }
}

/// Whether a password that is right still opens a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It does.
    InForce,
    /// Together with a new one.
    ChangeRequired,
    /// Somebody gave it, and it was not used in time.
    Lapsed,
}

impl PasswordRules {
    /// Whether a text may be a password of whoever is described by these words.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn check(&self, text: &str, about: &[String]) -> Result<(), IdentityError> {
        match text.chars().count() {
            ..PASSWORD_LEAST => return Err(IdentityError::TooShort { limit: PASSWORD_LEAST }),
            PASSWORD_LEAST..=PASSWORD_MOST => {}
            _ => return Err(IdentityError::TooLong { limit: PASSWORD_MOST }),
        }
        let simple = self.profile == PasswordProfile::Mlps3 && kinds(text) < LEAST_KINDS;
        if simple && !mutant::active(Mutant::AnyKinds) {
            return Err(IdentityError::PasswordTooSimple { limit: LEAST_KINDS });
        }
        if is_guessed(text, about) && !mutant::active(Mutant::GuessedPassword) {
            return Err(IdentityError::PasswordTooCommon);
        }
        Ok(())
    }

    /// Until when an own password counts that was set then.
    pub(super) fn due(&self, changed_at: Timestamp) -> Option<Timestamp> {
        let days = self.change_days.filter(|_| self.profile == PasswordProfile::Mlps3)?;
        Some(changed_at.plus_seconds(i64::from(days) * DAY))
    }

    /// Until when a password counts that somebody gave then.
    pub(super) fn lapse(&self, given_at: Timestamp) -> Timestamp {
        given_at.plus_seconds(i64::from(self.given_hours) * HOUR)
    }

    /// Whether a password that is right still opens a session.
    pub(super) fn standing(&self, row: &credential::Model, now: Timestamp) -> Standing {
        let over = |until: Option<Timestamp>| until.is_some_and(|until| until <= now);
        if let Some(given_at) = row.given_at {
            let lapsed = over(Some(self.lapse(given_at))) && !mutant::active(Mutant::LastingGift);
            return if lapsed { Standing::Lapsed } else { Standing::ChangeRequired };
        }
        let due = over(self.due(row.changed_at)) && !mutant::active(Mutant::LastingPassword);
        if due { Standing::ChangeRequired } else { Standing::InForce }
    }
}

/// How many of the four kinds there are: small and capital letters, digits, anything else.
fn kinds(text: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric(),
    ];
    kinds.into_iter().filter(|kind| text.chars().any(kind)).count()
}

/// Whether whoever knows common passwords, dates, keyboards and these words soon guesses it.
fn is_guessed(text: &str, about: &[String]) -> bool {
    let words: Vec<&str> = WORDS.into_iter().chain(about.iter().map(String::as_str)).collect();
    let reckoned: String = text.chars().take(RECKONED).collect();
    zxcvbn::zxcvbn(&reckoned, &words).guesses() < LEAST_GUESSES
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a password.
    type Told = Result<(), IdentityError>;

    const ASVS: PasswordRules =
        PasswordRules { profile: PasswordProfile::Asvs, change_days: Some(90), kept: 1, given_hours: 24 };
    const MLPS3: PasswordRules = PasswordRules { profile: PasswordProfile::Mlps3, ..ASVS };

    fn about() -> Vec<String> {
        ["xindi.worker", "xindi", "worker", "王志刚", "150302"].map(str::to_owned).to_vec()
    }

    #[test]
    fn each_profile_has_its_rules() {
        use IdentityError::{PasswordTooCommon, PasswordTooSimple, TooLong, TooShort};
        let simple = || Err(PasswordTooSimple { limit: 3 });
        let long = format!("Kx7#mQ2p{}", "长的密码".repeat(30));
        let table: [(&str, Told, Told); 20] = [
            ("Kx7#mQ2", Err(TooShort { limit: 8 }), Err(TooShort { limit: 8 })),
            ("Kx7#mQ2p", Ok(()), Ok(())),
            (&long, Ok(()), Ok(())),
            (&format!("{long}x"), Err(TooLong { limit: 128 }), Err(TooLong { limit: 128 })),
            // A passphrase is what the one asks for and the other does not take.
            ("seven green herons wade", simple(), Ok(())),
            ("八个字的密码可以", simple(), Ok(())),
            ("kx7mq2pz", simple(), Ok(())),
            ("kx7-mq2p", Ok(()), Ok(())),
            // What has every kind and is guessed all the same.
            ("Passw0rd!", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("Admin@123", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("Abc@123456", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("1qaz@WSX", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("Huawei@123", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("Fengqiao@2026", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("Xindi.worker1", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("rekrow.Idnix1", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("woaini1314", simple(), Err(PasswordTooCommon)),
            ("Aa1!Aa1!Aa1!Aa1!", Err(PasswordTooCommon), Err(PasswordTooCommon)),
            ("1111111111111111", simple(), Err(PasswordTooCommon)),
            (&format!("{}Aa1!", "长的密码".repeat(31)), Err(PasswordTooCommon), Err(PasswordTooCommon)),
        ];
        for (text, mlps3, asvs) in table {
            assert_eq!(MLPS3.check(text, &about()), mlps3, "{text}");
            assert_eq!(ASVS.check(text, &about()), asvs, "{text}");
        }
    }

    #[test]
    fn an_own_password_counts_for_its_days_and_a_given_one_once_within_its_hours() {
        let day = |days: i64| Timestamp(0).plus_seconds(days * DAY);
        let row = |given_at| credential::Model {
            tenant_id: fengqiao_entity::id::TenantId::from_uuid(uuid::Uuid::nil()),
            account_id: fengqiao_entity::id::AccountId::from_uuid(uuid::Uuid::nil()),
            password_hash: String::new(),
            changed_at: day(0),
            given_at,
            former_hashes: "[]".to_owned(),
        };
        let (own, given) = (row(None), row(Some(day(0))));
        let nearly = Timestamp(day(90).0 - 1);
        assert_eq!(MLPS3.standing(&own, nearly), Standing::InForce);
        assert_eq!(MLPS3.standing(&own, day(90)), Standing::ChangeRequired);
        assert_eq!(ASVS.standing(&own, day(10_000)), Standing::InForce, "no change without a reason");
        let lasting = PasswordRules { change_days: None, ..MLPS3 };
        assert_eq!(lasting.standing(&own, day(10_000)), Standing::InForce);
        for rules in [MLPS3, ASVS] {
            assert_eq!(rules.standing(&given, day(0)), Standing::ChangeRequired);
            assert_eq!(rules.standing(&given, day(1)), Standing::Lapsed);
        }
    }
}
