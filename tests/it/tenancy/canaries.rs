//! Personal data stands nowhere in the clear: more than a hundred canaries go in through the API, and no file of the database, no dump, no log,
//! no span and no key of Redis has any of them (requirements P1, P2, P8).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use fengqiao_tests::{Actor, Backend, Household, Places, RedisServer, Running, on_backends};
use serde_json::json;

use crate::files::brought_as;
use crate::webhooks::{CATEGORY, GRID};

/// In every canary that is a text.
const WORD: &str = "金丝雀7f3a9c";
/// How every canary that is a telephone number begins.
const DIGITS: &str = "1995550";
/// Cases and visits, each of both with eleven canaries.
const ROUNDS: usize = 10;

/// One canary after the other.
#[derive(Default)]
pub(crate) struct Cage(usize);

impl Cage {
    pub(crate) fn word(&mut self) -> String {
        self.0 += 1;
        format!("{WORD}{:03}", self.0)
    }

    fn digits(&mut self) -> String {
        self.0 += 1;
        format!("{DIGITS}{:04}", self.0)
    }
}

/// A report with what is said of it and attached to it, and a visit.
pub(crate) async fn plant(worker: &Actor, birds: &mut Cage) -> anyhow::Result<()> {
    let places = Places::of(worker);
    let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
    let attachment = brought_as(worker, &format!("{}.pdf", birds.word()), b"%PDF-1.7\n%%EOF\n", &[]).await?;
    let (description, phone) = (birds.word(), birds.digits());
    let input = json!({"categoryId": category, "title": "井盖缺失", "description": description, "address": birds.word(),
        "place": {"gridId": grid}, "source": "PATROL", "reporter": {"name": birds.word(), "phone": phone}});
    let answer =
        worker.mutate("caseReport", "case { id description } userErrors { code path }", input).await?;
    let case = &answer.payload()?["case"];
    // It is there, and whoever may read it reads it.
    assert_eq!(case["description"], description, "{}", answer.text);
    let said = birds.word();
    let input = json!({"caseId": case["id"], "text": said, "audience": "STAFF",
        "attachments": [{"attachmentId": attachment, "kind": "SCENE"}]});
    let selection = "case { timeline(last: 1) { nodes { text } } } userErrors { code path }";
    let answer = worker.mutate("caseComment", selection, input).await?;
    assert_eq!(answer.payload()?["case"]["timeline"]["nodes"][0]["text"], said, "{}", answer.text);
    let findings = birds.word();
    let child = json!({"kind": "PERSON", "name": birds.word(), "phone": birds.digits(), "isUnderFourteen": true,
        "childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": birds.word()});
    let input = json!({"subject": child, "purpose": "ROUTINE",
        "outcome": "MET", "findings": findings, "address": birds.word(), "place": {"gridId": grid}});
    let answer = worker.mutate("visitRecord", "visit { findings } userErrors { code path }", input).await?;
    assert_eq!(answer.payload()?["visit"]["findings"], findings, "{}", answer.text);
    Ok(())
}

/// What the product must not hold, as it could stand in a file: as it is, and as hexadecimal digits or escapes of JSON have it.
fn needles() -> Vec<Vec<u8>> {
    let hex = |text: &str| hex::encode(text.as_bytes());
    let chinese = "\\u91d1\\u4e1d\\u96c0".to_owned();
    let mut needles = vec![chinese];
    for text in [WORD, DIGITS] {
        needles.extend([text.to_owned(), hex(text), hex(text).to_uppercase()]);
    }
    needles.into_iter().map(String::into_bytes).collect()
}

/// What stands in some bytes.
fn found(bytes: &[u8]) -> Option<String> {
    found_of(bytes, &needles())
}

/// Which of some needles stands in some bytes.
pub(crate) fn found_of(bytes: &[u8], needles: &[Vec<u8>]) -> Option<String> {
    let hit = needles.iter().find(|needle| memchr::memmem::find(bytes, needle).is_some())?;
    Some(String::from_utf8_lossy(hit).into_owned())
}

pub(crate) fn is_clean(bytes: &[u8]) -> bool {
    found(bytes).is_none()
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut open, mut found) = (vec![folder.to_owned()], vec![]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    Ok(found)
}

/// No file below a folder has any: how many files there are.
pub(crate) fn clean(folder: &Path) -> anyhow::Result<usize> {
    let files = files(folder)?;
    for file in &files {
        // A server removes files while they are looked at.
        let Ok(bytes) = std::fs::read(file) else { continue };
        let hit = found(&bytes);
        ensure!(hit.is_none(), "{} has {hit:?}", file.display());
    }
    Ok(files.len())
}

