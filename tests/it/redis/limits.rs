//! Servers limit together, and each for itself while Redis is away.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_api::config::Settings;
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Answer, Backend, RedisServer, Served, mutation};
use serde_json::json;

use super::{at, on_servers};

/// Passwords at once for an account and from an address, and seconds for one more.
const ACCOUNT: Most = Most { burst: 30, every: 2 };
const ADDRESS: Most = Most { burst: 10, every: 6 };

#[derive(Clone, Copy)]
struct Most {
    burst: u32,
    every: u32,
}

/// Two servers that meet at an address, behind a proxy that they trust.
async fn behind_a_proxy(url: &str, account: Most, address: Most) -> anyhow::Result<[Served; 2]> {
    let adjust = || {
        let at = at(url);
        move |settings: &mut Settings| {
            at(settings);
            settings.edge.trusted_proxies = "127.0.0.0/8".parse().into_iter().collect();
            let limits = &mut settings.auth.sign_in;
            (limits.account_burst, limits.account_seconds) = (account.burst, account.every);
            (limits.address_burst, limits.address_seconds) = (address.burst, address.every);
            (limits.device_burst, limits.device_seconds) = (address.burst, address.every);
        }
    };
    let first = Served::demo_with(Backend::Postgres, adjust()).await?;
    let second = first.beside(adjust()).await?;
    Ok([first, second])
}

/// From another address each time.
async fn guess(served: &Served, account: &str) -> anyhow::Result<Answer> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let from = Ipv4Addr::from(0xc633_6400 + NEXT.fetch_add(1, Ordering::Relaxed));
    guess_from(served, account, &from.to_string()).await
}

async fn guess_from(served: &Served, account: &str, from: &str) -> anyhow::Result<Answer> {
    show(served, account, "not the password", from).await
}

async fn sign_in_from(served: &Served, account: &str, from: &str) -> anyhow::Result<Answer> {
    show(served, account, PASSWORD, from).await
}

async fn show(served: &Served, account: &str, password: &str, from: &str) -> anyhow::Result<Answer> {
    let input = json!({"account": account, "password": password});
    let document = mutation("sessionCreate", "userErrors { code }");
    served.anonymous().run_with(&document, json!({"input": input}), &[("x-forwarded-for", from)]).await
}

fn is_limited(answer: &Answer) -> bool {
    answer.code() == "RATE_LIMITED"
}

/// How many guesses are taken, in turn by these servers, until one is refused.
async fn guesses(
    servers: &[&Served],
    most: Most,
    guess: impl AsyncFn(&Served, u32) -> anyhow::Result<Answer>,
) -> anyhow::Result<u32> {
    for (number, served) in (0..3 * most.burst).zip(servers.iter().cycle()) {
        let answer = guess(served, number).await?;
        if is_limited(&answer) {
            let wait = answer.body["errors"][0]["extensions"]["retryAfterSeconds"].as_u64();
            ensure!(wait.is_some_and(|wait| (1..=most.every.into()).contains(&wait)), "{}", answer.text);
            return Ok(number);
        }
        assert_eq!(answer.user_error()?.0, "INVALID_CREDENTIALS");
    }
    anyhow::bail!("nobody was refused")
}

