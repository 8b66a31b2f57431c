//! 驻派警员: a police grid of one grid or many; disputes and public order in it, key persons by a permission of its own, and the way
//! between a police record and mediation (警调衔接).

use anyhow::ensure;
use fengqiao_tests::{Actor, Answer, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{NEIGHBOURS, VILLAGE, WATER, grid, id, person, refusal, sees};

/// 机动车乱停放, and 治安隐患线索.
const PARKING: &str = "0803";
const SECURITY: &str = "1001";
/// The first grid of the village beside.
const BESIDE: &str = "150302101206001";
const NUMBER: &str = "J1503022026112200017";

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_sees_disputes_and_public_order_in_their_police_grid() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (officer, resident) =
            (person(&served, "xindi.police").await?, person(&served, "xindi.resident").await?);
        for (code, category, seen) in [
            (grid(1), NEIGHBOURS, true),
            (grid(6), PARKING, true),
            (grid(4), SECURITY, true),
            (grid(1), WATER, false),
            (BESIDE.to_owned(), NEIGHBOURS, false),
        ] {
            let matter = Matter::report(&resident, &code, category).await?;
            assert_eq!(sees(&matter, &officer).await?, seen, "{category} in {code}");
        }
        let mut matter = Matter::report(&resident, &grid(1), PARKING).await?;
        let station = person(&served, "xindi.station").await?;
        assert_eq!(refusal(&matter, &officer, "caseAccept", json!({})).await?, "NOT_PERMITTED");
        matter.act(&station, "caseAccept", json!({})).await?;
        let to = json!({"target": {"accountId": account_id(&officer).await?}});
        matter.act(&station, "caseDispatch", to.clone()).await?;
        matter.act(&officer, "caseStart", json!({})).await?;
        matter.act(&officer, "caseComplete", json!({"result": "已联系车主挪车"})).await?;
        for field in ["caseVerify", "caseClose"] {
            assert_eq!(refusal(&matter, &officer, field, json!({})).await?, "NOT_PERMITTED", "{field}");
        }
        // What is none of theirs they are not given.
        let mut water = Matter::report(&resident, &grid(1), WATER).await?;
        water.act(&station, "caseAccept", json!({})).await?;
        assert_eq!(refusal(&water, &station, "caseDispatch", to).await?, "INVALID_TARGET");
        Ok(())
    })
    .await
}

async fn visited(by: &Actor, code: &str, is_key_person: Value) -> anyhow::Result<Answer> {
    let input = json!({"subject": {"kind": "PERSON", "name": "演示·社区矫正对象", "phone": "10070006666", "isKeyPerson": is_key_person},
        "purpose": "FOLLOW_UP", "outcome": "MET", "findings": "在家", "place": {"gridId": Places::of(by).grid(code).await?}});
    by.mutate(
        "visitRecord",
        "visit { id sensitivity subject { isKeyPerson } } userErrors { code path }",
        input,
    )
    .await
}

/// The visits that somebody finds, in no order.
async fn found(by: &Actor, filter: Value) -> anyhow::Result<Vec<String>> {
    let document =
        "query($filter: VisitFilter) { visits(filter: $filter, first: 100) { totalCount nodes { id } } }";
    let read = by.run(document, json!({"filter": filter})).await?;
    let nodes = read.data("visits/nodes")?.as_array().cloned().unwrap_or_default();
    assert_eq!(read.data("visits/totalCount")?, &json!(nodes.len()));
    nodes.iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn key_persons_are_followed_up_by_whoever_may_and_read_by_nobody_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (officer, station) =
            (person(&served, "xindi.police").await?, person(&served, "xindi.station").await?);
        let mut ids = vec![];
        for by in [&officer, &station] {
            let visit = visited(by, &grid(1), json!(true)).await?.payload()?["visit"].clone();
            assert_eq!(
                (&visit["sensitivity"], &visit["subject"]["isKeyPerson"]),
                (&json!("SENSITIVE"), &json!(true))
            );
            ids.push(id(&visit)?);
        }
        let plain = id(&visited(&station, &grid(1), json!(false)).await?.payload()?["visit"])?;
        ids.sort();
        for login in ["xindi.police", "xindi.station", "qianlishan.admin", "district.command"] {
            let reader = person(&served, login).await?;
            let mut read = found(&reader, json!({"isKeyPerson": true})).await?;
            read.sort();
            assert_eq!(read, ids, "{login}");
            // Visits to others are not the officer's, whose grant is for some matters only.
            let others = if login == "xindi.police" { vec![] } else { vec![plain.clone()] };
            assert_eq!(found(&reader, json!({"isKeyPerson": false})).await?, others, "{login}");
            assert_eq!(found(&reader, json!({})).await?.len(), ids.len() + others.len(), "{login}");
        }
        for login in [
            "district.leader",
            "district.dispatch",
            "qianlishan.dispatch",
            "xindi.chief",
            "xindi.worker",
            "qianlishan.instructor",
            "xindi.mediator",
            "xinfeng.police",
            "xinfeng.station",
            "police.handler",
            "xindi.resident",
        ] {
            let other = person(&served, login).await?;
            assert_eq!(found(&other, json!({"isKeyPerson": true})).await?, [""; 0], "{login}");
            let named = other
                .run("query($id: ID!) { visit(id: $id) { id } node(id: $id) { id } }", json!({"id": ids[0]}))
                .await?;
            assert_eq!(named.body["data"], json!({"visit": null, "node": null}), "{login}");
        }
        // Whole they are read by the same, and by nobody who could not follow them up.
        let reveal = async |login: &str| {
            let input = json!({"subject": {"visitId": ids[0]}, "purpose": "CONTACT"});
            person(&served, login)
                .await?
                .mutate("personReveal", "phone userErrors { code path }", input)
                .await
        };
        assert_eq!(reveal("xindi.police").await?.payload()?["phone"], "10070006666");
        assert_eq!(reveal("district.dispatch").await?.user_error()?.0, "NOT_FOUND");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_follows_up_key_persons_and_nobody_beside_their_place() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        for (login, code) in [
            ("xindi.worker", grid(1)),
            ("xindi.chief", grid(1)),
            ("qianlishan.dispatch", grid(1)),
            ("xindi.police", BESIDE.to_owned()),
            ("xindi.station", BESIDE.to_owned()),
        ] {
            let answer = visited(&person(&served, login).await?, &code, json!(true)).await?;
            let wanted = ("NOT_PERMITTED".to_owned(), "subject.isKeyPerson".to_owned());
            assert_eq!(answer.user_error()?, wanted, "{login} in {code}");
        }
        assert_eq!(served.world.number("SELECT count(*) FROM visits").await?, 0);
        Ok(())
    })
    .await
}

