//! A thousand sign-ins at once (requirement A5): no more passwords are hashed at the same time than there are cores, whoever finds no
//! place is told so, and whatever else is asked is answered meanwhile.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Backend, Household, Running, mutation};
use futures::future::try_join_all;
use serde_json::{Value, json};

/// How many come.
const MANY: usize = 1_000;
/// What one hash takes, in KiB.
const HASH: usize = 19 * 1_024;
/// As many hashes are done whose memory has not gone back yet, on a machine that does something else besides: half as many were seen.
const LATE: usize = 8;
/// Nobody waits longer, however busy the machine is.
const PATIENCE: Duration = Duration::from_mins(1);
/// An answer that needs no password does not take so long meanwhile.
const SOON: Duration = Duration::from_secs(10);
/// From an address three are looked at, and then hardly any; whoever waits for the database waits with patience.
const SETTINGS: &str = "[edge]\ntrusted_proxies = [\"127.0.0.0/8\"]\n[edge.request]\ndeadline_seconds = 60.0\n\
    [database]\nacquire_timeout_seconds = 20\n[auth.sign_in]\naddress_burst = 3\naddress_seconds = 3600\n";
/// Whoever has guessed already.
const GUESSER: &str = "198.51.100.1";

/// What a process says of its memory under this name, in KiB.
fn memory(process: u32, name: &str) -> anyhow::Result<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| name.to_owned())?;
    Ok(line.trim_matches(|letter: char| !letter.is_ascii_digit()).parse()?)
}

/// The most that a process takes while something is done, in KiB.
async fn peak<T>(process: u32, done: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<(usize, T)> {
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").context("counting anew")?;
    let outcome = done.await?;
    Ok((memory(process, "VmHWM:")?, outcome))
}

/// As many as come; half of what may be open where that is less, for each has a connection of its own.
fn many() -> anyhow::Result<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).context("a limit")?;
    let open = line.split_whitespace().next().and_then(|number| number.parse::<usize>().ok());
    Ok(open.map_or(MANY, |open| MANY.min(open / 2)))
}

/// An address that nobody else has.
fn address(number: usize) -> String {
    format!("203.{}.{}.{}", number / 62_500, number / 250 % 250, number % 250 + 1)
}

/// So many sign in at once to accounts that are none, each from its address: how often which code was told.
async fn storm(
    running: &Running,
    many: usize,
    address: impl Fn(usize) -> String,
) -> anyhow::Result<BTreeMap<String, usize>> {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let url = format!("http://{}/graphql", running.address());
    let document = mutation("sessionCreate", "session { accessToken } userErrors { code }");
    let one = |number: usize| {
        let input = json!({"account": format!("storm{number}@150302"), "password": "not the password"});
        let body = json!({"query": document, "variables": {"input": input}}).to_string();
        let request = client.post(&url).header("x-forwarded-for", address(number));
        Answer::of(request.header("content-type", "application/json").body(body))
    };
    let mut told = BTreeMap::new();
    for answer in try_join_all((0..many).map(one)).await? {
        let code = match answer.code() {
            "" => answer.user_error()?.0,
            code => code.to_owned(),
        };
        *told.entry(code).or_default() += 1;
    }
    Ok(told)
}

/// Asks for what needs no password until it is over: how often, and how long the slowest took.
async fn meanwhile(running: &Running, by: &Actor, over: &AtomicBool) -> anyhow::Result<(usize, Duration)> {
    let (mut asked, mut slowest) = (0, Duration::ZERO);
    while !over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        ensure!(running.probe("livez").await? == 200, "it is not alive");
        by.run("{ viewer { account { login } } }", Value::Null).await?.data("viewer/account/login")?;
        (asked, slowest) = (asked + 1, slowest.max(begun.elapsed()));
    }
    Ok((asked, slowest))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_who_sign_in_at_once_take_no_more_memory_than_the_pool() -> anyhow::Result<()> {
    let home = Household::new(Backend::Sqlite).await?;
    home.configure(SETTINGS)?;
    let running = home.start().await?;
    let worker = running.sign_in("xindi.worker@150302").await?;
    let (process, many) = (running.process(), many()?);
    // Whoever has guessed is turned away before a password is hashed: what as many connections and requests take by themselves.
    storm(&running, 3, |_| GUESSER.to_owned()).await?;
    let (calm, told) = peak(process, storm(&running, many, |_| GUESSER.to_owned())).await?;
    ensure!(told == BTreeMap::from([("RATE_LIMITED".to_owned(), many)]), "{told:?}");

    let over = AtomicBool::new(false);
    let all = async {
        let told = storm(&running, many, address).await;
        over.store(true, Ordering::Relaxed);
        told
    };
    let both = async { tokio::try_join!(all, meanwhile(&running, &worker, &over)) };
    let (most, (told, (asked, slowest))) = peak(process, both).await?;
    let workers = std::thread::available_parallelism()?.get();
    let bound = calm + (workers + LATE) * HASH;
    println!(
        "{most} of {bound} KiB ({calm} without a password), {told:?}, {asked} meanwhile in {slowest:?} at most"
    );
    ensure!(most <= bound, "{most} KiB, and {calm} without a password: more than {workers} hashes");
    // Each was looked at in its turn, or told that there is none: nobody else's answer, and nobody waits for ever.
    let known = ["INVALID_CREDENTIALS", "RATE_LIMITED", "UNAVAILABLE", "TIMEOUT"];
    ensure!(told.keys().all(|code| known.contains(&code.as_str())), "{told:?}");
    let count = |code: &str| told.get(code).copied().unwrap_or_default();
    ensure!(count("RATE_LIMITED") > 0 && count("INVALID_CREDENTIALS") >= workers, "{told:?}");
    ensure!(asked > 0 && slowest < SOON, "{asked} asked meanwhile, the slowest took {slowest:?}");
    running.sign_in("xindi.station@150302").await?;
    running.terminate().await
}
