//! Refresh tokens rotate, and one that is shown again when it should be gone ends the whole session.

use anyhow::ensure;
use fengqiao_api::config::Settings;
use fengqiao_tests::{Served, on_backends};
use futures::future::try_join_all;

use super::{Tokens, shown, sign_in, try_refresh};

const ACCOUNT: &str = "xindi.worker@150302";

#[tokio::test(flavor = "multi_thread")]
async fn each_refresh_gives_a_new_pair() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut tokens = sign_in(&served, ACCOUNT).await?;
        for _ in 0..3 {
            served.pass_seconds(600);
            let next = Tokens::of(&try_refresh(&served, &tokens.refresh).await?)?;
            assert_ne!(next.refresh, tokens.refresh);
            assert_eq!(shown(&served, &next.access).await?.0, 200);
            tokens = next;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn reuse_after_the_successor_was_used_ends_the_session() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let other_device = sign_in(&served, ACCOUNT).await?;
        let first = sign_in(&served, ACCOUNT).await?;
        let second = Tokens::of(&try_refresh(&served, &first.refresh).await?)?;
        let third = Tokens::of(&try_refresh(&served, &second.refresh).await?)?;
        assert_eq!(shown(&served, &third.access).await?.0, 200);
        assert_eq!(try_refresh(&served, &first.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        for tokens in [&first, &second, &third] {
            assert_eq!(shown(&served, &tokens.access).await?.0, 401, "at once, whatever is remembered");
            assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        }
        assert_eq!(shown(&served, &other_device.access).await?.0, 200, "another session goes on");
        assert_eq!(
            served.world.number("SELECT count(*) FROM audit_entries WHERE action = 'session.reuse'").await?,
            1
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_believed_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let first = sign_in(&served, ACCOUNT).await?;
        let lost = Tokens::of(&try_refresh(&served, &first.refresh).await?)?;
        let again = Tokens::of(&try_refresh(&served, &first.refresh).await?)?;
        assert_eq!(shown(&served, &again.access).await?.0, 200);
        // Whoever had the answer that was lost shows a token that is out of use.
        assert_eq!(try_refresh(&served, &lost.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        assert_eq!(shown(&served, &again.access).await?.0, 401);
        assert_eq!(try_refresh(&served, &again.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        Ok(())
    })
    .await
}

/// Tokens that a session can still go on with.
const LIVE: &str = "SELECT count(*) FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
    WHERE t.used_at IS NULL AND s.revoked_at IS NULL";

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_who_show_one_token_at_once_leave_one_branch_at_most() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        for many in [2, 3, 100] {
            let first = sign_in(&served, ACCOUNT).await?;
            assert_eq!(served.world.number(LIVE).await?, 1, "and nobody else's");
            let answers = try_join_all((0..many).map(|_| try_refresh(&served, &first.refresh))).await?;
            let mut given = vec![];
            for answer in &answers {
                match Tokens::of(answer) {
                    Ok(tokens) => given.push(tokens),
                    Err(_) => assert_eq!(answer.user_error()?.0, "REFRESH_INVALID", "{}", answer.text),
                }
            }
            // The second is believed that the answer was lost; the third ends the session.
            ensure!(given.len() == 2, "{many} who show it are given {} pairs", given.len());
            let live = served.world.number(LIVE).await?;
            ensure!(live == i64::from(many == 2), "{live} branches of {many} who show it");
            let mut going_on = 0;
            for tokens in &given {
                going_on += usize::from(try_refresh(&served, &tokens.refresh).await?.payload().is_ok());
            }
            ensure!(going_on <= 1 && (many == 2 || going_on == 0), "{going_on} of {many} go on");
            for tokens in given.iter().chain([&first]) {
                assert_eq!(shown(&served, &tokens.access).await?.0, 401, "at once, of {many}");
            }
        }
        let told = "SELECT count(*) FROM audit_entries WHERE action = 'session.reuse'";
        assert_eq!(served.world.number(told).await?, 3);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_lay_idle_or_is_none_is_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let tokens = sign_in(&served, ACCOUNT).await?;
        for bad in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &tokens.access[..128]] {
            assert_eq!(try_refresh(&served, bad).await?.user_error()?.0, "REFRESH_INVALID", "{bad}");
        }
        served.pass_seconds(7 * 86_400 + 1);
        assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        let half_an_hour = |settings: &mut Settings| settings.auth.session_idle_minutes = 30;
        let served = Served::demo_with(backend, half_an_hour).await?;
        let tokens = sign_in(&served, ACCOUNT).await?;
        served.pass_seconds(1_790);
        let tokens = Tokens::of(&try_refresh(&served, &tokens.refresh).await?)?;
        served.pass_seconds(1_801);
        assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_over_after_its_days_however_often_it_is_refreshed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.auth.session_days = 1).await?;
        let mut tokens = sign_in(&served, ACCOUNT).await?;
        for _ in 0..23 {
            served.pass_seconds(3_600);
            tokens = Tokens::of(&try_refresh(&served, &tokens.refresh).await?)?;
        }
        served.pass_seconds(3_590);
        let last = try_refresh(&served, &tokens.refresh).await?;
        let session = &last.payload()?["session"];
        assert_eq!(session["expiresAt"], session["sessionExpiresAt"], "a token does not outlive its session");
        let tokens = Tokens::of(&last)?;
        assert_eq!(shown(&served, &tokens.access).await?.0, 200);
        served.pass_seconds(20);
        assert_eq!(shown(&served, &tokens.access).await?.0, 401);
        assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        Ok(())
    })
    .await
}
