//! The clock of a case over HTTP: what it is due by and why, and that nothing restarts it.

use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, closed, person};

const CLOCK: &str =
    "dueAt clock { dueAt startedAt limit { amount kind } limitCategory { code } isProvisional budgetMinutes
    consumedMinutes light explanation }";
/// The tests' clock stands at 16:00 on a Sunday in China.
const SUNDAY: &str = "2026-11-22T08:00:00.000000Z";

/// A category of each kind, its limit, and when a case of Sunday is due.
const KINDS: [(&str, i64, &str, &str, &str); 4] = [
    ("1105", 24, "URGENT_HOUR", "2026-11-23T08:00:00.000000Z", "昼夜连续计算"),
    ("0502", 4, "WORKING_HOUR", "2026-11-23T04:00:00.000000Z", "只计办公时间"),
    ("0501", 15, "WORKING_DAY", "2026-12-11T10:00:00.000000Z", "以最后一日下班时间为准"),
    ("1101", 5, "CALENDAR_DAY", "2026-11-27T10:00:00.000000Z", "顺延至次一工作日"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_limit_is_due_when_the_law_says_and_says_why() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        for (category, amount, kind, due, why) in KINDS {
            let matter = Matter::report(&worker, GRID, category).await?;
            let read = matter.read(&worker, CLOCK).await?;
            let clock = &read["clock"];
            assert_eq!(read["dueAt"], due, "{category}: {read}");
            assert_eq!((&clock["dueAt"], &clock["startedAt"]), (&json!(due), &json!(SUNDAY)), "{category}");
            assert_eq!(clock["limit"], json!({"amount": amount, "kind": kind}), "{category}");
            assert_eq!(clock["limitCategory"]["code"], category);
            assert_eq!(
                (&clock["isProvisional"], &clock["consumedMinutes"], &clock["light"]),
                (&json!(false), &json!(0), &json!("GREEN"))
            );
            let told = clock["explanation"].as_str().unwrap_or_default();
            assert!(told.contains(why) && told.contains("2026-11-22 16:00"), "{told}");
        }
        let matter = Matter::report(&worker, GRID, "0501").await?;
        let english = matter.read(&worker.in_english(), "clock { explanation }").await?;
        let told = english["clock"]["explanation"].as_str().unwrap_or_default();
        let wanted = "15 working days, from the day after 2026-11-22 16:00 until the offices close on the last: due 2026-12-11 18:00.";
        assert!(told.ends_with(wanted) && told.starts_with("As “"), "{told}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_runs_from_the_report_to_the_closing_whatever_is_done_meanwhile() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let mut stands = Vec::new();
        for hours in [0, 19, 1, 5] {
            served.pass_seconds(hours * 3_600);
            let station = person(&served, "xindi.station").await?;
            let comment = json!({"text": "已到现场", "audience": "EVERYONE"});
            let answer = station
                .mutate("caseComment", "case { version } userErrors { code }", {
                    let mut input = comment.clone();
                    input["caseId"] = json!(matter.id);
                    input
                })
                .await?;
            matter.version = answer.payload()?["case"]["version"].as_i64().unwrap_or_default();
            let read = matter.read(&station, CLOCK).await?;
            assert_eq!(read["dueAt"], "2026-11-23T08:00:00.000000Z", "a comment restarts nothing");
            stands.push((read["clock"]["consumedMinutes"].clone(), read["clock"]["light"].clone()));
        }
        let stand = |minutes: i64, light: &str| (json!(minutes), json!(light));
        let wanted = [stand(0, "GREEN"), stand(1_140, "GREEN"), stand(1_200, "YELLOW"), stand(1_500, "RED")];
        assert_eq!(stands, wanted);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_case_keeps_its_light_and_a_withdrawn_one_has_none() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let matter = closed(&served).await?;
        let mut withdrawn = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let resident = person(&served, "xindi.resident").await?;
        withdrawn.act(&resident, "caseWithdraw", json!({})).await?;
        served.pass_seconds(30 * 24 * 3_600);
        let station = person(&served, "xindi.station").await?;
        let read = matter.read(&station, CLOCK).await?;
        assert_eq!(
            (&read["clock"]["consumedMinutes"], &read["clock"]["light"]),
            (&json!(0), &json!("GREEN"))
        );
        assert_eq!(withdrawn.read(&station, CLOCK).await?["clock"], Value::Null);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_case_keeps_the_limit_it_began_with() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let before = Matter::report(&worker, GRID, CATEGORY).await?;
        let admin = person(&served, "system.admin").await?;
        let input = json!({
            "categoryId": Places::of(&admin).category(CATEGORY).await?, "expectedVersion": 1,
            "limit": {"amount": 1, "kind": "WORKING_DAY"},
        });
        let answer = admin
            .mutate("categoryUpdate", "category { limit { amount kind } } userErrors { code }", input)
            .await?;
        assert_eq!(answer.payload()?["category"]["limit"], json!({"amount": 1, "kind": "WORKING_DAY"}));
        let after = Matter::report(&worker, GRID, CATEGORY).await?;
        for (matter, due) in [(before, "2026-11-23T08:00:00.000000Z"), (after, "2026-11-23T10:00:00.000000Z")]
        {
            let read = matter.read(&worker, CLOCK).await?;
            assert_eq!((&read["dueAt"], &read["clock"]["dueAt"]), (&json!(due), &json!(due)), "{read}");
        }
        Ok(())
    })
    .await
}
