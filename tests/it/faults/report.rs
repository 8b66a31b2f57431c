//! A report under a key, sent as a whole or in part, and what became of it.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Backend, Dam, Places, Served, mutation};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{CATEGORY, GRID, open_transactions, until};

/// Whoever reports, and where.
pub(super) struct Report {
    by: Actor,
    category: String,
    grid: String,
}

impl Report {
    pub(super) async fn by(served: &Served, account: &str) -> anyhow::Result<Self> {
        let by = served.sign_in(account).await?;
        let places = Places::of(&by);
        let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
        Ok(Self { by, category, grid })
    }

    fn body(&self, key: &str) -> Value {
        let input = json!({"categoryId": self.category, "place": {"gridId": self.grid}, "title": key,
            "description": "述", "source": "RESIDENT"});
        json!({"query": mutation("caseReport", "case { number version } userErrors { code path }"),
            "variables": {"input": input}})
    }

    /// Sends it and waits for the answer. Its title is its key.
    pub(super) async fn send(&self, key: &str) -> anyhow::Result<Answer> {
        let body = self.body(key).to_string();
        let request =
            self.by.post().header("content-type", "application/json").header("idempotency-key", key);
        Answer::of(request.body(body)).await
    }

    /// Reads something.
    pub(super) async fn read(&self) -> anyhow::Result<Answer> {
        self.by.run("{ cases(first: 1) { nodes { id } } }", Value::Null).await
    }

    /// The request as it goes over the wire.
    pub(super) fn wire(&self, key: &str) -> String {
        let body = self.body(key).to_string();
        format!(
            "POST /graphql HTTP/1.1\r\nhost: fengqiao\r\nauthorization: Bearer {}\r\nidempotency-key: {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.by.token().unwrap_or_default(),
            body.len(),
        )
    }

    /// Opens a connection and sends so many bytes of the request: all of them if it has no more.
    pub(super) async fn begin(&self, served: &Served, key: &str, bytes: usize) -> anyhow::Result<TcpStream> {
        let mut socket = TcpStream::connect(served.address()).await?;
        let wire = self.wire(key);
        socket.write_all(wire.as_bytes().get(..bytes.min(wire.len())).context("within it")?).await?;
        socket.flush().await?;
        Ok(socket)
    }

    /// Bytes that PostgreSQL answers to one report when all connections know all statements.
    pub(super) async fn usual_bytes(&self, served: &Served, dam: &Dam) -> anyhow::Result<u64> {
        let mut bytes = 0;
        for number in 0..4 {
            self.settled(served).await?;
            let before = dam.passed();
            self.send(&format!("usual-{number}")).await?.payload()?;
            bytes = dam.passed() - before;
        }
        ensure!(bytes > 0, "nothing passes the dam");
        Ok(bytes)
    }

    /// Waits until nothing is open in the database and a connection is free.
    pub(super) async fn settled(&self, served: &Served) -> anyhow::Result<()> {
        until("nothing is open", Duration::from_secs(8), async || {
            if served.world.backend() == Backend::Postgres && open_transactions(served).await? > 0 {
                return Ok(false);
            }
            Ok(served.app.services.db.idle_connections() > 0)
        })
        .await
    }

    /// Case, timeline, event, audit row and key are there together or not at all: whether they are.
    pub(super) async fn whole(&self, served: &Served, key: &str) -> anyhow::Result<bool> {
        let of = format!("c ON c.id = {{}} WHERE c.title = '{key}'");
        let joined = |table: &str, column: &str| {
            format!("SELECT count(*) FROM {table} x JOIN cases {}", of.replace("{}", &format!("x.{column}")))
        };
        let number = async |sql: &str| served.world.number(sql).await;
        let cases = number(&format!("SELECT count(*) FROM cases WHERE title = '{key}'")).await?;
        let parts = [
            number(&joined("case_entries", "case_id")).await?,
            number(&joined("outbox_events", "aggregate_id")).await?,
            number(&joined("idempotency_records", "result_id")).await?,
            number(&format!("SELECT count(*) FROM idempotency_records WHERE key = '{key}'")).await?,
        ];
        let all = number("SELECT count(*) FROM audit_entries WHERE action = 'case.report'").await?;
        let keyed = number("SELECT count(*) FROM idempotency_records WHERE field = 'caseReport'").await?;
        ensure!(cases <= 1 && parts == [cases; 4], "{key}: {cases} cases, and {parts:?}");
        ensure!(all == keyed, "{key}: {all} audit rows of {keyed} reports");
        Ok(cases == 1)
    }

    /// Sends it again, twice: it is there once.
    pub(super) async fn again(&self, served: &Served, key: &str) -> anyhow::Result<()> {
        let mut numbers = vec![];
        for _ in 0..2 {
            let answer = self.send(key).await?;
            numbers.push(answer.payload().with_context(|| key.to_owned())?["case"]["number"].clone());
        }
        ensure!(numbers.first() == numbers.last(), "{key}: {numbers:?}");
        ensure!(self.whole(served, key).await?, "{key} is not there");
        Ok(())
    }
}
