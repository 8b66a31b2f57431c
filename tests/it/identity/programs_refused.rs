//! Programs that cannot prove who they are are in the trail, and are told when to come again (requirement A8).

use anyhow::ensure;
use fengqiao_tests::{Answer, Served, on_backends};
use serde_json::{Value, json};

use super::narrow;
use super::programs::{NOW, PROGRAM, Told, WHO, asked, made, say, signed};

/// What nobody was given.
const GUESS: &str = "whsec_AAAA";

/// How many refused sign-ins the trail tells with this word in them.
async fn noted(served: &Served, word: &str) -> anyhow::Result<i64> {
    let sql = format!(
        "SELECT count(*) FROM audit_entries WHERE action = 'session.refuse' AND CAST(detail AS TEXT) LIKE '%\"{word}\"%'"
    );
    served.world.number(&sql).await
}

/// A request that says whose it is and is signed with a guess.
async fn guessed(served: &Served, client: &str, id: &str) -> anyhow::Result<(u16, Value)> {
    say(signed(served, (client, GUESS), (id, NOW), WHO)?, WHO).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_signature_is_in_the_trail_and_a_limit_is_told_as_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let signs: Told = made(&served, json!({"proof": "SIGNATURE"})).await?;
        let right = |id: &str| signed(&served, (PROGRAM, signs.secret.as_str()), (id, NOW), WHO);
        assert_eq!(guessed(&served, "nobody@150302", "x").await?.0, 401);
        assert_eq!(noted(&served, "client_signature").await?, 0, "there is no such account");
        assert_eq!(say(right("a")?, WHO).await?.0, 200);
        assert_eq!(noted(&served, "client_signature").await?, 0, "what is right is no refusal");
        for (number, id) in ["b", "c", "d"].into_iter().enumerate() {
            assert_eq!(guessed(&served, PROGRAM, id).await?, (401, Value::Null));
            assert_eq!(noted(&served, "client_signature").await?, i64::try_from(number)? + 1, "{id}");
        }
        for id in ["e", "f", "g"] {
            let answer = Answer::of(right(id)?.body(WHO)).await?;
            assert_eq!((answer.status, answer.code()), (429, "RATE_LIMITED"), "{}", answer.text);
            let wait = &answer.body["errors"][0]["extensions"]["retryAfterSeconds"];
            ensure!((1..=6).contains(&wait.as_i64().unwrap_or_default()), "{}", answer.text);
        }
        assert_eq!(noted(&served, "client").await?, 1, "that a limit turned them away, once");
        assert_eq!(noted(&served, "client_signature").await?, 4);
        served.pass_seconds(6);
        assert_eq!(say(right("h")?, WHO).await?.0, 200);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_secret_is_in_the_trail_and_so_is_that_a_limit_turned_it_away() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        for number in 1..=3 {
            assert_eq!(asked(&served, PROGRAM, GUESS).await?.status, 401);
            assert_eq!(noted(&served, "client_secret").await?, number);
        }
        for _ in 0..3 {
            assert_eq!(asked(&served, PROGRAM, GUESS).await?.status, 429);
        }
        assert_eq!(noted(&served, "client").await?, 1);
        assert_eq!(noted(&served, "client_secret").await?, 4);
        Ok(())
    })
    .await
}
