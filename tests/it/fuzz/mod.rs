//! What reads bytes of strangers is given bytes that are almost right, at the doors where they come in: nothing breaks, nothing
//! hangs, and nobody gets in. The servers run on the thread of their test, so that it is known what each input costs.
//!
//! Each run gives each door the same some hundred; `FENGQIAO_FUZZ_CASES` and `FENGQIAO_FUZZ_SEED` give it more and others. What ever
//! broke something goes into the corpus.

mod edits;
mod numbers;
mod proofs;
mod work;

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::sheet::ImportFailure;
use fengqiao_tests::{Actor, Backend, Served, World, on_backends};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use crate::exchange::{NOW, Partner, order};
use crate::sweep::chance::Chance;
use crate::webhooks::Desk;
use edits::{corpus, edited};
use work::quickly;

/// Given to each door in a run.
const CASES: usize = 400;
/// Nothing takes a door so long: an operation may take half of it.
const LONGEST: Duration = Duration::from_secs(20);

#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
fn number(name: &str, default: usize) -> anyhow::Result<usize> {
    std::env::var(name)
        .map_or(Ok(default), |text| text.parse().with_context(|| format!("{name} is a number")))
}

fn cases() -> anyhow::Result<usize> {
    number("FENGQIAO_FUZZ_CASES", CASES)
}

fn chance() -> anyhow::Result<Chance> {
    Ok(Chance(u64::try_from(number("FENGQIAO_FUZZ_SEED", 20_261_129)?)?))
}

/// What is answered, which is no failure of ours, and takes nobody long.
async fn answered(request: RequestBuilder, sent: &[u8]) -> anyhow::Result<(u16, Value)> {
    let told = || format!("sent {}", String::from_utf8_lossy(sent).escape_debug());
    quickly(told, async || asked(request.try_clone().context("bytes")?, sent).await).await
}

async fn asked(request: RequestBuilder, sent: &[u8]) -> anyhow::Result<(u16, Value)> {
    let told = || format!("sent {}", String::from_utf8_lossy(sent).escape_debug());
    let response: Response = request.timeout(LONGEST).send().await.with_context(told)?;
    let status = response.status().as_u16();
    let text = response.text().await.with_context(told)?;
    ensure!(status < 500 && !text.contains("\"INTERNAL\""), "{status} {text}: {}", told());
    Ok((status, serde_json::from_str(&text).unwrap_or_default()))
}

fn posted(by: &Actor, body: &[u8]) -> RequestBuilder {
    by.post().header("content-type", "application/json").body(body.to_vec())
}

#[tokio::test]
async fn a_document_that_is_almost_one_is_answered() -> anyhow::Result<()> {
    let served = Served::demo(Backend::Sqlite).await?;
    let (station, seeds, mut chance) =
        (served.sign_in("xindi.station@150302").await?, corpus("documents")?, chance()?);
    for seed in &seeds {
        answered(posted(&station, seed), seed).await?;
    }
    for _ in 0..cases()? {
        let body = edited(&seeds, &mut chance);
        answered(posted(&station, &body), &body).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_filter_that_is_almost_one_is_answered() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let askers = [
            served.sign_in("district.command@150302").await?,
            served.sign_in("security.admin@150302").await?,
        ];
        let (seeds, mut chance) = (corpus("filters")?, chance()?);
        for number in 0..cases()? {
            let mut body =
                if number < seeds.len() { seeds[number].clone() } else { edited(&seeds, &mut chance) };
            // Most edits meet the document: half of the cases edit the variables alone.
            if let (true, Ok(mut asked)) = (chance.once_in(2), serde_json::from_slice::<Value>(&body)) {
                let variables = serde_json::to_vec(&asked["variables"])?;
                let variables = edited(&[variables], &mut chance);
                if let Ok(variables) = serde_json::from_slice::<Value>(&variables) {
                    asked["variables"] = variables;
                    body = serde_json::to_vec(&asked)?;
                }
            }
            answered(posted(&askers[number % 2], &body), &body).await?;
        }
        Ok(())
    })
    .await
}

/// Lists, each with a cursor of its own kind.
const LISTS: [&str; 4] = [
    "query($c: String) { page: cases(first: 1, after: $c) { pageInfo { endCursor } } }",
    "query($c: String) { page: units(first: 1, after: $c) { pageInfo { endCursor } } }",
    "query($c: String) { page: inbox(kind: TODO, first: 1, after: $c) { pageInfo { endCursor } } }",
    "query($c: String) { page: caseEvents(first: 1, after: $c) { pageInfo { endCursor } } }",
];

