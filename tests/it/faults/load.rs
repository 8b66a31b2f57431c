//! A mixed write load by several people at once, each of whom knows what they were told and what is in
//! doubt. What is in doubt is sent again under its key until there is an answer.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fengqiao_tests::{Actor, Answer, Balancer, Places, Running, mutation};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::GRID;
use crate::sweep::chance::Chance;

/// What the keys of all writes begin with, and the titles of all cases.
pub(crate) const MARK: &str = "drill";
/// Clients that write at once.
const CLIENTS: usize = 4;
/// Between two attempts of a client whom nothing answers.
const PAUSE: Duration = Duration::from_millis(20);
/// Longer than any fault lasts here.
const PATIENCE: Duration = Duration::from_mins(1);

/// The people of the demo who write, and where.
#[derive(Clone, Debug)]
pub(crate) struct People {
    resident: Actor,
    station: Actor,
    category: String,
    grid: String,
}

impl People {
    pub(crate) async fn sign_in(running: &Running) -> anyhow::Result<Self> {
        let resident = running.sign_in("xindi.resident@150302").await?;
        Self::of(resident, running.sign_in("xindi.station@150302").await?).await
    }

    /// The same through whatever stands before the servers.
    pub(crate) async fn sign_in_through(balancer: &Balancer) -> anyhow::Result<Self> {
        let resident = balancer.sign_in("xindi.resident@150302").await?;
        Self::of(resident, balancer.sign_in("xindi.station@150302").await?).await
    }

    async fn of(resident: Actor, station: Actor) -> anyhow::Result<Self> {
        let places = Places::of(&station);
        let (category, grid) = (places.category("1105").await?, places.grid(GRID).await?);
        Ok(Self { resident, station, category, grid })
    }
}

/// Who sends a write.
#[derive(Clone, Copy, Debug)]
enum Who {
    Resident,
    Station,
}

/// One write as it is sent, however often.
#[derive(Clone, Debug)]
struct Write {
    key: String,
    by: Who,
    field: &'static str,
    input: Value,
}

/// What somebody was told of a case of theirs.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// Its title, which it shares with no other.
    pub(crate) title: String,
    /// Its number.
    pub(crate) number: String,
    /// The acts that were acknowledged, oldest first.
    pub(crate) acts: Vec<&'static str>,
    id: String,
}

/// Somebody who writes, across all faults.
#[derive(Debug)]
pub(crate) struct Client {
    name: String,
    chance: Chance,
    sent: usize,
    /// A write without an answer.
    doubt: Option<Write>,
    /// Writes with one.
    done: Vec<Write>,
    cases: Vec<Told>,
    /// Answers that said why not.
    refusals: usize,
    /// Attempts that nobody answered.
    unanswered: usize,
    /// The longest that an answer took.
    slowest: Duration,
}

/// The acts that a case of ours goes through, with who does them.
const STEPS: [(&str, Who); 6] = [
    ("caseComment", Who::Resident),
    ("caseAccept", Who::Station),
    ("caseComment", Who::Station),
    ("caseStart", Who::Station),
    ("caseComment", Who::Resident),
    ("caseComplete", Who::Station),
];

impl Client {
    fn new(seed: u64, number: usize) -> Self {
        Self {
            name: format!("{MARK}-{number}"),
            chance: Chance(seed.wrapping_mul(31).wrapping_add(number as u64)),
            sent: 0,
            doubt: None,
            done: vec![],
            cases: vec![],
            refusals: 0,
            unanswered: 0,
            slowest: Duration::ZERO,
        }
    }

    /// The next write: a report, or an act on the case that was reported last.
    fn next(&mut self, people: &People) -> Write {
        self.sent += 1;
        let key = format!("{}-{}", self.name, self.sent);
        let step = self.cases.last().and_then(|told| STEPS.get(told.acts.len() - 1));
        // Once in a while a case is left as it is.
        let (Some((field, by)), false) = (step.copied(), self.chance.once_in(8)) else {
            let input = json!({"categoryId": people.category, "place": {"gridId": people.grid}, "title": key,
                "description": "演练：核对每一次确认。", "source": "RESIDENT"});
            return Write { key, by: Who::Resident, field: "caseReport", input };
        };
        let (id, version) =
            self.cases.last().map(|told| (told.id.clone(), told.acts.len())).unwrap_or_default();
        let mut input = json!({"caseId": id});
        match field {
            "caseComment" => {
                input["text"] = "演练留言".into();
                input["audience"] = "EVERYONE".into();
            }
            "caseComplete" => input["result"] = "演练结束".into(),
            _ => {}
        }
        if field != "caseComment" {
            input["expectedVersion"] = version.into();
        }
        Write { key, by, field, input }
    }

