//! Signing in by a WeChat mini-program.

use anyhow::{Context as _, ensure};
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Household, Places, Running, on_backends};
use serde_json::json;

use super::wechat_fake::{APP, SESSION_KEY, Wechat};
use super::{DISTRICT, PROVIDER, SECRET, SESSION, Town, is, link};
use crate::tenancy::search::{Search, Spans, searched_at_rest};

/// Whatever is said by the product, by what asks WeChat and by what asks the database.
const EVERYTHING: &str = "debug,fengqiao_api=trace,fengqiao_domain=trace,reqwest=trace,hyper_util=trace";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_linked_their_wechat_signs_in_by_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let worker = town.linked("xindi.worker", "open-worker").await?;
        let code = town.wechat.login("open-worker");
        let answer = town.come(&code).await?;
        assert_eq!(town.login_of(&answer).await?, "xindi.worker");
        // A code counts once.
        is(&town.come(&code).await?, "INVALID_PROOF", "code")?;
        is(&town.come("login-of-nobody").await?, "INVALID_PROOF", "code")?;
        is(&town.come(&town.wechat.login("open-stranger")).await?, "NOT_LINKED", "")?;
        // Neither another district nor another mini-program.
        let code = town.wechat.login("open-worker");
        is(&town.come_to("320804", APP, &code).await?, "UNKNOWN_PROVIDER", "app")?;
        is(&town.come_to("999999", APP, &code).await?, "UNKNOWN_PROVIDER", "districtCode")?;
        is(&town.come_to(DISTRICT, "wx0000000000000000", &code).await?, "UNKNOWN_PROVIDER", "app")?;
        let own = worker.run("{ externalIdentities { providerName providerKind usedAt } }", json!({})).await?;
        let expected = json!([{"providerName": "枫桥小程序", "providerKind": "WECHAT", "usedAt": "2026-11-22T08:00:00.000000Z"}]);
        assert_eq!(own.data("externalIdentities")?, &expected);
        // PostgreSQL writes quotes twice within a row.
        let trail = town.served.world.rows("audit_entries").await?.join("\n").replace("\"\"", "\"");
        ensure!(trail.contains("\"method\":\"wechat\"") && trail.contains("external_identity.create"), "{trail}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_wechat_tells_the_server_alone_is_kept_nowhere() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        town.linked("xindi.worker", "open-worker").await?;
        let answer = town.come(&town.wechat.login("open-worker")).await?;
        ensure!(!answer.body.to_string().contains(SESSION_KEY));
        for table in [
            "external_identities",
            "identity_providers",
            "provider_tokens",
            "audit_entries",
            "outbox_events",
            "sessions",
        ] {
            let rows = town.served.world.rows(table).await?.join("\n").to_lowercase();
            for kept in [SESSION_KEY, "open-worker", super::SECRET] {
                // Bytes are shown in hexadecimal digits.
                ensure!(!rows.contains(kept) && !rows.contains(&hex::encode(kept)), "{table} has {kept}");
            }
        }
        Ok(())
    })
    .await
}

