//! Clients that take their time: a form that trickles is cut, and whoever reads slowly reads all of it.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use fengqiao_tests::{Actor, Answer, Served, on_backends};
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use reqwest::{Body, Method, StatusCode};
use serde_json::json;
use tempfile::TempDir;

use super::bucket::{self, keep_in};
use super::photos::plain;
use super::swept::files;
use super::{brought, form, looked_at, person};

/// What is set for each of the times.
const SET: Duration = Duration::from_secs(1);
/// What a busy machine adds to a time that is kept.
const SLACK: Duration = Duration::from_secs(8);
/// Between two parts of what comes slowly and steadily.
const DRIP: Duration = Duration::from_millis(50);

/// The bytes of a form, some at a time.
fn drips(body: &[u8], at_once: usize) -> impl Stream<Item = std::io::Result<Vec<u8>>> + use<> {
    let parts: Vec<Vec<u8>> = body.chunks(at_once).map(<[u8]>::to_vec).collect();
    stream::iter(parts).then(async |part| {
        tokio::time::sleep(DRIP).await;
        Ok(part)
    })
}

async fn trickled(by: &Actor, at_once: usize) -> anyhow::Result<Answer> {
    let (kind, body) = form("a.jpg", &plain(1)?, &[]);
    let token = format!("Bearer {}", by.token().context("a token")?);
    let request = by.at(Method::POST, "/files").header("content-type", kind).header("authorization", token);
    Answer::of(request.body(Body::wrap_stream(drips(&body, at_once)))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_trickles_is_cut_in_its_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.attachments.arrival_seconds = 1).await?;
        let worker = person(&served, "xindi.worker").await?;
        let begun = Instant::now();
        let answer = trickled(&worker, 4).await?;
        let took = begun.elapsed();
        assert_eq!((answer.status, &answer.body["code"]), (408, &json!("TIMEOUT")), "{}", answer.text);
        assert!(took >= SET && took < SET + SLACK, "cut after {took:?}");
        assert_eq!(served.world.number("SELECT count(*) FROM attachments").await?, 0);
        let answer = trickled(&worker, 400).await?;
        assert_eq!(answer.status, 201, "what comes in parts and in time is taken: {}", answer.text);
        Ok(())
    })
    .await
}

/// More than the sockets in between keep.
const LARGE: usize = 64 << 20;
/// So much is read between two pauses: together they are longer than a request that is begun three times may last.
const READ: usize = 512 << 10;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_slowly_from_a_bucket_reads_all_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let folder = TempDir::new()?;
        std::fs::create_dir(folder.path().join("attachments"))?;
        let (endpoint, _tasks) = bucket::served(&folder).await?;
        let served = Served::demo_with(backend, |settings| {
            keep_in(&mut settings.attachments, endpoint);
            settings.attachments.s3.answer_seconds = 1;
        })
        .await?;
        let worker = person(&served, "xindi.worker").await?;
        let id = brought(&worker, b"%PDF-1.7\n%%EOF\n", &[]).await?;
        let lies = files(&folder.path().join("attachments"))?;
        let [lies] = lies.as_slice() else { anyhow::bail!("{lies:?}") };
        std::fs::write(lies, vec![b'%'; LARGE])?;

        let begun = Instant::now();
        let mut answer = looked_at(&worker, &id).await?;
        assert_eq!((answer.status(), answer.content_length()), (StatusCode::OK, Some(LARGE as u64)));
        let (mut read, mut paused) = (0, 0);
        while let Some(part) = answer.chunk().await.context("it broke off")? {
            read += part.len();
            if read / READ > paused {
                paused = read / READ;
                tokio::time::sleep(DRIP).await;
            }
        }
        assert_eq!(read, LARGE);
        assert!(begun.elapsed() > SET * 5, "it was read in {:?}", begun.elapsed());
        Ok(())
    })
    .await
}
