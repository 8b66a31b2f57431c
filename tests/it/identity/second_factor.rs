//! A code that a telephone makes, besides the password.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Served, mutation, on_backends};
use serde_json::{Value, json};

use super::telephone::{Telephone, begun, confirm, enrolled, outcome, seen, shows};
use super::{Tokens, shown, sign_in};

const ACCOUNT: &str = "district.command@150302";
const BEGIN: &str = "newSecondFactor { secret } userErrors { code path message }";

#[tokio::test(flavor = "multi_thread")]
async fn with_a_second_factor_signing_in_wants_a_code() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        assert_eq!(seen(&actor).await?["state"], "ABSENT");
        assert_eq!(confirm(&actor, "123456").await?.user_error()?.0, "NOT_FOUND");
        let stolen = actor.mutate("secondFactorBegin", BEGIN, json!({"password": "not mine"})).await?;
        assert_eq!(stolen.user_error()?, ("INVALID_CREDENTIALS".to_owned(), "password".to_owned()));
        begun(&actor).await?;
        let telephone = begun(&actor).await?;
        assert_eq!(seen(&actor).await?["state"], "BEGUN");
        assert_eq!(outcome(&served, ACCOUNT, (None, None)).await?, "OK", "not in force yet");
        let wrong = confirm(&actor, &telephone.wrong(&served)).await?;
        assert_eq!(wrong.user_error()?, ("INVALID_CODE".to_owned(), "code".to_owned()));
        let answer = confirm(&actor, &telephone.code(&served, 0)).await?;
        assert_eq!(answer.payload()?["recoveryCodes"].as_array().map(Vec::len), Some(10));
        let own = seen(&actor).await?;
        assert_eq!((&own["state"], &own["recoveryCodesLeft"]), (&json!("IN_FORCE"), &json!(10)));
        assert_eq!(own["isRequired"], false);
        served.pass_seconds(30);
        for (code, refusal) in [
            (None, "SECOND_FACTOR_REQUIRED"),
            (Some(""), "SECOND_FACTOR_REQUIRED"),
            (Some("x"), "INVALID_CODE"),
        ] {
            let refused = shows(&served, ACCOUNT, (code, None)).await?;
            assert_eq!(refused.user_error()?, (refusal.to_owned(), "secondFactorCode".to_owned()));
        }
        let wrong = telephone.wrong(&served);
        assert_eq!(outcome(&served, ACCOUNT, (Some(&wrong), None)).await?, "INVALID_CODE");
        let code = telephone.code(&served, 0);
        let right = shows(&served, ACCOUNT, (Some(&code), None)).await?;
        assert_eq!(shown(&served, &Tokens::of(&right)?.access).await?.0, 200);
        let again = actor.mutate("secondFactorBegin", BEGIN, json!({"password": PASSWORD})).await?;
        assert_eq!(again.user_error()?.0, "SECOND_FACTOR_IN_FORCE");
        let code = Some("123456");
        assert_eq!(outcome(&served, "xindi.worker@150302", (code, None)).await?, "OK", "without one");
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'session.refuse' \
            AND CAST(detail AS TEXT) LIKE '%second_factor%'";
        assert_eq!(served.world.number(audited).await?, 4);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_counts_once_and_one_step_early_or_late() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        let telephone = begun(&actor).await?;
        let first = telephone.code(&served, 0);
        confirm(&actor, &first).await?.payload()?;
        assert_eq!(outcome(&served, ACCOUNT, (Some(&first), None)).await?, "INVALID_CODE", "confirmed with");
        let step = async |from_now| {
            let code = telephone.code(&served, from_now);
            outcome(&served, ACCOUNT, (Some(&code), None)).await
        };
        for (from_now, told) in [(1, "OK"), (1, "INVALID_CODE"), (0, "INVALID_CODE"), (2, "INVALID_CODE")] {
            assert_eq!(step(from_now).await?, told, "{from_now}");
        }
        served.pass_seconds(1_800);
        for (from_now, told) in [(-2, "INVALID_CODE"), (-1, "OK"), (-1, "INVALID_CODE"), (0, "OK"), (1, "OK")]
        {
            assert_eq!(step(from_now).await?, told, "{from_now}");
        }
        // However many show it at the same time.
        served.pass_seconds(1_800);
        let code = telephone.code(&served, 0);
        let tries = (0..4).map(|_| outcome(&served, ACCOUNT, (Some(&code), None)));
        let told = futures::future::try_join_all(tries).await?;
        assert_eq!(told.iter().filter(|told| *told == "OK").count(), 1, "{told:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_not_guessed_and_the_owner_gets_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let device = sign_in(&served, ACCOUNT).await?;
        let (telephone, _) = enrolled(&served, &served.bearer(ACCOUNT, &device.access)).await?;
        let wrong = telephone.wrong(&served);
        for _ in 0..5 {
            assert_eq!(outcome(&served, ACCOUNT, (Some(&wrong), None)).await?, "INVALID_CODE");
        }
        let right = telephone.code(&served, 0);
        let limited = shows(&served, ACCOUNT, (Some(&right), None)).await?;
        assert_eq!(limited.code(), "RATE_LIMITED");
        let wait = limited.body["errors"][0]["extensions"]["retryAfterSeconds"].as_i64();
        assert_eq!(wait, Some(300));
        // On a device of before the owner is not held up, and guesses no better.
        let owner = (Some(right.as_str()), Some(device.refresh.as_str()));
        let tokens = Tokens::of(&shows(&served, ACCOUNT, owner).await?)?;
        for _ in 0..5 {
            let told = outcome(&served, ACCOUNT, (Some(&wrong), Some(&tokens.refresh))).await?;
            assert_eq!(told, "INVALID_CODE");
        }
        assert_eq!(outcome(&served, ACCOUNT, (Some(&wrong), Some(&tokens.refresh))).await?, "RATE_LIMITED");
        // What is right costs nothing.
        for _ in 0..7 {
            served.pass_seconds(60);
            let code = telephone.code(&served, 0);
            assert_eq!(outcome(&served, ACCOUNT, (Some(&code), Some(&device.refresh))).await?, "OK");
        }
        let code = telephone.code(&served, 1);
        assert_eq!(outcome(&served, ACCOUNT, (Some(&code), None)).await?, "OK", "after five minutes");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_opened_with_the_password_alone_ends_when_a_second_factor_counts() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (thief, owner) = (sign_in(&served, ACCOUNT).await?, sign_in(&served, ACCOUNT).await?);
        enrolled(&served, &served.bearer(ACCOUNT, &owner.access)).await?;
        assert_eq!(shown(&served, &owner.access).await?.0, 200);
        assert_eq!(shown(&served, &thief.access).await?.0, 401);
        Ok(())
    })
    .await
}

