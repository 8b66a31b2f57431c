//! Codes of organisations (统一社会信用代码, GB 32100-2015): who registered it, of what kind, where, its own code, and a check character MOD 31.

use crate::kernel::text::narrow;

/// Why a text is no code of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCreditCode {
    /// It has not 18 characters, or others than digits and capitals without I, O, S, V and Z, or no digits where the region stands.
    Form,
    /// The check character is another one: something was mistyped.
    Check,
}

/// A code of 18 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(String);

const LENGTH: usize = 18;
/// What may stand in a code, each by its value. I, O, S, V and Z look like others.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// As many, and a prime: what makes every mistyped character show.
const MODULUS: usize = 31;
/// Each character counts three times as much as the one before it.
const FACTOR: usize = 3;

impl CreditCode {
    /// Reads what people write: spaces, full-width characters, small letters.
    ///
    /// # Errors
    /// [`BadCreditCode`] says what is wrong first.
    pub fn parse(text: &str) -> Result<Self, BadCreditCode> {
        let narrowed = text.chars().map(narrow).filter(|character| !matches!(character, ' ' | '\u{3000}'));
        let code: String = narrowed.map(|character| character.to_ascii_uppercase()).collect();
        let values: Option<Vec<usize>> = code.chars().map(|character| ALPHABET.find(character)).collect();
        let values = values.filter(|values| values.len() == LENGTH).ok_or(BadCreditCode::Form)?;
        if !code.get(2..8).is_some_and(|region| region.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(BadCreditCode::Form);
        }
        match values.split_last() {
            Some((check, others)) if *check == check_of(others) => Ok(Self(code)),
            _ => Err(BadCreditCode::Check),
        }
    }

    /// The 18 characters.
    #[must_use]
    pub fn characters(&self) -> &str {
        &self.0
    }
}

fn check_of(values: &[usize]) -> usize {
    let (sum, _) =
        values.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * FACTOR % MODULUS));
    (MODULUS - sum % MODULUS) % MODULUS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, BadCreditCode> {
        CreditCode::parse(text).map(|code| code.characters().to_owned())
    }

    #[test]
    fn codes_are_read_as_people_write_them() {
        // The example of GB 32100-2015, and codes that companies publish.
        for example in
            ["91350100M000100Y43", "9144030071526726XG", "91330100799655058B", "914403001922038216"]
        {
            assert_eq!(parsed(example).as_deref(), Ok(example));
        }
        for text in [" 91350100m000100y43 ", "９１３５０１００Ｍ０００１００Ｙ４３", "91 350100 M000100Y4 3"]
        {
            assert_eq!(parsed(text).as_deref(), Ok("91350100M000100Y43"), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_told_apart() {
        use BadCreditCode::{Check, Form};
        for (text, wrong) in [
            ("", Form),
            ("91350100M000100Y4", Form),
            ("91350100M000100Y433", Form),
            ("91350100M0001O0Y43", Form),
            ("91350100I000100Y43", Form),
            ("9135010AM000100Y43", Form),
            ("91350100M000100Y4三", Form),
            ("91350100M000100Y44", Check),
            ("91350100M000101Y43", Check),
        ] {
            assert_eq!(parsed(text), Err(wrong), "{text}");
        }
    }

    #[test]
    fn every_changed_character_and_every_swap_of_neighbours_is_found() {
        let alphabet: Vec<char> = ALPHABET.chars().collect();
        let mut dice = 1_u32;
        for _ in 0..200 {
            let mut values: Vec<usize> = (0..LENGTH - 1)
                .map(|at| {
                    dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (dice >> 8) as usize % if (2..8).contains(&at) { 10 } else { MODULUS }
                })
                .collect();
            values.push(check_of(&values));
            let whole: String = values.iter().map(|value| alphabet[*value]).collect();
            assert_eq!(parsed(&whole).as_deref(), Ok(whole.as_str()));
            let characters: Vec<char> = whole.chars().collect();
            for at in 0..LENGTH {
                for other in alphabet.iter().filter(|other| **other != characters[at]) {
                    let mut changed = characters.clone();
                    changed[at] = *other;
                    assert!(
                        CreditCode::parse(&changed.into_iter().collect::<String>()).is_err(),
                        "{whole} at {at}"
                    );
                }
                let mut swapped = characters.clone();
                if at + 1 < LENGTH && swapped[at] != swapped[at + 1] {
                    swapped.swap(at, at + 1);
                    assert!(
                        CreditCode::parse(&swapped.into_iter().collect::<String>()).is_err(),
                        "{whole} at {at}"
                    );
                }
            }
        }
    }
}
