//! The days off of a year: brought in from a file, and what was provisional without them moves.

use anyhow::Context as _;
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_tests::{Matter, Served, on_backends};
use serde_json::{Value, json};

use super::{CALENDAR, GRID, TIME, kept, limited, person};
use crate::sheets::brought;

/// A year as it might be published; the State Council had not yet when this was written.
const YEAR: &str = "date,kind,name,source
2027-01-01,holiday,元旦,演示
2027-02-05,holiday,春节,演示
2027-02-06,holiday,春节,演示
2027-02-07,holiday,春节,演示
2027-02-08,holiday,春节,演示
2027-02-09,holiday,春节,演示
2027-02-10,holiday,春节,演示
2027-02-11,holiday,春节,演示
2027-02-14,workday,春节,演示
2027-04-05,holiday,清明节,演示
2027-05-03,holiday,劳动节,演示
2027-10-01,holiday,国庆节,演示
";

fn counts(import: &Value) -> Vec<Value> {
    ["state", "rowsCreated", "rowsChanged", "rowsUnchanged"].map(|field| import[field].clone()).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_provisional_moves_when_the_year_comes_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (admin, worker) =
            (person(&served, "system.admin").await?, person(&served, "xindi.worker").await?);
        limited(&admin, "0501", 60, "WORKING_DAY").await?;
        let matter = Matter::report(&worker, GRID, "0501").await?;
        let settled = Matter::report(&worker, GRID, "1101").await?;
        kept(&served).await?;
        let read = matter.read(&worker, TIME).await?;
        // 6 days in November, 23 in December, 21 in January, 10 in February: by weekends alone.
        let weekends = json!("2027-02-12T10:00:00.000000Z");
        assert_eq!((&read["dueAt"], &read["clock"]["isProvisional"]), (&weekends, &json!(true)));
        let near = settled.read(&worker, TIME).await?;

        let import = brought(&admin, "CALENDAR_DAYS", YEAR).await?;
        assert_eq!(counts(&import), [json!("SUCCEEDED"), json!(12), json!(0), json!(0)]);
        assert!(kept(&served).await?.reckoned >= 2);
        let read = matter.read(&worker, TIME).await?;
        // Six days off on weekdays, and one Sunday worked on.
        let published = json!("2027-02-19T10:00:00.000000Z");
        assert_eq!((&read["dueAt"], &read["clock"]["dueAt"]), (&published, &published));
        assert_eq!((&read["clock"]["isProvisional"], &read["version"]), (&json!(false), &json!(1)));
        assert_eq!(settled.read(&worker, TIME).await?, near, "nothing of this year moved");

        let again = brought(&admin, "CALENDAR_DAYS", YEAR).await?;
        assert_eq!(counts(&again), [json!("SUCCEEDED"), json!(0), json!(0), json!(12)]);
        let read = admin.run(&format!("{{ workCalendar {{ {CALENDAR} }} }}"), Value::Null).await?;
        assert_eq!(read.data("workCalendar/version")?, &json!(1), "the same file changes nothing");
        let years = read.data("workCalendar/publishedYears")?.as_array().context("years")?;
        assert_eq!(years.last(), Some(&json!({"year": 2027, "isOwn": true})));
        let told = "SELECT count(*) FROM audit_entries WHERE action = 'calendar.days_imported'";
        assert_eq!(served.world.number(told).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_taken_whole_and_in_place_of_what_was_known_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        brought(&admin, "CALENDAR_DAYS", YEAR).await?;
        // One day is corrected, and one left out.
        let other = YEAR.replace("2027-01-01,holiday,元旦,演示", "2027-01-01,holiday,元旦,更正");
        let other = other.replace("2027-02-14,workday,春节,演示\n", "");
        let import = brought(&admin, "CALENDAR_DAYS", other).await?;
        assert_eq!(counts(&import), [json!("SUCCEEDED"), json!(0), json!(2), json!(10)]);
        let document = "{ workCalendar { publishedYears { year days { fallsOn source } } } }";
        let read = admin.run(document, Value::Null).await?;
        let years = read.data("workCalendar/publishedYears")?;
        assert_eq!(years[3]["days"][0], json!({"fallsOn": "2027-01-01", "source": "更正"}));
        assert_eq!((&years[3]["year"], years[3]["days"].as_array().map(Vec::len)), (&json!(2027), Some(11)));
        assert!(years[2]["days"].as_array().is_some_and(|days| days.len() > 30), "2026 is as it ships");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_mistakes_brings_in_nothing_and_tells_each() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let file = "date,kind,name,source
2027-01-01,holiday,元旦,演示
2027-01-01,holiday,元旦,演示
2027/01/02,holiday,元旦,演示
2027-01-04,workday,元旦,演示
2027-01-03,off,元旦,演示
1994-01-01,holiday,元旦,演示
2027-05-01,holiday,,演示
";
        let refused = brought(&admin, "CALENDAR_DAYS", file).await?;
        let wrong = |row: usize, column: &str, value: &str, reason: &str| {
            json!({"row": row, "column": column, "value": value, "reason": reason})
        };
        let mistakes = json!([
            wrong(2, "date", "", "文件中 2027 年只有 3 天放假：须提供全年安排"),
            wrong(3, "date", "2027-01-01", "文件中重复出现"),
            wrong(4, "date", "2027/01/02", "须为日期，如 2026-03-01"),
            wrong(5, "kind", "workday", "当日本来就是工作日"),
            wrong(6, "kind", "off", "须为其中之一：holiday, workday"),
            wrong(7, "date", "1994-01-01", "年份须在 1995 至 2100 之间"),
            wrong(8, "name", "", "不能为空"),
        ]);
        assert_eq!((&refused["state"], &refused["mistakes"]), (&json!("REFUSED"), &mistakes));
        let part = YEAR.replace("2027-10-01,holiday,国庆节,演示\n", "");
        let part = brought(&admin, "CALENDAR_DAYS", part).await?;
        let whole = "文件中 2027 年只有 10 天放假：须提供全年安排";
        assert_eq!(part["mistakes"], json!([wrong(2, "date", "", whole)]));
        let empty = brought(&admin, "CALENDAR_DAYS", "date,kind,name,source\n").await?;
        assert_eq!(empty["mistakes"], json!([wrong(1, "date", "", "文件中没有日期")]));
        assert_eq!(served.world.number("SELECT count(*) FROM calendar_years").await?, 0);

        let town = person(&served, "qianlishan.admin").await?;
        let input = json!({"kind": "CALENDAR_DAYS", "fileName": "days.csv"});
        let refused = town.mutate("importStart", "import { id } userErrors { code path }", input).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "kind".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_years_that_are_wanting_are_named_in_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let services = served.services();
        let tenants = services.org.tenants(&PlatformScope::for_worker("test")).await;
        let tenant = tenants.ok().and_then(|all| all.into_iter().find(|tenant| tenant.code == "150302"));
        let scope = PlatformScope::for_worker("test").enter(tenant.context("the district")?.id);
        let missing = async |day: &str| {
            let at = chrono::DateTime::parse_from_rfc3339(&format!("{day}T12:00:00+08:00"))?;
            let at = Timestamp(at.timestamp_micros());
            let years = services.calendars.missing_years(&scope, &services.db.reader(&scope), at).await;
            years.map_err(|_| anyhow::anyhow!("the years"))
        };
        assert_eq!(missing("2026-11-30").await?, Vec::<i32>::new());
        assert_eq!(missing("2026-12-01").await?, [2027], "from December on the next year's are wanted");
        assert_eq!(missing("2027-05-01").await?, [2027]);
        brought(&person(&served, "system.admin").await?, "CALENDAR_DAYS", YEAR).await?;
        assert_eq!(missing("2026-12-01").await?, Vec::<i32>::new());
        assert_eq!(missing("2027-12-01").await?, [2028]);
        Ok(())
    })
    .await
}
