//! Whoever comes back goes on where they were: no event is missing, and none comes twice.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::catalogue::CreateCategory;
use fengqiao_domain::kernel::event::EventCursor;
use fengqiao_domain::kernel::id::EventId;
use fengqiao_domain::kernel::place::Sensitivity;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::{EventLog, Missed, Told};
use fengqiao_tests::{Answered as _, Backend, on_backends};
use futures::{Stream, StreamExt as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::live::{close_to_others, parts, say_unheard};
use super::{ASK, FOLLOW, place, say, start, versions};
use crate::sweep::reach::sees;
use crate::sweep::stage::Stage;

/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes too much comes at once.
const SILENCE: Duration = Duration::from_millis(300);

type Items = futures::stream::BoxStream<'static, async_graphql::Response>;

fn follow(stage: &Stage, scope: &Scope, after: &str) -> Items {
    stage.follow(stage.request(scope, FOLLOW, &json!({ "after": after })))
}

/// So many items.
async fn hear(
    items: &mut (impl Stream<Item = async_graphql::Response> + Unpin),
    count: usize,
) -> anyhow::Result<Vec<Value>> {
    let mut heard = vec![];
    while heard.len() < count {
        let item =
            tokio::time::timeout(PATIENCE, items.next()).await.context("silence")?.context("an end")?;
        let item = serde_json::to_value(item)?;
        ensure!(item["errors"].is_null(), "{item}");
        heard.push(item["data"]["caseEvents"].clone());
    }
    Ok(heard)
}

/// That nothing more comes.
async fn silent(items: &mut Items) -> anyhow::Result<()> {
    match tokio::time::timeout(SILENCE, items.next()).await {
        Err(_elapsed) => Ok(()),
        Ok(more) => anyhow::bail!("too much: {more:?}"),
    }
}

fn cursor(item: &Value) -> &str {
    item["cursor"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_hears_what_they_missed_once_and_in_order() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scope = stage.scope(0, "commander").await?;
        let before = place(&stage, 0).await?;
        let mut said = vec![];
        for _ in 0..3 {
            said.push(say(&stage, 0).await?);
            // Another district's events come in between.
            say(&stage, 1).await?;
        }
        let mut items = follow(&stage, &scope, &before);
        let missed = hear(&mut items, 3).await?;
        assert_eq!(versions(&missed), said);
        said.push(say(&stage, 0).await?);
        let live = hear(&mut items, 1).await?;
        assert_eq!(versions(&live), said[3..]);
        silent(&mut items).await?;
        // From the middle, and from the end.
        let mut middle = follow(&stage, &scope, cursor(&missed[1]));
        assert_eq!(versions(&hear(&mut middle, 2).await?), said[2..]);
        silent(&mut middle).await?;
        silent(&mut follow(&stage, &scope, cursor(&live[0]))).await?;
        // Whoever gives no place hears of what comes from now on.
        let mut fresh = stage.follow(stage.request(&scope, FOLLOW, &Value::Null));
        silent(&mut fresh).await?;
        let last = say(&stage, 0).await?;
        assert_eq!(versions(&hear(&mut fresh, 1).await?), [last]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_now_and_then_tells_the_same() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scope = stage.scope(0, "commander").await?;
        let mut after = place(&stage, 0).await?;
        let mut said = vec![];
        for _ in 0..7 {
            said.push(say(&stage, 0).await?);
        }
        let mut told = vec![];
        let mut pages = vec![];
        loop {
            let answer = stage.ask(&scope, ASK, &json!({ "after": after, "first": 3 })).await?;
            let page = &answer["data"]["caseEvents"];
            let items = page["items"].as_array().with_context(|| answer.to_string())?;
            pages.push(items.len());
            told.extend(versions(items));
            cursor(page).clone_into(&mut after);
            if page["hasMore"] == json!(false) {
                break;
            }
        }
        assert_eq!((told, pages), (said, vec![3, 3, 1]));
        // Events that somebody does not see move them on all the same.
        say(&stage, 0).await?;
        let stranger = stage.scope(0, "resident").await?;
        let answer = stage.ask(&stranger, ASK, &json!({ "after": after })).await?;
        let page = &answer["data"]["caseEvents"];
        ensure!(page["items"] == json!([]) && cursor(page) != after, "{answer}");
        assert_eq!(cursor(page), place(&stage, 0).await?);
        for (first, reason) in [(0, "page size"), (101, "page size")] {
            let answer = stage.ask(&scope, ASK, &json!({ "first": first })).await?;
            assert_eq!(answer["errors"][0]["extensions"]["code"], json!("BAD_REQUEST"), "{reason}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_of_another_history_is_not_taken_for_one_of_this() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scope = stage.scope(0, "commander").await?;
        let known = EventCursor::decode(&place(&stage, 0).await?).map_err(|_| anyhow::anyhow!("no place"))?;
        say(&stage, 0).await?;
        let newest = place(&stage, 0).await?;
        let another = EventId::from_uuid(Uuid::from_u128(7));
        for position in [known.position(), known.position() + 1, known.position() + 1_000] {
            let strange = EventCursor::of(position, another).encode();
            let mut items = follow(&stage, &scope, &strange);
            let heard = hear(&mut items, 1).await?;
            let resync = json!({ "__typename": "Resync", "reason": "NOT_KEPT", "cursor": newest });
            assert_eq!(heard, std::slice::from_ref(&resync), "position {position}");
            let answer = stage.ask(&scope, ASK, &json!({ "after": strange })).await?;
            let page = json!({ "items": [resync], "cursor": newest, "hasMore": false });
            assert_eq!(answer["data"]["caseEvents"], page, "position {position}");
        }
        for bad in ["", "p12", "🙂"] {
            let answer = stage.ask(&scope, ASK, &json!({ "after": bad })).await?;
            assert_eq!(answer["errors"][0]["extensions"]["code"], json!("BAD_REQUEST"), "{bad}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_missed_too_much_reads_anew() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scope = stage.scope(0, "commander").await?;
        let before = EventCursor::decode(&place(&stage, 0).await?).ok();
        for _ in 0..3 {
            say(&stage, 0).await?;
        }
        let newest = place(&stage, 0).await?;
        let told = async |most| {
            let log = EventLog::new(stage.world.db.clone(), most);
            let mut following =
                log.follow(&scope, before).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
            following.next().await.context("an end")
        };
        ensure!(matches!(told(3).await?, Told::Past(_)));
        let Told::Missed(Missed::TooMany, place) = told(2).await? else { anyhow::bail!("told all the same") };
        assert_eq!(place.encode(), newest);
        Ok(())
    })
    .await
}

/// More than the bus holds.
const MANY: i64 = 5_000;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_slowly_misses_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scope = stage.scope(0, "commander").await?;
        let log = EventLog::new(stage.world.db.clone(), 10_000);
        let before =
            EventCursor::decode(&place(&stage, 0).await?).map_err(|_| anyhow::anyhow!("no place"))?;
        let mut slow = log.follow(&scope, None).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let hasty = EventLog::new(stage.world.db.clone(), 4_000);
        let mut hasty = hasty.follow(&scope, None).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        stage.world.run_sql(&many(&stage)).await?;
        let relay = fengqiao_domain::Relay::new(stage.world.db.clone());
        while relay.step().await? > 0 {}
        for number in 1..=MANY {
            let told = tokio::time::timeout(PATIENCE, slow.next()).await?.context("an end")?;
            let (Told::Event(event) | Told::Past(event)) = told else { anyhow::bail!("{told:?}") };
            assert_eq!(event.position, before.position() + number);
        }
        ensure!(tokio::time::timeout(SILENCE, slow.next()).await.is_err(), "an event came twice");
        let Some(Told::Missed(Missed::TooMany, place)) = hasty.next().await else {
            anyhow::bail!("whoever is too far behind is not told to read anew")
        };
        assert_eq!(place.position(), before.position() + MANY);
        ensure!(tokio::time::timeout(SILENCE, hasty.next()).await.is_err(), "what was left out came too");
        Ok(())
    })
    .await
}

/// Inserts many events as other nodes would.
fn many(stage: &Stage) -> String {
    let tenant = stage.mirror.sides[0].tenant.uuid();
    let now = stage.world.db.now().micros();
    let columns = "INSERT INTO outbox_events (tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, payload, scope_after)";
    let scope = "'{\"category\":\"00000000-0000-0000-0000-000000000000\",\"sensitivity\":0,\"principals\":[],\"internal\":false}'";
    match stage.world.backend() {
        Backend::Sqlite => format!(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) {columns} \
             SELECT x'{}', randomblob(16), 'unit', randomblob(16), 1, 'unit.tested', {now} + i, '{{}}', {scope} FROM n",
            tenant.simple()
        ),
        Backend::Postgres => format!(
            "{columns} SELECT '{tenant}', gen_random_uuid(), 'unit', gen_random_uuid(), 1, 'unit.tested', {now} + i, \
             '{{}}', {scope} FROM generate_series(1, {MANY}) AS n(i)"
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_start_on_everything_is_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let scope = stage.scope(0, "commander").await?;
        let mut items = follow(&stage, &scope, &start());
        let first = hear(&mut items, 1).await?;
        let position = EventCursor::decode(cursor(&first[0])).map_err(|_| anyhow::anyhow!("no place"))?;
        ensure!(position.position() > 0 && first[0]["__typename"] == json!("CaseEventDelivery"), "{first:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_confidential_since_is_not_told_again() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let before = place(&stage, 0).await?;
        let side = &stage.mirror.sides[0];
        // Somebody who reads by the place alone, and no confidential cases.
        let mut by_place = None;
        for login in ["worker", "sibling", "far", "chief", "chief2", "town", "townadmin"] {
            let scope = stage.scope(0, login).await?;
            let part = parts(&stage, &scope).await?;
            let seen = side.cases.iter().filter(|case| sees(side, login, case).unwrap_or_default());
            let cases: Vec<_> =
                seen.map(|case| case.id).filter(|id| !part.contains(&id.to_string())).collect();
            if !cases.is_empty() {
                by_place = Some((scope, cases));
                break;
            }
        }
        let (scope, cases) = by_place.context("everybody has a part in every case")?;
        let mut said = vec![];
        for case in cases {
            if say_unheard(&stage, &case.to_string()).await? {
                said.push(case);
            }
        }
        stage.world.relay().await?;
        ensure!(!said.is_empty(), "nothing could be said");
        let told = async || {
            let answer = stage.ask(&scope, ASK, &json!({ "after": before, "first": 100 })).await?;
            let items =
                answer["data"]["caseEvents"]["items"].as_array().with_context(|| answer.to_string())?;
            let mut following = follow(&stage, &scope, &before);
            let same = hear(&mut following, items.len()).await?;
            ensure!(same == *items, "{same:?} and {items:?}");
            silent(&mut following).await?;
            anyhow::Ok(items.len())
        };
        assert_eq!(told().await?, said.len());
        close_to_others(&stage, said[0]).await?;
        assert_eq!(told().await?, said.len() - 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_category_that_comes_below_a_wanted_one_is_wanted_too() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let (scope, side) = (stage.scope(0, "commander").await?, &stage.mirror.sides[0]);
        let filter = json!({ "filter": { "categoryIds": [side.categories["02"].to_string()] } });
        let document = "subscription($filter: CaseEventFilter) { caseEvents(filter: $filter) { \
             ... on CaseEventDelivery { event { ... on CaseReported { caseNumber } } } } }";
        let mut items = stage.follow(stage.request(&scope, document, &filter));
        silent(&mut items).await?;
        let command = CreateCategory {
            code: "0202".to_owned(),
            parent: Some(side.categories["02"]),
            name_zh: "占道经营".to_owned(),
            name_en: "Stalls in the street".to_owned(),
            limit: None,
            organisation_kind: None,
            routing: None,
            similar_metres: None,
            similar_hours: None,
            sensitivity: Sensitivity::Normal,
            national_code: None,
        };
        let created = stage.mirror.catalogue.create_category(&side.system, command).await.done()?;
        stage.world.relay().await?;
        let report = "mutation($input: CaseReportInput!) { caseReport(input: $input) { case { number } userErrors { code } } }";
        let input = json!({ "input": { "categoryId": created.id.to_string(), "source": "PATROL",
            "place": { "unitId": side.villages[0][0].to_string() }, "title": "占道", "description": "路口" } });
        let chief = stage.scope(0, "chief").await?;
        let answer = stage.ask(&chief, report, &input).await?;
        stage.world.relay().await?;
        let number = &answer["data"]["caseReport"]["case"]["number"];
        assert_eq!(hear(&mut items, 1).await?, [json!({ "event": { "caseNumber": number } })], "{answer}");
        Ok(())
    })
    .await
}
