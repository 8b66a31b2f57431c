//! Tickets come in once, whatever is sent again, and are read as the mapping says.

use std::time::Duration;

use anyhow::Context as _;
use fengqiao_domain::exchange::EXCHANGE;
use fengqiao_domain::fieldwork::FIELD_KEPT;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use super::{CATEGORY, GRID, Partner, order, refused};
use crate::webhooks::Desk;

const READ: &str = "query($number: String!) { caseByNumber(number: $number) { id version state source priority title description \
     place { address { text isMasked } grid { code } } category { code } reportedAt external { source number } \
     reporter { name { text } phone { text } } } }";

async fn case(desk: &Desk, login: &str, number: &Value) -> anyhow::Result<Value> {
    let by = desk.person(login).await?;
    Ok(by.run(READ, json!({"number": number})).await?.data("caseByNumber")?.clone())
}

async fn count(desk: &Desk, sql: &str) -> anyhow::Result<i64> {
    desk.served.world.number(&format!("SELECT count(*) FROM {sql}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_becomes_a_case_as_its_mapping_says() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let answer = partner.send(&order("WH-1")).await?;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let shown = &answer.body["case"];
        assert_eq!((&shown["external"], &shown["state"], &shown["version"]), (
            &json!({"source": "12345", "number": "WH-1"}), &json!("REPORTED"), &json!(1)
        ));
        let read = case(&desk, "xindi.station", &shown["number"]).await?;
        let wanted = json!({
            "id": shown["id"], "version": 1, "state": "REPORTED", "source": "HOTLINE_12345", "priority": "URGENT",
            "title": read["title"], "description": "小区停水两天", "category": {"code": CATEGORY},
            "place": {"address": {"text": "3号楼", "isMasked": false}, "grid": {"code": GRID}}, "reportedAt": "2026-11-22T07:30:00.000000Z",
            "external": {"source": "12345", "number": "WH-1"},
            "reporter": {"name": {"text": "张*"}, "phone": {"text": "100****0001"}},
        });
        assert_eq!(read, wanted);
        assert_eq!(read["title"], "供水供电供气", "people's words stand in what is sealed");
        // What is not read is kept, and nobody reads it in the table.
        assert_eq!(count(&desk, "exchange_tickets WHERE number = 'WH-1'").await?, 1);
        let rows = desk.served.world.rows("exchange_tickets").await?;
        let rows = format!("{rows:?}").to_lowercase();
        assert!(rows.contains("wh-1"));
        for said in ["停水", "张三", "10070000001"] {
            assert!(!rows.contains(said) && !rows.contains(&hex::encode(said)), "{said} lies open");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_ticket_is_the_same_case_however_often_it_comes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let before = count(&desk, "cases").await?;
        let first = partner.send(&order("WH-2")).await?;
        // Under another message id, and after what keys remember.
        desk.served.pass_seconds(40 * 86_400);
        let later = super::NOW + 40 * 86_400;
        let mut same = order("WH-2");
        same["order"]["channel"] = "微信".into();
        let body = json!({"type": "ticket.sent", "data": same}).to_string();
        let again = fengqiao_tests::Answer::of(partner.signed("other", later, &body)?).await?;
        assert_eq!((again.status, &again.body["case"]["id"]), (200, &first.body["case"]["id"]));
        assert_eq!(count(&desk, "cases").await?, before + 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn other_words_under_the_same_number_are_refused_and_written_down() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let first = partner.send(&order("WH-3")).await?;
        let mut changed = order("WH-3");
        changed["order"]["content"] = "小区停电".into();
        let answer = partner.say("msg-other", "ticket.sent", &changed).await?;
        assert_eq!(refused(&answer), (422, "CHANGED_TICKET".to_owned(), "number".to_owned()));
        assert_eq!(count(&desk, "audit_entries WHERE action = 'exchange.changed_ticket'").await?, 1);
        let read = case(&desk, "district.dispatch", &first.body["case"]["number"]).await?;
        assert_eq!((&read["description"], &read["version"]), (&json!("小区停水两天"), &json!(1)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_means_nothing_here_is_named_and_nothing_is_kept() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let before = (count(&desk, "cases").await?, count(&desk, "exchange_tickets").await?);
        let wrong = |pointer: &str, value: Value| -> anyhow::Result<Value> {
            let mut wrong = order("WH-4");
            wrong["geo"] = json!({"lng": 106.79, "lat": 39.65});
            *wrong.pointer_mut(pointer).context("a pointer")? = value;
            Ok(wrong)
        };
        for (pointer, value, code, path) in [
            ("/order/no", Value::Null, "REQUIRED", "number"),
            ("/order/no", "一".repeat(65).into(), "TOO_LONG", "number"),
            ("/order/no", "a\u{7}b".into(), "INVALID_TEXT", "number"),
            ("/order/content", json!([]), "INVALID_TEXT", "description"),
            ("/order/content", "".into(), "REQUIRED", "description"),
            ("/order/content", "水".repeat(4_001).into(), "TOO_LONG", "description"),
            ("/order/type", "SN-99".into(), "UNKNOWN_CATEGORY", "category"),
            ("/order/area", "nowhere".into(), "UNKNOWN_AREA", "area"),
            ("/order/level", "很急".into(), "UNKNOWN_VALUE", "priority"),
            ("/order/time", "昨天".into(), "INVALID_TIME", "reportedAt"),
            ("/order/time", "2026-11-22T08:05:01Z".into(), "INVALID_TIME", "reportedAt"),
            ("/order/no", json!(202_611_221_530.5), "INVALID_TEXT", "number"),
            ("/geo/lng", "east".into(), "INVALID_POINT", "longitude"),
            ("/geo/lat", Value::Null, "INVALID_POINT", "latitude"),
            ("/caller/tel", "138x".into(), "INVALID_TEXT", "reporter.phone"),
        ] {
            let answer = partner.send(&wrong(pointer, value)?).await?;
            assert_eq!(
                refused(&answer),
                (422, code.to_owned(), path.to_owned()),
                "{pointer}: {}",
                answer.text
            );
            let sentence = answer.body["message"].as_str().unwrap_or_default();
            assert!(
                !sentence.is_empty() && !sentence.contains('.') && !sentence.contains("%{"),
                "{sentence}"
            );
        }
        let after = (count(&desk, "cases").await?, count(&desk, "exchange_tickets").await?);
        assert_eq!(after, before);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_wrong_is_said_and_what_is_only_unusual_is_taken() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        // Everything that is wrong is said at once.
        let mut wrong = order("WH-4");
        wrong["order"]["type"] = "SN-99".into();
        wrong["order"]["level"] = "很急".into();
        let answer = partner.send(&wrong).await?;
        let other = &answer.body["others"][0];
        assert_eq!(
            (refused(&answer).1.as_str(), &other["code"]),
            ("UNKNOWN_CATEGORY", &json!("UNKNOWN_VALUE"))
        );
        // A clock that is a little ahead and what was masked before keep nobody's ticket out.
        let mut usual = order("WH-10");
        usual["order"]["time"] = "2026-11-22T08:05:00Z".into();
        usual["caller"]["tel"] = "138****0001".into();
        let answer = partner.send(&usual).await?;
        assert_eq!(
            (answer.status, &answer.body["case"]["reportedAt"]),
            (201, &json!("2026-11-22T08:00:00.000000Z"))
        );
        // National codes need no mapping, and whoever sends no area means the district.
        let mut national = order("WH-5");
        national["order"]["type"] = CATEGORY.into();
        national["order"]["area"] = GRID.into();
        assert_eq!(partner.send(&national).await?.status, 201);
        let mut nowhere = order("WH-6");
        nowhere["order"]["area"] = Value::Null;
        let answer = partner.send(&nowhere).await?;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(
            answer.body["case"]["place"],
            json!({"townCode": null, "villageCode": null, "gridCode": null})
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_asks_urges_and_visits_once_each() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let sent = partner.send(&order("WH-7")).await?;
        let asked = partner.say("ask", "ticket.asked", &json!({"number": "WH-7"})).await?;
        assert_eq!((asked.status, &asked.body["case"]), (200, &sent.body["case"]));
        let number = json!({"number": "WH-7", "note": "来电催问"});
        for _ in 0..2 {
            let urged = partner.say("urge-1", "ticket.urged", &number).await?;
            assert_eq!((urged.status, &urged.body["case"]["version"]), (200, &json!(2)), "{}", urged.text);
        }
        // The same id with other words.
        let other = json!({"number": "WH-7", "note": "别的"});
        let answer = partner.say("urge-1", "ticket.urged", &other).await?;
        assert_eq!(refused(&answer), (422, "CHANGED_MESSAGE".to_owned(), String::new()));
        // Nobody visits about what has no result: the case says so, with its own code.
        let visit =
            json!({"number": "WH-7", "channel": "PHONE", "contact": "REACHED", "rating": "SATISFIED"});
        let answer = partner.say("visit-1", "ticket.visited", &visit).await?;
        assert_eq!(refused(&answer).1, "ILLEGAL_TRANSITION", "{}", answer.text);
        let unknown = partner.say("ask-2", "ticket.asked", &json!({"number": "WH-none"})).await?;
        assert_eq!(refused(&unknown), (404, "NOT_FOUND".to_owned(), "number".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_was_entered_by_hand_is_known() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let places = fengqiao_tests::Places::of(&partner.account);
        let input = json!({
            "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
            "title": "来电反映停水", "description": "演示", "source": "HOTLINE_12345",
            "external": {"source": "12345", "number": "WH-8"},
        });
        let payload = "case { id } userErrors { code path }";
        let entered = partner.account.mutate("caseReport", payload, input).await?;
        let before = count(&desk, "cases").await?;
        let answer = partner.send(&order("WH-8")).await?;
        let entered = &entered.payload()?["case"]["id"];
        assert_eq!((answer.status, &answer.body["case"]["id"]), (200, entered), "{}", answer.text);
        assert_eq!(count(&desk, "cases").await?, before);
        // It is known from now on, and what it says too.
        let mut changed = order("WH-8");
        changed["order"]["content"] = "小区停电".into();
        assert_eq!(refused(&partner.send(&changed).await?).1, "CHANGED_TICKET");
        // One that a clerk entered, and the hotline's account does not see, is not shown to it either.
        let clerk = desk.person("district.dispatch").await?;
        let input = json!({
            "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
            "title": "来电反映停水", "description": "演示", "source": "HOTLINE_12345",
            "external": {"source": "12345", "number": "WH-9"},
        });
        clerk.mutate("caseReport", payload, input).await?.payload()?;
        let answer = partner.send(&order("WH-9")).await?;
        assert_eq!(
            refused(&answer),
            (422, "DUPLICATE_EXTERNAL_NUMBER".to_owned(), "external.number".to_owned())
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_mapping_makes_no_other_ticket_of_the_same_words() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let first = partner.send(&order("WH-1")).await?;
        let mut wider = super::mapping();
        wider["fields"]
            .as_array_mut()
            .context("fields")?
            .push(json!({"field": "TITLE", "pointer": "/order/channel"}));
        let input = json!({"partnerId": partner.id, "expectedVersion": 1, "mapping": wider});
        let payload = "partner { version } userErrors { code path }";
        partner.account.mutate("exchangePartnerUpdate", payload, input).await?.payload()?;
        let again = partner.send(&order("WH-1")).await?;
        assert_eq!(
            (again.status, &again.body["case"]["id"]),
            (200, &first.body["case"]["id"]),
            "{}",
            again.text
        );
        assert_eq!(count(&desk, "audit_entries WHERE action = 'exchange.changed_ticket'").await?, 0);
        let mut changed = order("WH-1");
        changed["order"]["channel"] = "微信".into();
        assert_eq!(refused(&partner.send(&changed).await?).1, "CHANGED_TICKET");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn partners_of_one_account_number_their_messages_apart() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let one = Partner::hotline(&desk, json!({})).await?;
        let other = Partner::hotline(&desk, json!({"key": "12319"})).await?;
        for partner in [&one, &other] {
            partner.send(&order("WH-1")).await?;
            let urged = partner.say("1", "ticket.urged", &json!({"number": "WH-1"})).await?;
            assert_eq!((urged.status, &urged.body["case"]["version"]), (200, &json!(2)), "{}", urged.text);
        }
        assert_eq!(count(&desk, "case_entries WHERE act = 'urge'").await?, 2);
        // A month later the same message is still the same.
        desk.served.pass_seconds(30 * 86_400);
        desk.served
            .app
            .services
            .db
            .sweep_keys(Duration::from_hours(24), ([FIELD_KEPT.0, EXCHANGE], FIELD_KEPT.1))
            .await?;
        let body = json!({"type": "ticket.urged", "data": {"number": "WH-1"}}).to_string();
        let again = fengqiao_tests::Answer::of(one.signed("1", super::NOW + 30 * 86_400, &body)?).await?;
        assert_eq!(again.body["case"]["version"], 2);
        Ok(())
    })
    .await
}
