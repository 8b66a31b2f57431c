//! Case numbers: `150302-2026-000123`, district, year in China, serial of the tenant in that year.

use chrono::{DateTime, Datelike as _, FixedOffset};

use crate::kernel::id::Timestamp;

/// Asia/Shanghai has been UTC+8 without summer time since 1991.
const CHINA_SECONDS_EAST: i32 = 8 * 3_600;

/// The year of an instant in China.
pub(super) fn year(at: Timestamp) -> i32 {
    let zone = FixedOffset::east_opt(CHINA_SECONDS_EAST);
    let instant = DateTime::from_timestamp_micros(at.micros());
    zone.zip(instant).map_or(1970, |(zone, instant)| instant.with_timezone(&zone).year())
}

/// The name under which the serials of a year are counted.
pub(super) fn serial_name(year: i32) -> String {
    format!("case/{year}")
}

/// The number of a case.
pub(super) fn number(district_code: &str, year: i32, serial: i64) -> String {
    format!("{district_code}-{year}-{serial:06}")
}

#[cfg(test)]
mod tests {
    use super::{number, year};
    use crate::kernel::id::Timestamp;

    #[test]
    fn the_year_begins_at_midnight_in_china() {
        let new_year_in_china = Timestamp(1_767_196_800_000_000); // 2025-12-31T16:00:00Z
        assert_eq!(year(new_year_in_china), 2026);
        assert_eq!(year(Timestamp(new_year_in_china.micros() - 1)), 2025);
    }

    #[test]
    fn a_serial_has_six_digits_and_may_have_more() {
        assert_eq!(number("150302", 2026, 123), "150302-2026-000123");
        assert_eq!(number("150302", 2026, 1_234_567), "150302-2026-1234567");
    }
}
