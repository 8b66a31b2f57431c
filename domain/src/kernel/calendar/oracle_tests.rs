//! Deadlines against an oracle that walks minute by minute, and the laws that hold for all of them.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate, Weekday};
use chrono_tz::Tz;
use strum::IntoEnumIterator as _;

use super::{
    BadCalendar, DayKind, Light, Limit, LimitKind, Pause, Shift, WorkCalendar, WorkHours, mainland_china,
};
use crate::kernel::id::Timestamp;

const MINUTE: i64 = 60 * 1_000_000;
const DAY: i64 = 24 * 60;
/// Minutes that China is ahead.
const EAST: i64 = 8 * 60;

/// Minutes of China since 1970-01-01T00:00 there.
fn minute(text: &str) -> i64 {
    let local =
        chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").map(|at| at.and_utc().timestamp());
    local.unwrap_or_default() / 60
}

fn at(minute: i64) -> Timestamp {
    Timestamp((minute - EAST) * MINUTE)
}

fn china(text: &str) -> Timestamp {
    at(minute(text))
}

fn told(at: Option<Timestamp>) -> String {
    let local = at.and_then(|at| chrono::DateTime::from_timestamp_micros(at.micros() + EAST * MINUTE));
    local.map_or_else(|| "never".to_owned(), |local| local.format("%Y-%m-%d %H:%M").to_string())
}

/// What the oracle knows of days: by the number of the day since 1970, a Thursday.
struct Oracle(BTreeMap<i64, bool>);

impl Oracle {
    fn new() -> Self {
        let number = |date: NaiveDate| i64::from(date.num_days_from_ce()) - 719_163;
        Self(mainland_china().iter().map(|day| (number(day.date), day.kind == DayKind::Workday)).collect())
    }

    fn works(&self, day: i64) -> bool {
        self.0.get(&day).copied().unwrap_or_else(|| (day + 3).rem_euclid(7) < 5)
    }

    fn counts(&self, kind: LimitKind, minute: i64) -> bool {
        let (day, of_day) = (minute.div_euclid(DAY), minute.rem_euclid(DAY));
        match kind {
            LimitKind::UrgentHour => true,
            _ => self.works(day) && ((480..720).contains(&of_day) || (840..1080).contains(&of_day)),
        }
    }

    /// The minute at which a limit ends.
    fn deadline(&self, limit: Limit, start: i64, pauses: &[(i64, i64)]) -> i64 {
        let still = |minute: i64| pauses.iter().any(|(from, until)| (*from..*until).contains(&minute));
        if matches!(limit.kind, LimitKind::UrgentHour | LimitKind::WorkingHour) {
            let (mut now, mut left) = (start, i64::from(limit.amount) * 60);
            while left > 0 {
                left -= i64::from(!still(now) && self.counts(limit.kind, now));
                now += 1;
            }
            return now;
        }
        let (mut day, mut left) = (start.div_euclid(DAY), limit.amount);
        loop {
            day += 1;
            let stood = (0..1_080).any(|minute| still(day * DAY + minute));
            if !stood && left > 0 && (limit.kind == LimitKind::CalendarDay || self.works(day)) {
                left -= 1;
            }
            if !stood && left == 0 && self.works(day) {
                return day * DAY + 1_080;
            }
        }
    }
}

/// Numbers that repeat: the generator of Knuth's MMIX.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or_default() % limit
    }
}

/// A limit, the minute it begins and its pauses, somewhere from 2024 to 2027.
fn drawn(numbers: &mut Numbers) -> (Limit, i64, Vec<(i64, i64)>) {
    let kinds: Vec<LimitKind> = LimitKind::iter().collect();
    let kind = kinds[usize::try_from(numbers.below(4)).unwrap_or_default()];
    let most = if kind.counts_days() { 7 } else { 30 };
    let limit = Limit { amount: u32::try_from(numbers.below(most) + 1).unwrap_or(1), kind };
    let start = minute("2024-01-01 00:00") + numbers.below(4 * 365 * DAY);
    let mut pauses = vec![];
    let mut from = start;
    for _ in 0..numbers.below(3) {
        from += numbers.below(2 * DAY);
        let until = from + numbers.below(2 * DAY);
        pauses.push((from, until));
        from = until + 1;
    }
    (limit, start, pauses)
}

