//! Two servers over one PostgreSQL: one key has one effect, whichever of them it reaches and whenever one of them dies (H4).
//!
//! The record of a key is in the database with its effect, and the lock on a key is the transaction's: Redis plays no part in it,
//! so that neither its loss nor its emptiness can double anything. A file has one server, which `kill` ends.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Backend, Household, Places, Running, mutation};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use super::{CATEGORY, GRID, until};

/// Requests at once under one key.
const AT_ONCE: usize = 50;
const PATIENCE: Duration = Duration::from_secs(8);
/// Reading what came with its report asks a table that a report without any photo does not touch.
const SELECTION: &str = "case { id number version timeline(first: 1) { nodes { act attachments { kind } } } }
    userErrors { code path }";

/// A report under a key, which is its title.
struct Report {
    by: [Actor; 2],
    category: String,
    grid: String,
}

impl Report {
    async fn on(nodes: &[Running; 2]) -> anyhow::Result<Self> {
        let mut by = vec![];
        for node in nodes {
            by.push(node.sign_in("xindi.resident@150302").await?);
        }
        let by: [Actor; 2] = by.try_into().map_err(|_| anyhow::anyhow!("two nodes"))?;
        let places = Places::of(&by[0]);
        let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
        Ok(Self { by, category, grid })
    }

    async fn send(&self, node: usize, key: &str) -> anyhow::Result<Answer> {
        let input = json!({"categoryId": self.category, "place": {"gridId": self.grid}, "title": key,
            "description": "述", "source": "RESIDENT"});
        let headers = [("idempotency-key", key)];
        self.by[node].run_with(&mutation("caseReport", SELECTION), json!({"input": input}), &headers).await
    }

    /// Sends it to a node until nobody else is at it.
    async fn settled(&self, node: usize, key: &str) -> anyhow::Result<Value> {
        let mut told = Value::Null;
        until("the key is free", PATIENCE, async || {
            let answer = self.send(node, key).await?;
            if is_in_use(&answer) {
                return Ok(false);
            }
            told = answer.payload()?["case"].clone();
            Ok(true)
        })
        .await?;
        Ok(told)
    }
}

fn is_in_use(answer: &Answer) -> bool {
    answer.body["errors"][0]["extensions"]["reason"] == "IDEMPOTENCY_KEY_IN_USE"
}

/// Cases of a title, their entries, events, audit rows and records of their key.
async fn effects(home: &Household, key: &str) -> anyhow::Result<[usize; 5]> {
    let of = |table: &str, column: &str| {
        format!(
            "SELECT CAST(count(*) AS TEXT) FROM {table} x JOIN cases c ON CAST(c.id AS TEXT) = {column} WHERE c.title = '{key}'"
        )
    };
    Ok([
        home.number(&format!("SELECT CAST(count(*) AS TEXT) FROM cases WHERE title = '{key}'")).await?,
        home.number(&of("case_entries", "CAST(x.case_id AS TEXT)")).await?,
        home.number(&of("outbox_events", "CAST(x.aggregate_id AS TEXT)")).await?,
        home.number(&of("audit_entries", "substr(x.target, 6)")).await?,
        home.number(&format!("SELECT CAST(count(*) AS TEXT) FROM idempotency_records WHERE key = '{key}'"))
            .await?,
    ])
}

async fn two_nodes(home: &Household) -> anyhow::Result<[Running; 2]> {
    Ok([home.start().await?, home.start().await?])
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_at_once_on_two_nodes_have_one_effect() -> anyhow::Result<()> {
    let home = Household::new(Backend::Postgres).await?;
    let nodes = two_nodes(&home).await?;
    let report = Report::on(&nodes).await?;
    let sent = (0..AT_ONCE).map(|number| report.send(number % 2, "both"));
    let answers = futures::future::try_join_all(sent).await?;
    let mut cases = vec![];
    for answer in &answers {
        if !is_in_use(answer) {
            cases.push(answer.payload().context("neither the answer nor in use")?["case"].clone());
        }
    }
    let told = cases.len();
    cases.dedup();
    assert_eq!(cases.len(), 1, "{told} were told of {cases:?}");
    assert_eq!(effects(&home, "both").await?, [1; 5]);
    for node in [0, 1] {
        assert_eq!(report.settled(node, "both").await?, cases[0]);
    }
    assert_eq!(effects(&home, "both").await?, [1; 5]);
    println!("{told} of {AT_ONCE} were told at once");
    Ok(())
}

/// Where a server dies.
#[derive(Clone, Copy, Debug)]
enum Point {
    /// Its effect is written and not committed: the record of the key waits for a lock.
    BeforeCommit,
    /// It is committed, and what the answer shows waits for a lock.
    BeforeAnswer,
}

impl Point {
    /// What somebody holds, so that the server gets there and no further.
    const fn held(self) -> &'static str {
        match self {
            Self::BeforeCommit => "LOCK TABLE idempotency_records IN SHARE MODE",
            Self::BeforeAnswer => "LOCK TABLE attachments IN ACCESS EXCLUSIVE MODE",
        }
    }

    /// Effects when it died.
    const fn committed(self) -> usize {
        match self {
            Self::BeforeCommit => 0,
            Self::BeforeAnswer => 1,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_dying_node_had_begun_happens_once_on_the_other() -> anyhow::Result<()> {
    let home = Household::new(Backend::Postgres).await?;
    let mut nodes = two_nodes(&home).await?;
    for (number, point) in
        [Point::BeforeCommit, Point::BeforeAnswer, Point::BeforeCommit].into_iter().enumerate()
    {
        let key = format!("dying-{number}");
        let report = Report::on(&nodes).await?;
        let mut holder = home.superuser().await?;
        let mut held = holder.begin().await?;
        held.execute(AssertSqlSafe(point.held())).await?;
        let waiting = "SELECT CAST(count(*) AS TEXT) FROM pg_stat_activity WHERE datname = current_database() \
            AND usename = 'fengqiao_app' AND wait_event_type = 'Lock'";
        let [dying, other] = nodes;
        let killed = async {
            until("it waits", PATIENCE, async || Ok(home.number(waiting).await? == 1)).await?;
            dying.kill()
        };
        let (answer, killed) = futures::join!(report.send(0, &key), killed);
        killed?;
        ensure!(answer.is_err(), "{point:?}: it was answered: {answer:?}");
        let found = effects(&home, &key).await?;
        assert_eq!(found, [point.committed(); 5], "{point:?}");
        held.rollback().await?;
        let told = report.settled(1, &key).await?;
        assert_eq!(effects(&home, &key).await?, [1; 5], "{point:?}");
        nodes = [home.start().await?, other];
        let report = Report::on(&nodes).await?;
        assert_eq!(report.settled(0, &key).await?, told, "{point:?}");
        assert_eq!(effects(&home, &key).await?, [1; 5], "{point:?}");
    }
    Ok(())
}
