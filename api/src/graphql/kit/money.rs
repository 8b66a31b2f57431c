//! Money: fen inside, yuan with two decimals outside, for a number of JSON would not hold it everywhere.

use super::fault::{Fault, Outcome};
use super::mistake::Mistake;

/// Fen as yuan with two decimals.
#[must_use]
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Yuan with at most two decimals as fen.
fn fen(yuan: &str) -> Option<i64> {
    let (whole, part) = yuan.split_once('.').unwrap_or((yuan, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let tens = if part.len() == 1 { 10 } else { 1 };
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part.parse::<i64>().ok()? * tens)
}

/// The same of what a request says.
///
/// # Errors
/// `BAD_REQUEST` for what is no amount of money.
pub fn amount(yuan: &str) -> Outcome<i64> {
    fen(yuan).ok_or_else(|| Fault::bad_request(Mistake::NotMoney))
}

#[cfg(test)]
mod tests {
    use super::{fen, yuan};

    #[test]
    fn money_is_yuan_with_two_decimals() {
        for (text, amount) in [("0", 0), ("7", 700), ("145000.00", 14_500_000), ("0.5", 50), ("12.34", 1_234)]
        {
            assert_eq!(fen(text), Some(amount), "{text}");
        }
        for bad in ["", ".", "1.", ".5", "-1", "1,000", "1.234", "１", "99999999999999999999"] {
            assert_eq!(fen(bad), None, "{bad}");
        }
        assert_eq!((yuan(14_500_000), yuan(5)), ("145000.00".to_owned(), "0.05".to_owned()));
    }
}
