//! Ladders (升级阶梯): what the system does by itself when the time of a case runs out, once and never for the past.

use fengqiao_domain::cases::{Anonymity, CasePriority, ReporterDetails, SeedCase, Timekeeper};
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::org::PlaceReference;
use fengqiao_domain::programmes::CaseSource;
use fengqiao_tests::{Actor, Backend, Matter, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{Drafted, GRID, grid_event, person};
use crate::calendars::kept;
use crate::sheets::brought;

/// 暴露垃圾.
pub(super) const CATEGORY: &str = "0502";
pub(crate) const HOUR: i64 = 3_600;
/// A case reported on Sunday at 16:00 is yellow when the offices close on Monday, due on Tuesday at ten, and handed up when
/// they close on Wednesday.
const MONDAY_CLOSING: &str = "2026-11-23T10:00:00.000000Z";
const TUESDAY_TEN: &str = "2026-11-24T02:00:00.000000Z";
const WEDNESDAY_CLOSING: &str = "2026-11-25T10:00:00.000000Z";

pub(crate) const RUNGS: &str = r#"
[[rungs]]
key = "soon"
name_zh = "即将到期"
name_en = "Nearly due"
at = "yellow"
act = "urge"

[[rungs]]
key = "late"
name_zh = "已经逾期"
name_en = "Overdue"
at = "due"
act = "supervise"
level = "yellow"

[[rungs]]
key = "still_late"
name_zh = "逾期一日"
name_en = "A day overdue"
at = "due"
after = { amount = 1, kind = "working_day" }
act = "hand_up"
"#;

/// Publishes a programme of ten working hours with a ladder.
pub(crate) async fn ladder(served: &Served, rungs: &str) -> anyhow::Result<()> {
    let text = grid_event(&[
        ("key = \"grid_event\"", "key = \"watched\"\ncategories = [\"0502\"]"),
        ("limit = \"category\"", "limit = { amount = 10, kind = \"working_hour\" }"),
    ]);
    let admin = person(served, "system.admin").await?;
    Drafted::new(&admin, &format!("{text}{rungs}")).await?.publish(&admin).await.map(drop)
}

/// A case of it that the worker has in hand.
pub(crate) async fn watched(served: &Served) -> anyhow::Result<Matter> {
    let (station, worker) = (person(served, "xindi.station").await?, person(served, "xindi.worker").await?);
    let mut matter = Matter::report(&person(served, "xindi.resident").await?, GRID, CATEGORY).await?;
    matter.act(&station, "caseAccept", json!({})).await?;
    let target = json!({"target": {"accountId": account_id(&worker).await?}});
    matter.act(&station, "caseDispatch", target).await?;
    matter.act(&worker, "caseStart", json!({})).await?;
    Ok(matter)
}

pub(super) async fn rungs(matter: &Matter, by: &Actor) -> anyhow::Result<Vec<[Value; 4]>> {
    let read = matter.read(by, "rungs { key act dueAt firedAt }").await?;
    let told = |rung: &Value| ["key", "act", "dueAt", "firedAt"].map(|field| rung[field].clone());
    Ok(read["rungs"].as_array().into_iter().flatten().map(told).collect())
}

fn rung(key: &str, act: &str, due: &str, fired: Option<&str>) -> [Value; 4] {
    [json!(key), json!(act), json!(due), json!(fired)]
}

/// What the system itself did to a case, as staff read it.
async fn done(matter: &Matter, by: &Actor) -> anyhow::Result<Vec<(String, String)>> {
    let read = matter.read(by, "timeline(last: 20) { nodes { act text actor { login } } }").await?;
    let nodes = read["timeline"]["nodes"].as_array().into_iter().flatten();
    let own = nodes.filter(|node| node["actor"].is_null() && node["text"] != Value::Null);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(own.map(|node| (text(&node["act"]), text(&node["text"]))).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rung_fires_once_in_its_time_and_tells_so() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        ladder(&served, RUNGS).await?;
        let matter = watched(&served).await?;
        let station = person(&served, "xindi.station").await?;
        let ahead = [
            rung("soon", "URGE", MONDAY_CLOSING, None),
            rung("late", "SUPERVISE", TUESDAY_TEN, None),
            rung("still_late", "HAND_UP", WEDNESDAY_CLOSING, None),
        ];
        assert_eq!(rungs(&matter, &station).await?, ahead);
        let resident = person(&served, "xindi.resident").await?;
        assert_eq!(rungs(&matter, &resident).await?, [] as [[Value; 4]; 0], "staff's alone");

        // To the second at which the offices close on Monday, and one further.
        served.pass_seconds(26 * HOUR);
        assert_eq!(kept(&served).await?.fired, 0, "not yet");
        served.pass_seconds(1);
        assert_eq!((kept(&served).await?.fired, kept(&served).await?.fired), (1, 0), "once");
        let station = person(&served, "xindi.station").await?;
        let urged = ("URGE".to_owned(), "即将到期".to_owned());
        assert_eq!(done(&matter, &station).await?, [urged]);
        let read = matter.read(&station, "urgings version assignee { __typename }").await?;
        assert_eq!(read, json!({"urgings": 1, "version": 5, "assignee": {"__typename": "Account"}}));
        let resident = person(&served, "xindi.resident").await?;
        let told = matter.read(&resident, "timeline(last: 1) { nodes { act } }").await?;
        assert_eq!(told["timeline"]["nodes"], json!([{"act": "URGE"}]), "as when somebody urges");

        served.pass_seconds(16 * HOUR);
        assert_eq!((kept(&served).await?.fired, kept(&served).await?.fired), (1, 0));
        let station = person(&served, "xindi.station").await?;
        let read = matter.read(&station, "supervision { level } assignee { __typename }").await?;
        let supervised = json!({"supervision": {"level": "YELLOW"}, "assignee": {"__typename": "Account"}});
        assert_eq!(read, supervised);
        let resident = person(&served, "xindi.resident").await?;
        let told =
            matter.read(&resident, "supervision { level } timeline(last: 1) { nodes { act } }").await?;
        let silent = json!({"supervision": null, "timeline": {"nodes": [{"act": "URGE"}]}});
        assert_eq!(told, silent, "who is supervised is the staff's matter");

        served.pass_seconds(32 * HOUR);
        assert_eq!((kept(&served).await?.fired, kept(&served).await?.fired), (1, 0));
        let town = person(&served, "qianlishan.dispatch").await?;
        let read = matter.read(&town, "level assignee { ... on Unit { code } } version").await?;
        assert_eq!(read["level"], "VILLAGE", "from the worker of the grid to the station");
        assert_eq!(matter.inbox(&person(&served, "xindi.station").await?).await?, Some("TODO"));
        let acts: Vec<String> = done(&matter, &town).await?.into_iter().map(|(act, _)| act).collect();
        assert_eq!(acts, ["URGE", "SUPERVISE", "HAND_UP"]);
        let fired = rungs(&matter, &town).await?;
        let wanted = [("soon", MONDAY_CLOSING), ("late", TUESDAY_TEN), ("still_late", WEDNESDAY_CLOSING)];
        for (rung, (key, due)) in fired.iter().zip(wanted) {
            assert_eq!((&rung[0], &rung[2]), (&json!(key), &json!(due)));
            assert!(rung[3].as_str() > Some(due), "{rung:?}");
        }
        assert_eq!(fired.len(), 3);
        let events = "SELECT count(*) FROM outbox_events WHERE account_id IS NULL AND name IN \
             ('case.urged', 'case.supervised', 'case.handed_up')";
        assert_eq!(served.world.number(events).await?, 3, "each has its event");
        let audited = "SELECT count(*) FROM audit_entries WHERE account_id IS NULL AND action IN \
             ('case.urge', 'case.supervise', 'case.hand_up')";
        assert_eq!(served.world.number(audited).await?, 3);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn several_workers_and_a_clock_that_jumps_fire_nothing_twice() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        ladder(&served, RUNGS).await?;
        let mut matters = vec![];
        for _ in 0..5 {
            matters.push(watched(&served).await?);
        }
        let keeper = || {
            let services = served.services();
            let platform = PlatformScope::for_worker("test");
            Timekeeper::new(services.db.clone(), services.cases.clone(), platform)
        };
        let workers = [keeper(), keeper(), keeper(), keeper()];
        let round = async || {
            let rounds = futures::future::try_join_all(workers.iter().map(Timekeeper::round)).await?;
            anyhow::Ok(rounds.iter().map(|round| round.fired).sum::<usize>())
        };
        // Everything at once: the server was down for a week.
        served.pass_seconds(7 * 24 * HOUR);
        assert_eq!(round().await?, 15, "three rungs of five cases");
        for jump in [HOUR, -2 * HOUR, HOUR] {
            served.pass_seconds(jump);
            assert_eq!(round().await?, 0, "{jump}");
        }
        let station = person(&served, "xindi.station").await?;
        for matter in &matters {
            let acts: Vec<String> = done(matter, &station).await?.into_iter().map(|(act, _)| act).collect();
            assert_eq!(acts, ["URGE", "SUPERVISE", "HAND_UP"], "in their order");
        }
        assert_eq!(served.world.number("SELECT count(*) FROM case_rungs").await?, 15);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_case_says_counts_and_not_what_the_index_says() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        ladder(&served, RUNGS).await?;
        let mut matter = watched(&served).await?;
        served
            .world
            .run_sql("UPDATE cases SET next_due_at = 1 WHERE next_due_at < 9223372036854775807")
            .await?;
        assert_eq!(kept(&served).await?.fired, 0, "nothing is due");
        let mended = "SELECT count(*) FROM cases WHERE next_due_at = 1";
        assert_eq!(served.world.number(mended).await?, 0, "the index is mended");
        assert_eq!(rungs(&matter, &person(&served, "xindi.station").await?).await?.len(), 3);

        // While it stands still it is late at nothing; then it is late later, by the hours that did not count.
        let (station, reason) = (person(&served, "xindi.station").await?, json!({"reason": "等待材料"}));
        matter.act(&station, "casePause", reason).await?;
        assert_eq!(rungs(&matter, &station).await?, [] as [[Value; 4]; 0]);
        served.pass_seconds(41 * HOUR);
        assert_eq!(kept(&served).await?.fired, 0);
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseResume", json!({})).await?;
        let soon = rungs(&matter, &station).await?[0].clone();
        assert_eq!(
            soon,
            rung("soon", "URGE", "2026-11-25T01:00:00.000000Z", None),
            "eight hours from Tuesday nine"
        );

        // More time moves them too.
        let input = json!({"amount": 8, "reason": "案情复杂"});
        matter.act(&station, "caseExtend", input).await?;
        let late = rungs(&matter, &station).await?[1].clone();
        assert_eq!(late, rung("late", "SUPERVISE", "2026-11-26T03:00:00.000000Z", None));

        // What ended is late at nothing.
        let worker = person(&served, "xindi.worker").await?;
        matter.act(&worker, "caseComplete", json!({"result": "已清理"})).await?;
        matter.act(&station, "caseVerify", json!({})).await?;
        matter.act(&station, "caseClose", json!({})).await?;
        served.pass_seconds(30 * 24 * HOUR);
        assert_eq!(kept(&served).await?.fired, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_is_above_it_urges_and_is_not_passed_over() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let again = RUNGS.replace("act = \"urge\"", "act = \"hand_up\"");
        let again = again.replace("level = \"yellow\"", "level = \"red\"");
        ladder(&served, &again).await?;
        let mut matter = watched(&served).await?;
        for office in ["xindi.worker", "xindi.station", "qianlishan.dispatch"] {
            let by = person(&served, office).await?;
            if office != "xindi.worker" {
                matter.act(&by, "caseStart", json!({})).await.ok();
            }
            matter.act(&by, "caseHandUp", json!({"reason": "办不了"})).await?;
        }
        assert_eq!(matter.case["level"], "DISTRICT");
        let district = person(&served, "district.dispatch").await?;
        let red = json!({"level": "RED", "reason": "从严督办"});
        matter.act(&person(&served, "district.command").await?, "caseSupervise", red).await?;
        served.pass_seconds(7 * 24 * HOUR);
        assert_eq!(kept(&served).await?.fired, 3);
        let district_again = person(&served, "district.dispatch").await?;
        drop(district);
        let acts: Vec<String> =
            done(&matter, &district_again).await?.into_iter().map(|(act, _)| act).collect();
        assert_eq!(acts, ["URGE", "URGE", "URGE"], "nobody is above, and red is the last card");
        let told: Vec<Value> =
            rungs(&matter, &district_again).await?.into_iter().map(|[_, act, ..]| act).collect();
        assert_eq!(told, ["URGE", "URGE", "URGE"], "the claim says what was done");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn rungs_follow_the_calendar() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        ladder(&served, RUNGS).await?;
        let matter = watched(&served).await?;
        let day = |day: u32| format!("2026-10-{day:02},holiday,演示,演示\n");
        let autumn: String = (1..=10).map(day).collect();
        let days = format!("date,kind,name,source\n2026-11-23,holiday,演示,演示\n{autumn}");
        brought(&person(&served, "system.admin").await?, "CALENDAR_DAYS", days).await?;
        served.pass_seconds(26 * HOUR + 1);
        let round = kept(&served).await?;
        assert!(round.reckoned > 0 && round.fired == 0, "Monday is off: {round:?}");
        let soon = rungs(&matter, &person(&served, "xindi.station").await?).await?[0].clone();
        assert_eq!(soon, rung("soon", "URGE", "2026-11-24T10:00:00.000000Z", None));
        served.pass_seconds(24 * HOUR);
        assert_eq!(kept(&served).await?.fired, 1);
        Ok(())
    })
    .await
}

/// A case of the past, opened so many hours ago.
async fn laid(served: &Served, hours: i64) -> anyhow::Result<()> {
    let services = served.services();
    let platform = PlatformScope::for_worker("test");
    let tenants = services.org.tenants(&platform).await.map_err(|_| anyhow::anyhow!("the tenants"))?;
    let tenant = tenants.iter().find(|tenant| tenant.code == "150302").map(|tenant| tenant.id);
    let scope = platform.enter(tenant.unwrap_or_else(|| panic!("the district")));
    let reader = person(served, "xindi.station").await?;
    let places = fengqiao_tests::Places::of(&reader);
    let category = places.category(CATEGORY).await?.parse().map_err(|_| anyhow::anyhow!("an id"))?;
    let grid = places.grid(GRID).await?.parse().map_err(|_| anyhow::anyhow!("an id"))?;
    let opened_at = Timestamp(services.db.now().micros()).plus_seconds(-hours * HOUR);
    let seed = SeedCase {
        programme: None,
        category,
        sensitivity: Sensitivity::Normal,
        priority: CasePriority::Normal,
        source: CaseSource::Patrol,
        title: "演示".to_owned(),
        description: "演示".to_owned(),
        place: PlaceReference::Grid(grid),
        reporter: ReporterDetails { name: None, phone: None, anonymity: Anonymity::Named },
        reporter_account: None,
        opened_at,
        steps: vec![],
    };
    let laid = services.cases.seed_cases(&scope, &[seed]).await;
    assert!(laid.is_ok_and(|count| count == 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn history_escalates_nothing_for_the_past() -> anyhow::Result<()> {
    on_backends(async |backend: Backend| {
        let served = Served::demo(backend).await?;
        ladder(&served, RUNGS).await?;
        served.pass_seconds(42 * HOUR + 1);
        // Laid after its yellow and its red, and before the last rung: Sunday's case on Tuesday after ten.
        laid(&served, 42).await?;
        kept(&served).await?;
        assert_eq!(served.world.number("SELECT count(*) FROM case_rungs").await?, 0);
        served.pass_seconds(32 * HOUR);
        kept(&served).await?;
        let fired = "SELECT count(*) FROM case_rungs WHERE rung = 'still_late'";
        assert_eq!(served.world.number(fired).await?, 1, "what comes after it was laid counts");
        assert_eq!(served.world.number("SELECT count(*) FROM case_rungs").await?, 1);
        Ok(())
    })
    .await
}
