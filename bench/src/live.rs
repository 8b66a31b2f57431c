//! How soon those who follow hear of what happens, when they are many: sockets that all follow the events of one
//! village, and somebody who says something about its cases so many times a second.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::clock::{Clock as _, SystemClock};
use futures::stream::FuturesUnordered;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{Barrier, mpsc};
use tokio::task::JoinSet;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

/// What a list that is shown needs to know of an event.
const FOLLOW: &str = "subscription { caseEvents { ... on CaseEventDelivery { cursor event { ... on CaseCommented { \
     id occurredAt caseNumber caseVersion fromState toState level } } } } }";
const SAY: &str =
    "mutation($input: CaseCommentInput!) { caseComment(input: $input) { userErrors { code } case { id } } }";
/// Sockets that are opened at a time.
const OPENING: usize = 50;
/// How often something is said until all have heard something: no message of the protocol says that a subscription runs.
const CALL: Duration = Duration::from_secs(1);
/// How long what was said last is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is measured.
pub(crate) struct Wanted<'a> {
    /// Host and port of the server at which something is said.
    pub(crate) address: &'a str,
    /// The same of the one at which the sockets are opened.
    pub(crate) follow_at: &'a str,
    /// Tokens and cases of callers, as `draw` wrote them: of the first of them are all sockets and all cases.
    pub(crate) readers: &'a Path,
    pub(crate) sockets: usize,
    /// How often something is said in a second.
    pub(crate) rate: u32,
    pub(crate) seconds: u32,
}

/// Prints how many deliveries were due and how many came, and of these the middle, the 99th percentile and the longest
/// delay in milliseconds, from the commit on.
pub(crate) async fn run(wanted: Wanted<'_>) -> anyhow::Result<()> {
    let (token, cases) = reader(wanted.readers)?;
    let speaker = Speaker::new(&wanted, token.clone())?;
    let (told, mut delays) = mpsc::unbounded_channel();
    let open = Arc::new(Barrier::new(wanted.sockets + 1));
    let turns = Arc::new(tokio::sync::Semaphore::new(OPENING));
    let mut sockets = JoinSet::new();
    for _ in 0..wanted.sockets {
        let socket = Socket {
            address: wanted.follow_at.to_owned(),
            token: token.clone(),
            told: told.clone(),
            open: Arc::clone(&open),
        };
        sockets.spawn(socket.follow(Arc::clone(&turns)));
    }
    drop(told);
    tokio::select! {
        _ = open.wait() => {}
        ended = speaker.call(&cases) => ended?,
        Some(ended) = sockets.join_next() => ended?.context("a socket did not open")?,
    }
    println!("OPEN");
    // The clock is that of the server, which runs on this machine.
    let begun = SystemClock.now().micros();
    let said = speaker.say(&wanted, &cases).await?;
    let due = said * wanted.sockets;
    let mut heard = vec![];
    while heard.len() < due {
        match tokio::time::timeout(PATIENCE, delays.recv()).await {
            Ok(Some(Heard { at, .. })) if at < begun => {}
            Ok(Some(Heard { delay, .. })) => heard.push(delay),
            Ok(None) | Err(_) => break,
        }
    }
    if let Some(ended) = sockets.try_join_next() {
        ended?.context("a socket gave up")?;
    }
    heard.sort_unstable();
    let at = |percent: usize| {
        let delay = heard.get(heard.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
        format!("{}.{}", delay / 1_000, delay % 1_000 / 100)
    };
    println!("RESULT {due} {} {} {} {}", heard.len(), at(50), at(99), at(100));
    Ok(())
}

/// The first caller of the file with the cases of theirs.
fn reader(file: &Path) -> anyhow::Result<(String, Vec<String>)> {
    let text = fs::read_to_string(file)?;
    let mut cases: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let lines: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    for (token, case) in &lines {
        cases.entry(token).or_default().push((*case).to_owned());
    }
    let (token, _) = lines.first().context("nobody was drawn")?;
    Ok(((*token).to_owned(), cases.remove(token).unwrap_or_default()))
}

/// Who says something of cases.
struct Speaker {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Speaker {
    fn new(wanted: &Wanted<'_>, token: String) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { client, url: format!("http://{}/graphql", wanted.address), token })
    }

    /// Says something of each case in turn, slowly and on and on.
    async fn call(&self, cases: &[String]) -> anyhow::Result<()> {
        for case in cases.iter().cycle() {
            self.comment(case, "有人在吗").await?;
            tokio::time::sleep(CALL).await;
        }
        anyhow::bail!("nobody has cases")
    }

    /// Says something so many times a second: how often it was said.
    async fn say(&self, wanted: &Wanted<'_>, cases: &[String]) -> anyhow::Result<usize> {
        let mut beat = tokio::time::interval(Duration::from_secs(1) / wanted.rate);
        let mut saying = FuturesUnordered::new();
        let mut said = 0;
        for number in 0..(wanted.rate * wanted.seconds) as usize {
            loop {
                tokio::select! {
                    _ = beat.tick() => break,
                    Some(ended) = saying.next() => said += usize::from(ended?),
                }
            }
            let case = &cases[number % cases.len()];
            saying.push(async move { self.comment(case, &format!("第{number}次留言")).await });
        }
        while let Some(ended) = saying.next().await {
            said += usize::from(ended?);
        }
        ensure!(said > 0, "nothing could be said");
        Ok(said)
    }

    /// Whether it could be said: not every case can be commented.
    async fn comment(&self, case: &str, text: &str) -> anyhow::Result<bool> {
        let input = json!({"caseId": case, "audience": "STAFF", "text": text});
        let body = json!({"query": SAY, "variables": {"input": input}}).to_string();
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        let request = request.header("content-type", "application/json").body(body);
        let answer: Value = serde_json::from_str(&request.send().await?.text().await?)?;
        Ok(answer["data"]["caseComment"]["case"].is_object())
    }
}

/// An event that a socket was told of: when it happened and how much later it was heard, both in microseconds.
struct Heard {
    at: i64,
    delay: u64,
}

struct Socket {
    address: String,
    token: String,
    told: mpsc::UnboundedSender<Heard>,
    open: Arc<Barrier>,
}

impl Socket {
    async fn follow(self, turns: Arc<tokio::sync::Semaphore>) -> anyhow::Result<()> {
        let turn = turns.acquire().await?;
        let mut request = format!("ws://{}/graphql", self.address).into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let (mut socket, _) = connect_async(request).await?;
        let init = json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {}", self.token)}});
        socket.send(Message::text(init.to_string())).await?;
        let greeted = socket.next().await.context("the socket ended")??;
        ensure!(greeted.to_text()?.contains("connection_ack"), "{greeted}");
        let subscribe = json!({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}});
        socket.send(Message::text(subscribe.to_string())).await?;
        drop(turn);
        let mut heard = false;
        while let Some(message) = socket.next().await {
            let Message::Text(text) = message? else { continue };
            ensure!(!text.contains("\"errors\""), "{text}");
            let Some((_, rest)) = text.split_once("\"occurredAt\":\"") else { continue };
            let (at, _) = rest.split_once('"').context("no instant")?;
            let at = chrono::DateTime::parse_from_rfc3339(at)?.timestamp_micros();
            let delay = u64::try_from(SystemClock.now().micros() - at).unwrap_or_default();
            if !heard {
                heard = true;
                self.open.wait().await;
            } else if self.told.send(Heard { at, delay }).is_err() {
                break;
            }
        }
        anyhow::bail!("the socket ended")
    }
}
