//! What is written at one server is heard at the other, by whichever way somebody listens.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Events, Household, Places, on_backends};
use serde_json::{Value, json};

use super::node;

const FOLLOW: &str = "subscription($after: String) { caseEvents(after: $after) { \
     ... on CaseEventDelivery { event { ... on CaseReported { caseNumber } } } } }";
const CHANGED: &str = "subscription($after: ID!) { caseChanged(id: $after) { version } }";
/// Without a bell a server looks once a second, and a busy machine is slow.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_at_one_server_is_heard_at_the_other() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let home = Household::new(backend).await?;
        let (near, far) = (node(&home).await?, node(&home).await?);
        let (resident, station) =
            (near.sign_in("xindi.resident@150302").await?, far.sign_in("xindi.station@150302").await?);
        let places = Places::of(&resident);
        let place = station.run("{ caseEvents { cursor } }", Value::Null).await?;
        let after = place.data("caseEvents")?["cursor"].clone();
        let mut events =
            Events::go_on(far.address(), station.token(), FOLLOW, &json!({ "after": after })).await?;
        let mut numbers = vec![];
        for number in 0..5 {
            let input = json!({"categoryId": places.category("1105").await?, "title": format!("停水 {number}"),
                "place": {"gridId": places.grid("150302101203001").await?}, "description": "停水", "source": "RESIDENT"});
            let answer = resident.mutate("caseReport", "case { id number }", input).await?;
            let case = &answer.payload()?["case"];
            let mut changed =
                Events::go_on(far.address(), station.token(), CHANGED, &json!({ "after": case["id"] })).await?;
            let now = changed.next().await?;
            assert_eq!(now["data"]["caseChanged"]["version"], json!(1), "a commit is seen everywhere at once");
            numbers.push(case["number"].as_str().context("a number")?.to_owned());
        }
        let hearing = async {
            let mut heard = vec![];
            while heard.len() < numbers.len() {
                let event = events.event().await?;
                heard.push(event["caseNumber"].as_str().context("a number")?.to_owned());
            }
            anyhow::Ok(heard)
        };
        let heard = tokio::time::timeout(SOON, hearing).await.context("not heard in time")??;
        ensure!(heard == numbers, "{heard:?} of {numbers:?}");
        Ok(())
    })
    .await
}
