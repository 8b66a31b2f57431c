//! The hours of a district: what they are, who changes them, and what is due by them.

use fengqiao_tests::Served;
use fengqiao_tests::{Matter, on_backends};
use serde_json::{Value, json};

use super::{CALENDAR, GRID, TIME, kept, person, updated};

/// Nine to twelve and one to five, Saturdays too.
fn winter(since: &str) -> Value {
    json!({
        "sinceOn": since,
        "shifts": [{"from": "09:00", "until": "12:00"}, {"from": "13:00", "until": "17:00"}],
        "restDays": ["SUNDAY"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_without_one_of_its_own_works_by_what_ships() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let document = format!(
            "{{ workCalendar {{ {CALENDAR} years: publishedYears {{ days {{ fallsOn kind name source }} }} }} }}"
        );
        let read = person(&served, "xindi.resident").await?.run(&document, Value::Null).await?;
        let calendar = read.data("workCalendar")?;
        assert_eq!(
            (&calendar["version"], &calendar["zone"]),
            (&json!(0), &json!("Asia/Shanghai"))
        );
        let usual = json!([{
            "sinceOn": null,
            "shifts": [{"from": "08:00", "until": "12:00"}, {"from": "14:00", "until": "18:00"}],
            "restDays": ["SATURDAY", "SUNDAY"],
        }]);
        assert_eq!(calendar["periods"], usual);
        let years = [2024, 2025, 2026].map(|year| json!({"year": year, "isOwn": false}));
        assert_eq!(calendar["publishedYears"], json!(years));
        let new_year = json!({
            "fallsOn": "2026-01-01", "kind": "HOLIDAY", "name": "元旦", "source": "国务院办公厅通知 2025-11-04",
        });
        assert_eq!(calendar["years"][2]["days"][0], new_year);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn open_cases_follow_other_hours_and_nobody_s_version_changes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        kept(&served).await?;
        // Four working hours, reported on a Sunday.
        let before = Matter::report(&worker, GRID, "0502").await?;
        let usual = json!("2026-11-23T04:00:00.000000Z");
        assert_eq!(before.read(&worker, TIME).await?["dueAt"], usual);

        let admin = person(&served, "system.admin").await?;
        let input = json!({"expectedVersion": 0, "periods": [winter("2026-11-23")]});
        let changed = updated(&admin, input).await?.payload()?["workCalendar"].clone();
        assert_eq!(changed["version"], 1);
        let since: Vec<&Value> = [0, 1].map(|index| &changed["periods"][index]["sinceOn"]).to_vec();
        assert_eq!(since, [&Value::Null, &json!("2026-11-23")], "the usual hours count before it");

        let wanted = json!("2026-11-23T06:00:00.000000Z");
        let after = Matter::report(&worker, GRID, "0502").await?;
        assert_eq!(after.read(&worker, TIME).await?["dueAt"], wanted, "three hours, then one");
        // The clock reckons at once; lists learn it from the worker.
        let read = before.read(&worker, TIME).await?;
        assert_eq!((&read["clock"]["dueAt"], &read["dueAt"]), (&wanted, &usual));
        assert!(kept(&served).await?.reckoned >= 1);
        let read = before.read(&worker, TIME).await?;
        assert_eq!((&read["dueAt"], &read["version"]), (&wanted, &json!(1)));
        assert_eq!(kept(&served).await?.reckoned, 0, "it is done");
        let told = "SELECT count(*) FROM audit_entries WHERE action = 'case.reckon_anew' AND detail LIKE '%\"moved\":%'";
        assert!(served.world.number(told).await? >= 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_calendar_can_be_is_refused_and_says_where() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let shifts = |from: &str, until: &str| json!([{"from": from, "until": until}]);
        let period = |shifts: Value, rest: Value| json!([{"shifts": shifts, "restDays": rest}]);
        let week = json!(["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]);
        let twice = json!([winter("2027-01-01"), winter("2027-01-01")]);
        let unsorted = json!([winter("2027-01-01"), {"shifts": shifts("08:00", "12:00"), "restDays": []}]);
        let many: Vec<Value> = (0..201).map(|day| winter(&format!("{}-01-01", 2100 + day))).collect();
        let bad = [
            (json!({"zone": "Asia/Nowhere"}), "INVALID_ZONE", "zone"),
            (json!({"periods": period(json!([]), json!([]))}), "INVALID_SHIFTS", "periods.0.shifts"),
            (
                json!({"periods": period(shifts("12:00", "08:00"), json!([]))}),
                "INVALID_SHIFTS",
                "periods.0.shifts",
            ),
            (
                json!({"periods": period(shifts("8:00", "12:00"), json!([]))}),
                "INVALID_TIME",
                "periods.0.shifts.0.from",
            ),
            (
                json!({"periods": period(shifts("08:00", "24:01"), json!([]))}),
                "INVALID_TIME",
                "periods.0.shifts.0.until",
            ),
            (json!({"periods": period(shifts("08:00", "12:00"), week)}), "NO_WORKDAY", "periods.0.restDays"),
            (json!({"periods": twice}), "INVALID_PERIODS", "periods.1.sinceOn"),
            (json!({"periods": unsorted}), "INVALID_PERIODS", "periods.1.sinceOn"),
            (json!({"periods": many}), "TOO_MANY_PERIODS", "periods"),
        ];
        for (mut input, code, path) in bad {
            input["expectedVersion"] = json!(0);
            let refused = updated(&admin, input).await?.user_error()?;
            assert_eq!(refused, (code.to_owned(), path.to_owned()));
        }
        for stranger in ["district.command", "qianlishan.admin", "xindi.station", "security.admin"] {
            let input = json!({"expectedVersion": 0, "zone": "Asia/Urumqi"});
            assert_eq!(
                updated(&person(&served, stranger).await?, input).await?.code(),
                "FORBIDDEN",
                "{stranger}"
            );
        }
        assert_eq!(served.world.number("SELECT count(*) FROM work_calendars").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_change_it_at_once_do_not_undo_each_other() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        for version in 0..2 {
            let input = json!({"expectedVersion": version, "zone": "Asia/Urumqi"});
            let (one, other) = tokio::join!(updated(&admin, input.clone()), updated(&admin, input));
            let outcomes = [one?, other?];
            let done = outcomes.iter().filter(|answer| {
                answer.payload().is_ok_and(|payload| payload["workCalendar"]["version"] == version + 1)
            });
            assert_eq!(done.count(), 1);
            let refused: Vec<_> = outcomes.iter().filter_map(|answer| answer.user_error().ok()).collect();
            assert_eq!(refused, [("CONFLICT".to_owned(), "expectedVersion".to_owned())]);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_case_that_nobody_can_read_holds_up_no_other() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let mut cases = vec![];
        for _ in 0..3 {
            cases.push(Matter::report(&worker, GRID, "0502").await?);
        }
        let broken = format!("UPDATE cases SET pauses = 'x' WHERE number = '{}'", cases[0].number);
        served.world.run_sql(&broken).await?;
        let input = json!({"expectedVersion": 0, "periods": [winter("2026-11-23")]});
        updated(&person(&served, "system.admin").await?, input).await?.payload()?;
        kept(&served).await?;
        for matter in cases.iter().skip(1) {
            assert_eq!(matter.read(&worker, TIME).await?["dueAt"], "2026-11-23T06:00:00.000000Z");
        }
        assert_eq!(kept(&served).await?.reckoned, 0, "nor does it come back for ever");
        Ok(())
    })
    .await
}
