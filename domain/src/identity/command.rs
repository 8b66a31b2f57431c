//! Inputs of the identity slice's use cases, and what they are after parsing.

use std::fmt;
use std::net::IpAddr;

use crate::identity::error::IdentityError;
use crate::identity::model::GrantTarget;
use crate::identity::password::PasswordDigest;
use crate::identity::phone::Phone;
use crate::identity::role::Role;
use crate::kernel::failure::Problem;
use crate::kernel::id::{AccountId, CategoryId, Timestamp};
use crate::kernel::place::Sensitivity;
use crate::kernel::text::{self, BadText};

/// Most characters of a name.
pub(super) const NAME_LIMIT: usize = 60;
/// Least and most characters of a login.
const LOGIN_LENGTH: std::ops::RangeInclusive<usize> = 2..=64;
/// Most categories that a grant names.
pub(super) const CATEGORY_LIMIT: usize = 100;

/// Sign in with a password.
#[derive(Clone)]
pub struct SignIn {
    /// `login@district`.
    pub account: String,
    /// The password.
    pub password: String,
    /// The refresh token of the last pair that the device had, though it may have lapsed.
    pub last_refresh_token: Option<String>,
    /// A code of the second factor, or a recovery code.
    pub second_factor_code: Option<String>,
    /// A password to have from now on: what must be changed is changed with it.
    pub new_password: Option<String>,
    /// Where it comes from.
    pub from: IpAddr,
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

/// Create an account. It may do nothing until a role is granted to it.
#[derive(Clone)]
pub struct CreateAccount {
    /// Login within the tenant.
    pub login: String,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// First password; without one the account cannot sign in by itself.
    pub password: Option<String>,
}

impl fmt::Debug for CreateAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateAccount").field("login", &self.login).finish_non_exhaustive()
    }
}

/// [`CreateAccount`], parsed.
pub(super) struct NewAccount {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) phone: Option<Phone>,
}

/// Grant a role.
#[derive(Clone, Debug)]
pub struct GrantRole {
    /// Who shall hold it.
    pub account: AccountId,
    /// The role.
    pub role: Role,
    /// Where.
    pub target: GrantTarget,
    /// First instant; now when absent.
    pub since: Option<Timestamp>,
    /// First instant after it; open-ended when absent.
    pub until: Option<Timestamp>,
    /// The categories it is limited to; none is every category.
    pub categories: Vec<CategoryId>,
    /// The most sensitive cases it reaches; the role's own ceiling when absent.
    pub ceiling: Option<Sensitivity>,
}

/// An account of the demo or of an import, with its grants.
#[derive(Clone)]
pub struct SeedAccount {
    /// Login within the tenant.
    pub login: String,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// Hashed password; several accounts may share one.
    pub password: Option<PasswordDigest>,
    /// What it may do, open-ended.
    pub grants: Vec<SeedGrant>,
}

impl fmt::Debug for SeedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SeedAccount").field("login", &self.login).finish_non_exhaustive()
    }
}

/// One grant of a [`SeedAccount`], up to the role's own ceiling.
#[derive(Clone, Debug)]
pub struct SeedGrant {
    /// The role.
    pub role: Role,
    /// Where.
    pub target: GrantTarget,
    /// The categories it is limited to; none is every category.
    pub categories: Vec<CategoryId>,
}

impl CreateAccount {
    /// The command with every value but the password parsed, or every mistake in them.
    pub(super) fn parsed(&self) -> Result<NewAccount, Vec<Problem<IdentityError>>> {
        let login = login(&self.login).map_err(|error| Problem::at("login", error));
        let name = name(&self.name).map_err(|error| Problem::at("name", error));
        let phone = phone(self.phone.as_deref()).map_err(|error| Problem::at("phone", error));
        match (login, name, phone) {
            (Ok(login), Ok(name), Ok(phone)) => Ok(NewAccount { login, name, phone }),
            (login, name, phone) => {
                let problems = [login.err(), name.err(), phone.err()];
                Err(problems.into_iter().flatten().collect())
            }
        }
    }
}

/// A login: lower-case letters, digits, `.`, `-` and `_`, a letter first. A telephone or identity number
/// can therefore not be one.
pub(super) fn login(text: &str) -> Result<String, IdentityError> {
    let text = text.trim();
    let first = text.chars().next().ok_or(IdentityError::Required)?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    if first.is_ascii_lowercase() && LOGIN_LENGTH.contains(&text.len()) && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(IdentityError::InvalidLogin)
    }
}

/// The name of somebody; never a masked one.
pub(super) fn name(text: &str) -> Result<String, IdentityError> {
    label(text)
        .and_then(|name| if text::is_masked(&name) { Err(IdentityError::InvalidText) } else { Ok(name) })
}

/// What something is called.
pub(super) fn label(text: &str) -> Result<String, IdentityError> {
    text::required(text, NAME_LIMIT).map_err(|bad| match bad {
        BadText::Empty => IdentityError::Required,
        BadText::TooLong { limit } => IdentityError::TooLong { limit },
        BadText::ControlCharacter => IdentityError::InvalidText,
    })
}

pub(super) fn phone(text: Option<&str>) -> Result<Option<Phone>, IdentityError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(Phone::parse).transpose().map_err(|_| IdentityError::InvalidPhone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told_at_once() {
        let command = CreateAccount {
            login: "13812345678".to_owned(),
            name: "  ".to_owned(),
            phone: Some("not a number".to_owned()),
            password: None,
        };
        let problems = command.parsed().err().expect("three mistakes");
        let told: Vec<(String, IdentityError)> =
            problems.into_iter().map(|problem| (problem.path.join("."), problem.error)).collect();
        assert_eq!(
            told,
            vec![
                ("login".to_owned(), IdentityError::InvalidLogin),
                ("name".to_owned(), IdentityError::Required),
                ("phone".to_owned(), IdentityError::InvalidPhone),
            ]
        );
    }

    #[test]
    fn logins_are_plain_lower_case() {
        for good in ["xindi.resident", "a1", "hotline_api-2"] {
            assert_eq!(login(good), Ok(good.to_owned()));
        }
        for bad in ["a", "Xindi", "1a", ".a", "a b", "新地", "a@b", &"a".repeat(65)] {
            assert_eq!(login(bad), Err(IdentityError::InvalidLogin), "{bad}");
        }
        assert_eq!(login("  "), Err(IdentityError::Required));
    }

    #[test]
    fn commands_keep_passwords_to_themselves() {
        let command = CreateAccount {
            login: "a1".to_owned(),
            name: "张三".to_owned(),
            phone: None,
            password: Some("canary-password".to_owned()),
        };
        let shown = format!("{command:?}");
        assert!(!shown.contains("canary") && !shown.contains('张'));
    }
}