fn spans(pauses: &[(i64, i64)]) -> Vec<Pause> {
    pauses.iter().map(|(from, until)| Pause { from: at(*from), until: Some(at(*until)) }).collect()
}

#[test]
fn deadlines_are_what_a_walk_minute_by_minute_finds() {
    let (oracle, calendar, mut numbers) = (Oracle::new(), WorkCalendar::default(), Numbers(1));
    for case in 0..10_000 {
        let (limit, start, pauses) = drawn(&mut numbers);
        let found = limit.deadline(at(start), &spans(&pauses), &calendar);
        let wanted = at(oracle.deadline(limit, start, &pauses));
        let story = format!("{case}: {limit:?} from {}, paused {pauses:?}", told(Some(at(start))));
        assert_eq!(told(found.at), told(Some(wanted)), "{story}");
        assert_eq!(found.at, Some(wanted), "{story}");
    }
}

#[test]
fn what_is_used_adds_up_and_never_shrinks() {
    let (calendar, mut numbers) = (WorkCalendar::default(), Numbers(2));
    for _ in 0..2_000 {
        let (limit, start, pauses) = drawn(&mut numbers);
        let (start, pauses) = (at(start), spans(&pauses));
        let used = |now: Timestamp| limit.consumed(start, &pauses, now, &calendar);
        let light = |now: Timestamp| limit.light(start, &pauses, now, &calendar, 80);
        let mut now = start;
        let mut before = (0, Light::Green);
        for _ in 0..6 {
            let then = now.plus_seconds(numbers.below(3 * DAY) * 60);
            let here = (used(then), light(then));
            // A day is full after its eighteen hours: 4 for 3.
            assert!(
                here >= before && (here.0 - before.0) * 3 <= (then.micros() - now.micros()) * 4,
                "{limit:?}"
            );
            (now, before) = (then, here);
        }
        // At the deadline exactly the budget is used, unless the last day was off; a microsecond later it is over.
        let Some(due) = limit.deadline(start, &pauses, &calendar).at else { panic!("{limit:?} never ends") };
        if limit.kind != LimitKind::CalendarDay {
            assert_eq!(used(due), limit.budget(), "{limit:?}");
        }
        // It turns yellow when it says that it will.
        let yellow = limit.used_at(80, start, &pauses, &calendar).unwrap_or(Timestamp(0));
        assert_eq!(light(Timestamp(yellow.micros() - 1)), Light::Green, "{limit:?}");
        assert_eq!(light(yellow), Light::Yellow, "{limit:?}");
        assert_ne!(light(due), Light::Red);
        assert_eq!(light(Timestamp(due.micros() + 1)), Light::Red);
    }
}

#[test]
fn stories_from_the_calendar() {
    let calendar = WorkCalendar::default();
    for (story, amount, kind, start, due) in [
        ("begins before the offices open", 1, LimitKind::WorkingHour, "2026-11-24 06:30", "2026-11-24 09:00"),
        ("begins at noon", 1, LimitKind::WorkingHour, "2026-11-24 12:30", "2026-11-24 15:00"),
        ("begins on a Saturday", 1, LimitKind::WorkingHour, "2026-11-28 10:00", "2026-11-30 09:00"),
        (
            "begins on a Saturday that is worked on",
            1,
            LimitKind::WorkingHour,
            "2026-02-14 10:00",
            "2026-02-14 11:00",
        ),
        (
            "the Spring Festival lies between",
            8,
            LimitKind::WorkingHour,
            "2026-02-14 14:00",
            "2026-02-24 12:00",
        ),
        ("urgent, over the festival", 24, LimitKind::UrgentHour, "2026-02-16 20:00", "2026-02-17 20:00"),
        (
            "the day it begins does not count",
            1,
            LimitKind::WorkingDay,
            "2026-11-24 08:00",
            "2026-11-25 18:00",
        ),
        ("working days over a festival", 3, LimitKind::WorkingDay, "2026-09-30 17:59", "2026-10-10 18:00"),
        ("the last day is off", 3, LimitKind::CalendarDay, "2026-09-29 09:00", "2026-10-08 18:00"),
        (
            "the last day is a Saturday worked on",
            4,
            LimitKind::CalendarDay,
            "2026-05-05 09:00",
            "2026-05-09 18:00",
        ),
    ] {
        let deadline = Limit { amount, kind }.deadline(china(start), &[], &calendar);
        assert_eq!(told(deadline.at), due, "{story}");
        assert!(!deadline.provisional, "{story}");
    }
}

