//! Clients that take their time: a head, a body that trickles, a reader who does not read. They are cut, and
//! meanwhile hold nothing in the database (R7). `api/tests/edge/limits.rs` has the edge's part alone.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_api::http::Seconds;
use fengqiao_tests::{Backend, Served, on_backends};
use serde_json::json;
use sqlx::Executor as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::report::Report;
use super::{open_transactions, until};

/// What is set for each of the times.
const SET: Duration = Duration::from_secs(1);
/// What a busy machine adds to a time that is kept.
const SLACK: Duration = Duration::from_secs(3);
/// Between two bytes of a client that trickles.
const DRIP: Duration = Duration::from_millis(50);

/// Nothing of the product is open in the database now.
async fn holds_nothing(served: &Served) -> anyhow::Result<()> {
    if served.world.backend() == Backend::Postgres {
        ensure!(open_transactions(served).await? == 0, "a transaction is open");
        return Ok(());
    }
    let pool = served.world.sqlite()?;
    let mut writer = pool.acquire().await?;
    writer.execute("BEGIN IMMEDIATE").await.context("somebody writes")?;
    writer.execute("ROLLBACK").await?;
    Ok(())
}

/// Sends the rest of a request byte by byte until the server ends the connection: what it said then.
async fn trickle(served: &Served, mut socket: TcpStream, rest: &[u8]) -> anyhow::Result<String> {
    let (begun, mut said) = (Instant::now(), vec![]);
    for byte in rest {
        // A connection that is cut refuses the next byte at the latest.
        let sent = socket.write_all(&[*byte]).await;
        let ended = tokio::time::timeout(DRIP, socket.read_to_end(&mut said)).await;
        if sent.is_err() || ended.is_ok() {
            ensure!(begun.elapsed() > SET.mul_f64(0.8), "cut after {:?}", begun.elapsed());
            return Ok(String::from_utf8_lossy(&said).into_owned());
        }
        holds_nothing(served).await?;
        ensure!(begun.elapsed() < SET + SLACK, "it still listens after {:?}", begun.elapsed());
    }
    anyhow::bail!("it heard all of it")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_trickles_is_cut_and_holds_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| {
            settings.edge.server.header_read_seconds = Seconds::whole(SET.as_secs());
            settings.edge.request.body_read_seconds = Seconds::whole(SET.as_secs());
        })
        .await?;
        let report = Report::by(&served, "xindi.resident@150302").await?;
        let wire = report.wire("trickled");
        let head = wire.find("\r\n\r\n").context("a head")? + 4;
        // Within the head, and within the body: known by then, and still not let into the database.
        for begun in [20, head + 10] {
            let socket = report.begin(&served, "trickled", begun).await?;
            let rest = wire.as_bytes().get(begun..).context("within it")?;
            let said = trickle(&served, socket, rest).await.with_context(|| format!("from byte {begun}"))?;
            if begun > head {
                ensure!(said.starts_with("HTTP/1.1 408") && said.contains("TIMEOUT"), "{said}");
            }
            ensure!(!report.whole(&served, "trickled").await?, "half a request had an effect");
        }
        report.again(&served, "trickled").await
    })
    .await
}

/// Requests that are sent without reading.
const UNREAD: usize = 100;
/// A server that takes nothing for so long waits for its reader.
const STILL: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_does_not_read_is_cut_and_holds_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| {
            settings.edge.server.write_stall_seconds = Seconds::whole(SET.as_secs());
        })
        .await?;
        let station = served.sign_in("xindi.station@150302").await?;
        let document = "{ cases(first: 20) { nodes { id title } } __schema { types { name description
            fields { name description args { name description } } } } }";
        let body = json!({"query": document}).to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: fengqiao\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            station.token().unwrap_or_default(),
            body.len(),
        );
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(4_096)?;
        let mut socket = socket.connect(served.address()).await?;
        let all = request.repeat(UNREAD);
        let begun = Instant::now();
        // When it cannot write answers the server stops reading requests, and at last cuts the connection.
        let (mut at, mut stills) = (0, 0);
        loop {
            let rest = all.as_bytes().get(at..).context("within it")?;
            match tokio::time::timeout(STILL, socket.write(rest)).await {
                Ok(Ok(written)) => at = (at + written) % all.len(),
                Ok(Err(_cut)) => break,
                Err(_elapsed) => {
                    stills += 1;
                    until("nothing is held", STILL * 2, async || Ok(holds_nothing(&served).await.is_ok()))
                        .await?;
                }
            }
            ensure!(begun.elapsed() < Duration::from_secs(20), "it is never cut");
        }
        ensure!(stills > 0, "cut after {:?} without a time to read", begun.elapsed());
        station.run("{ cases(first: 1) { nodes { id } } }", serde_json::Value::Null).await?.data("cases")?;
        Ok(())
    })
    .await
}
