//! People whom every query masks, read whole: by whom, for what, how often, and what is kept of it.

mod addresses;
mod joint;
mod lookups;
mod outside;

use anyhow::ensure;
use fengqiao_tests::{Actor, Answer, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

const GRID: &str = "150302101203001";
/// A grid of another town.
const FAR: &str = "150302007001001";
const CATEGORY: &str = "1105";
const REVEAL: &str = "name phone leftCount userErrors { code path message }";

async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

async fn reveal(by: &Actor, subject: Value, purpose: &str) -> anyhow::Result<Answer> {
    by.mutate("personReveal", REVEAL, json!({"subject": subject, "purpose": purpose})).await
}

/// What is told: the person, or the code of the refusal.
async fn told(by: &Actor, subject: Value) -> anyhow::Result<Value> {
    let answer = reveal(by, subject, "CONTACT").await?;
    if !answer.code().is_empty() {
        return Ok(json!(answer.code()));
    }
    let payload = answer.payload();
    Ok(match payload {
        Ok(payload) => json!({"name": payload["name"], "phone": payload["phone"]}),
        Err(_) => json!(answer.user_error()?.0),
    })
}

async fn visit(by: &Actor, grid: &str) -> anyhow::Result<String> {
    let input = json!({"subject": {"kind": "HOUSEHOLD", "name": "演示·独居老人", "phone": "10070008888"},
        "purpose": "ROUTINE", "outcome": "MET", "place": {"gridId": Places::of(by).grid(grid).await?}});
    let answer = by.mutate("visitRecord", "visit { id } userErrors { code path }", input).await?;
    Ok(answer.payload()?["visit"]["id"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_call_them_reads_a_reporter_whole() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let of_case = json!({"caseId": matter.id});
        let whole = json!({"name": "演示·报事人", "phone": "10070009999"});
        for (login, answer) in [
            ("xindi.worker", &whole),
            ("xindi.station", &whole),
            ("xindi.chief", &whole),
            ("qianlishan.dispatch", &whole),
            ("district.dispatch", &whole),
            ("binhe.dispatch", &json!("NOT_FOUND")),
            ("justice.handler", &json!("NOT_FOUND")),
            ("system.admin", &json!("NOT_FOUND")),
            ("xindi.parttime", &json!("FORBIDDEN")),
            ("qianlishan.instructor", &json!("FORBIDDEN")),
            ("xindi.resident", &json!("FORBIDDEN")),
            ("security.admin", &json!("FORBIDDEN")),
            ("audit.admin", &json!("FORBIDDEN")),
            ("hotline.api", &json!("FORBIDDEN")),
        ] {
            assert_eq!(&told(&person(&served, login).await?, of_case.clone()).await?, answer, "{login}");
        }
        let other = served.sign_in("district.dispatch@320804").await?;
        assert_eq!(told(&other, of_case.clone()).await?, json!("NOT_FOUND"), "another district");
        let worker = person(&served, "xindi.worker").await?;
        let read = matter.read(&worker, "reporter { name { text } phone { text } }").await?;
        assert_eq!(read["reporter"], json!({"name": {"text": "演*"}, "phone": {"text": "100****9999"}}));
        let kept = served.world.rows("audit_entries").await?;
        let kept: Vec<_> = kept.iter().filter(|entry| entry.contains("person.reveal")).collect();
        assert_eq!(kept.len(), 5, "{kept:?}");
        ensure!(kept.iter().all(|entry| entry.contains("contact") && entry.contains("reporter")), "{kept:?}");
        ensure!(kept.iter().all(|entry| !entry.contains("10070009999")), "{kept:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_anonymous_report_nobody_is_read_and_another_purpose_is_said() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) = (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let places = Places::of(&resident);
        let input = json!({"categoryId": places.category(CATEGORY).await?, "title": "举报", "description": "述",
            "place": {"gridId": places.grid(GRID).await?}, "source": "RESIDENT",
            "reporter": {"name": "演示·报事人", "phone": "10070009999", "isAnonymous": true}});
        let answer = resident.mutate("caseReport", "case { id } userErrors { code }", input).await?;
        let id = answer.payload()?["case"]["id"].clone();
        assert_eq!(told(&station, json!({"caseId": id})).await?, json!("NOT_PERMITTED"));
        let matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let of_case = json!({"caseId": matter.id});
        let refused = reveal(&station, of_case.clone(), "OTHER").await?.user_error()?;
        assert_eq!(refused, ("REQUIRED".to_owned(), "note".to_owned()));
        let input = json!({"subject": of_case, "purpose": "OTHER", "note": "送达文书"});
        let answer = station.mutate("personReveal", REVEAL, input).await?;
        assert_eq!(answer.payload()?["phone"], "10070009999");
        assert_eq!(answer.payload()?["leftCount"], 59);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_and_the_force_are_read_by_whoever_covers_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = json!({"accountId": account_id(&person(&served, "xindi.resident").await?).await?});
        let station = person(&served, "xindi.station").await?;
        let name = told(&station, resident.clone()).await?["name"].clone();
        assert_eq!(name, "演示·新地居民甲");
        assert_eq!(told(&person(&served, "system.admin").await?, resident.clone()).await?["name"], name);
        assert_eq!(told(&person(&served, "binhe.dispatch").await?, resident).await?, json!("NOT_PERMITTED"));
        let system = person(&served, "system.admin").await?;
        let places = Places::of(&system);
        let create = async |code: &str, unit: &str| {
            let input = json!({"code": code, "name": "演示·队员", "phone": "10070007777", "unitId": places.unit(unit).await?});
            let answer = system.mutate("staffMemberCreate", "staffMember { id } userErrors { code path }", input).await?;
            anyhow::Ok(json!({"staffMemberId": answer.payload()?["staffMember"]["id"]}))
        };
        let whole = json!({"name": "演示·队员", "phone": "10070007777"});
        assert_eq!(told(&station, create("T1", &GRID[..12]).await?).await?, whole);
        assert_eq!(told(&station, create("T2", &FAR[..12]).await?).await?, json!("NOT_PERMITTED"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_allows_it_in_one_post_allows_nothing_in_another() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = person(&served, "security.admin").await?;
        let worker = person(&served, "xindi.worker").await?;
        let far = Places::of(&security).grid(FAR).await?;
        let grant = json!({"accountId": account_id(&worker).await?, "role": "GRID_INSTRUCTOR", "target": {"gridId": far}});
        security.mutate("roleGrantCreate", "userErrors { code path }", grant).await?.payload()?;
        served.pass_seconds(10);
        let (here, there) =
            (visit(&worker, GRID).await?, visit(&person(&served, "binhe.dispatch").await?, FAR).await?);
        let seen = worker.run("query($id: ID!) { visit: node(id: $id) { id } }", json!({"id": there})).await?;
        assert_eq!(seen.data("visit")?["id"], there, "both posts together see it");
        let whole = json!({"name": "演示·独居老人", "phone": "10070008888"});
        assert_eq!(told(&worker, json!({"visitId": here})).await?, whole);
        assert_eq!(told(&worker, json!({"visitId": there})).await?, json!("NOT_PERMITTED"));
        let resident = person(&served, "xindi.resident").await?;
        assert_eq!(told(&resident, json!({"visitId": here})).await?, json!("FORBIDDEN"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_case_lies_with_reads_nobody_by_a_post_elsewhere() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = person(&served, "security.admin").await?;
        let volunteer = person(&served, "xindi.volunteer").await?;
        let id = account_id(&volunteer).await?;
        let far = Places::of(&security).grid(FAR).await?;
        let grant = json!({"accountId": id, "role": "FULL_TIME_WORKER", "target": {"gridId": far}});
        security.mutate("roleGrantCreate", "userErrors { code path }", grant).await?.payload()?;
        served.pass_seconds(10);
        let mut matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        matter.act(&station, "caseDispatch", json!({"target": {"accountId": id}})).await?;
        let read = matter.read(&volunteer, "reporter { name { text } }").await?;
        assert!(read["reporter"]["name"].is_null(), "a post elsewhere reads no reporter here: {read}");
        assert_eq!(told(&volunteer, json!({"caseId": matter.id})).await?, json!("NOT_PERMITTED"));
        assert_eq!(told(&station, json!({"caseId": matter.id})).await?["phone"], "10070009999");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_a_day_are_read_and_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.personal.reveals_per_day = 3).await?;
        let matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let of_case = json!({"caseId": matter.id});
        let station = person(&served, "xindi.station").await?;
        // Many at once are counted one after the other.
        let all =
            futures::future::join_all((0..8).map(|_| reveal(&station, of_case.clone(), "CONTACT"))).await;
        let all = all.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let limited: Vec<_> = all.iter().filter(|answer| answer.code() == "RATE_LIMITED").collect();
        assert_eq!((all.len(), limited.len()), (8, 5));
        let wait =
            limited[0].body["errors"][0]["extensions"]["retryAfterSeconds"].as_i64().unwrap_or_default();
        ensure!((86_300..=86_401).contains(&wait), "{wait}");
        assert_eq!(
            told(&person(&served, "xindi.chief").await?, of_case.clone()).await?["phone"],
            "10070009999"
        );
        served.pass_seconds(86_401);
        let station = person(&served, "xindi.station").await?;
        assert_eq!(reveal(&station, of_case, "CONTACT").await?.payload()?["leftCount"], 2);
        served.pass_seconds(3 * 86_400);
        ensure!(served.world.db.sweep_reveals().await? == 5, "old ones are removed");
        Ok(())
    })
    .await
}