#[test]
fn what_depends_on_an_unpublished_year_is_provisional() {
    let calendar = WorkCalendar::default();
    let asked = |kind| Limit { amount: 30, kind }.deadline(china("2026-12-20 09:00"), &[], &calendar);
    assert!(asked(LimitKind::WorkingDay).provisional && asked(LimitKind::CalendarDay).provisional);
    assert!(asked(LimitKind::WorkingHour).at < Some(china("2026-12-31 00:00")));
    assert!(!asked(LimitKind::WorkingHour).provisional, "it ends in 2026");
    let long = Limit { amount: 400, kind: LimitKind::UrgentHour };
    assert!(!long.deadline(china("2026-12-20 09:00"), &[], &calendar).provisional, "no calendar counts");
}

#[test]
fn it_stands_still_while_it_is_paused() {
    let (calendar, start) = (WorkCalendar::default(), china("2026-11-24 09:00"));
    let limit = Limit { amount: 4, kind: LimitKind::WorkingHour };
    let pause = |until| [Pause { from: china("2026-11-24 10:00"), until }];
    assert_eq!(limit.deadline(start, &pause(None), &calendar).at, None);
    let used = |now| limit.consumed(start, &pause(None), china(now), &calendar);
    assert_eq!(used("2026-11-24 10:00"), used("2027-11-24 10:00"));
    assert_eq!(limit.light(start, &pause(None), china("2027-01-01 00:00"), &calendar, 80), Light::Green);
    let resumed = limit.deadline(start, &pause(Some(china("2026-11-25 08:00"))), &calendar);
    assert_eq!(told(resumed.at), "2026-11-25 11:00");
    // It was over before it stood still.
    let late = [Pause { from: china("2026-12-01 10:00"), until: None }];
    assert_eq!(told(limit.deadline(start, &late, &calendar).at), "2026-11-24 15:00");
}

#[test]
fn whoever_is_late_stays_late_and_whoever_stands_still_is_never_due() {
    let calendar = WorkCalendar::default();
    let pause = |from, until: Option<&str>| Pause { from: china(from), until: until.map(china) };
    let due = |amount, kind, start, pauses: &[Pause]| {
        told(Limit { amount, kind }.deadline(china(start), pauses, &calendar).at)
    };
    // Due on Wednesday at 18:00: what begins after that changes nothing.
    for after in [pause("2026-11-25 18:30", Some("2026-11-26 09:00")), pause("2026-11-25 18:00", None)] {
        assert_eq!(due(1, LimitKind::WorkingDay, "2026-11-24 08:00", &[after]), "2026-11-25 18:00");
    }
    let limit = Limit { amount: 1, kind: LimitKind::WorkingDay };
    let late = [pause("2026-11-25 18:30", None)];
    assert_eq!(
        limit.light(china("2026-11-24 08:00"), &late, china("2026-11-25 18:40"), &calendar, 80),
        Light::Red
    );
    // A day on which it stood still does not count, nor does a second one.
    let once = pause("2026-11-25 09:00", Some("2026-11-25 10:00"));
    let twice = pause("2026-11-26 09:00", Some("2026-11-27 12:00"));
    assert_eq!(due(1, LimitKind::WorkingDay, "2026-11-24 08:00", &[once]), "2026-11-26 18:00");
    assert_eq!(due(1, LimitKind::WorkingDay, "2026-11-24 08:00", &[once, twice]), "2026-11-30 18:00");
    // Its three days are over on the 2nd of October, and the first day worked on is the 8th.
    let holiday = "2026-09-29 09:00";
    assert_eq!(due(3, LimitKind::CalendarDay, holiday, &[pause("2026-10-08 09:00", None)]), "never");
    let resumed = [pause("2026-10-08 09:00", Some("2026-10-20 09:00"))];
    assert_eq!(due(3, LimitKind::CalendarDay, holiday, &resumed), "2026-10-21 18:00");
    // A pause of no length is none.
    let empty = [pause("2026-11-25 09:00", Some("2026-11-25 09:00"))];
    assert_eq!(due(1, LimitKind::WorkingDay, "2026-11-24 08:00", &empty), "2026-11-25 18:00");
    // A day is yellow before it is over.
    let light = |now| limit.light(china("2026-11-24 08:00"), &[], china(now), &calendar, 80);
    assert_eq!((light("2026-11-25 14:00"), light("2026-11-25 15:00")), (Light::Green, Light::Yellow));
}