/// Somebody links their WeChat and comes by it, and somebody makes an account: the ids of the requests by which WeChat was asked.
async fn come_and_go(running: &Running, wechat: &Wechat) -> anyhow::Result<Vec<String>> {
    let security = running.sign_in("security.admin@150302").await?;
    let trust = json!({"wechat": {"app": APP, "appSecret": SECRET, "isOpenToResidents": true}});
    let input = json!({"name": "枫桥小程序", "trust": trust});
    security.mutate("identityProviderCreate", PROVIDER, input).await?.payload()?;
    let worker = running.sign_in("xindi.worker@150302").await?;
    let proof = json!({"wechat": {"app": APP, "code": wechat.login("open-worker")}});
    let linked = link(&worker, PASSWORD, proof).await?;
    let input = json!({"districtCode": DISTRICT, "app": APP, "code": wechat.login("open-worker")});
    let come = running.anonymous().mutate("sessionCreateByWechat", SESSION, input).await?;
    let home = Places::of(&worker).unit("150302101203").await?;
    let input = json!({"districtCode": DISTRICT, "app": APP, "code": wechat.login("open-new"),
        "phoneCode": wechat.number("13912345678"), "name": "王小明", "unitId": home});
    let made = running.anonymous().mutate("accountRegister", SESSION, input).await?;
    let mut requests = vec![];
    for answer in [linked, come, made] {
        answer.payload()?;
        requests.push(answer.headers.get("x-request-id").context("an id")?.to_str()?.to_owned());
    }
    assert_eq!((wechat.counts().sessions, wechat.counts().tokens), (3, 1));
    Ok(requests)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_wechat_tells_the_server_alone_is_in_no_file_no_log_and_no_span() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let wechat = Wechat::open().await?;
        let (endpoint, spans) = Spans::collected().await?;
        let home = Household::new(backend).await?;
        home.configure(&format!(
            "[federation]\nallow_http = true\nallowed_networks = [\"127.0.0.0/8\"]\nwechat_url = \"{}\"\n",
            wechat.url()
        ))?;
        let told = [
            ("FENGQIAO__TELEMETRY__OTLP_ENDPOINT", endpoint.as_str()),
            ("FENGQIAO__TELEMETRY__LOG", EVERYTHING),
        ];
        let running = home.start_with(&told).await?;
        let requests = come_and_go(&running, &wechat).await?;
        let hidden = [SESSION_KEY, SECRET, "open-worker", "open-new", "13912345678", "王小明"];
        // The number of the mini-program is told to everybody.
        let mut search = Search::of(&hidden, APP);
        searched_at_rest(&mut search, &home).await?;
        ensure!(search.bytes("a dump", &home.dump().await?), "no dump");
        running.terminate().await?;
        search.folder(home.folder())?;
        let (log, said) = (home.log()?, spans.said());
        search.bytes("the spans", &said);
        for request in requests {
            ensure!(log.contains(&request), "the log lacks {request}");
            ensure!(memchr::memmem::find(&said, request.as_bytes()).is_some(), "the spans lack {request}");
        }
        search.verdict()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_wechat_has_words_of_ones_own() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        town.linked("xindi.worker", "open-worker").await?;
        // Busy twice: it is asked again.
        town.wechat.busy(2);
        let answer = town.come(&town.wechat.login("open-worker")).await?;
        assert_eq!(town.login_of(&answer).await?, "xindi.worker");
        let code = town.wechat.login("open-worker");
        town.wechat.busy(3);
        is(&town.come(&code).await?, "PROVIDER_UNAVAILABLE", "")?;
        // What was shown may be shown again.
        assert_eq!(town.login_of(&town.come(&code).await?).await?, "xindi.worker");
        town.wechat.block("open-blocked");
        is(&town.come(&town.wechat.login("open-blocked")).await?, "BLOCKED", "code")?;
        town.wechat.hurry("open-hurried");
        let answer = town.come(&town.wechat.login("open-hurried")).await?;
        assert_eq!(answer.code(), "RATE_LIMITED", "{}", answer.body);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_app_secret_lets_nobody_in_and_is_mended() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::distrustful(backend).await?;
        let answer = town.trust_wechat("another-secret").await?;
        let provider = answer.payload()?["identityProvider"].clone();
        is(&town.come(&town.wechat.login("open-worker")).await?, "PROVIDER_UNAVAILABLE", "")?;
        let security = town.served.sign_in("security.admin@150302").await?;
        let input =
            json!({"identityProviderId": provider["id"], "expectedVersion": 1, "appSecret": super::SECRET});
        security.mutate("identityProviderUpdate", super::PROVIDER, input).await?.payload()?;
        is(&town.come(&town.wechat.login("open-worker")).await?, "NOT_LINKED", "")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_codes_empties_their_own_bucket() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        town.linked("xindi.worker", "open-worker").await?;
        // What is right costs nothing.
        for _ in 0..35 {
            town.come(&town.wechat.login("open-worker")).await?.payload()?;
        }
        let asked = town.wechat.counts().sessions;
        let mut refused = 0;
        for _ in 0..35 {
            refused += usize::from(town.come("login-of-nobody").await?.code() == "RATE_LIMITED");
        }
        ensure!(refused == 5, "{refused} of 35 were turned away, of thirty that an address has");
        ensure!(town.wechat.counts().sessions == asked + 30, "nobody is asked for them");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_about_what_is_no_code() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let before = town.wechat.counts();
        for code in ["", " ", "login 1", "login\u{a0}1", "login\n1", "登录"] {
            is(&town.come(code).await?, "INVALID_PROOF", "code").with_context(|| code.to_owned())?;
        }
        ensure!(town.wechat.counts() == before, "WeChat was asked");
        Ok(())
    })
    .await
}
