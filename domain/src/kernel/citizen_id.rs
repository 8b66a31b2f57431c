//! Citizens' numbers (公民身份号码, GB 11643-1999): where registered, when born, a serial, and a check character by ISO 7064 MOD 11-2.

use std::fmt;

use chrono::NaiveDate;

use crate::kernel::mutant::{self, Mutant};
use crate::kernel::text::narrow;

/// Why a text is no citizen's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadCitizenId {
    /// It has not 18 characters, nor the 15 digits of before 1999, or others than digits and a last `X`.
    Form,
    /// No region begins so.
    Region,
    /// No such day was, or none from which anybody lives.
    Birth,
    /// The check character is another one: something was mistyped.
    Check,
}

/// A citizen's number of 18 characters. It never shows itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct CitizenId(String);

const LENGTH: usize = 18;
/// What went before, until 1999: no century, and no check character.
const OLD_LENGTH: usize = 15;
/// In numbers of before 1999 these serials were of people born before 1900: of which century cannot be told.
const CENTENARIANS: [&str; 4] = ["996", "997", "998", "999"];
/// What the check character stands for, by the remainder of the sum of the others.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
/// GB/T 2260, the first two digits: provinces, Taiwan (71), Hong Kong (81), Macao (82), residents of Taiwan (83). Foreigners who stay have a 9 and then a
/// province.
const REGIONS: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82, 83,
];
/// Nobody who was born before lives.
const EARLIEST: i32 = 1800;

impl CitizenId {
    /// Reads what people write: spaces, full-width characters, a small `x`. The 15 digits of before 1999 become the 18 characters of today.
    ///
    /// # Errors
    /// [`BadCitizenId`] says what is wrong first.
    pub fn parse(text: &str) -> Result<Self, BadCitizenId> {
        let narrowed = text.chars().map(narrow).filter(|character| !matches!(character, ' ' | '\u{3000}'));
        let text: String = narrowed.map(|character| character.to_ascii_uppercase()).collect();
        let whole = if text.len() == OLD_LENGTH { renewed(&text)? } else { text };
        let digits =
            whole.get(..LENGTH - 1).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let digits = digits.ok_or(BadCitizenId::Form)?;
        let check = whole.get(LENGTH - 1..).ok_or(BadCitizenId::Form)?;
        if check.len() != 1 || !check.chars().all(|check| CHECKS.contains(&check)) {
            return Err(BadCitizenId::Form);
        }
        is_region(digits).then_some(()).ok_or(BadCitizenId::Region)?;
        born(digits).ok_or(BadCitizenId::Birth)?;
        if !check.starts_with(check_of(digits)) {
            return Err(BadCitizenId::Check);
        }
        Ok(Self(whole))
    }

    /// The 18 characters.
    #[must_use]
    pub fn characters(&self) -> &str {
        &self.0
    }

    /// The first three and the last two characters, as a query shows them (requirement P3): with the day of birth in sight nine people fit
    /// it, so that none is shown beside it. `tests/it/personal/joint.rs` counts them.
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, tail) = if mutant::active(Mutant::WiderMask) { (3, 4) } else { (3, 2) };
        let hidden = head..LENGTH - tail;
        let shown = |(at, character)| if hidden.contains(&at) { '*' } else { character };
        self.0.chars().enumerate().map(shown).collect()
    }

    /// The day of birth.
    #[must_use]
    pub fn born(&self) -> NaiveDate {
        born(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenId(…)")
    }
}

/// The number that takes the place of one of 15 digits.
fn renewed(old: &str) -> Result<String, BadCitizenId> {
    let parts = (old.get(..6), old.get(6..), old.get(12..));
    let (Some(region), Some(rest), Some(serial)) = parts else { return Err(BadCitizenId::Form) };
    if !old.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadCitizenId::Form);
    }
    if CENTENARIANS.contains(&serial) {
        return Err(BadCitizenId::Birth);
    }
    let digits = format!("{region}19{rest}");
    Ok(format!("{digits}{}", check_of(&digits)))
}

fn is_region(digits: &str) -> bool {
    let at = usize::from(digits.starts_with('9'));
    let region = digits.get(at..at + 2).and_then(|region| region.parse().ok());
    region.is_some_and(|region: u8| REGIONS.contains(&region))
}

