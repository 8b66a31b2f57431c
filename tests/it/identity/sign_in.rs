//! Signing in, and everything that is refused with one answer.

use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Served, account_id, on_backends};
use serde_json::json;

use super::{SESSION, shown, sign_in, try_sign_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_password_opens_a_session_for_fifteen_minutes_at_most() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let tokens = sign_in(&served, "xindi.worker@150302").await?;
        assert_eq!(shown(&served, &tokens.access).await?, (200, json!("xindi.worker")));
        served.pass_seconds(899);
        assert_eq!(shown(&served, &tokens.access).await?.0, 200);
        served.pass_seconds(10);
        assert_eq!(shown(&served, &tokens.access).await?.0, 401);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_is_the_same_answer() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = served.sign_in("system.admin@150302").await?;
        let resident = served.sign_in("xindi.resident2@150302").await?;
        let input = json!({"accountId": account_id(&resident).await?});
        admin.mutate("accountDisable", "userErrors { code path }", input).await?.payload()?;
        let wrong = try_sign_in(&served, "xindi.worker@150302", "not the password").await?;
        assert_eq!(wrong.user_error()?, ("INVALID_CREDENTIALS".to_owned(), String::new()));
        for (account, password) in [
            ("nobody.here@150302", PASSWORD),
            ("xindi.worker@999999", PASSWORD),
            ("xindi.worker@320804", PASSWORD),
            ("xindi.worker", PASSWORD),
            ("", ""),
            ("@", PASSWORD),
            ("xindi.worker@150302", ""),
            ("XINDI.WORKER@150302' OR '1'='1", PASSWORD),
            ("xindi.resident2@150302", PASSWORD),
        ] {
            let answer = try_sign_in(&served, account, password).await?;
            assert_eq!(answer.impersonal(), wrong.impersonal(), "{account:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_account_takes_as_long_as_a_wrong_password() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let accounts =
            ["xindi.worker@150302", "nobody.here@150302", "xindi.worker@999999", "no account at all"];
        // The quickest of several, asked in turn: what the machine does besides only ever adds.
        let mut best = [Duration::MAX; 4];
        for _ in 0..12 {
            for (best, account) in best.iter_mut().zip(accounts) {
                let begun = Instant::now();
                try_sign_in(&served, account, "not the password").await?;
                *best = begun.elapsed().min(*best);
            }
        }
        let (least, most) = (best.iter().min(), best.iter().max());
        ensure!(most.zip(least).is_some_and(|(most, least)| *most < *least * 3), "{accounts:?}: {best:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_guesses_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let document = format!(
            "mutation($input: SessionCreateInput!) {{ a: sessionCreate(input: $input) {{ {SESSION} }}
                b: sessionCreate(input: $input) {{ {SESSION} }} }}"
        );
        let input = json!({"account": "xindi.worker@150302", "password": PASSWORD});
        let answer = served.anonymous().run(&document, json!({"input": input})).await?;
        assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"), "{}", answer.text);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_ours_is_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let tokens = sign_in(&served, "xindi.worker@150302").await?;
        let (head, signature) = tokens.access.rsplit_once('.').unwrap_or_default();
        let (header, _) = head.split_once('.').unwrap_or_default();
        let mut turned = signature.to_owned();
        turned.replace_range(..1, if signature.starts_with('A') { "B" } else { "A" });
        for bad in [
            "",
            "x",
            "a.b.c",
            head,
            &format!("{head}."),
            &format!("{head}.{turned}"),
            &format!("{header}.e30.{signature}"),
        ] {
            assert_eq!(shown(&served, bad).await?.0, 401, "{bad}");
        }
        Ok(())
    })
    .await
}