#[tokio::test]
async fn a_cursor_that_is_almost_one_is_answered() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = served.sign_in("xindi.station@150302").await?;
        let (mut seeds, mut chance) = (corpus("cursors")?, chance()?);
        for document in LISTS {
            let answer = station.run(document, json!({})).await?;
            if let Some(cursor) = answer.body.pointer("/data/page/pageInfo/endCursor").and_then(Value::as_str) {
                seeds.push(cursor.as_bytes().to_vec());
            }
        }
        ensure!(seeds.len() > 4, "no list has a cursor: {seeds:?}");
        for number in 0..cases()? {
            let cursor = edited(&seeds, &mut chance);
            let asked = json!({"query": LISTS[number % LISTS.len()], "variables": {"c": String::from_utf8_lossy(&cursor)}});
            let body = serde_json::to_vec(&asked)?;
            answered(posted(&station, &body), &body).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_token_that_is_almost_one_opens_nothing() -> anyhow::Result<()> {
    let served = Served::demo(Backend::Sqlite).await?;
    let station = served.sign_in("xindi.station@150302").await?;
    let header = format!("Bearer {}", station.token().context("a token")?).into_bytes();
    // Parts of another account's token may not be put together with it either.
    let other = served.sign_in("district.command@150302").await?;
    let other = format!("Bearer {}", other.token().context("a token")?).into_bytes();
    let (seeds, mut chance) = ([header, other], chance()?);
    let asked = json!({"query": "{ viewer { account { login } } }"}).to_string();
    for _ in 0..cases()? {
        let said = edited(&seeds, &mut chance);
        let Ok(value) = HeaderValue::from_bytes(&said) else { continue };
        let bare = served.anonymous();
        let request = posted(&bare, asked.as_bytes()).header(AUTHORIZATION, value);
        let (status, answer) = answered(request, &said).await?;
        // White space around a header is no part of it, and the name of the scheme is not told apart by case.
        let text = String::from_utf8_lossy(&said).trim().to_owned();
        let is_whole = seeds.iter().any(|seed| {
            let seed = String::from_utf8_lossy(seed);
            let token = seed.split(' ').next_back().unwrap_or_default();
            text.split_once(' ')
                .is_some_and(|(scheme, rest)| scheme.eq_ignore_ascii_case("bearer") && rest.trim() == token)
        });
        let opened = answer.pointer("/data/viewer/account/login").is_some();
        ensure!(opened == is_whole, "{status} {answer} for {text}");
    }
    Ok(())
}

#[tokio::test]
async fn a_signature_that_is_almost_one_lets_nobody_in() -> anyhow::Result<()> {
    let desk = Desk::open(Backend::Sqlite).await?;
    let partner = Partner::hotline(&desk, json!({})).await?;
    let body = json!({"type": "ticket.sent", "data": order("WH-1")}).to_string();
    let signature = standardwebhooks::Webhook::new(&partner.secret)?.sign("m", NOW, body.as_bytes())?;
    let (seeds, mut chance) =
        ([signature.clone().into_bytes(), format!("v1,AAAA {signature}").into_bytes()], chance()?);
    let before = desk.served.world.number("SELECT count(*) FROM cases").await?;
    for _ in 0..cases()? {
        let said = edited(&seeds, &mut chance);
        let Ok(value) = HeaderValue::from_bytes(&said) else { continue };
        // One of several signatures suffices, so that the whole one must not be among them.
        if String::from_utf8_lossy(&said).split_ascii_whitespace().any(|one| one == signature) {
            continue;
        }
        let request = partner.unsigned("m", NOW, &body).header("webhook-signature", value);
        let (status, answer) = answered(request, &said).await?;
        ensure!(matches!(status, 400 | 401), "{status} {answer} for {}", String::from_utf8_lossy(&said));
    }
    assert_eq!(desk.served.world.number("SELECT count(*) FROM cases").await?, before);
    Ok(())
}

#[tokio::test]
async fn a_message_of_a_partner_that_is_almost_one_is_answered() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let seeds = ["ticket.sent", "ticket.visited", "ticket.urged"]
            .map(|kind| json!({"type": kind, "data": order("WH-1")}).to_string().into_bytes());
        let mut chance = chance()?;
        for number in 0..cases()? / 2 {
            let body = String::from_utf8_lossy(&edited(&seeds, &mut chance)).into_owned();
            answered(partner.signed(&format!("m-{number}"), NOW, &body)?, body.as_bytes()).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_file_of_rows_that_is_almost_one_is_read_or_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let world = World::new(backend).await?;
        let (mut seeds, mut chance) = (corpus("imports")?, chance()?);
        seeds.push(workbook()?);
        for _ in 0..cases()? {
            let file = edited(&seeds, &mut chance);
            let told = || String::from_utf8_lossy(&file).escape_debug().to_string();
            let brought =
                async || anyhow::Ok(world.org().import_units(world.platform(), file.as_slice()).await);
            if let Err(failure) = quickly(told, brought).await? {
                ensure!(matches!(failure, ImportFailure::Rows(_)), "{failure:?} of {}", told());
            }
        }
        Ok(())
    })
    .await
}

/// The first rows of the corpus as a workbook.
fn workbook() -> anyhow::Result<Vec<u8>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, (head, cell)) in
        [("code", "150302"), ("name", "海勃湾区"), ("level", "district"), ("parent_code", "")]
            .iter()
            .enumerate()
    {
        let column = u16::try_from(column)?;
        sheet.write_string(0, column, *head)?;
        sheet.write_string(1, column, *cell)?;
    }
    Ok(book.save_to_buffer()?)
}
