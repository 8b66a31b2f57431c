//! Whichever way a client can hear of things, it ends with the same list: a socket that is cut again and again, an event
//! stream, and a program that can only ask, as mini programs are that may hold nothing open in the background.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Events, Matter, Served, on_backends};
use serde_json::{Value, json};

/// The grid where it happens: the first of 新地村.
const GRID: &str = "150302101203001";
/// 供水供电供气.
const CATEGORY: &str = "1105";
/// Events of the scenario: the report, and what is said of it.
const MANY: usize = 200;
/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_mins(2);
/// What a socket hears before it is cut.
const UNTIL_CUT: usize = 23;

const FOLLOW: &str = "subscription($after: String!) { caseEvents(after: $after) { __typename \
     ... on CaseEventDelivery { cursor event { __typename ... on CaseReported { id caseVersion toState } \
     ... on CaseCommented { id caseVersion toState } } } ... on Resync { cursor reason } } }";
const ASK: &str = "query($after: String) { caseEvents(after: $after, first: 20) { cursor hasMore items { __typename \
     ... on CaseEventDelivery { cursor event { __typename ... on CaseReported { id caseVersion toState } \
     ... on CaseCommented { id caseVersion toState } } } ... on Resync { cursor reason } } } }";

fn cursor(item: &Value) -> anyhow::Result<String> {
    Ok(item["cursor"].as_str().with_context(|| item.to_string())?.to_owned())
}

/// Over a socket that is cut, and opened again at the cursor of what came last.
async fn by_socket(served: &Served, by: &Actor, mut after: String) -> anyhow::Result<Vec<Value>> {
    let mut heard = vec![];
    while heard.len() < MANY {
        let mut events =
            Events::go_on(served.address(), by.token(), FOLLOW, &json!({ "after": after })).await?;
        for _ in 0..UNTIL_CUT.min(MANY - heard.len()) {
            let item = events.next().await?["data"]["caseEvents"].clone();
            after = cursor(&item)?;
            heard.push(item);
        }
    }
    Ok(heard)
}

/// Over one event stream.
async fn by_stream(by: &Actor, after: String) -> anyhow::Result<Vec<Value>> {
    let (mut stream, mut text, mut heard) =
        (by.open(FOLLOW, json!({ "after": after })).await?, vec![], vec![]);
    while heard.len() < MANY {
        text.extend(stream.chunk().await?.context("the stream ended")?);
        while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
            let event = String::from_utf8(text.drain(..end + 2).collect())?;
            // A comment keeps the stream alive.
            let Some((_, data)) = event.split_once("data: ") else { continue };
            let item: Value = serde_json::from_str(data)?;
            heard.push(item["data"]["caseEvents"].clone());
        }
    }
    Ok(heard)
}

/// By asking again and again.
async fn by_asking(by: &Actor, mut after: String) -> anyhow::Result<Vec<Value>> {
    let mut heard = vec![];
    while heard.len() < MANY {
        let answer = by.run(ASK, json!({ "after": after })).await?;
        let page = answer.data("caseEvents")?;
        heard.extend(page["items"].as_array().context("no list")?.iter().cloned());
        after = cursor(page)?;
        if page["hasMore"] == json!(false) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(heard)
}

/// A case is reported, and much is said about it.
async fn much_happens(resident: &Actor, station: &Actor) -> anyhow::Result<()> {
    let matter = Matter::report(resident, GRID, CATEGORY).await?;
    for number in 1..MANY {
        let input = json!({"caseId": matter.id, "audience": "EVERYONE", "text": format!("第{number}句")});
        station.mutate("caseComment", "userErrors { code path } case { id }", input).await?.payload()?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_socket_a_stream_and_asking_end_with_the_same_list() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let person = async |login: &str| served.sign_in(&format!("{login}@150302")).await;
        let (resident, station) = (person("xindi.resident").await?, person("xindi.station").await?);
        let by = &person("district.command").await?;
        let after = cursor(by.run(ASK, Value::Null).await?.data("caseEvents")?)?;
        let everyone = async {
            tokio::try_join!(
                by_socket(&served, by, after.clone()),
                by_stream(by, after.clone()),
                by_asking(by, after.clone()),
                much_happens(&resident, &station),
            )
        };
        let (socket, stream, asked, ()) =
            tokio::time::timeout(PATIENCE, everyone).await.context("silence")??;
        let versions: Vec<Option<i64>> =
            socket.iter().map(|item| item["event"]["caseVersion"].as_i64()).collect();
        let wanted: Vec<Option<i64>> = (1..=MANY).map(|version| i64::try_from(version).ok()).collect();
        assert_eq!(versions, wanted);
        ensure!(socket == stream, "the stream tells {stream:?}");
        ensure!(socket == asked, "asking tells {asked:?}");
        Ok(())
    })
    .await
}
