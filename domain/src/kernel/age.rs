//! Who is a child: under fourteen (不满十四周岁), whose data the law has handled with more care (个人信息保护法第二十八条、第三十一条).
//!
//! The fourteenth birthday is the last day of it. Years go by the calendar, the day on which they begin does not count, and they end with the day of the same
//! number or, where the month has none, with its last (民法典第二百条至第二百零二条); courts count alike, 从周岁生日的第二天起算 (法释〔2006〕1号第二条).
//! Whoever was born on 29 February is a child until 28 February: no fourteenth year behind a leap year is one.

use chrono::{DateTime, FixedOffset, Months, NaiveDate};

use crate::kernel::id::Timestamp;

/// Asia/Shanghai has been UTC+8 without summer time since 1991.
const CHINA_SECONDS_EAST: i32 = 8 * 3_600;
/// Until that birthday somebody is a child.
const YEARS: u32 = 14;
/// Nobody has lived longer.
const MOST_YEARS: u32 = 150;

/// Whether somebody who was born on a day is under fourteen on another one.
#[must_use]
pub fn is_under_fourteen(born: NaiveDate, on: NaiveDate) -> bool {
    born.checked_add_months(Months::new(12 * YEARS)).is_none_or(|birthday| on <= birthday)
}

/// Whether somebody who lives on a day can have been born on another one.
#[must_use]
pub fn can_be_born(born: NaiveDate, on: NaiveDate) -> bool {
    let earliest = on.checked_sub_months(Months::new(12 * MOST_YEARS));
    born <= on && earliest.is_none_or(|earliest| earliest <= born)
}

/// The day of an instant in China.
#[must_use]
pub fn day_in_china(at: Timestamp) -> NaiveDate {
    let zone = FixedOffset::east_opt(CHINA_SECONDS_EAST);
    let instant = DateTime::from_timestamp_micros(at.micros());
    zone.zip(instant).map(|(zone, instant)| instant.with_timezone(&zone).date_naive()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn the_fourteenth_birthday_is_the_last_day_of_a_child() {
        for (born, on, is_child) in [
            // Thirteen years and 364 days; fourteen years; a day more.
            ("2012-11-23", "2026-11-22", true),
            ("2012-11-22", "2026-11-22", true),
            ("2012-11-21", "2026-11-22", false),
            ("2026-11-22", "2026-11-22", true),
            ("1950-01-01", "2026-11-22", false),
            // At the turn of a year, and of February.
            ("2011-12-31", "2025-12-31", true),
            ("2011-12-31", "2026-01-01", false),
            ("2010-02-28", "2024-02-28", true),
            ("2010-02-28", "2024-02-29", false),
            ("2010-03-01", "2024-02-29", true),
            ("2010-03-01", "2024-03-01", true),
            // Born on a leap day.
            ("2012-02-29", "2026-02-27", true),
            ("2012-02-29", "2026-02-28", true),
            ("2012-02-29", "2026-03-01", false),
            ("2012-03-01", "2026-03-01", true),
            ("2012-03-01", "2026-03-02", false),
        ] {
            assert_eq!(is_under_fourteen(day(born), day(on)), is_child, "born {born}, on {on}");
        }
    }

    #[test]
    fn a_child_is_one_once_and_never_again() {
        for first in (0..1_500).map(|days| day("2008-01-01") + chrono::Days::new(days)) {
            let lasts = first.iter_days().take_while(|on| is_under_fourteen(first, *on)).count();
            // Fourteen years have three leap days or four.
            assert!((5_114..=5_115).contains(&lasts), "{first}: {lasts}");
            let later = first + chrono::Days::new(u64::try_from(lasts).expect("few"));
            assert!(later.iter_days().take(400).all(|on| !is_under_fourteen(first, on)), "{first}");
        }
    }

    #[test]
    fn nobody_is_born_after_they_were_met_or_lives_for_ever() {
        for (born, can) in [
            ("2026-11-22", true),
            ("2026-11-23", false),
            ("1876-11-22", true),
            ("1876-11-21", false),
            ("0201-03-04", false),
        ] {
            assert_eq!(can_be_born(day(born), day("2026-11-22")), can, "{born}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let midnight = Timestamp(1_767_196_800_000_000); // 2025-12-31T16:00:00Z
        assert_eq!(day_in_china(midnight), day("2026-01-01"));
        assert_eq!(day_in_china(Timestamp(midnight.micros() - 1)), day("2025-12-31"));
    }
}
