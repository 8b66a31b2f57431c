//! What becomes of a ticket is told with its evidence; what the other system made of it stands with the case.

use anyhow::Context as _;
use fengqiao_domain::webhooks::Round;
use fengqiao_tests::{Answer, Backend, Matter, on_backends};
use serde_json::{Value, json};

use super::{NOW, Partner, order, refused, told};
use crate::files::proof;
use crate::webhooks::Desk;
use crate::webhooks::receiver::{Reply, reply};

const EXCHANGES: &str =
    "exchanges { webhookName eventType state attemptCount nextAttemptAt receiptNumber refusal receiptAt }";

/// A ticket that was taken in, as a matter.
async fn entered(partner: &Partner, number: &str) -> anyhow::Result<Matter> {
    let answer = partner.send(&order(number)).await?;
    let case = &answer.body["case"];
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
    Ok(Matter { id: text(&case["id"])?, number: text(&case["number"])?, version: 1, case: Value::Null })
}

/// Works a ticket of the hotline until it is replied to, with a photo.
async fn replied(desk: &Desk, matter: &mut Matter) -> anyhow::Result<String> {
    let district = desk.person("district.dispatch").await?;
    matter.act(&district, "caseAccept", json!({})).await?;
    matter.act(&district, "caseStart", json!({})).await?;
    let photo = proof(&district, 7).await?;
    let reply = json!({
        "result": "已恢复供水", "attachments": [{"attachmentId": photo, "kind": "AFTER"}],
    });
    matter.act(&district, "caseComplete", reply).await?;
    Ok(photo)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reply_goes_back_with_its_evidence_and_its_state_stands_on_the_case() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, hook) = told(backend).await?;
        let mut matter = entered(&partner, "WH-1").await?;
        // Another case is not the hotline's.
        desk.report().await?;
        let photo = replied(&desk, &mut matter).await?;
        desk.receiver.always(Reply { text: json!({"number": "HF-77"}).to_string(), ..reply(200) });
        assert_eq!(desk.round().await?, Round { enqueued: 4, attempts: 4 });
        let messages = desk.receiver.take();
        let last = messages.last().context("messages")?.said();
        assert_eq!(last["type"], "case.completed");
        let case = &last["data"]["case"];
        assert_eq!(case["external"], json!({"source": "12345", "number": "WH-1"}));
        assert_eq!((&case["state"], &case["description"]), (&json!("RESOLVED"), &json!("小区停水两天")));
        let (result, entry) = (&case["result"], &last["data"]["entry"]);
        assert_eq!((&result["text"], &result["act"], result), (&json!("已恢复供水"), &json!("COMPLETE"), entry));
        let evidence = &result["evidence"][0];
        assert_eq!((&evidence["attachmentId"], &evidence["kind"]), (&json!(photo), &json!("AFTER")));
        assert!(!messages.iter().any(|message| message.body.contains("张") || message.body.contains("10070000001")));
        // The evidence is asked for by the same door.
        let ask = json!({"type": "evidence.asked", "data": {"attachmentId": photo}}).to_string();
        let response = partner.signed("photo", NOW, &ask)?.send().await?;
        assert_eq!(response.headers()["content-type"], "image/jpeg");
        let bytes = response.bytes().await?;
        assert_eq!(Some(bytes.len() as u64), evidence["byteCount"].as_u64());
        // Whoever works the case sees that the hotline knows.
        let district = desk.person("district.dispatch").await?;
        let read = matter.read(&district, EXCHANGES).await?;
        let shown = read["exchanges"].as_array().context("exchanges")?;
        assert_eq!(shown.len(), 4);
        assert_eq!(
            shown[0],
            json!({
                "webhookName": "12345", "eventType": "case.completed", "state": "DELIVERED", "attemptCount": 1,
                "nextAttemptAt": null, "receiptNumber": "HF-77", "refusal": null, "receiptAt": "2026-11-22T08:00:00.000000Z",
            })
        );
        let own = matter.read(&partner.account, EXCHANGES).await?;
        assert_eq!(own["exchanges"], json!([]), "staff alone are shown it");
        let deliveries = desk.deliveries(&partner.account, &hook, "receiptNumber").await?;
        assert_eq!(deliveries.len(), 4);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_in_full_is_what_the_owner_sees_when_it_is_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _) = told(backend).await?;
        let mut matter = entered(&partner, "WH-1").await?;
        desk.receiver.answers([reply(500)]);
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        let first = desk.receiver.take();
        assert_eq!(first[0].said()["data"]["case"]["state"], "REPORTED");
        // A word among staff is not for the hotline; what it is told the next time is what is so then.
        let district = desk.person("district.dispatch").await?;
        matter.act(&district, "caseAccept", json!({})).await?;
        let comment = json!({"text": "内部意见", "audience": "STAFF"});
        matter.act(&district, "caseComment", comment).await?;
        desk.served.pass_seconds(10);
        desk.round().await?;
        desk.served.pass_seconds(400);
        desk.round().await?;
        let told = desk.receiver.take();
        assert_eq!(told[0].id, first[0].id);
        assert_eq!(
            (&told[0].said()["type"], &told[0].said()["data"]["case"]["state"]),
            (&json!("case.reported"), &json!("ACCEPTED"))
        );
        assert!(told.iter().all(|message| !message.body.contains("内部意见")), "{told:?}");
        // Nothing that people typed waits in the table.
        let rows = desk.served.world.rows("webhook_deliveries").await?;
        assert!(!format!("{rows:?}").contains("停水"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_may_come_later_and_may_be_a_refusal() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, hook) = told(backend).await?;
        let matter = entered(&partner, "WH-1").await?;
        desk.receiver.answers([Reply { text: "thanks".to_owned(), ..reply(202) }]);
        desk.round().await?;
        let delivery = desk.receiver.take()[0].id.clone();
        let district = desk.person("district.dispatch").await?;
        let state = async || -> anyhow::Result<Value> {
            let read = matter.read(&district, "exchanges { receiptNumber refusal receiptAt }").await?;
            Ok(read["exchanges"][0].clone())
        };
        assert_eq!(state().await?, json!({"receiptNumber": null, "refusal": null, "receiptAt": null}));
        for (said, code, path) in [
            (json!({"deliveryId": delivery}), "REQUIRED", "number"),
            (json!({"deliveryId": "delivery_x", "number": "1"}), "NOT_FOUND", "deliveryId"),
            (json!({"deliveryId": delivery, "number": "1".repeat(65)}), "TOO_LONG", "number"),
        ] {
            let answer = partner.say("ack-0", "delivery.acknowledged", &said).await?;
            assert_eq!((refused(&answer).1.as_str(), refused(&answer).2.as_str()), (code, path));
        }
        let refusal = json!({"deliveryId": delivery, "refusal": "缺少联系电话"});
        assert_eq!(partner.say("ack-1", "delivery.acknowledged", &refusal).await?.status, 200);
        let at = "2026-11-22T08:00:00.000000Z";
        assert_eq!(
            state().await?,
            json!({"receiptNumber": null, "refusal": "缺少联系电话", "receiptAt": at})
        );
        let rows = format!("{:?}", desk.served.world.rows("webhook_deliveries").await?).to_lowercase();
        assert!(
            !rows.contains("缺少") && !rows.contains(&hex::encode("缺少")),
            "what people wrote lies open"
        );
        let taken = json!({"deliveryId": delivery, "number": "HF-1"});
        assert_eq!(partner.say("ack-2", "delivery.acknowledged", &taken).await?.status, 200);
        assert_eq!(state().await?, json!({"receiptNumber": "HF-1", "refusal": null, "receiptAt": at}));
        // A number that comes with the answer takes a refusal back too, and stays when deliveries are swept.
        partner.say("ack-3", "delivery.acknowledged", &refusal).await?;
        let replay = json!({"webhookId": hook.id, "deliveryIds": [delivery]});
        let again =
            partner.account.mutate("webhookReplay", "replayedCount userErrors { code }", replay).await?;
        assert_eq!(again.payload()?["replayedCount"], 1);
        desk.receiver.answers([Reply { text: json!({"number": 77}).to_string(), ..reply(200) }]);
        desk.round().await?;
        desk.served.pass_seconds(40 * 86_400);
        desk.dispatcher.sweep().await?;
        let district = desk.person("district.dispatch").await?;
        let read = matter.read(&district, "exchanges { receiptNumber refusal receiptAt }").await?;
        assert_eq!(read["exchanges"], json!([{"receiptNumber": "77", "refusal": null, "receiptAt": at}]));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_partner_was_told_is_not_acknowledged_nor_its_evidence_shown() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _) = told(backend).await?;
        let mut matter = entered(&partner, "WH-1").await?;
        let photo = replied(&desk, &mut matter).await?;
        desk.round().await?;
        let delivery = desk.receiver.take()[0].id.clone();
        let station = desk.integrator("binhe.dispatch").await?;
        let hook = desk.hook(&station, json!({"content": "FULL"})).await?;
        let other = json!({"key": "other", "webhookId": hook.id, "source": "DEVICE"});
        let other = Partner::set_up(station, other).await?;
        let said = json!({"deliveryId": delivery, "number": "X"});
        let answer = other.say("ack", "delivery.acknowledged", &said).await?;
        assert_eq!(refused(&answer), (404, "NOT_FOUND".to_owned(), "deliveryId".to_owned()));
        let mut foreign = other.copy();
        foreign.path = "/exchange/v1/150302/other".to_owned();
        let asked = foreign.say("ask", "ticket.asked", &json!({"number": "WH-1"})).await?;
        assert_eq!(refused(&asked).1, "NOT_FOUND");
        let evidence = foreign.say("photo", "evidence.asked", &json!({"attachmentId": photo})).await?;
        assert_eq!(refused(&evidence).1, "NOT_FOUND");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_partner_says_what_its_return_visit_brought() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _) = told(backend).await?;
        let mut matter = entered(&partner, "WH-1").await?;
        replied(&desk, &mut matter).await?;
        let visit = json!({"number": "WH-1", "channel": "PHONE", "contact": "REACHED", "rating": "SATISFIED", "note": "谢谢"});
        for _ in 0..2 {
            let answer = partner.say("visit-1", "ticket.visited", &visit).await?;
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        let district = desk.person("district.dispatch").await?;
        let read = matter.read(&district, "returnVisits { channel rating }").await?;
        assert_eq!(read["returnVisits"], json!([{"channel": "PHONE", "rating": "SATISFIED"}]));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_told_again_as_they_are_now() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _) = told(backend).await?;
        let matter = entered(&partner, "WH-1").await?;
        desk.round().await?;
        desk.receiver.take();
        let foreign = desk.report().await?;
        let send = async |by, cases: Value| -> anyhow::Result<Answer> {
            let input = json!({"partnerId": partner.id, "caseIds": cases});
            let by = desk.person(by).await?.into_program();
            by.mutate("exchangePartnerResend", "resentCount userErrors { code path }", input).await
        };
        let again = send("hotline.api", json!([matter.id])).await?;
        assert_eq!(again.payload()?["resentCount"], 1);
        assert_eq!(desk.round().await?.attempts, 1);
        let told = desk.receiver.take();
        let said = told[0].said();
        assert_eq!(
            (&said["type"], &said["data"]["case"]["number"]),
            (&json!("case.resent"), &json!(matter.number))
        );
        // What the partner's account does not see, it neither sends nor is told.
        let refused = send("hotline.api", json!([foreign.id])).await?;
        assert_eq!(refused.user_error()?, ("NOT_FOUND".to_owned(), "caseIds.0".to_owned()));
        assert_eq!(desk.round().await?.attempts, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_more_is_told_of_one_systems_tickets_where_that_is_wanted() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _) = told(backend).await?;
        let command = desk.integrator("district.command").await?;
        let wanted = json!({"externalSource": "12345", "url": desk.receiver.url("/tickets")});
        let hook = desk.hook(&command, wanted).await?;
        entered(&partner, "WH-1").await?;
        desk.report().await?;
        desk.round().await?;
        let deliveries = desk.deliveries(&command, &hook, "case { external { number } }").await?;
        assert_eq!(deliveries, [json!({"case": {"external": {"number": "WH-1"}}})]);
        let input = json!({"webhookId": hook.id, "expectedVersion": 1, "externalSource": null});
        command.mutate("webhookUpdate", crate::webhooks::CHANGED, input).await?.payload()?;
        desk.report().await?;
        desk.round().await?;
        assert_eq!(desk.deliveries(&command, &hook, "id").await?.len(), 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_became_confidential_nothing_is_told_in_full() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        desk.hook(&station, json!({"content": "FULL"})).await?;
        let matter = desk.report().await?;
        desk.receiver.answers([reply(500)]);
        desk.round().await?;
        let said = desk.receiver.take()[0].said();
        assert_eq!(said["data"]["case"]["number"], matter.number.as_str());
        let bare = matter.id.trim_start_matches("case_");
        let literal = if backend == Backend::Postgres {
            format!("'{bare}'")
        } else {
            format!("x'{}'", bare.replace('-', ""))
        };
        let closed = [
            format!("UPDATE cases SET sensitivity = 2 WHERE id = {literal}"),
            format!("UPDATE case_access SET until_at = 0 WHERE case_id = {literal}"),
        ];
        for sql in closed {
            desk.served.world.run_sql(&sql).await?;
        }
        assert_eq!(matter.read(&station, "id").await?, Value::Null, "it is out of sight");
        desk.served.pass_seconds(10);
        desk.round().await?;
        let said = desk.receiver.take()[0].said();
        assert_eq!((&said["data"]["case"], &said["data"]["entry"]), (&Value::Null, &Value::Null));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_write_for_staff_stays_here() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        desk.hook(&station, json!({"content": "FULL"})).await?;
        let mut matter = desk.report().await?;
        matter.act(&station, "caseComment", json!({"text": "内部意见", "audience": "STAFF"})).await?;
        matter.act(&station, "caseComment", json!({"text": "请补充照片", "audience": "EVERYONE"})).await?;
        desk.round().await?;
        let told = desk.receiver.take();
        let entries: Vec<_> =
            told.iter().map(|message| message.said()["data"]["entry"]["text"].clone()).collect();
        assert_eq!(entries, [Value::Null, Value::Null, json!("请补充照片")]);
        assert!(told.iter().all(|message| !message.body.contains("内部意见")));
        Ok(())
    })
    .await
}
