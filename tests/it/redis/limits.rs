//! Servers limit together, and each for itself while Redis is away.

use std::time::Instant;

use anyhow::ensure;
use fengqiao_tests::{Answer, RedisServer, Served};
use serde_json::json;

use super::{on_servers, two};

/// Passwords at once, and seconds for one more.
const BURST: usize = 30;
const EVERY: u64 = 2;

async fn guess(served: &Served, account: &str) -> anyhow::Result<Answer> {
    let input = json!({"account": account, "password": "not the password"});
    served.anonymous().mutate("sessionCreate", "userErrors { code }", input).await
}

fn is_limited(answer: &Answer) -> bool {
    answer.code() == "RATE_LIMITED"
}

/// How many passwords are taken, in turn by these servers, until one is refused.
async fn guesses(servers: &[&Served], account: &str) -> anyhow::Result<usize> {
    for (number, served) in servers.iter().cycle().take(3 * BURST).enumerate() {
        let answer = guess(served, account).await?;
        if is_limited(&answer) {
            let wait = answer.body["errors"][0]["extensions"]["retryAfterSeconds"].as_u64();
            ensure!(matches!(wait, Some(1..=EVERY)), "{}", answer.text);
            return Ok(number);
        }
        assert_eq!(answer.user_error()?.0, "INVALID_CREDENTIALS");
    }
    anyhow::bail!("nobody was refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_count_one_account_together() -> anyhow::Result<()> {
    on_servers(async || {
        let mut redis = RedisServer::new().await?;
        let [first, second] = two(&redis.url()).await?;
        for account in ["xindi.worker@150302", "nobody.here@150302"] {
            let begun = Instant::now();
            let taken = guesses(&[&first, &second], account).await?;
            let refilled = usize::try_from(begun.elapsed().as_secs() / EVERY)? + 1;
            ensure!(
                (BURST..=BURST + refilled).contains(&taken),
                "{account}: {taken} in {:?}",
                begun.elapsed()
            );
        }
        for other in ["xindi.resident@150302", "qinglin.worker@320804"] {
            ensure!(!is_limited(&guess(&second, other).await?), "{other} has a bucket of their own");
        }
        for key in redis.ask(&["KEYS", "*"]).await? {
            let is_known = key.starts_with("fengqiao:t:") || key.starts_with("fengqiao:all:sign_in:");
            ensure!(is_known && !key.contains("nobody"), "{key}");
            let lives: i64 = redis.ask(&["PTTL", &key]).await?.concat().parse()?;
            ensure!((1..=60_000).contains(&lives), "{key} lives for {lives} ms");
        }
        // What was planted by a clock that ran ahead keeps nobody waiting for longer than an empty bucket.
        for key in redis.ask(&["KEYS", "*"]).await? {
            redis.ask(&["SET", &key, "99999999999999"]).await?;
        }
        let answer = guess(&second, "xindi.worker@150302").await?;
        let wait = answer.body["errors"][0]["extensions"]["retryAfterSeconds"].as_u64();
        ensure!(is_limited(&answer) && matches!(wait, Some(1..=EVERY)), "{}", answer.text);
        // What Redis forgets, whoever counted along still knows.
        redis.ask(&["FLUSHALL"]).await?;
        let forgotten = guesses(&[&first], "xindi.worker@150302").await?;
        ensure!((1..=BURST / 2 + 1).contains(&forgotten), "{forgotten} more where half were counted");
        // Each counted along what it saw itself.
        redis.kill()?;
        let alone = guesses(&[&first], "xindi.worker@150302").await?;
        ensure!(alone <= 1, "{alone} more where all were counted");
        ensure!(!is_limited(&guess(&first, "xindi.resident@150302").await?), "limits go on as they were");
        Ok(())
    })
    .await
}
