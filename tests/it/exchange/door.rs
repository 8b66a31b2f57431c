//! Who knocks is known by what they signed, for a moment, and comes in by the right of their account of now.

use std::time::Duration;

use anyhow::ensure;
use fengqiao_api::http::Seconds;
use fengqiao_tests::{Answer, Backend, SUPERUSER, account_id, on_backends};
use serde_json::json;
use sqlx::Executor as _;

use super::{NOW, Partner, order, refused};
use crate::webhooks::Desk;

const STRANGER: (u16, &str, &str) = (401, "NOT_ADMITTED", "");

fn is(answer: &Answer, wanted: (u16, &str, &str)) {
    let (status, code, path) = refused(answer);
    assert_eq!((status, code.as_str(), path.as_str()), wanted, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_did_not_sign_comes_in_nowhere() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let body = json!({"type": "ticket.sent", "data": order("WH-1")}).to_string();
        let before = desk.served.world.number("SELECT count(*) FROM cases").await?;
        // Nothing, rubbish, what was signed by somebody else, for another id, another time, another body.
        is(&Answer::of(partner.unsigned("m", NOW, &body)).await?, STRANGER);
        for signature in ["", "v1,", "v1,AAAA", "v1a,AAAA", "v1,é"] {
            let request = partner.unsigned("m", NOW, &body).header("webhook-signature", signature);
            is(&Answer::of(request).await?, STRANGER);
        }
        let other = Partner { secret: format!("whsec_{}", "A".repeat(43) + "="), ..partner.copy() };
        is(&Answer::of(other.signed("m", NOW, &body)?).await?, STRANGER);
        let signature = standardwebhooks::Webhook::new(&partner.secret)?.sign("m", NOW, body.as_bytes())?;
        for (id, at, said) in
            [("n", NOW, body.clone()), ("m", NOW + 1, body.clone()), ("m", NOW, body.replace("WH-1", "WH-9"))]
        {
            let request = partner.unsigned(id, at, &said).header("webhook-signature", &signature);
            is(&Answer::of(request).await?, STRANGER);
        }
        // A partner that is not there, and one of another district, are the same to whoever knocks.
        for path in [
            "/exchange/v1/150302/nobody",
            "/exchange/v1/320804/12345",
            "/exchange/v1/999999/12345",
            "/exchange/v1/%00/x",
            "/exchange/v1/150302/%00",
        ] {
            let elsewhere = Partner { path: path.to_owned(), ..partner.copy() };
            is(&Answer::of(elsewhere.signed("m", NOW, &body)?).await?, STRANGER);
        }
        assert_eq!(desk.served.world.number("SELECT count(*) FROM cases").await?, before);
        // The very same message, sent where it belongs.
        let request =
            partner.unsigned("m", NOW, &body).header("webhook-signature", format!("v1,AAAA {signature}"));
        assert_eq!(Answer::of(request).await?.status, 201);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_counts_for_five_minutes_before_and_after() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let body = json!({"type": "ticket.sent", "data": order("WH-1")}).to_string();
        for at in [NOW - 301, NOW + 301, 0, i64::MAX, i64::MIN] {
            is(&Answer::of(partner.signed("m", at, &body)?).await?, (401, "STALE", ""));
        }
        assert_eq!(Answer::of(partner.signed("m", NOW - 300, &body)?).await?.status, 201);
        assert_eq!(Answer::of(partner.signed("m", NOW + 300, &body)?).await?.status, 200);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_in_while_its_account_may_and_nobody_disabled_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let system = desk.person("system.admin").await?;
        let input = json!({"partnerId": partner.id});
        let changed = "partner { disabledAt version } userErrors { code path }";
        let disabled = system.mutate("exchangePartnerDisable", changed, input.clone()).await?;
        assert_eq!(disabled.payload()?["partner"]["disabledAt"], "2026-11-22T08:00:00.000000Z");
        is(&partner.send(&order("WH-1")).await?, STRANGER);
        // Staff stop it; only its account lets it in again.
        let enabled = system.mutate("exchangePartnerEnable", changed, input.clone()).await?;
        assert_eq!(enabled.user_error()?, ("NOT_OWNER".to_owned(), "partnerId".to_owned()));
        partner.account.mutate("exchangePartnerEnable", changed, input).await?.payload()?;
        assert_eq!(partner.send(&order("WH-1")).await?.status, 201);
        let account = account_id(&partner.account).await?;
        let input = json!({"accountId": account});
        system.mutate("accountDisable", "userErrors { code path }", input).await?.payload()?;
        is(&partner.send(&order("WH-1")).await?, STRANGER);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_counts_for_a_day() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let old = Partner::hotline(&desk, json!({})).await?;
        let input = json!({"partnerId": old.id});
        let answer = old.account.mutate("exchangePartnerRotateSecret", super::ISSUED, input).await?;
        let secret = answer.payload()?["secret"].as_str().unwrap_or_default().to_owned();
        assert_ne!(secret, old.secret);
        let new = Partner { secret, ..old.copy() };
        assert_eq!(old.send(&order("WH-1")).await?.status, 201);
        assert_eq!(new.send(&order("WH-1")).await?.status, 200);
        desk.served.pass_seconds(86_400);
        let body = json!({"type": "ticket.asked", "data": {"number": "WH-1"}}).to_string();
        is(&Answer::of(old.signed("m", NOW + 86_400, &body)?).await?, STRANGER);
        assert_eq!(Answer::of(new.signed("m", NOW + 86_400, &body)?).await?.status, 200);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_so() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        for body in
            ["", "{", "[]", "{\"type\": \"ticket.lost\", \"data\": {}}", "{\"type\": \"ticket.asked\"}"]
        {
            is(&Answer::of(partner.signed("m", NOW, body)?).await?, (400, "BAD_REQUEST", ""));
        }
        let large = json!({"type": "ticket.sent", "data": {"order": "x".repeat(65_536)}}).to_string();
        is(&Answer::of(partner.signed("m", NOW, &large)?).await?, (413, "TOO_LARGE", ""));
        let id = "i".repeat(65);
        is(&Answer::of(partner.signed(&id, NOW, "{}")?).await?, STRANGER);
        Ok(())
    })
    .await
}