/// Takes spans, and keeps what they say.
#[expect(clippy::disallowed_methods, reason = "it ends with the test")]
async fn collector() -> anyhow::Result<(String, Arc<Mutex<Vec<u8>>>)> {
    let kept = Arc::new(Mutex::new(vec![]));
    let heard = Arc::clone(&kept);
    let take = move |body: Bytes| {
        heard.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&body);
        async { "" }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/v1/traces", post(take));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok((format!("http://{address}"), kept))
}

/// What Redis knows, written down as it is.
async fn remembered(redis: &RedisServer) -> anyhow::Result<Vec<u8>> {
    redis.ask(&["CONFIG", "SET", "rdbcompression", "no"]).await?;
    redis.ask(&["SAVE"]).await?;
    let folder = redis.ask(&["CONFIG", "GET", "dir"]).await?;
    Ok(std::fs::read(Path::new(folder.last().context("a folder")?).join("dump.rdb"))?)
}

/// Where PostgreSQL keeps the pages of the database, and the log of what is to come.
pub(crate) async fn database_folders(home: &Household) -> anyhow::Result<Option<[PathBuf; 2]>> {
    let Some(folder) = database_folder(home).await? else { return Ok(None) };
    let own = "SELECT oid::text FROM pg_database WHERE datname = current_database()";
    let own = home.texts(own).await?.concat();
    Ok(Some([folder.join("base").join(own), folder.join("pg_wal")]))
}

/// The files of the database, the log of what is to come among them.
pub(crate) async fn database_folder(home: &Household) -> anyhow::Result<Option<PathBuf>> {
    if home.backend() == Backend::Sqlite {
        return Ok(None);
    }
    home.texts("CHECKPOINT").await?;
    Ok(home.texts("SHOW data_directory").await?.pop().map(PathBuf::from))
}

async fn planted(running: &Running) -> anyhow::Result<()> {
    let worker = running.sign_in("xindi.worker@150302").await?;
    let mut birds = Cage::default();
    for _ in 0..ROUNDS {
        plant(&worker, &mut birds).await?;
    }
    assert_eq!(birds.0, 110);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_canaries_are_nowhere_in_the_clear() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let redis = RedisServer::new().await?;
        let (endpoint, spans) = collector().await?;
        let home = Household::new(backend).await?;
        let running = home
            .start_with(&[
                ("FENGQIAO__REDIS__URL", &redis.url()),
                ("FENGQIAO__TELEMETRY__OTLP_ENDPOINT", &endpoint),
                (
                    "FENGQIAO__TELEMETRY__LOG",
                    "info,fengqiao_api=trace,fengqiao_domain=trace,sqlx=debug,sea_orm=debug",
                ),
            ])
            .await?;
        planted(&running).await?;
        // While it runs, with the log of what is to come; and when it has ended and said everything.
        ensure!(clean(home.folder())? > 2);
        if let Some([pages, log]) = database_folders(&home).await? {
            ensure!(clean(&pages)? > 100 && clean(&log)? > 0);
        }
        let dump = home.dump().await?;
        ensure!(dump.len() > 100_000 && memchr::memmem::find(&dump, b"xindi.worker").is_some(), "no dump");
        assert_eq!(found(&dump), None, "in a dump");
        let keys = remembered(&redis).await?;
        assert_eq!(found(&keys), None, "in Redis");
        running.terminate().await?;
        clean(home.folder())?;
        let log = home.log()?;
        ensure!(
            log.matches(" operation").count() >= 3 * ROUNDS,
            "nothing was logged: {}",
            log.lines().filter(|line| !line.contains("sqlx")).collect::<Vec<_>>().join("\n")
        );
        let said = spans.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ensure!(!said.is_empty(), "no span came");
        assert_eq!(found(&said), None, "in the spans");
        Ok(())
    })
    .await
}

#[test]
fn a_canary_is_found_however_it_is_written() {
    for text in [
        format!("x{WORD}001"),
        hex::encode(format!("x{WORD}1")),
        format!("{DIGITS}0001"),
        "\\u91d1\\u4e1d\\u96c0".to_owned(),
    ] {
        assert!(found(text.as_bytes()).is_some(), "{text}");
    }
    assert_eq!(found("金丝雀 199555".as_bytes()), None);
}
