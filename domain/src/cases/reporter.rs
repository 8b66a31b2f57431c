//! What a reader of a case learns of its reporter: masked, and nothing when the report is anonymous.

use crate::kernel::id::AccountId;

/// The reporter as one reader sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporter {
    /// Account, when the reporter has one.
    pub account: Option<AccountId>,
    /// Name, masked: `张*`.
    pub name: Option<String>,
    /// Telephone number, masked: `138****5678`.
    pub phone: Option<String>,
}

/// The first character of a name.
pub(super) fn masked_name(name: &str) -> String {
    name.chars().take(1).chain(['*']).collect()
}

/// The first three and last four digits of a telephone number; a short one gives only its last two.
pub(super) fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let (head, tail) = if digits.len() >= 9 { (3, 4) } else { (0, 2) };
    let start: String = digits.iter().take(head).collect();
    let end: String = digits.iter().skip(digits.len().saturating_sub(tail)).collect();
    format!("{start}****{end}")
}

#[cfg(test)]
mod tests {
    use super::{masked_name, masked_phone};

    #[test]
    fn a_mask_keeps_what_lets_people_recognise_each_other() {
        assert_eq!(masked_name("张三丰"), "张*");
        assert_eq!(masked_name(""), "*");
        assert_eq!(masked_phone("13812345678"), "138****5678");
        assert_eq!(masked_phone("+86 138-1234-5678"), "861****5678");
        assert_eq!(masked_phone("2012345"), "****45");
    }
}