/// How bytes may stand in a row: as they are, in hexadecimal digits and in the alphabets of base64, each of them written as bytes too.
fn guises(secret: &[u8]) -> Vec<String> {
    let texts = [hex::encode(secret), STANDARD_NO_PAD.encode(secret), URL_SAFE_NO_PAD.encode(secret)];
    let plain = std::str::from_utf8(secret).ok().map(str::to_owned);
    let written = texts.iter().map(hex::encode).collect::<Vec<_>>();
    texts.into_iter().chain(plain).chain(written).collect()
}

#[test]
fn a_secret_is_known_in_every_guise() {
    let guises = guises(b"ABCD-EFG");
    for guise in ["ABCD-EFG", "414243442d454647", "QUJDRC1FRkc", "51554a4452433146526b63"] {
        assert!(guises.iter().any(|known| known == guise), "{guise}: {guises:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_second_factor_is_kept_in_the_clear() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        let (telephone, codes) = enrolled(&served, &actor).await?;
        let remove = json!({"password": PASSWORD, "code": codes[0]});
        let document = mutation("secondFactorRemove", "isRemoved userErrors { code path }");
        let keyed = [("idempotency-key", "kept-nowhere")];
        let wrong = json!({"password": PASSWORD, "code": telephone.wrong(&served)});
        let refused = actor.run_with(&document, json!({"input": wrong}), &keyed).await?;
        assert_eq!(refused.user_error()?.0, "INVALID_CODE");
        let used = shows(&served, ACCOUNT, (Some(&codes[1]), None)).await?;
        used.payload()?;
        let mut secrets = guises(telephone.text.as_bytes());
        secrets.extend(guises(telephone.secret()));
        for code in &codes {
            let read = Telephone::given(&code.replace('-', ""))?;
            for form in [code.as_bytes(), read.text.as_bytes(), read.secret()] {
                secrets.extend(guises(form));
            }
        }
        secrets.extend(guises(b"kept-nowhere"));
        for table in ["second_factors", "accounts", "audit_entries", "outbox_events", "idempotency_records"] {
            let rows = served.world.rows(table).await?.join("\n").to_lowercase();
            for secret in &secrets {
                assert!(!rows.contains(&secret.to_lowercase()), "{table} holds {secret}");
            }
        }
        actor.run_with(&document, json!({"input": remove}), &keyed).await?.payload()?;
        assert_eq!(seen(&actor).await?["state"], "ABSENT");
        assert_eq!(seen(&actor).await?["confirmedAt"], Value::Null);
        Ok(())
    })
    .await
}