#[test]
fn a_calendar_by_which_nobody_works_is_none() {
    let shift = |from, until| Shift { from, until };
    let made = |shifts, rest: &[Weekday]| WorkHours::new(shifts, rest).map(drop);
    let week =
        [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    assert_eq!(made(vec![], &[]), Err(BadCalendar::NoShift));
    assert_eq!(made(vec![shift(600, 600)], &[]), Err(BadCalendar::BadShift { from: 600, until: 600 }));
    assert_eq!(made(vec![shift(600, 1441)], &[]), Err(BadCalendar::BadShift { from: 600, until: 1441 }));
    assert_eq!(made(vec![shift(700, 900), shift(600, 701)], &[]), Err(BadCalendar::OverlappingShifts));
    assert_eq!(made(vec![shift(600, 900)], &week), Err(BadCalendar::NoWorkday));
    assert_eq!(made(vec![shift(0, 720), shift(720, 1440)], &[Weekday::Sun]), Ok(()));
}

/// Summer hours (夏令作息) from May to September: half an hour later in the afternoon, and Saturday mornings.
#[test]
fn other_hours_count_from_their_day_on_and_change_nothing_before() {
    let shift = |from, until| Shift { from, until };
    let summer = WorkHours::new(vec![shift(480, 720), shift(870, 1110)], &[Weekday::Sun]);
    let Ok(summer) = summer else { panic!("hours") };
    let day = |month| NaiveDate::from_ymd_opt(2027, month, 1).unwrap_or_default();
    let calendar = WorkCalendar::default();
    let seasonal =
        calendar.clone().with_hours_since(day(6), summer).with_hours_since(day(10), WorkHours::default());
    let due = |calendar: &WorkCalendar, kind, start: &str| {
        told(Limit { amount: 2, kind }.deadline(china(start), &[], calendar).at)
    };
    for calendar in [&calendar, &seasonal] {
        assert_eq!(due(calendar, LimitKind::WorkingHour, "2027-05-26 16:30"), "2027-05-27 08:30");
        assert_eq!(due(calendar, LimitKind::WorkingHour, "2027-10-13 16:30"), "2027-10-14 08:30");
    }
    assert_eq!(due(&calendar, LimitKind::WorkingHour, "2027-06-04 17:00"), "2027-06-07 09:00");
    assert_eq!(due(&seasonal, LimitKind::WorkingHour, "2027-06-04 17:00"), "2027-06-05 08:30", "a Saturday");
    assert_eq!(due(&calendar, LimitKind::WorkingDay, "2027-06-03 09:00"), "2027-06-07 18:00");
    assert_eq!(due(&seasonal, LimitKind::WorkingDay, "2027-06-03 09:00"), "2027-06-05 18:30");
    // The last of May still has the hours of spring.
    assert_eq!(due(&seasonal, LimitKind::WorkingHour, "2027-05-31 17:00"), "2027-06-01 09:00");

    assert_eq!(calendar.fingerprint(), WorkCalendar::default().fingerprint());
    assert_ne!(calendar.fingerprint(), seasonal.fingerprint());
    assert_ne!(calendar.fingerprint(), 0);
}

#[test]
fn a_zone_that_moves_its_clocks_has_every_hour_once() {
    let Ok(hours) = WorkHours::new(vec![Shift { from: 0, until: 1440 }], &[]) else { panic!("hours") };
    let calendar = WorkCalendar::new(Tz::Europe__Berlin, hours);
    let friday = Timestamp(1_774_609_200_000_000); // 2026-03-27T11:00:00Z
    let due = Limit { amount: 3, kind: LimitKind::CalendarDay }.deadline(friday, &[], &calendar).at;
    assert_eq!(due, Some(Timestamp(1_774_908_000_000_000)), "the midnight after Monday the 30th, at 22:00Z");
    // 2026-03-29 has 23 hours there, 2026-10-25 has 25.
    for (date, hours) in [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 6, 1), 24)] {
        let day = NaiveDate::from_ymd_opt(date.0, date.1, date.2).unwrap_or_default();
        let (from, until) = calendar.day(day);
        assert_eq!((until.micros() - from.micros()) / (60 * MINUTE), hours);
    }
}
