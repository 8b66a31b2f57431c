//! What leaders do with a case: they instruct (批示), and take charge of it (包案). It stays where it is.

use fengqiao_tests::{Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, in_hand, person};

/// Who reads the case of 新地村, and cannot do what leaders do; and who does not see it.
const OTHERS: [(&str, &str); 6] = [
    ("xindi.resident", "NOT_PERMITTED"),
    ("xindi.resident2", "NOT_FOUND"),
    ("xindi.worker", "NOT_PERMITTED"),
    ("xindi.parttime", "NOT_PERMITTED"),
    ("xindi.station", "NOT_PERMITTED"),
    ("binhe.admin", "NOT_FOUND"),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_instruction_is_for_staff() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (leader, worker) =
            (person(&served, "district.leader").await?, person(&served, "xindi.worker").await?);
        let mut matter = in_hand(&served).await?;
        let text = json!({"text": "请三日内办结"});
        for (login, code) in OTHERS {
            let answer = matter.try_act(&person(&served, login).await?, "caseInstruct", text.clone()).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "caseId".to_owned()), "{login}");
        }
        let silent = matter.try_act(&leader, "caseInstruct", json!({"text": " "})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "text".to_owned()));
        assert_eq!(matter.act(&leader, "caseInstruct", text).await?, "HANDLING");
        assert_eq!(matter.case["assignee"]["login"], "xindi.worker", "whom it lies with stays");
        assert_eq!(matter.inbox(&worker).await?, Some("DOING"), "and the box it lies in");
        let read = matter.read(&worker, "timeline(last: 1) { nodes { act text audience } }").await?;
        let entry = json!({"act": "INSTRUCT", "text": "请三日内办结", "audience": "STAFF"});
        assert_eq!(read["timeline"]["nodes"], json!([entry]));
        let resident = person(&served, "xindi.resident").await?;
        let read = matter.read(&resident, "timeline(last: 1) { nodes { act } }").await?;
        assert_eq!(read["timeline"]["nodes"], json!([{"act": "START"}]), "the reporter does not read it");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_takes_charge_in_place_of_another() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (leader, admin) =
            (person(&served, "district.leader").await?, person(&served, "qianlishan.admin").await?);
        let (worker, station) =
            (person(&served, "xindi.worker").await?, person(&served, "xindi.station").await?);
        let mut matter = in_hand(&served).await?;
        for (login, code) in OTHERS {
            let by = person(&served, login).await?;
            let answer = matter.try_act(&by, "caseTakeCharge", json!({})).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "caseId".to_owned()), "{login}");
        }
        let led = "leader { login } timeline(last: 1) { nodes { act text actor { login } } }";
        assert_eq!(matter.read(&station, "leader { login }").await?, json!({"leader": null}));
        for (by, login) in [(&leader, "district.leader"), (&admin, "qianlishan.admin")] {
            assert_eq!(matter.act(by, "caseTakeCharge", json!({"note": "由我包案"})).await?, "HANDLING");
            let entry = json!({"act": "TAKE_CHARGE", "text": "由我包案", "actor": {"login": login}});
            let wanted = json!({"leader": {"login": login}, "timeline": {"nodes": [entry]}});
            assert_eq!(matter.read(&station, led).await?, wanted);
        }
        assert_eq!(matter.case["assignee"]["login"], "xindi.worker", "whom it lies with stays");
        assert_eq!(matter.inbox(&worker).await?, Some("DOING"), "and the box it lies in");
        assert_eq!(matter.inbox(&leader).await?, None, "it lies in no box of a leader");
        Ok(())
    })
    .await
}

/// Somebody who leads no longer keeps what they were in charge of as long as they hold anything, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_in_charge_keeps_seeing_the_case() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let leader = person(&served, "district.leader").await?;
        let resident = person(&served, "xindi.resident").await?;
        let mut led = Matter::report(&resident, GRID, CATEGORY).await?;
        let other = Matter::report(&resident, GRID, CATEGORY).await?;
        led.act(&leader, "caseTakeCharge", json!({})).await?;
        led.act(&person(&served, "qianlishan.admin").await?, "caseTakeCharge", json!({})).await?;

        let security = person(&served, "security.admin").await?;
        let document = "query($id: ID!) { account(id: $id) { roleGrants { id } } }";
        let read = security.run(document, json!({"id": account_id(&leader).await?})).await?;
        let grants = read.data("account/roleGrants")?.as_array().cloned().unwrap_or_default();
        for grant in grants {
            let input = json!({"roleGrantId": grant["id"]});
            security.mutate("roleGrantRevoke", "userErrors { code }", input).await?.payload()?;
        }
        assert_eq!(led.read(&leader, "number").await?, Value::Null, "they hold nothing");
        let home = Places::of(&security).unit("150302007003").await?;
        let grant =
            json!({"accountId": account_id(&leader).await?, "role": "VOLUNTEER", "target": {"unitId": home}});
        security.mutate("roleGrantCreate", "userErrors { code }", grant).await?.payload()?;
        served.pass_seconds(10);
        assert_eq!(led.read(&leader, "number").await?, json!({"number": led.number}));
        assert_eq!(other.read(&leader, "number").await?, Value::Null);
        let refused = led.try_act(&leader, "caseTakeCharge", json!({})).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}