/// What somebody says while another holds the database.
async fn meanwhile(
    desk: &Desk,
    saying: impl Future<Output = anyhow::Result<Answer>>,
) -> anyhow::Result<Answer> {
    let world = &desk.served.world;
    match world.backend() {
        Backend::Sqlite => {
            let mut holder = world.sqlite()?.acquire().await?;
            holder.execute("BEGIN IMMEDIATE").await?;
            let answer = saying.await;
            holder.execute("ROLLBACK").await?;
            answer
        }
        Backend::Postgres => {
            let mut holder = world.pool(SUPERUSER)?.begin().await?;
            holder.execute("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE").await?;
            let answer = saying.await;
            holder.rollback().await?;
            answer
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_are_looked_at_at_a_time_than_have_turns() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open_with(backend, |settings| {
            crate::webhooks::at_home(settings);
            settings.exchange.at_once = 1;
            settings.edge.request.body_read_seconds = Seconds::thousandths(300);
            settings.database.lock_timeout_seconds = 30;
        })
        .await?;
        let partner = Partner::hotline(&desk, json!({})).await?;
        let forged = || partner.unsigned("m", NOW, "{}").header("webhook-signature", "v1,AAAA");
        let nobody = async || Answer::of(forged()).await;
        is(&nobody().await?, STRANGER);
        let ticket = order("WH-1");
        let mut first = std::pin::pin!(partner.send(&ticket));
        let saying = async {
            // It has the turn, and waits for the database.
            let early = tokio::time::timeout(Duration::from_millis(500), &mut first).await;
            ensure!(early.is_err(), "nobody holds it up");
            nobody().await
        };
        let turned_away = meanwhile(&desk, saying).await?;
        is(&turned_away, (503, "RATE_LIMITED", ""));
        assert_eq!(first.await?.status, 201);
        is(&nobody().await?, STRANGER);
        Ok(())
    })
    .await
}
