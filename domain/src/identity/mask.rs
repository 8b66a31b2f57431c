//! What a reader sees of a sealed name or telephone number (requirement P3). How many people fit a mask: `tests/it/personal/joint.rs`.

use crate::kernel::mutant::{self, Mutant};

/// The first character of a name and one star, however long the name: `张*`.
#[must_use]
pub fn masked_name(name: &str) -> String {
    let first: String = name.trim().chars().take(1).collect();
    if name.trim().chars().count() <= 1 { "*".to_owned() } else { format!("{first}*") }
}

/// First three and last four digits of a mobile number: `138****5678`. Other numbers keep less: of a fixed line the area is known.
#[must_use]
pub fn masked_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    let (head, tail) = match digits.len() {
        11 if phone.starts_with('1') => (3, 4),
        7.. => (0, 2),
        _ => (0, 0),
    };
    let head = if mutant::active(Mutant::WiderMask) { (head + 2).min(digits.len() - tail) } else { head };
    let stars = digits.len() - head - tail;
    let mut masked: String = digits.iter().take(head).collect();
    masked.extend(std::iter::repeat_n('*', stars));
    masked.extend(digits.iter().skip(digits.len() - tail));
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_first_character_only() {
        for (name, mask) in [
            ("张三", "张*"),
            ("欧阳娜娜", "欧*"),
            ("演示·新地居民甲", "演*"),
            ("Ada Lovelace", "A*"),
            ("张", "*"),
            ("  李四 ", "李*"),
            ("", "*"),
        ] {
            assert_eq!(masked_name(name), mask);
        }
    }

    #[test]
    fn a_phone_keeps_its_ends_only() {
        for (phone, mask) in [
            ("13812345678", "138****5678"),
            ("10070000041", "100****0041"),
            ("8613812345678", "***********78"),
            ("04731234567", "*********67"),
            ("1234567", "*****67"),
            ("12345", "*****"),
            ("", ""),
        ] {
            assert_eq!(masked_phone(phone), mask);
        }
    }
}
