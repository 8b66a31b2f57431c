//! What proves who somebody is does not stay in memory once it was used (requirement P9).
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::FileExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Household, Running, mutation, on_backends};
use serde_json::{Value, json};

/// Who comes, in words that stand nowhere else.
const CHOSEN: &str = "Reiher-watet-7391-kanarie";
const MISTAKEN: &str = "Reiher-fliegt-8264-kanarie";
const WAITING: &str = "Reiher-wartet-5506-kanarie";
/// A server forgets what was used with the request; connections end within moments.
const FORGOTTEN: Duration = Duration::from_secs(20);

/// Bytes that are looked at together.
const PIECE: usize = 1 << 16;

/// What of some words the memory of a process holds, and how many of its bytes could be read.
fn held<'a>(process: u32, words: &[&'a str]) -> anyhow::Result<(Vec<&'a str>, usize)> {
    let memory = File::open(format!("/proc/{process}/mem"))?;
    let overlap = words.iter().map(|word| word.len()).max().unwrap_or_default();
    let (mut held, mut seen) = (vec![], 0);
    for line in std::fs::read_to_string(format!("/proc/{process}/maps"))?.lines() {
        let (range, rest) = line.split_once(' ').context("a range")?;
        if !rest.starts_with("rw") {
            continue;
        }
        let (from, to) = range.split_once('-').context("its ends")?;
        let (from, to) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(to, 16)?);
        for piece in (from..to).step_by(PIECE) {
            let length = usize::try_from(to - piece)?.min(PIECE + overlap);
            let mut bytes = vec![0; length];
            // What was given back meanwhile cannot be read.
            let Ok(()) = memory.read_exact_at(&mut bytes, piece) else { continue };
            seen += length.min(PIECE);
            held.extend(words.iter().filter(|word| memchr::memmem::find(&bytes, word.as_bytes()).is_some()));
        }
    }
    Ok((held, seen))
}

/// Whoever looks can see: what a request brings that is not at its end is found, among many other things.
fn is_seen(running: &Running) -> anyhow::Result<()> {
    let mut begun = TcpStream::connect(running.address())?;
    write!(begun, "POST /graphql HTTP/1.1\r\nHost: here\r\nX-Word: {WAITING}\r\n")?;
    let since = Instant::now();
    loop {
        let (held, seen) = held(running.process(), &[WAITING])?;
        if !held.is_empty() && seen > 16 << 20 {
            return Ok(());
        }
        ensure!(since.elapsed() < FORGOTTEN / 4, "{held:?} in {seen} bytes");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Asks over a connection that ends with the answer.
async fn asked(
    running: &Running,
    token: Option<&str>,
    (field, selection): (&str, &str),
    input: Value,
) -> anyhow::Result<Value> {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).build()?;
    let request = client.post(format!("http://{}/graphql", running.address()));
    let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
    let body = json!({"query": mutation(field, selection), "variables": {"input": input}});
    let request = request.header("content-type", "application/json").body(body.to_string());
    let answer: Value = serde_json::from_slice(&request.send().await?.bytes().await?)?;
    Ok(answer["data"][field].clone())
}

async fn signed_in(running: &Running, password: &str) -> anyhow::Result<(String, String)> {
    let input = json!({"account": "xindi.worker@150302", "password": password});
    let wanted = ("sessionCreate", "session { accessToken refreshToken } userErrors { code }");
    let session = asked(running, None, wanted, input).await?["session"].clone();
    let token = |name: &str| session[name].as_str().map(str::to_owned).context("a token");
    Ok((token("accessToken")?, token("refreshToken")?))
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_holds_no_password_and_no_token_of_who_was_there() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let running = home.start().await?;
        let (first, _) = signed_in(&running, fengqiao_api::demo::PASSWORD).await?;
        let change = json!({"password": fengqiao_api::demo::PASSWORD, "newPassword": CHOSEN});
        let changed =
            asked(&running, Some(&first), ("passwordChange", "userErrors { code }"), change).await?;
        ensure!(changed["userErrors"] == json!([]), "{changed}");
        let (access, refresh) = signed_in(&running, CHOSEN).await?;
        ensure!(signed_in(&running, MISTAKEN).await.is_err(), "another password");
        let ended = asked(&running, Some(&access), ("sessionRevoke", "isRevoked"), json!({})).await?;
        ensure!(ended["isRevoked"] == true, "{ended}");
        is_seen(&running)?;
        let words = [CHOSEN, MISTAKEN, WAITING, access.as_str(), refresh.as_str()];
        let begun = Instant::now();
        loop {
            let (left, _) = held(running.process(), &words)?;
            if left.is_empty() {
                return Ok(());
            }
            ensure!(begun.elapsed() < FORGOTTEN, "memory still has {left:?}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    })
    .await
}