/// Lets the disputes of the district follow the programme of disputes.
async fn published(served: &Served) -> anyhow::Result<()> {
    let system = person(served, "system.admin").await?;
    let selection = "programme { id version } userErrors { code path message }";
    let draft = json!({"source": {"templateKey": "dispute_ladder"}});
    let drafted = system.mutate("programmeDraft", selection, draft).await?.payload()?["programme"].clone();
    let seen = json!({"programmeId": drafted["id"], "expectedVersion": drafted["version"]});
    system.mutate("programmePublish", selection, seen).await?.payload()?;
    Ok(())
}

/// The number of the police record, as somebody reads it of a case.
async fn number(matter: &Matter, by: &Actor) -> anyhow::Result<Value> {
    let read = matter.read(by, "fields { key text }").await?;
    let fields = read["fields"].as_array().cloned().unwrap_or_default();
    Ok(fields
        .into_iter()
        .find(|field| field["key"] == "police_number")
        .map_or(Value::Null, |field| field["text"].clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_goes_from_the_officer_to_mediation_and_back_with_its_number() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        published(&served).await?;
        let (officer, mediator) = (person(&served, "xindi.police").await?, person(&served, "xindi.mediator").await?);
        let (station, resident) = (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut matter = Matter::report(&resident, &grid(1), NEIGHBOURS).await?;
        matter.act(&station, "caseStart", json!({})).await?;
        let to = json!({"target": {"accountId": account_id(&officer).await?}});
        matter.act(&station, "caseDispatch", to).await?;
        let hand_over = |target: Value, fields: Value| json!({"target": target, "reason": "出警后双方愿意调解", "fields": fields});
        let to_mediator = json!({"accountId": account_id(&mediator).await?});
        let numbered = json!([{"key": "police_number", "value": {"text": NUMBER}}]);
        let bare = matter.try_act(&officer, "caseTransfer", hand_over(to_mediator.clone(), json!([]))).await?;
        assert_eq!(bare.user_error()?.0, "FIELD_REQUIRED");
        ensure!(!sees(&matter, &mediator).await?, "until it is theirs");
        matter.act(&officer, "caseTransfer", hand_over(to_mediator, numbered)).await?;
        assert_eq!(matter.case["assignee"]["login"], "xindi.mediator");
        assert_eq!((matter.inbox(&mediator).await?, matter.inbox(&officer).await?), (Some("TODO"), Some("DONE")));
        // The number goes with it, for staff; the officer goes on seeing it.
        for reader in [&mediator, &officer, &station] {
            assert_eq!(number(&matter, reader).await?, NUMBER, "{}", reader.login());
        }
        assert_eq!(number(&matter, &resident).await?, Value::Null);
        // And back.
        matter.act(&mediator, "caseReturn", json!({"reason": "一方反悔，可能再起冲突"})).await?;
        assert_eq!(matter.case["assignee"]["login"], "xindi.police");
        assert_eq!((number(&matter, &officer).await?, sees(&matter, &mediator).await?), (json!(NUMBER), true));
        // To the committee of the district it goes as well, which settles it.
        let committee = person(&served, "district.mediator").await?;
        let to_committee = json!({"organisationId": Places::of(&officer).organisation("mediation-01").await?});
        matter.act(&officer, "caseTransfer", hand_over(to_committee, json!([]))).await?;
        assert_eq!(matter.inbox(&committee).await?, Some("TODO"));
        let fields = json!([{"key": "mediation", "value": {"choiceKey": "people"}}, {"key": "agreement", "value": {"text": "海调字〔2026〕8号"}}]);
        let agreed = json!({"result": "双方签订调解协议", "fields": fields});
        assert_eq!(matter.act(&committee, "caseComplete", agreed).await?, "RESOLVED");
        assert_eq!(number(&matter, &committee).await?, NUMBER);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn to_mediation_only_officers_hand_over_and_only_what_mediators_may_have() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mediator = json!({"accountId": account_id(&person(&served, "xindi.mediator").await?).await?});
        let committee = json!({"organisationId": Places::of(&station).organisation("mediation-01").await?});
        let bureau = json!({"organisationId": Places::of(&station).organisation("justice-01").await?});
        for (login, category, target, wanted) in [
            ("xindi.police", PARKING, &mediator, "INVALID_TARGET"),
            ("xindi.police", NEIGHBOURS, &bureau, "INVALID_TARGET"),
            ("xindi.chief", NEIGHBOURS, &mediator, "INVALID_TARGET"),
            ("xindi.chief", NEIGHBOURS, &committee, "INVALID_TARGET"),
            ("xindi.police", NEIGHBOURS, &committee, ""),
            ("xindi.police", NEIGHBOURS, &mediator, ""),
        ] {
            let mut matter = Matter::report(&resident, &grid(1), category).await?;
            let holder = person(&served, login).await?;
            matter.act(&station, "caseAccept", json!({})).await?;
            let to = json!({"target": {"accountId": account_id(&holder).await?}});
            matter.act(&station, "caseDispatch", to).await?;
            let input = json!({"target": target, "reason": "双方愿意调解"});
            let answer = matter.try_act(&holder, "caseTransfer", input).await?;
            let told = answer.user_error().map(|(code, _)| code).unwrap_or_default();
            assert_eq!(told, wanted, "{login} {category} {target}: {}", answer.body);
        }
        Ok(())
    })
    .await
}

/// A dispute that lies with the officer.
async fn in_hand(served: &Served, sensitivity: &str) -> anyhow::Result<Matter> {
    let station = person(served, "xindi.station").await?;
    let places = Places::of(&station);
    let input = json!({"categoryId": places.category(NEIGHBOURS).await?, "place": {"gridId": places.grid(&grid(1)).await?},
        "title": "邻里纠纷", "description": "演示", "source": "PATROL", "sensitivity": sensitivity});
    let answer = station.mutate("caseReport", "case { id number } userErrors { code path }", input).await?;
    let case = answer.payload()?["case"].clone();
    let number = case["number"].as_str().unwrap_or_default().to_owned();
    let mut matter = Matter { id: id(&case)?, number, version: 1, case };
    matter.act(&station, "caseAccept", json!({})).await?;
    let to = json!({"target": {"accountId": account_id(&person(served, "xindi.police").await?).await?}});
    matter.act(&station, "caseDispatch", to).await?;
    Ok(matter)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_goes_to_no_committee_that_may_not_read_it_and_to_nobody_who_has_it() -> anyhow::Result<()>
{
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (officer, security) =
            (person(&served, "xindi.police").await?, person(&served, "security.admin").await?);
        // The officer mediates as well.
        let village = json!({"unitId": Places::of(&security).unit(VILLAGE).await?});
        let input = json!({"accountId": account_id(&officer).await?, "role": "MEDIATOR", "target": village});
        security.mutate("roleGrantCreate", "userErrors { code path }", input).await?.payload()?;
        served.pass_seconds(10);
        let oneself = json!({"accountId": account_id(&officer).await?});
        let committee = json!({"organisationId": Places::of(&officer).organisation("mediation-01").await?});
        for (sensitivity, target, wanted) in [
            ("NORMAL", &oneself, "INVALID_TARGET"),
            ("SENSITIVE", &committee, "INVALID_TARGET"),
            ("NORMAL", &committee, ""),
        ] {
            let matter = in_hand(&served, sensitivity).await?;
            let input = json!({"target": target, "reason": "双方愿意调解"});
            let answer = matter.try_act(&officer, "caseTransfer", input).await?;
            let told = answer.user_error().map(|(code, _)| code).unwrap_or_default();
            assert_eq!(told, wanted, "{sensitivity} {target}: {}", answer.body);
        }
        Ok(())
    })
    .await
}
