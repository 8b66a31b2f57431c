//! A case is given another category (改类): it is timed, routed and told anew, and keeps its history.

use fengqiao_tests::{Actor, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, in_hand, person};

/// 邻里纠纷: 30 natural days, of the justice bureau.
const DISPUTE: &str = "0102";

async fn to(by: &Actor, category: &str) -> anyhow::Result<Value> {
    Ok(json!({"categoryId": Places::of(by).category(category).await?, "reason": "登记时选错了分类"}))
}

async fn refused(by: &Actor, case: &Matter, category: &str) -> anyhow::Result<(String, String)> {
    case.try_act(by, "caseChangeCategory", to(by, category).await?).await?.user_error()
}

fn mistake(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

/// Changes what a category says.
async fn update(served: &Served, code: &str, change: Value) -> anyhow::Result<()> {
    let admin = person(served, "system.admin").await?;
    let document = "query($code: String!) { categoryByCode(code: $code) { id version } }";
    let known = admin.run(document, json!({"code": code})).await?.data("categoryByCode")?.clone();
    let mut input = json!({"categoryId": known["id"], "expectedVersion": known["version"]});
    for (key, value) in change.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    let answer = admin.mutate("categoryUpdate", "category { id } userErrors { code path }", input).await?;
    answer.payload().map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_timed_by_the_category_from_its_report_on_and_both_histories_stay() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut case = Matter::report(&resident, GRID, CATEGORY).await?;
        for (login, code) in [
            ("xindi.resident", "NOT_PERMITTED"),
            ("xindi.resident2", "NOT_FOUND"),
            ("xindi.worker", "NOT_PERMITTED"),
            ("binhe.dispatch", "NOT_FOUND"),
        ] {
            let told = refused(&person(&served, login).await?, &case, DISPUTE).await?;
            assert_eq!(told, mistake(code, "caseId"), "{login}");
        }
        assert_eq!(refused(&station, &case, CATEGORY).await?, mistake("CATEGORY_UNCHANGED", "categoryId"));
        let silent = json!({"categoryId": Places::of(&station).category(DISPUTE).await?, "reason": " "});
        let silent = case.try_act(&station, "caseChangeCategory", silent).await?;
        assert_eq!(silent.user_error()?, mistake("REQUIRED", "reason"));
        update(&served, "0199", json!({"isActive": false})).await?;
        assert_eq!(refused(&station, &case, "0199").await?, mistake("CATEGORY_RETIRED", "categoryId"));

        let clock = "dueAt category { code } state version";
        let before = case.read(&station, clock).await?;
        served.pass_seconds(600);
        assert_eq!(case.act(&station, "caseChangeCategory", to(&station, DISPUTE).await?).await?, "REPORTED");
        let after = case.read(&station, clock).await?;
        assert_eq!((&after["category"]["code"], &after["version"]), (&json!(DISPUTE), &json!(2)));
        assert_eq!(before["dueAt"], json!("2026-11-23T08:00:00.000000Z"), "24 hours, day and night");
        assert_eq!(after["dueAt"], json!("2026-12-22T10:00:00.000000Z"), "30 days from the report on");
        let entries = "timeline { nodes { act text formerCategory { code } category { code } } }";
        let told = case.read(&resident, entries).await?["timeline"]["nodes"].clone();
        let wanted = json!({"act": "CHANGE_CATEGORY", "text": "登记时选错了分类",
            "formerCategory": {"code": CATEGORY}, "category": {"code": DISPUTE}});
        assert_eq!(told[1], wanted);
        assert_eq!((&told[0]["act"], &told[0]["category"]), (&json!("REPORT"), &Value::Null));
        assert_eq!(case.inbox(&station).await?, Some("TODO"), "it lies where it lay");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_to_whom_it_would_have_gone_to_while_nobody_has_it_in_hand() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let handler = person(&served, "justice.handler").await?;
        update(&served, DISPUTE, json!({"routing": "OWNER_FIRST"})).await?;
        let lies = "assignee { ... on Unit { code } ... on Organisation { code } ... on Account { login } } \
            routing { rule }";
        let mut fresh = Matter::report(&resident, GRID, CATEGORY).await?;
        assert_eq!(fresh.read(&handler, "id").await?, Value::Null, "it is none of theirs");
        fresh.act(&station, "caseChangeCategory", to(&station, DISPUTE).await?).await?;
        let told = fresh.read(&handler, lies).await?;
        assert_eq!(told, json!({"assignee": {"code": "justice-01"}, "routing": {"rule": "OWNER"}}));
        assert_eq!(fresh.inbox(&handler).await?, Some("TODO"));
        assert_eq!(fresh.inbox(&station).await?, Some("DONE"));
        // The owner gives it back when it is not theirs after all.
        fresh.act(&handler, "caseReturn", json!({"reason": "不属于司法局职责"})).await?;
        assert_eq!(fresh.inbox(&station).await?, Some("TODO"));

        // A worker who has it in hand keeps it.
        let mut begun = in_hand(&served).await?;
        assert_eq!(
            begun.act(&station, "caseChangeCategory", to(&station, DISPUTE).await?).await?,
            "HANDLING"
        );
        assert_eq!(begun.read(&station, lies).await?["assignee"]["login"], json!("xindi.worker"));

        // Unless they may not have such a case: a confidential one goes to the district.
        update(&served, "0101", json!({"sensitivity": "CONFIDENTIAL"})).await?;
        let worker = person(&served, "xindi.worker").await?;
        let commander = person(&served, "district.command").await?;
        assert_eq!(
            begun.act(&commander, "caseChangeCategory", to(&commander, "0101").await?).await?,
            "HANDLING"
        );
        let told = begun.read(&commander, "sensitivity level").await?;
        assert_eq!(told, json!({"sensitivity": "CONFIDENTIAL", "level": "DISTRICT"}));
        for by in [&worker, &station] {
            assert_eq!(begun.read(by, "id").await?, Value::Null, "they are not cleared for such a case");
            assert_eq!(begun.inbox(by).await?, None);
        }
        // It becomes no less sensitive by whatever it is called next.
        begun.act(&commander, "caseChangeCategory", to(&commander, DISPUTE).await?).await?;
        assert_eq!(begun.read(&commander, "sensitivity").await?["sensitivity"], json!("CONFIDENTIAL"));
        // Nor does its result go to the station that once gave it.
        begun.act(&commander, "caseComplete", json!({"result": "已调解"})).await?;
        let told = begun.read(&commander, "level assignee { ... on Unit { code } }").await?;
        assert_eq!(told, json!({"level": "DISTRICT", "assignee": {"code": "150302"}}));
        assert_eq!(begun.read(&station, "id").await?, Value::Null);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_a_case_a_category_by_which_they_would_not_see_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let station = person(&served, "xindi.station").await?;
        let mut case = in_hand(&served).await?;
        update(&served, DISPUTE, json!({"sensitivity": "CONFIDENTIAL"})).await?;
        assert_eq!(refused(&town, &case, DISPUTE).await?, mistake("NOT_PERMITTED", "categoryId"));
        assert_eq!(case.read(&town, "version").await?["version"], json!(case.version));
        // Not even whoever has it: they hand it up instead.
        let held = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        assert_eq!(refused(&station, &held, DISPUTE).await?, mistake("NOT_PERMITTED", "categoryId"));
        // And nobody moves a case that stands still.
        case.act(&station, "casePause", json!({"reason": "等待配件"})).await?;
        assert_eq!(refused(&station, &case, "0103").await?, mistake("PAUSED", "caseId"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_had_it_and_whoever_gets_it_are_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        update(&served, DISPUTE, json!({"routing": "OWNER_FIRST"})).await?;
        let document = "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason } ... on CaseEventDelivery { event { \
            ... on CaseCategoryChanged { caseNumber case { category { code } } } } } } }";
        let mut following = vec![];
        for login in ["xindi.resident", "xindi.station", "justice.handler"] {
            following.push(person(&served, login).await?.subscribe(document).await?);
        }
        let mut case = Matter::report(&resident, GRID, CATEGORY).await?;
        case.act(&station, "caseChangeCategory", to(&station, DISPUTE).await?).await?;
        for events in &mut following {
            let told = events.event_where(|event| *event != json!({})).await?;
            assert_eq!(told, json!({"caseNumber": case.number, "case": {"category": {"code": DISPUTE}}}));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asked_for_more_time_asks_anew() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let mut case = in_hand(&served).await?;
        case.act(&worker, "caseRequestExtension", json!({"amount": 8, "reason": "等待配件"})).await?;
        case.act(&station, "caseChangeCategory", to(&station, DISPUTE).await?).await?;
        let read =
            case.read(&station, "extensionRequest { amount } assignee { ... on Account { login } }").await?;
        let wanted = json!({"extensionRequest": null, "assignee": {"login": "xindi.worker"}});
        assert_eq!(read, wanted, "eight hours are not eight days");
        Ok(())
    })
    .await
}

/// How many access rows of a case ended with its last act, by the kind of whom they are for.
async fn ended(served: &Served, case: &Matter, kind: &str) -> anyhow::Result<i64> {
    let of_case = format!("case_id = (SELECT id FROM cases WHERE number = '{}')", case.number);
    let last = format!("(SELECT max(at) FROM case_entries WHERE {of_case})");
    let rows = format!("SELECT count(*) FROM case_access WHERE {of_case} AND until_at = {last}");
    served.world.number(&format!("{rows} AND principal_kind = '{kind}'")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_more_sensitive_is_closed_to_organisations_that_had_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let handler = person(&served, "justice.handler").await?;
        let justice = Places::of(&station).organisation("justice-01").await?;
        let mut case = Matter::report(&resident, GRID, CATEGORY).await?;
        case.act(&station, "caseAccept", json!({})).await?;
        case.act(&station, "caseDispatch", json!({"target": {"organisationId": justice}})).await?;
        case.act(&handler, "caseReturn", json!({"reason": "不属于司法局职责"})).await?;
        assert_eq!(case.inbox(&handler).await?, Some("DONE"), "they had it");
        case.act(&station, "caseChangeCategory", to(&station, "0103").await?).await?;
        assert_eq!(case.inbox(&handler).await?, Some("DONE"), "it is as sensitive as it was");
        assert_eq!(ended(&served, &case, "organisation").await?, 0);

        update(&served, DISPUTE, json!({"sensitivity": "SENSITIVE"})).await?;
        served.pass_seconds(60);
        case.act(&station, "caseChangeCategory", to(&station, DISPUTE).await?).await?;
        assert_eq!(case.case["state"], json!("ACCEPTED"));
        assert_eq!(case.read(&handler, "id").await?, Value::Null);
        assert_eq!(case.inbox(&handler).await?, None);
        let refused = case.try_act(&handler, "caseAccept", json!({})).await?;
        assert_eq!(refused.user_error()?, mistake("NOT_FOUND", "caseId"));
        let rows = ["organisation", "unit", "account"];
        let mut told = vec![];
        for kind in rows {
            told.push(ended(&served, &case, kind).await?);
        }
        assert_eq!(told, [1, 0, 0], "of {rows:?}: whoever has it and whoever reported it keep reading");
        assert_eq!(case.read(&resident, "state").await?["state"], json!("ACCEPTED"));
        assert_eq!(case.inbox(&station).await?, Some("TODO"));

        // It is opened to them again when it comes to them.
        case.act(&station, "caseDispatch", json!({"target": {"organisationId": justice}})).await?;
        assert_eq!(case.inbox(&handler).await?, Some("TODO"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_more_sensitive_goes_back_to_nobody_who_may_not_see_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, chief) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.chief").await?);
        let handler = person(&served, "justice.handler").await?;
        let justice = Places::of(&station).organisation("justice-01").await?;
        let given = async |category: &str| {
            let mut case = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
            case.act(&station, "caseAccept", json!({})).await?;
            let person = json!({"target": {"accountId": account_id(&chief).await?}});
            case.act(&station, "caseDispatch", person).await?;
            case.act(&chief, "caseDispatch", json!({"target": {"organisationId": justice}})).await?;
            case.act(&station, "caseChangeCategory", to(&station, category).await?).await?;
            assert_eq!(case.inbox(&handler).await?, Some("TODO"), "whoever has it keeps it");
            anyhow::Ok(case)
        };
        let lies = "assignee { ... on Unit { code } ... on Account { login } }";
        let mut plain = given("0103").await?;
        plain.act(&handler, "caseReturn", json!({"reason": "不属于司法局职责"})).await?;
        let told = plain.read(&station, lies).await?;
        assert_eq!(told, json!({"assignee": {"login": "xindi.chief"}}), "who gave it has it back");

        update(&served, DISPUTE, json!({"sensitivity": "SENSITIVE"})).await?;
        let mut careful = given(DISPUTE).await?;
        assert_eq!(careful.read(&chief, "id").await?, Value::Null);
        careful.act(&handler, "caseReturn", json!({"reason": "不属于司法局职责"})).await?;
        let told = careful.read(&station, lies).await?;
        assert_eq!(told, json!({"assignee": {"code": "150302101203"}}), "past the person, to the office");
        assert_eq!(careful.read(&chief, "id").await?, Value::Null);
        assert_eq!(careful.inbox(&chief).await?, None);
        Ok(())
    })
    .await
}
