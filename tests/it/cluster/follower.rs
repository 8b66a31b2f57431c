//! A phone that follows what happens: it opens its socket again whenever that closes, and goes on where it was.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use fengqiao_tests::{Actor, Events};
use serde_json::{Value, json};
use tokio::sync::watch;

const FOLLOW: &str = "subscription($after: String) { caseEvents(after: $after) { __typename \
     ... on CaseEventDelivery { cursor event { __typename \
     ... on CaseReported { caseNumber caseVersion } ... on CaseCommented { caseNumber caseVersion } \
     ... on CaseAccepted { caseNumber caseVersion } ... on CaseStarted { caseNumber caseVersion } \
     ... on CaseCompleted { caseNumber caseVersion } } } \
     ... on Resync { reason cursor } } }";
const PLACE: &str = "{ caseEvents { cursor } }";
const SILENCE: Duration = Duration::from_millis(300);
/// What a server says that stops.
const GOING_AWAY: u16 = 1001;

/// How a socket may end that nobody closes on this side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Only with a word: the server stops.
    WithAWord,
    /// In any way: the server is killed.
    Anyhow,
}

/// What somebody heard: the versions of each case, in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) versions: BTreeMap<String, Vec<i64>>,
    /// How often the socket was opened again.
    pub(crate) returns: usize,
}

/// One who follows.
pub(crate) struct Follower {
    address: SocketAddr,
    token: String,
    place: Value,
    ends: Ends,
    heard: Heard,
}

impl Follower {
    pub(crate) async fn from_now_on(actor: &Actor, address: SocketAddr, ends: Ends) -> anyhow::Result<Self> {
        let place = actor.run(PLACE, Value::Null).await?.data("caseEvents")?["cursor"].clone();
        let token = actor.token().context("a token")?.to_owned();
        Ok(Self { address, token, place, ends, heard: Heard::default() })
    }

    /// Follows until `wanted` says that this is all.
    pub(crate) async fn run(mut self, mut wanted: watch::Receiver<Option<usize>>) -> anyhow::Result<Heard> {
        loop {
            let variables = json!({ "after": self.place });
            // Nobody answers for a moment when the last ready server goes: whoever comes back tries again.
            let Ok(mut events) = Events::go_on(self.address, Some(&self.token), FOLLOW, &variables).await
            else {
                self.heard.returns += 1;
                ensure!(self.heard.returns < 1_000, "no socket opens any more");
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            loop {
                if wanted.borrow_and_update().is_some_and(|all| self.count() >= all) {
                    // What comes too much comes at once.
                    return match tokio::time::timeout(SILENCE, events.next_or_close()).await {
                        Ok(Ok(Ok(more))) => bail!("more than there is: {more}"),
                        Ok(_) | Err(_) => Ok(self.heard),
                    };
                }
                let item = tokio::select! {
                    item = events.next_or_close() => item,
                    changed = wanted.changed() => {
                        changed?;
                        continue;
                    }
                };
                match item {
                    Ok(Ok(item)) => self.keep(&item["data"]["caseEvents"])?,
                    Ok(Err(GOING_AWAY)) => break,
                    Ok(Err(_)) | Err(_) if self.ends == Ends::Anyhow => break,
                    Ok(Err(code)) => bail!("a socket closed with {code}"),
                    Err(error) => return Err(error),
                }
            }
            self.heard.returns += 1;
        }
    }

    fn count(&self) -> usize {
        self.heard.versions.values().map(Vec::len).sum()
    }

    fn keep(&mut self, item: &Value) -> anyhow::Result<()> {
        ensure!(item["__typename"] == "CaseEventDelivery", "{item}");
        self.place = item["cursor"].clone();
        let event = &item["event"];
        let (number, version) = (event["caseNumber"].as_str(), event["caseVersion"].as_i64());
        let number = number.with_context(|| item.to_string())?.to_owned();
        self.heard.versions.entry(number).or_default().push(version.with_context(|| item.to_string())?);
        Ok(())
    }
}