fn born(digits: &str) -> Option<NaiveDate> {
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(part(6, 10)?).ok().filter(|year| *year >= EARLIEST)?;
    NaiveDate::from_ymd_opt(year, part(10, 12)?, part(12, 14)?)
}

/// ISO 7064 MOD 11-2: each digit counts twice as much as the one behind it.
fn check_of(digits: &str) -> char {
    let sum = digits.bytes().fold(0, |sum, byte| (sum + usize::from(byte.saturating_sub(b'0'))) * 2 % 11);
    CHECKS.get(sum).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, BadCitizenId> {
        CitizenId::parse(text).map(|id| id.characters().to_owned())
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        // The two examples of GB 11643-1999.
        for example in ["11010519491231002X", "440524188001010014"] {
            assert_eq!(parsed(example).as_deref(), Ok(example));
        }
        for text in [
            " 11010519491231002x ",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105 19491231 002x",
            "110105　19491231002Ｘ",
        ] {
            assert_eq!(parsed(text).as_deref(), Ok("11010519491231002X"), "{text}");
        }
        // As it was until 1999.
        assert_eq!(parsed("110105491231002").as_deref(), Ok("11010519491231002X"));
        let id = CitizenId::parse("11010519491231002X").expect("a number");
        assert_eq!(id.born(), NaiveDate::from_ymd_opt(1949, 12, 31).expect("a day"));
        assert_eq!(format!("{id:?}"), "CitizenId(…)");
    }

    #[test]
    fn what_is_none_is_told_apart() {
        use BadCitizenId::{Birth, Check, Form, Region};
        for (text, wrong) in [
            ("", Form),
            ("1101051949123100", Form),
            ("11010519491231002", Form),
            ("11010519491231002XX", Form),
            ("1101051949123100X2", Form),
            ("11010519491231002A", Form),
            ("11010519491231002🙂", Form),
            ("一一010519491231002X", Form),
            ("11010549123100X", Form),
            ("010105194912310021", Region),
            ("160105194912310021", Region),
            ("110105194913310021", Birth),
            ("110105194902290021", Birth),
            ("110105179912310021", Birth),
            ("110105000012310021", Birth),
            ("110105000101996", Birth),
            ("110105194912310021", Check),
        ] {
            assert_eq!(parsed(text), Err(wrong), "{text}");
        }
        // A leap year, and a foreigner who stays.
        for digits in ["11010520000229002", "91112419810803002"] {
            let whole = format!("{digits}{}", check_of(digits));
            assert_eq!(parsed(&whole).as_deref(), Ok(whole.as_str()));
        }
    }

    #[test]
    fn a_mask_keeps_three_characters_and_two() {
        let id = CitizenId::parse("11010519491231002X").expect("the example of the standard");
        assert_eq!(id.masked(), "110*************2X");
    }

    #[test]
    fn every_changed_character_and_every_swap_of_neighbours_is_found() {
        for number in 0..400_u32 {
            let day =
                NaiveDate::from_num_days_from_ce_opt(690_000 + i32::try_from(number * 103).expect("few"))
                    .expect("a day");
            let region = REGIONS[number as usize % REGIONS.len()];
            let digits = format!(
                "{region}{:04}{}{:03}",
                number * 37 % 10_000,
                day.format("%Y%m%d"),
                number * 91 % 1_000
            );
            let whole = format!("{digits}{}", check_of(&digits));
            assert_eq!(parsed(&whole).as_deref(), Ok(whole.as_str()));
            let characters: Vec<char> = whole.chars().collect();
            for at in 0..LENGTH {
                for other in "0123456789X".chars().filter(|other| *other != characters[at]) {
                    let mut changed = characters.clone();
                    changed[at] = other;
                    let changed: String = changed.into_iter().collect();
                    assert!(CitizenId::parse(&changed).is_err(), "{whole} and {changed}");
                }
                let mut swapped = characters.clone();
                if at + 1 < LENGTH && swapped[at] != swapped[at + 1] {
                    swapped.swap(at, at + 1);
                    let swapped: String = swapped.into_iter().collect();
                    assert!(CitizenId::parse(&swapped).is_err(), "{whole} and {swapped}");
                }
            }
        }
    }
}
