//! A telephone number as it is compared: digits only, without the country's prefix.

use std::fmt;

use crate::kernel::text::narrow;

/// The text is not a telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadPhone;

/// A normalised telephone number of 5 to 15 digits. It never shows itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// Reads what people write: spaces, hyphens, brackets, full-width digits, `+86` and `0086`.
    ///
    /// # Errors
    /// [`BadPhone`] for other characters, or for fewer than 5 or more than 15 digits.
    pub fn parse(text: &str) -> Result<Self, BadPhone> {
        let mut digits = String::new();
        let mut plus = false;
        for character in text.trim().chars() {
            match narrow(character) {
                digit @ '0'..='9' => digits.push(digit),
                '+' if digits.is_empty() && !plus => plus = true,
                ' ' | '-' | '(' | ')' | '\u{3000}' => {}
                _ => return Err(BadPhone),
            }
        }
        let national = if plus { digits.strip_prefix("86") } else { digits.strip_prefix("0086") };
        let digits = national.map_or_else(|| digits.clone(), str::to_owned);
        if (5..=15).contains(&digits.len()) { Ok(Self(digits)) } else { Err(BadPhone) }
    }

    /// The digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_has_one_form() {
        for text in [
            "13812345678",
            " 138 1234 5678 ",
            "138-1234-5678",
            "+86 138 1234 5678",
            "+8613812345678",
            "008613812345678",
            "１３８１２３４５６７８",
            "＋８６（138）12345678",
        ] {
            assert_eq!(Phone::parse(text).expect(text).digits(), "13812345678");
        }
        assert_eq!(Phone::parse("(0473) 203-1234").expect("a fixed line").digits(), "04732031234");
        assert_eq!(Phone::parse("12345").expect("the hotline").digits(), "12345");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "1234",
            "1234567890123456",
            "138x2345678",
            "138;1234",
            "86+13812345678",
            "++8613812345678",
            "13８a",
        ] {
            assert_eq!(Phone::parse(text), Err(BadPhone), "{text}");
        }
    }

    #[test]
    fn it_does_not_show_itself() {
        let phone = Phone::parse("13812345678").expect("a number");
        assert!(!format!("{phone:?}").contains("138"));
    }
}
