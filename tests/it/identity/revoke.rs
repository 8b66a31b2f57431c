//! Signing out ends one session at once, its sockets included.

use std::time::Duration;

use fengqiao_api::http::Seconds;
use fengqiao_tests::{Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{shown, sign_in, try_refresh};

const ACCOUNT: &str = "xindi.worker@150302";
const PAYLOAD: &str = "isRevoked userErrors { code path }";
const FOLLOW: &str =
    "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason } } }";

#[tokio::test(flavor = "multi_thread")]
async fn the_session_ends_at_once_and_no_other() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let quick = Seconds::thousandths(200);
        let served =
            Served::demo_with(backend, |settings| settings.edge.socket.recheck_seconds = quick).await?;
        let (tokens, other) = (sign_in(&served, ACCOUNT).await?, sign_in(&served, ACCOUNT).await?);
        let actor = served.bearer(ACCOUNT, &tokens.access);
        let mut socket = actor.subscribe(FOLLOW).await?;
        let answer = actor.mutate("sessionRevoke", PAYLOAD, json!({})).await?;
        assert_eq!(answer.payload()?["isRevoked"], true);
        assert_eq!(shown(&served, &tokens.access).await?.0, 401);
        assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        assert_eq!(socket.closed().await?, 4403);
        assert_eq!(shown(&served, &other.access).await?.0, 200);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_ends_the_session_of_somebody_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let tokens = sign_in(&served, ACCOUNT).await?;
        let (_, claims) = tokens.access.split_once('.').unwrap_or_default();
        let claims = claims.split('.').next().unwrap_or_default();
        let session = session_of(claims)?;
        for login in ["xindi.worker2@150302", "security.admin@150302", "district.command@320804"] {
            let stranger = served.sign_in(login).await?;
            let input = json!({"sessionId": session});
            let answer = stranger.mutate("sessionRevoke", PAYLOAD, input).await?;
            assert_eq!(answer.user_error()?, ("NOT_FOUND".to_owned(), "sessionId".to_owned()), "{login}");
        }
        assert_eq!(shown(&served, &tokens.access).await?.0, 200);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_ends_with_its_token() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.auth.access_token_seconds = 30).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        served.pass_seconds(29);
        let mut socket = actor.subscribe(FOLLOW).await?;
        assert_eq!(socket.closed().await?, 4403);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_ends_with_a_grant_that_it_was_opened_with() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let quick = Seconds::thousandths(200);
        let served =
            Served::demo_with(backend, |settings| settings.edge.socket.recheck_seconds = quick).await?;
        let (volunteer, worker) = ("bailou.volunteer@150302", served.sign_in(ACCOUNT).await?);
        let (actor, security) =
            (served.sign_in(volunteer).await?, served.sign_in("security.admin@150302").await?);
        let input = json!({"accountId": account_id(&actor).await?, "role": "PART_TIME_WORKER",
            "target": {"gridId": Places::of(&security).grid("150302101203001").await?}});
        let payload = "roleGrant { id } userErrors { code path }";
        let given = security.mutate("roleGrantCreate", payload, input).await?;
        let revoke = json!({"roleGrantId": given.payload()?["roleGrant"]["id"]});
        let (mut socket, mut other) = (actor.subscribe(FOLLOW).await?, worker.subscribe(FOLLOW).await?);
        security.mutate("roleGrantRevoke", "userErrors { code }", revoke).await?.payload()?;
        assert_eq!(socket.closed().await?, 4403);
        // Whoever lost something comes back with what is left to them; whoever lost nothing stays.
        let mut back = served.sign_in(volunteer).await?.subscribe(FOLLOW).await?;
        let stays = tokio::time::timeout(
            Duration::from_secs(1),
            futures::future::select(Box::pin(other.closed()), Box::pin(back.closed())),
        );
        assert!(stays.await.is_err(), "a socket was closed whose owner lost nothing");
        Ok(())
    })
    .await
}

/// The session that the claims of a token name.
fn session_of(claims: &str) -> anyhow::Result<String> {
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, claims)?;
    let claims: Value = serde_json::from_slice(&bytes)?;
    Ok(claims["sid"].as_str().unwrap_or_default().to_owned())
}
