//! Programs prove who they are: by a secret that they show for a token, or by signing each request.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Served, account_id, on_backends};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use super::shown;

/// The program of the district's hotline.
pub(super) const PROGRAM: &str = "hotline.api@150302";
/// Seconds since 1970 at which the clock of the tests stands.
pub(super) const NOW: i64 = 1_795_334_400;
const CREATED: &str = "clientSecret { id name proof permissions expiresAt usedAt revokedAt } client secret userErrors { code path message }";
const REVOKED: &str = "clientSecret { id revokedAt } userErrors { code path message }";
const DAY: i64 = 86_400;

/// A secret as whoever runs the program is told it.
pub(super) struct Told {
    pub(super) id: String,
    pub(super) secret: String,
}

pub(super) async fn program(served: &Served) -> anyhow::Result<String> {
    account_id(&served.sign_in(PROGRAM).await?).await
}

pub(super) async fn create(by: &Actor, account: &str, more: Value) -> anyhow::Result<Answer> {
    let mut input = json!({"accountId": account, "name": "12345 热线"});
    let fields = input.as_object_mut().zip(more.as_object()).context("objects")?;
    fields.0.extend(fields.1.clone());
    by.mutate("clientSecretCreate", CREATED, input).await
}

pub(super) async fn made(served: &Served, more: Value) -> anyhow::Result<Told> {
    let security = served.sign_in("security.admin@150302").await?;
    let answer = create(&security, &program(served).await?, more).await?;
    let payload = answer.payload()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    ensure!(payload["client"] == PROGRAM, "{payload}");
    Ok(Told { id: text(&payload["clientSecret"]["id"]), secret: text(&payload["secret"]) })
}

pub(super) async fn revoke(served: &Served, told: &Told) -> anyhow::Result<Answer> {
    let security = served.sign_in("security.admin@150302").await?;
    let input = json!({"accountId": program(served).await?, "clientSecretId": told.id});
    security.mutate("clientSecretRevoke", REVOKED, input).await
}

/// A request with the fields of a form.
fn form(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let written = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let pairs: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={}", written(value))).collect();
    request.header("content-type", "application/x-www-form-urlencoded").body(pairs.join("&"))
}

/// What `/oauth/token` answers to whoever shows a secret in the header.
pub(super) async fn asked(served: &Served, client: &str, secret: &str) -> anyhow::Result<Answer> {
    let request =
        served.anonymous().at(reqwest::Method::POST, "/oauth/token").basic_auth(client, Some(secret));
    Answer::of(form(request, &[("grant_type", "client_credentials")])).await
}

async fn token(served: &Served, secret: &str) -> anyhow::Result<String> {
    let answer = asked(served, PROGRAM, secret).await?;
    ensure!(answer.status == 200, "{}", answer.body);
    Ok(answer.body["access_token"].as_str().unwrap_or_default().to_owned())
}

/// A request that is signed, before it is sent.
pub(super) fn signed(
    served: &Served,
    (client, secret): (&str, &str),
    (id, at): (&str, i64),
    body: &str,
) -> anyhow::Result<reqwest::RequestBuilder> {
    let signature = Webhook::new(secret)?.sign(id, at, body.as_bytes())?;
    Ok(served
        .anonymous()
        .at(reqwest::Method::POST, "/graphql")
        .header("authorization", format!("Signed {client}"))
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature))
}

pub(super) const WHO: &str = r#"{"query":"{ viewer { account { login } permissions } }"}"#;

