//! Everybody sees where they are signed in and ends it; the security administrator ends it for others.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_api::http::Seconds;
use fengqiao_tests::{Actor, Backend, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{Attempt, Tokens, narrow, shown, sign_in, try_refresh};

const ACCOUNT: &str = "xindi.worker@150302";
const LIST: &str =
    "{ viewer { sessions { totalCount nodes { id createdAt expiresAt refreshedAt isCurrent } } } }";
const OTHERS: &str = "isRevoked userErrors { code path }";
const OUT: &str = "account { login state } userErrors { code path }";
const FOLLOW: &str =
    "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason } } }";

/// The viewer's sessions: their ids, and when each was opened and refreshed.
async fn listed(actor: &Actor) -> anyhow::Result<Vec<Value>> {
    let answer = actor.run(LIST, Value::Null).await?;
    let nodes = answer.data("viewer/sessions/nodes")?.as_array().context("nodes")?.clone();
    assert_eq!(answer.data("viewer/sessions/totalCount")?, nodes.len());
    Ok(nodes)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_their_own_sessions_newest_first() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let first = sign_in(&served, ACCOUNT).await?;
        served.pass_seconds(60);
        let second = sign_in(&served, ACCOUNT).await?;
        sign_in(&served, "xindi.station@150302").await?;
        let third = sign_in(&served, ACCOUNT).await?;
        let ended = served.bearer(ACCOUNT, &third.access);
        ended.mutate("sessionRevoke", OTHERS, json!({})).await?.payload()?;
        served.pass_seconds(60);
        Tokens::of(&try_refresh(&served, &first.refresh).await?)?;
        let actor = served.bearer(ACCOUNT, &second.access);
        let sessions = listed(&actor).await?;
        let told: Vec<[&Value; 4]> = sessions
            .iter()
            .map(|one| ["createdAt", "refreshedAt", "expiresAt", "isCurrent"].map(|key| &one[key]))
            .collect();
        let wanted = [
            [
                json!("2026-11-22T08:01:00.000000Z"),
                json!("2026-11-22T08:01:00.000000Z"),
                json!("2026-12-22T08:01:00.000000Z"),
                json!(true),
            ],
            [
                json!("2026-11-22T08:00:00.000000Z"),
                json!("2026-11-22T08:02:00.000000Z"),
                json!("2026-12-22T08:00:00.000000Z"),
                json!(false),
            ],
        ];
        assert_eq!(json!(told), json!(wanted));
        let document =
            "{ viewer { sessions(first: 1) { nodes { id } pageInfo { hasNextPage endCursor } } } }";
        let page = actor.run(document, Value::Null).await?;
        assert_eq!(page.data("viewer/sessions/nodes")?, &json!([{"id": sessions[0]["id"]}]));
        assert_eq!(page.data("viewer/sessions/pageInfo/hasNextPage")?, true);
        let document =
            "query($after: String) { viewer { sessions(first: 1, after: $after) { nodes { id } } } }";
        let after = json!({"after": page.data("viewer/sessions/pageInfo/endCursor")?});
        let page = actor.run(document, after).await?;
        assert_eq!(page.data("viewer/sessions/nodes")?, &json!([{"id": sessions[1]["id"]}]));
        // The other one is ended by its id.
        let input = json!({"sessionId": sessions[1]["id"]});
        actor.mutate("sessionRevoke", OTHERS, input).await?.payload()?;
        assert_eq!(shown(&served, &first.access).await?.0, 401);
        assert_eq!(listed(&actor).await?.len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_other_session_ends_at_once_with_its_sockets() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let quick = Seconds::thousandths(200);
        let served =
            Served::demo_with(backend, |settings| settings.edge.socket.recheck_seconds = quick).await?;
        let (here, there, elsewhere) = (
            sign_in(&served, ACCOUNT).await?,
            sign_in(&served, ACCOUNT).await?,
            sign_in(&served, ACCOUNT).await?,
        );
        let colleague = sign_in(&served, "xindi.station@150302").await?;
        let mut socket = served.bearer(ACCOUNT, &there.access).subscribe(FOLLOW).await?;
        let actor = served.bearer(ACCOUNT, &here.access);
        let foreign = served.bearer("xindi.station@150302", &colleague.access);
        let kept = json!({"keptSessionId": listed(&foreign).await?[0]["id"]});
        let refused = actor.mutate("sessionRevokeOthers", OTHERS, kept).await?;
        assert_eq!(refused.user_error()?, ("NOT_FOUND".to_owned(), "keptSessionId".to_owned()));
        assert_eq!(listed(&actor).await?.len(), 3, "nothing has ended");
        let done = actor.mutate("sessionRevokeOthers", OTHERS, json!({})).await?;
        assert_eq!(done.payload()?["isRevoked"], true);
        for ended in [&there, &elsewhere] {
            assert_eq!(shown(&served, &ended.access).await?.0, 401);
            assert_eq!(try_refresh(&served, &ended.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        }
        assert_eq!(socket.closed().await?, 4403);
        for kept in [&here, &colleague] {
            assert_eq!(shown(&served, &kept.access).await?.0, 200);
        }
        // Again: nothing is left to end, and nothing is written down.
        actor.mutate("sessionRevokeOthers", OTHERS, json!({})).await?.payload()?;
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'session.revoke_others'";
        assert_eq!(served.world.number(audited).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sessions_that_lapsed_the_devices_are_known_no_longer() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let lapsed = sign_in(&served, ACCOUNT).await?;
        served.pass_seconds(31 * 86_400);
        let here = sign_in(&served, ACCOUNT).await?;
        let actor = served.bearer(ACCOUNT, &here.access);
        assert_eq!(listed(&actor).await?.len(), 1);
        actor.mutate("sessionRevokeOthers", OTHERS, json!({})).await?.payload()?;
        assert_eq!(shown(&served, &here.access).await?.0, 200);
        for code in ["INVALID_CREDENTIALS", "INVALID_CREDENTIALS", "INVALID_CREDENTIALS", "RATE_LIMITED"] {
            let found = Attempt::guess(ACCOUNT, "203.0.113.9").on(&lapsed.refresh);
            assert_eq!(found.code(&served).await?, code, "as a stranger");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_security_administrator_signs_somebody_out_everywhere() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let tokens = sign_in(&served, ACCOUNT).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let system = served.sign_in("system.admin@150302").await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let id = async |login: &str| account_id(&served.sign_in(login).await?).await;
        let input = json!({"accountId": id(ACCOUNT).await?});
        let bailou = json!({"accountId": id("bailou.worker@150302").await?});
        let foreign = json!({"accountId": id("luhua.worker@320804").await?});
        assert_eq!(system.mutate("accountSignOut", OUT, input.clone()).await?.code(), "FORBIDDEN");
        let worker = served.bearer(ACCOUNT, &tokens.access);
        assert_eq!(worker.mutate("accountSignOut", OUT, input.clone()).await?.code(), "FORBIDDEN");
        for (actor, account, code) in [
            (&town, &bailou, "NOT_PERMITTED"),
            (&town, &foreign, "NOT_FOUND"),
            (&security, &foreign, "NOT_FOUND"),
        ] {
            let refused = actor.mutate("accountSignOut", OUT, account.clone()).await?;
            assert_eq!(refused.user_error()?, (code.to_owned(), "accountId".to_owned()));
        }
        assert_eq!(shown(&served, &tokens.access).await?.0, 200, "nobody has ended it");
        let done = security.mutate("accountSignOut", OUT, input).await?;
        assert_eq!(done.payload()?["account"], json!({"login": "xindi.worker", "state": "ACTIVE"}));
        assert_eq!(shown(&served, &tokens.access).await?.0, 401);
        assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'account.sign_out'";
        assert_eq!(served.world.number(audited).await?, 1);
        // They sign in again, and whoever has their old telephone is a stranger.
        served.pass_seconds(1);
        assert_eq!(shown(&served, &sign_in(&served, ACCOUNT).await?.access).await?.0, 200);
        for code in ["INVALID_CREDENTIALS", "INVALID_CREDENTIALS", "INVALID_CREDENTIALS", "RATE_LIMITED"] {
            let found = Attempt::guess(ACCOUNT, "203.0.113.9").on(&tokens.refresh);
            assert_eq!(found.code(&served).await?, code);
        }
        // A separated administrator too: nobody is shut out by it.
        let own = json!({"accountId": id("system.admin@150302").await?});
        security.mutate("accountSignOut", OUT, own).await?.payload()?;
        assert_eq!(system.run("{ viewer { permissions } }", Value::Null).await?.status, 401);
        // And an administrator of a town those of the town.
        let own = json!({"accountId": id("xindi.station@150302").await?});
        town.mutate("accountSignOut", OUT, own).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_ended_the_other_one_does_not_let_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let quick = Seconds::thousandths(500);
        let first =
            Served::demo_with(backend, |settings| settings.edge.socket.recheck_seconds = quick).await?;
        let second = first.beside(|settings| settings.edge.socket.recheck_seconds = quick).await?;
        let security = first.sign_in("security.admin@150302").await?;
        let own = sign_in(&first, ACCOUNT).await?;
        let worker = first.bearer(ACCOUNT, &own.access);
        let input = json!({"accountId": account_id(&worker).await?});
        for (field, by, input) in
            [("sessionRevokeOthers", &worker, json!({})), ("accountSignOut", &security, input)]
        {
            first.pass_seconds(1);
            let ended = sign_in(&first, ACCOUNT).await?;
            // The other server remembers who they are, and holds a socket of theirs.
            assert_eq!(shown(&second, &ended.access).await?.0, 200);
            let mut socket = second.bearer(ACCOUNT, &ended.access).subscribe(FOLLOW).await?;
            let begun = Instant::now();
            by.mutate(field, "userErrors { code path }", input).await?.payload()?;
            while shown(&second, &ended.access).await?.0 != 401 {
                ensure!(begun.elapsed() < Duration::from_secs(30), "{field}: still let in");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert_eq!(socket.closed().await?, 4403, "{field}");
            ensure!(begun.elapsed() < Duration::from_secs(30), "{field}: {:?}", begun.elapsed());
        }
        Ok(())
    })
    .await
}
