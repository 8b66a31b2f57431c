//! Personal data stands nowhere in the clear: more than a hundred canaries go in through the API, and no file of the database, no dump, no log,
//! no span and no key of Redis has any of them (requirements P1, P2, P8).

use std::path::Path;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Household, Places, RedisServer, Running, on_backends};
use serde_json::json;

use super::planted;
use super::search::{Search, Searched, Spans, remembered, searched_at_rest};
use crate::files::brought_as;
use crate::webhooks::receiver::Receiver;
use crate::webhooks::{CATEGORY, GRID};

/// In every canary that is a text.
const WORD: &str = "金丝雀7f3a9c";
/// How every canary that is a telephone number begins. So many digits stand in no number that is there by chance.
const DIGITS: &str = "19955500";
/// In the title of every case that has canaries: it lies in the clear, so that whoever does not find it did not look.
const OPEN: &str = "明文5e81b4";
/// All that the product says, and what the databases are asked.
const EVERYTHING: &str = "info,fengqiao_api=trace,fengqiao_domain=trace,sqlx=debug,sea_orm=debug";
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

    pub(super) fn digits(&mut self) -> String {
        self.0 += 1;
        format!("{DIGITS}{:03}", self.0)
    }
}

/// A report with what is said of it and attached to it, and a visit: the id of the request that reported.
pub(crate) async fn plant(worker: &Actor, birds: &mut Cage) -> anyhow::Result<String> {
    let places = Places::of(worker);
    let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
    let attachment = brought_as(worker, &format!("{}.pdf", birds.word()), b"%PDF-1.7\n%%EOF\n", &[]).await?;
    let (description, phone) = (birds.word(), birds.digits());
    let input = json!({"categoryId": category, "title": format!("井盖缺失{OPEN}"), "description": description, "address": birds.word(),
        "place": {"gridId": grid}, "source": "PATROL", "reporter": {"name": birds.word(), "phone": phone}});
    let answer =
        worker.mutate("caseReport", "case { id description } userErrors { code path }", input).await?;
    let case = &answer.payload()?["case"];
    // It is there, and whoever may read it reads it.
    assert_eq!(case["description"], description, "{}", answer.text);
    let request = answer.headers.get("x-request-id").context("an id")?.to_str()?.to_owned();
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
    Ok(request)
}

/// Looks for canaries, and for titles.
fn search() -> Search {
    Search::of(&[WORD, DIGITS], OPEN)
}

pub(crate) fn is_clean(bytes: &[u8]) -> bool {
    let mut search = search();
    search.bytes("", bytes);
    search.verdict().is_ok()
}

/// No file below a folder has any: what was read.
pub(crate) fn clean(folder: &Path) -> anyhow::Result<Vec<Searched>> {
    let mut search = search();
    let searched = search.folder(folder)?;
    search.verdict()?;
    Ok(searched)
}

/// What went in.
struct Planted {
    birds: Cage,
    /// Secrets that the product gave.
    secrets: Vec<String>,
    /// Ids of requests that had canaries.
    requests: Vec<String>,
}

async fn planted(running: &Running, receiver: &Receiver) -> anyhow::Result<Planted> {
    let worker = running.sign_in("xindi.worker@150302").await?;
    let (mut birds, mut requests) = (Cage::default(), vec![]);
    for _ in 0..ROUNDS {
        requests.push(plant(&worker, &mut birds).await?);
    }
    let mut secrets = planted::people(running, &mut birds).await?;
    planted::sheets(running, &mut birds).await?;
    secrets.push(planted::webhook(running, receiver).await?);
    requests.extend(planted::refused(running, &mut birds).await?);
    Ok(Planted { birds, secrets, requests })
}

/// A server that says and remembers as much as it can.
async fn opened(home: &Household, redis: &RedisServer, endpoint: &str) -> anyhow::Result<Running> {
    home.configure("[webhooks]\nallow_http = true\nallowed_networks = [\"127.0.0.0/8\"]\n")?;
    home.start_with(&[
        ("FENGQIAO__REDIS__URL", &redis.url()),
        ("FENGQIAO__TELEMETRY__OTLP_ENDPOINT", endpoint),
        ("FENGQIAO__TELEMETRY__LOG", EVERYTHING),
    ])
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_canaries_are_nowhere_in_the_clear() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (redis, receiver) = (RedisServer::new().await?, Receiver::open().await?);
        let (endpoint, spans) = Spans::collected().await?;
        let home = Household::new(backend).await?;
        let running = opened(&home, &redis, &endpoint).await?;
        let mut told = redis.monitor().await?;
        let Planted { birds, secrets, requests } = planted(&running, &receiver).await?;
        assert_eq!(birds.0, 133);
        let hidden: Vec<&str> =
            [WORD, DIGITS].into_iter().chain(secrets.iter().map(String::as_str)).collect();
        let mut search = Search::of(&hidden, OPEN);
        // While it runs, with the log of what is to come; and when it has ended and said everything.
        searched_at_rest(&mut search, &home).await?;
        let dump = home.dump().await?;
        ensure!(search.bytes("a dump", &dump) && dump.len() > 100_000, "no dump");
        let keys = redis.ask(&["KEYS", "*"]).await?;
        let kept = remembered(&redis).await?;
        search.bytes("Redis", &kept);
        let name = keys.first().context("Redis has no key")?;
        ensure!(
            memchr::memmem::find(&kept, name.as_bytes()).is_some(),
            "{name} is not what Redis wrote down"
        );
        let commands = told.commands().await?.into_iter().flatten().collect::<Vec<_>>().join("\n");
        ensure!(commands.contains(name), "{name} is not what Redis was told");
        search.bytes("what Redis was told", commands.as_bytes());
        running.terminate().await?;
        search.folder(home.folder())?;
        let (log, said) = (home.log()?, spans.said());
        search.bytes("the spans", &said);
        for request in &requests {
            ensure!(log.contains(request), "the log lacks {request}");
            ensure!(memchr::memmem::find(&said, request.as_bytes()).is_some(), "the spans lack {request}");
        }
        search.verdict()
    })
    .await
}
