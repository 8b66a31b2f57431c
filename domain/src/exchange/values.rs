//! From the texts of a ticket to the values of the fields that the programme of such a case takes with the report.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::cases::{GivenValue, ReportCase};
use crate::exchange::error::ExchangeError;
use crate::kernel::failure::{Failure, Problem};
use crate::org;
use crate::programmes::{self, Field, FieldKind, FieldValue};
use crate::store::Tx;

/// Chinese official time (北京时间), in which days are days.
const BEIJING_SECONDS: i32 = 8 * 3_600;

/// The values that a ticket gives, in the order of their keys; a key that the programme does not know is left to the report to refuse.
pub(super) async fn given(
    tx: &Tx,
    report: &ReportCase,
    texts: &BTreeMap<String, String>,
) -> Result<Vec<GivenValue>, Failure<ExchangeError>> {
    if texts.is_empty() {
        return Ok(vec![]);
    }
    let programme = programmes::directory::for_case(tx, None, report.category, report.source).await?;
    let units = org::directory::codes(tx).await?.units;
    let (mut values, mut problems) = (vec![], vec![]);
    for (key, text) in texts {
        let field = programme.as_ref().and_then(|programme| programme.field(key));
        let value = match field {
            None => Some(FieldValue::Text(text.clone())),
            Some(Field { kind: FieldKind::Unit, .. }) => units.get(text).map(|unit| FieldValue::Unit(*unit)),
            Some(field) => read(&field.kind, text),
        };
        if let Some(value) = value {
            values.push(GivenValue { key: key.clone(), value });
        } else {
            let path = vec!["values".to_owned(), key.clone()];
            problems.push(Problem { path, error: ExchangeError::UnknownValue });
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(Failure::User(problems)) }
}

/// What a text says for a field; whether the field takes it is asked elsewhere.
fn read(kind: &FieldKind, text: &str) -> Option<FieldValue> {
    Some(match kind {
        FieldKind::Text { .. } => FieldValue::Text(text.to_owned()),
        FieldKind::Number { .. } => FieldValue::Number(text.parse().ok()?),
        FieldKind::Money { .. } => FieldValue::Money(fen(text)?),
        FieldKind::Date => FieldValue::Date(day(text)?),
        FieldKind::Choice { .. } => FieldValue::Choice(text.to_owned()),
        FieldKind::Person => FieldValue::Person(text.parse().ok()?),
        FieldKind::Unit => return None,
    })
}

/// Fen of an amount in yuan with at most two decimals.
fn fen(text: &str) -> Option<i64> {
    let (sign, bare) = text.strip_prefix('-').map_or((1, text), |bare| (-1, bare));
    let (yuan, decimals) = bare.split_once('.').unwrap_or((bare, "00"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(yuan) || !all_digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let hundreds: i64 = yuan.parse().ok()?;
    let rest: i64 = format!("{decimals:0<2}").parse().ok()?;
    Some(sign * hundreds.checked_mul(100)?.checked_add(rest)?)
}

/// A day, or the day of an instant in China.
fn day(text: &str) -> Option<NaiveDate> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day);
    }
    let at = DateTime::parse_from_rfc3339(text).ok()?;
    Some(at.with_timezone(&FixedOffset::east_opt(BEIJING_SECONDS)?).date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_yuan_with_at_most_two_decimals() {
        for (text, wanted) in [
            ("12", Some(1_200)),
            ("12.5", Some(1_250)),
            ("0.05", Some(5)),
            ("-3.10", Some(-310)),
            ("1.234", None),
            ("1.", None),
            (".5", None),
            ("1e3", None),
            ("", None),
            ("9223372036854775807", None),
        ] {
            assert_eq!(fen(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_day_is_one_in_china() {
        let wanted = NaiveDate::from_ymd_opt(2026, 11, 22);
        for text in ["2026-11-22", "2026-11-21T16:00:00Z", "2026-11-22T23:59:59+08:00"] {
            assert_eq!(day(text), wanted, "{text}");
        }
        assert_eq!(day("22.11.2026"), None);
    }
}
