//! Addresses that leave in files, messages and by other doors end at the village as they do in queries, and nothing that is compared tells where.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Answer, Matter, Places, Served, account_id, on_backends};
use reqwest::Method;
use serde_json::{Value, json};

use super::addresses::{DOOR, report};
use super::{CATEGORY, person};
use crate::exchange::{Partner, order};
use crate::sheets::{fetched, taken};
use crate::webhooks::Desk;
use crate::webhooks::receiver::{Message, Receiver};

/// A case of every day and a delicate one of one door, as somebody there reports them.
async fn two(by: &Actor) -> anyhow::Result<[Matter; 2]> {
    Ok([report(by, &json!({})).await?, report(by, &json!({"sensitivity": "SENSITIVE"})).await?])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_holds_addresses_as_its_taker_is_told_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let [everyday, delicate] = two(&person(&served, "xindi.station").await?).await?;
        let town = person(&served, "qianlishan.admin").await?;
        let file = async |format: &str| {
            let wanted = json!({"kind": "CASES", "formatKind": format, "purpose": "年度考核"});
            let file = fetched(&town, &taken(&town, wanted).await?).await?;
            Ok::<_, anyhow::Error>(String::from_utf8(file)?)
        };
        let rows = file("CSV").await?;
        assert!(rows.contains(&everyday.number) && rows.contains(&delicate.number));
        assert_eq!((rows.matches(",***,").count(), rows.contains(DOOR)), (2, false));
        let map: Value = serde_json::from_str(&file("GEOJSON").await?)?;
        let features = map["features"].as_array().context("features")?;
        let shape = |matter: &Matter| {
            let of = |feature: &&Value| feature["properties"]["number"] == matter.number;
            features.iter().find(of).map(|feature| feature["geometry"]["coordinates"][0].clone())
        };
        assert_eq!((shape(&everyday), shape(&delicate)), (Some(json!(106.8)), Some(Value::Null)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_holds_addresses_as_its_owner_is_told_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let security = desk.person("security.admin").await?;
        let command = desk.person("district.command").await?;
        let organisation = Places::of(&security).organisation("justice-01").await?;
        let input = json!({"accountId": account_id(&command).await?, "role": "API_CLIENT",
            "target": {"organisationId": organisation}});
        security.mutate("roleGrantCreate", "userErrors { code path }", input).await?.payload()?;
        // A program of an office, and one to which the district reports.
        let office = desk.person("district.command").await?.into_program();
        desk.hook(&office, json!({"content": "FULL"})).await?;
        let system = desk.integrator("district.dispatch").await?;
        let platform = Receiver::open().await?;
        desk.hook(&system, json!({"content": "FULL", "url": platform.url("/hook")})).await?;
        two(&desk.person("xindi.station").await?).await?;
        desk.round().await?;
        let told = |receiver: &Receiver| {
            let of = |message: Message| {
                let case = &message.said()["data"]["case"];
                (case["address"].clone(), case["point"]["longitude"].clone())
            };
            let mut told: Vec<(Value, Value)> = receiver.came().into_iter().map(of).collect();
            told.sort_by_key(|(_, longitude)| longitude.is_null());
            told
        };
        let (masked, whole) = (json!("新地村委会***"), json!(DOOR));
        assert_eq!(told(&desk.receiver), [(masked.clone(), json!(106.8)), (masked.clone(), Value::Null)]);
        // The role of a system goes as far as its ceiling.
        assert_eq!(told(&platform), [(whole, json!(106.8)), (masked, Value::Null)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn another_door_opens_no_other_ones() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let [everyday, delicate] = two(&desk.person("xindi.station").await?).await?;
        let application = crate::exchange::open311::application(json!({}));
        let partner = Partner::set_up(desk.person("district.command").await?, application).await?;
        for (matter, longitude) in [(&everyday, true), (&delicate, false)] {
            let path = format!("/open311/v2/requests/{}.json?jurisdiction_id=150302", matter.number);
            let request = partner.account.at(Method::GET, &path);
            let answer =
                Answer::of(request.header("authorization", format!("Bearer {}", partner.secret))).await?;
            let told = &answer.body[0];
            assert_eq!(told["service_request_id"], matter.number, "{}", answer.text);
            assert_eq!((&told["address"], told["long"].is_null()), (&json!("新地村委会***"), !longitude));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_system_masked_is_kept_as_it_came() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let mut ticket = order("WH-9");
        ticket["order"]["address"] = json!("海达小区***");
        let answer = partner.send(&ticket).await?;
        let ask = "query($number: String!) { caseByNumber(number: $number) { place { address { text isMasked } } } }";
        let read = desk.person("xindi.station").await?;
        let read = read.run(ask, json!({"number": answer.body["case"]["number"]})).await?;
        assert_eq!(
            read.data("caseByNumber/place/address")?,
            &json!({"text": "海达小区***", "isMasked": false}),
            "{}",
            answer.text
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_compared_tells_where_a_delicate_case_occurred() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let [everyday, delicate] = two(&station).await?;
        let ask = "query($to: SimilarCasesInput!) { similarCases(to: $to) { metres case { number } } }";
        let point = json!({"longitude": 106.8, "latitude": 39.6, "coordinateSystem": "GCJ02"});
        let category = Places::of(&station).category(CATEGORY).await?;
        let matter = json!({"matter": {"categoryId": category, "point": point}});
        let found = async |login: &str, to: &Value| {
            let told = person(&served, login).await?.run(ask, json!({"to": to})).await?;
            let told = told.data("similarCases")?.as_array().cloned().unwrap_or_default();
            let mut told: Vec<(Value, Value)> =
                told.iter().map(|one| (one["case"]["number"].clone(), one["metres"].clone())).collect();
            told.sort_by_key(|(number, _)| number.to_string());
            Ok::<_, anyhow::Error>(told)
        };
        let (first, second) = (json!(everyday.number), json!(delicate.number));
        let here = |number: &Value| (number.clone(), json!(0));
        assert_eq!(found("xindi.station", &matter).await?, [here(&first), here(&second)]);
        assert_eq!(found("district.command", &matter).await?, [here(&first)]);
        // Compared by the grid, which both tell, it is found without a distance.
        let to = json!({"caseId": delicate.id});
        assert_eq!(found("xindi.station", &to).await?, [here(&first)]);
        assert_eq!(found("district.command", &to).await?, [(first, Value::Null)]);
        Ok(())
    })
    .await
}