    /// Writes until it is told to stop.
    async fn run(mut self, people: People, stop: watch::Receiver<Stop>) -> anyhow::Result<Self> {
        let mut told = Instant::now();
        loop {
            let present = *stop.borrow();
            match present {
                Stop::AtOnce => return Ok(self),
                Stop::Settled if self.doubt.is_none() => return Ok(self),
                Stop::Settled | Stop::Not => {}
            }
            let write = self.doubt.take().unwrap_or_else(|| self.next(&people));
            self.doubt = Some(write.clone());
            let asked = Instant::now();
            let answer = send(&people, &write).await;
            self.slowest = self.slowest.max(asked.elapsed());
            match answer {
                Ok(answer) if is_refusal(&answer)? => {
                    self.refusals += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Ok(answer) => {
                    self.keep(&write, &answer).with_context(|| format!("{} {}", write.field, write.key))?;
                    self.doubt = None;
                    self.done.push(write);
                    told = Instant::now();
                }
                Err(_) => {
                    self.unanswered += 1;
                    tokio::time::sleep(PAUSE).await;
                }
            }
            ensure!(told.elapsed() < PATIENCE, "{} was never told of {:?}", self.name, self.doubt);
        }
    }

    /// Remembers what was acknowledged.
    fn keep(&mut self, write: &Write, answer: &Answer) -> anyhow::Result<()> {
        let case = &answer.payload()?["case"];
        let text = |field: &str| case[field].as_str().unwrap_or_default().to_owned();
        let act = act_of(write.field);
        if write.field == "caseReport" {
            let (number, id) = (text("number"), text("id"));
            self.cases.push(Told { title: write.key.clone(), number, acts: vec![act], id });
        } else {
            let told = self.cases.last_mut().context("a case")?;
            ensure!(told.number == text("number"), "another case: {}", answer.text);
            told.acts.push(act);
        }
        let version = self.cases.last().map(|told| told.acts.len());
        ensure!(case["version"].as_u64().map(usize::try_from) == version.map(Ok), "{}", answer.text);
        Ok(())
    }
}

/// The act as the timeline names it.
fn act_of(field: &str) -> &'static str {
    match field {
        "caseReport" => "report",
        "caseComment" => "comment",
        "caseAccept" => "accept",
        "caseStart" => "start",
        _ => "complete",
    }
}

async fn send(people: &People, write: &Write) -> anyhow::Result<Answer> {
    let by = match write.by {
        Who::Resident => &people.resident,
        Who::Station => &people.station,
    };
    let document = mutation(write.field, "case { id number version } userErrors { code path }");
    by.run_with(&document, json!({"input": write.input}), &[("idempotency-key", &write.key)]).await
}

/// Whether it says clearly that nothing was done yet. Anything unclear is a failure of the test.
fn is_refusal(answer: &Answer) -> anyhow::Result<bool> {
    let reason = &answer.body["errors"][0]["extensions"]["reason"];
    match answer.code() {
        "" => Ok(false),
        "BAD_REQUEST" if reason == "IDEMPOTENCY_KEY_IN_USE" => Ok(true),
        _ => answer.says_unavailable().map(|()| true),
    }
}

/// When clients stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    Not,
    /// With what is in doubt then.
    AtOnce,
    /// When nothing is.
    Settled,
}

/// Everybody who writes.
#[derive(Debug)]
pub(crate) struct Load {
    clients: Vec<Client>,
}

/// The same while they write.
pub(crate) struct Writing {
    clients: JoinSet<anyhow::Result<Client>>,
    stop: watch::Sender<Stop>,
}

impl Load {
    pub(crate) fn new(seed: u64) -> Self {
        Self { clients: (1..=CLIENTS).map(|number| Client::new(seed, number)).collect() }
    }

    /// Everybody begins.
    pub(crate) fn begin(self, people: &People) -> Writing {
        let stop = watch::Sender::new(Stop::Not);
        let mut clients = JoinSet::new();
        for client in self.clients {
            clients.spawn(client.run(people.clone(), stop.subscribe()));
        }
        Writing { clients, stop }
    }

    /// Everything anybody was told.
    pub(crate) fn told(&self) -> impl Iterator<Item = &Told> {
        self.clients.iter().flat_map(|client| &client.cases)
    }

    /// Writes that were acknowledged, and answers that said why not.
    pub(crate) fn numbers(&self) -> (usize, usize) {
        let done = self.clients.iter().map(|client| client.done.len()).sum();
        (done, self.clients.iter().map(|client| client.refusals).sum())
    }

    /// Attempts that nobody answered, whatever became of them.
    pub(crate) fn unanswered(&self) -> usize {
        self.clients.iter().map(|client| client.unanswered).sum()
    }

    /// The longest that an answer took, or its absence.
    pub(crate) fn slowest(&self) -> Duration {
        self.clients.iter().map(|client| client.slowest).max().unwrap_or_default()
    }

    /// Writes without an answer so far.
    pub(crate) fn doubts(&self) -> usize {
        self.clients.iter().filter(|client| client.doubt.is_some()).count()
    }

    /// Everybody sends again what was acknowledged last, and is told the same.
    pub(crate) async fn repeat(&self, people: &People) -> anyhow::Result<()> {
        const LAST: usize = 8;
        for client in &self.clients {
            for write in client.done.iter().rev().take(LAST) {
                send(people, write).await?.payload().with_context(|| format!("again: {}", write.key))?;
            }
        }
        Ok(())
    }
}

impl Writing {
    /// They stop with what is in doubt.
    pub(crate) async fn stop(self) -> anyhow::Result<Load> {
        self.end(Stop::AtOnce).await
    }

    /// They stop when nothing is in doubt.
    pub(crate) async fn settle(self) -> anyhow::Result<Load> {
        self.end(Stop::Settled).await
    }

    async fn end(mut self, how: Stop) -> anyhow::Result<Load> {
        self.stop.send_replace(how);
        let mut clients = vec![];
        while let Some(client) = self.clients.join_next().await {
            clients.push(client??);
        }
        if clients.len() != CLIENTS {
            bail!("{} of {CLIENTS} clients came back", clients.len());
        }
        Ok(Load { clients })
    }
}