/// That so many were taken, with what was refilled since.
fn ensure_counted(taken: u32, most: Most, begun: Instant, what: &str) -> anyhow::Result<()> {
    let refilled = u32::try_from(begun.elapsed().as_secs())? / most.every + 1;
    let bounds = most.burst..=most.burst + refilled;
    ensure!(bounds.contains(&taken), "{what}: {taken} in {:?}", begun.elapsed());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_count_one_account_together() -> anyhow::Result<()> {
    on_servers(async || {
        let mut redis = RedisServer::new().await?;
        let [first, second] = behind_a_proxy(&redis.url(), ACCOUNT, ADDRESS).await?;
        let of = async |served: &Served, _: u32| guess(served, "xindi.worker@150302").await;
        for account in ["xindi.worker@150302", "nobody.here@150302"] {
            let begun = Instant::now();
            let taken =
                guesses(&[&first, &second], ACCOUNT, async |served, _| guess(served, account).await).await?;
            ensure_counted(taken, ACCOUNT, begun, account)?;
        }
        for other in ["xindi.resident@150302", "qinglin.worker@320804"] {
            ensure!(!is_limited(&guess(&second, other).await?), "{other} has a bucket of their own");
        }
        for key in redis.ask(&["KEYS", "*"]).await? {
            let is_known = key.starts_with("fengqiao:t:") || key.starts_with("fengqiao:all:sign_in");
            ensure!(is_known && !key.contains("nobody") && !key.contains("198.51"), "{key}");
            let lives: i64 = redis.ask(&["PTTL", &key]).await?.concat().parse()?;
            // That somebody was turned away is written down once an hour.
            let most = if key.contains(":refusal_entry:") { 3_600_000 } else { 60_000 };
            ensure!((1..=most).contains(&lives), "{key} lives for {lives} ms");
        }
        // What was planted by a clock that ran ahead keeps nobody waiting for longer than an empty bucket.
        for key in redis.ask(&["KEYS", "*"]).await? {
            redis.ask(&["SET", &key, "99999999999999"]).await?;
        }
        let answer = guess(&second, "xindi.worker@150302").await?;
        let wait = answer.body["errors"][0]["extensions"]["retryAfterSeconds"].as_u64();
        ensure!(is_limited(&answer) && matches!(wait, Some(1..=6)), "{}", answer.text);
        // What Redis forgets, whoever counted along still knows.
        redis.ask(&["FLUSHALL"]).await?;
        let forgotten = guesses(&[&first], ACCOUNT, of).await?;
        ensure!((1..=ACCOUNT.burst / 2 + 1).contains(&forgotten), "{forgotten} more where half were counted");
        // Each counted along what it saw itself.
        redis.kill()?;
        let alone = guesses(&[&first], ACCOUNT, of).await?;
        ensure!(alone <= 1, "{alone} more where all were counted");
        ensure!(!is_limited(&guess(&first, "xindi.resident@150302").await?), "limits go on as they were");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_count_one_address_together() -> anyhow::Result<()> {
    on_servers(async || {
        let redis = RedisServer::new().await?;
        let [first, second] = behind_a_proxy(&redis.url(), ACCOUNT, ADDRESS).await?;
        let begun = Instant::now();
        // Whatever is tried from there, and from whichever of a household's addresses.
        let spray = async |served: &Served, number: u32| {
            let from = format!("2001:db8:1:2::{number}");
            guess_from(served, &format!("nobody{number}@150302"), &from).await
        };
        let taken = guesses(&[&first, &second], ADDRESS, spray).await?;
        ensure_counted(taken, ADDRESS, begun, "a household")?;
        ensure!(
            !is_limited(&guess_from(&second, "nobody@150302", "2001:db8:1:3::1").await?),
            "the neighbours"
        );
        // What is right is given back on both.
        for number in 0..3 * ADDRESS.burst {
            let served = if number % 2 == 0 { &first } else { &second };
            sign_in_from(served, "district.command@150302", "203.0.113.7").await?.payload()?;
        }
        for key in redis.ask(&["KEYS", "*"]).await? {
            ensure!(!key.contains("2001") && !key.contains("203.0"), "{key} tells an address");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_never_stops_keeps_nobody_else_out() -> anyhow::Result<()> {
    on_servers(async || {
        const CALLER: &str = "district.command@150302";
        let redis = RedisServer::new().await?;
        let (account, address) = (Most { burst: 6, every: 1 }, Most { burst: 2, every: 600 });
        let [first, second] = behind_a_proxy(&redis.url(), account, address).await?;
        // All servers together have nothing left for the account, and the first one has nothing of its own.
        for _ in 0..account.burst {
            guess(&first, CALLER).await?;
        }
        // What all of them refuse costs the second one nothing of its own: its clock stands still, and nothing comes in again.
        for _ in 0..3 * account.burst {
            guess_from(&second, CALLER, "203.0.113.7").await?;
        }
        // Nor does what the first one refuses cost all of them what comes in again.
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(4) {
            ensure!(
                is_limited(&guess_from(&first, CALLER, "203.0.113.8").await?),
                "the first one has nothing"
            );
        }
        sign_in_from(&second, CALLER, "203.0.113.9").await?.payload()?;
        Ok(())
    })
    .await
}