/// Sends a request: the status, and who is signed in by it.
pub(super) async fn say(request: reqwest::RequestBuilder, body: &str) -> anyhow::Result<(u16, Value)> {
    let answer = Answer::of(request.body(body.to_owned())).await?;
    Ok((answer.status, answer.body["data"]["viewer"]["account"]["login"].clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_told_once_and_opens_what_the_account_may_do() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let told = made(&served, json!({})).await?;
        let answer = asked(&served, PROGRAM, &told.secret).await?;
        ensure!(answer.status == 200 && answer.body["token_type"] == "Bearer", "{}", answer.body);
        ensure!(answer.body["expires_in"] == 900, "{}", answer.body);
        let scope: BTreeSet<&str> = answer.body["scope"].as_str().unwrap_or_default().split(' ').collect();
        ensure!(scope.contains("CASE_REPORT") && scope.contains("EXCHANGE_MANAGE"), "{scope:?}");
        let access = answer.body["access_token"].as_str().unwrap_or_default();
        assert_eq!(shown(&served, access).await?, (200, json!("hotline.api")));
        // In the form as well as in the header.
        let fields =
            [("grant_type", "client_credentials"), ("client_id", PROGRAM), ("client_secret", &told.secret)];
        let request = form(served.anonymous().at(reqwest::Method::POST, "/oauth/token"), &fields);
        assert_eq!(Answer::of(request).await?.status, 200);
        let own = served.bearer(PROGRAM, access);
        let document =
            "query($id: ID!) { clientSecrets(accountId: $id) { id name proof usedAt permissions } }";
        let variables = json!({"id": program(&served).await?});
        let listed = own.run(document, variables.clone()).await?;
        let expected = json!([{"id": told.id, "name": "12345 热线", "proof": "SECRET", "permissions": [],
            "usedAt": "2026-11-22T08:00:00.000000Z"}]);
        assert_eq!(listed.data("clientSecrets")?, &expected);
        for (whose, seen) in [("security.admin", 1), ("system.admin", 0), ("district.command", 0)] {
            let actor = served.sign_in(&format!("{whose}@150302")).await?;
            let listed = actor.run(document, variables.clone()).await?;
            assert_eq!(listed.data("clientSecrets")?.as_array().map(Vec::len), Some(seen), "{whose}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_is_told_as_one_and_the_same() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let told = made(&served, json!({})).await?;
        let signs = made(&served, json!({"proof": "SIGNATURE"})).await?;
        let mut bodies = BTreeSet::new();
        for (client, secret) in [
            (PROGRAM, "whsec_AAAA"),
            (PROGRAM, ""),
            (PROGRAM, "fengqiao-demo"),
            // One that signs was never sent, and is not taken when it is.
            (PROGRAM, &signs.secret),
            ("hotline.api@320804", &told.secret),
            ("nobody@150302", &told.secret),
            ("hotline.api", &told.secret),
            ("xindi.worker@150302", &told.secret),
        ] {
            let answer = asked(&served, client, secret).await?;
            assert_eq!(
                (answer.status, &answer.body["error"]),
                (401, &json!("invalid_client")),
                "{client} {secret}"
            );
            bodies.insert(answer.body.to_string());
        }
        assert_eq!(bodies.len(), 1, "{bodies:?}");
        let other =
            form(served.anonymous().at(reqwest::Method::POST, "/oauth/token"), &[("grant_type", "password")]);
        assert_eq!(Answer::of(other).await?.body["error"], "unsupported_grant_type");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn from_one_address_secrets_are_not_tried_without_end() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, super::narrow).await?;
        let told = made(&served, json!({})).await?;
        for _ in 0..5 {
            assert_eq!(
                asked(&served, PROGRAM, &told.secret).await?.status,
                200,
                "what is right costs nothing"
            );
        }
        for _ in 0..3 {
            assert_eq!(asked(&served, PROGRAM, "whsec_AAAA").await?.status, 401);
        }
        let answer = asked(&served, PROGRAM, &told.secret).await?;
        assert_eq!((answer.status, &answer.body["error"]), (429, &json!("temporarily_unavailable")));
        // It holds up nobody but itself, and is held up when it signs too.
        assert_eq!(asked(&served, "hotline.api@320804", "whsec_AAAA").await?.status, 401);
        served.sign_in(PROGRAM).await?;
        let signs = made(&served, json!({"proof": "SIGNATURE"})).await?;
        let request = signed(&served, (PROGRAM, signs.secret.as_str()), ("a", NOW), WHO)?;
        let answer = Answer::of(request.body(WHO)).await?;
        assert_eq!((answer.status, answer.code()), (429, "RATE_LIMITED"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_secret_takes_the_others_place_without_a_gap() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let old = made(&served, json!({})).await?;
        let new = made(&served, json!({})).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let third = create(&security, &program(&served).await?, json!({})).await?.user_error()?;
        assert_eq!(third, ("TOO_MANY".to_owned(), String::new()));
        let (by_old, by_new) = (token(&served, &old.secret).await?, token(&served, &new.secret).await?);
        for access in [&by_old, &by_new] {
            assert_eq!(shown(&served, access).await?.0, 200);
        }
        assert_eq!(revoke(&served, &old).await?.payload()?["clientSecret"]["id"], old.id);
        revoke(&served, &old).await?.payload()?;
        assert_eq!(shown(&served, &by_old).await?.0, 401, "what was given for it ends with it");
        assert_eq!(shown(&served, &by_new).await?.0, 200);
        assert_eq!(asked(&served, PROGRAM, &old.secret).await?.status, 401);
        made(&served, json!({})).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_ends_by_itself_and_so_does_what_was_given_for_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let soon = made(&served, json!({"expiresAt": "2026-11-22T08:03:00Z"})).await?;
        let access = token(&served, &soon.secret).await?;
        served.pass_seconds(170);
        assert_eq!(shown(&served, &access).await?.0, 200);
        served.pass_seconds(20);
        assert_eq!(shown(&served, &access).await?.0, 401);
        assert_eq!(asked(&served, PROGRAM, &soon.secret).await?.status, 401);
        let security = served.sign_in("security.admin@150302").await?;
        for late in ["2027-11-23T08:00:00Z", "2026-11-22T08:00:00Z"] {
            let refused = create(&security, &program(&served).await?, json!({"expiresAt": late}))
                .await?
                .user_error()?;
            assert_eq!(refused, ("INVALID_PERIOD".to_owned(), "expiresAt".to_owned()));
        }
        let lasting = made(&served, json!({})).await?;
        served.pass_seconds(364 * DAY);
        assert_eq!(asked(&served, PROGRAM, &lasting.secret).await?.status, 200);
        served.pass_seconds(DAY);
        assert_eq!(asked(&served, PROGRAM, &lasting.secret).await?.status, 401);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_for_a_program_and_given_by_whoever_could_grant_all_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let worker = account_id(&served.sign_in("xindi.worker@150302").await?).await?;
        let refused = create(&security, &worker, json!({})).await?.user_error()?;
        assert_eq!(refused, ("NOT_A_PROGRAM".to_owned(), "accountId".to_owned()));
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let refused = create(&town, &program(&served).await?, json!({})).await?.user_error()?;
        assert_eq!(refused, ("NOT_PERMITTED".to_owned(), "accountId".to_owned()));
        for nobody in ["system.admin", "hotline.api", "district.command"] {
            let actor = served.sign_in(&format!("{nobody}@150302")).await?.into_program();
            assert_eq!(
                create(&actor, &program(&served).await?, json!({})).await?.code(),
                "FORBIDDEN",
                "{nobody}"
            );
        }
        let told = made(&served, json!({})).await?;
        let other = served.sign_in("security.admin@320804").await?;
        let input = json!({"accountId": program(&served).await?, "clientSecretId": told.id});
        let refused = other.mutate("clientSecretRevoke", REVOKED, input).await?.user_error()?;
        assert_eq!(refused, ("NOT_FOUND".to_owned(), "accountId".to_owned()));
        // Disabled, it proves nothing.
        let system = served.sign_in("system.admin@150302").await?;
        let access = token(&served, &told.secret).await?;
        let input = json!({"accountId": program(&served).await?});
        system.mutate("accountDisable", "userErrors { code }", input).await?.payload()?;
        assert_eq!(asked(&served, PROGRAM, &told.secret).await?.status, 401);
        assert_eq!(shown(&served, &access).await?.0, 401);
        // Nor does it when the account is active again.
        served.world.run_sql("UPDATE accounts SET state = 'active' WHERE login = 'hotline.api'").await?;
        assert_eq!(asked(&served, PROGRAM, &told.secret).await?.status, 401);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_narrow_secret_nothing_else_is_done() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let narrow =
            json!({"permissions": ["CASE_REPORT", "CASE_CLOSE", "EXCHANGE_MANAGE", "WEBHOOK_MANAGE"]});
        let told = made(&served, narrow.clone()).await?;
        let answer = asked(&served, PROGRAM, &told.secret).await?;
        assert_eq!(answer.body["scope"], "CASE_REPORT", "what the account may not do counts for nothing");
        let access = token(&served, &told.secret).await?;
        let viewer = async |access: &str| {
            let actor = served.bearer(PROGRAM, access);
            let answer = actor.run("{ viewer { permissions } }", Value::Null).await?;
            anyhow::Ok(answer.data("viewer")?["permissions"].clone())
        };
        assert_eq!(viewer(&access).await?, json!(["CASE_REPORT"]));
        let whole = token(&served, &made(&served, json!({})).await?.secret).await?;
        let before = viewer(&whole).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let nothing =
            create(&security, &program(&served).await?, json!({"permissions": []})).await?.user_error()?;
        assert_eq!(nothing, ("REQUIRED".to_owned(), "permissions".to_owned()));
        // A role of people that it is granted later does not count.
        let places = fengqiao_tests::Places::of(&security);
        let grant = json!({"accountId": program(&served).await?, "role": "DISTRICT_DISPATCHER",
            "target": {"unitId": places.unit("150302").await?}});
        security.mutate("roleGrantCreate", "userErrors { code path }", grant).await?.payload()?;
        served.pass_seconds(10);
        assert_eq!(viewer(&whole).await?, before);
        assert_eq!(viewer(&access).await?, json!(["CASE_REPORT"]));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_counts_once_in_its_time_for_its_own_body() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let signs = made(&served, json!({"proof": "SIGNATURE"})).await?;
        let sent = made(&served, json!({})).await?;
        let who = (PROGRAM, signs.secret.as_str());
        let known = (200, json!("hotline.api"));
        let refused = (401, Value::Null);
        assert_eq!(say(signed(&served, who, ("a", NOW), WHO)?, WHO).await?, known);
        assert_eq!(say(signed(&served, who, ("a", NOW), WHO)?, WHO).await?, refused, "once");
        assert_eq!(
            say(signed(&served, who, ("a", NOW + 1), WHO)?, WHO).await?,
            refused,
            "whenever it is said"
        );
        assert_eq!(
            say(signed(&served, who, ("b", NOW), WHO)?, &format!("{WHO} ")).await?,
            refused,
            "another body"
        );
        for (number, late) in [-301, 301, 10_000].into_iter().enumerate() {
            let id = format!("late-{number}");
            assert_eq!(say(signed(&served, who, (&id, NOW + late), WHO)?, WHO).await?, refused, "{late}");
        }
        assert_eq!(say(signed(&served, who, ("early", NOW - 300), WHO)?, WHO).await?, known);
        let as_sent = (PROGRAM, sent.secret.as_str());
        assert_eq!(say(signed(&served, as_sent, ("c", NOW), WHO)?, WHO).await?, refused, "one that was sent");
        for other in ["hotline.api@320804", "xindi.worker@150302", "hotline.api"] {
            let as_other = (other, signs.secret.as_str());
            assert_eq!(say(signed(&served, as_other, ("d", NOW), WHO)?, WHO).await?, refused, "{other}");
        }
        let unsigned = served.anonymous().at(reqwest::Method::POST, "/graphql");
        let unsigned = unsigned.header("authorization", format!("Signed {PROGRAM}"));
        let unsigned = unsigned.header("content-type", "application/json");
        assert_eq!(say(unsigned, WHO).await?, refused);
        assert_eq!(say(signed(&served, who, ("e", NOW), WHO)?, WHO).await?, known);
        revoke(&served, &signs).await?.payload()?;
        assert_eq!(say(signed(&served, who, ("f", NOW), WHO)?, WHO).await?, refused, "ended");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_once_a_signed_request_counts_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let signs = made(&served, json!({"proof": "SIGNATURE"})).await?;
        let once = async || {
            let request = signed(&served, (PROGRAM, signs.secret.as_str()), ("same", NOW), WHO)?;
            say(request, WHO).await
        };
        let all = futures::future::join_all((0..16).map(|_| once())).await;
        let all = all.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        assert_eq!(all.iter().filter(|(status, _)| *status == 200).count(), 1, "{all:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_is_given_so_many_tokens_and_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, super::narrow).await?;
        let told = made(&served, json!({})).await?;
        for _ in 0..6 {
            assert_eq!(asked(&served, PROGRAM, &told.secret).await?.status, 200);
        }
        assert_eq!(asked(&served, PROGRAM, &told.secret).await?.status, 429);
        served.pass_seconds(2);
        assert_eq!(asked(&served, PROGRAM, &told.secret).await?.status, 200);
        Ok(())
    })
    .await
}
