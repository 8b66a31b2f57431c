//! What was published about the days of a year: holidays, and the weekends that are worked on instead (调休).

use std::sync::LazyLock;

use chrono::NaiveDate;

/// What a published day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum DayKind {
    /// Off, whatever day of the week it is (放假).
    Holiday,
    /// Worked on, whatever day of the week it is (调休上班).
    Workday,
}

/// A day that differs from its week, and who said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedDay {
    /// The day.
    pub date: NaiveDate,
    /// What it is.
    pub kind: DayKind,
    /// For which festival.
    pub name: String,
    /// The notice that says so.
    pub source: String,
}

/// The notices of the General Office of the State Council for 2024, 2025 and 2026; each line names its own.
const MAINLAND_CHINA: &str = include_str!("../../../calendars/mainland_china.csv");

static SHIPPED: LazyLock<Vec<PublishedDay>> = LazyLock::new(|| {
    // A test reads every line of it.
    MAINLAND_CHINA.lines().skip(1).filter_map(day).collect()
});

/// The days published for mainland China that are shipped.
#[must_use]
pub fn mainland_china() -> &'static [PublishedDay] {
    &SHIPPED
}

fn day(line: &str) -> Option<PublishedDay> {
    let mut cells = line.split(',');
    let (date, kind) = (cells.next()?.parse().ok()?, cells.next()?.parse().ok()?);
    let (name, source) = (cells.next()?.to_owned(), cells.next()?.to_owned());
    Some(PublishedDay { date, kind, name, source })
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike as _, Weekday};

    use super::{DayKind, MAINLAND_CHINA, mainland_china};

    #[test]
    fn every_shipped_line_is_read_and_adds_up_to_the_days_off_that_the_law_gives() {
        let days = mainland_china();
        assert_eq!(days.len(), MAINLAND_CHINA.lines().count() - 1);
        // Days off in the week less weekends worked on: the days off of the 全国年节及纪念日放假办法 that do not fall on
        // weekends, of which each year had all since they are made up for. Eleven until 2024, thirteen from 2025 on.
        for (year, lawful) in [(2024, 11), (2025, 13), (2026, 13)] {
            let of_year = || days.iter().filter(|day| day.date.year() == year);
            let weekend = |day: Weekday| matches!(day, Weekday::Sat | Weekday::Sun);
            let off =
                of_year().filter(|day| day.kind == DayKind::Holiday && !weekend(day.date.weekday())).count();
            let on = of_year().filter(|day| day.kind == DayKind::Workday).count();
            assert_eq!(off - on, lawful, "{year}");
            assert!(of_year().all(|day| day.kind == DayKind::Holiday || weekend(day.date.weekday())));
        }
    }
}
