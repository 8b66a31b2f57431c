//! A device that an account knows is not held up by what strangers try.

use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_tests::{Answered as _, Served, on_backends};
use serde_json::json;

use super::{Attempt, GIVEN, Tokens, narrow, shown, sign_in, try_refresh};

const ACCOUNT: &str = "district.command@150302";
const OFFICE: &str = "198.51.100.1";
const DAY: i64 = 86_400;

/// Strangers take what the account has, and what its own address has.
async fn besiege(served: &Served) -> anyhow::Result<()> {
    for number in 0..6 {
        let from = format!("203.0.113.{number}");
        Attempt::guess(ACCOUNT, &from).run(served).await?;
    }
    for number in 0..3 {
        let account = format!("nobody{number}@150302");
        Attempt::guess(&account, OFFICE).run(served).await?;
    }
    for from in [OFFICE, "198.51.100.2"] {
        assert_eq!(Attempt::owner(ACCOUNT, from).code(served).await?, "RATE_LIMITED");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_gets_in_at_once_on_a_device_of_before() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let device = sign_in(&served, ACCOUNT).await?;
        besiege(&served).await?;
        let owner = Attempt::owner(ACCOUNT, OFFICE).on(&device.refresh);
        assert_eq!(owner.code(&served).await?, "OK");
        // It was not used up by that, and counts when the session has long lapsed.
        served.pass_seconds(89 * DAY);
        assert_eq!(try_refresh(&served, &device.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        besiege(&served).await?;
        let tokens = Tokens::of(&owner.run(&served).await?)?;
        assert_eq!(shown(&served, &tokens.access).await?.0, 200);
        served.pass_seconds(DAY);
        besiege(&served).await?;
        assert_eq!(owner.code(&served).await?, "RATE_LIMITED", "ninety days");
        assert_eq!(owner.on(&tokens.refresh).code(&served).await?, "OK", "the newer pair");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_known_device_passwords_are_not_guessed_either() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let (found, other) = (sign_in(&served, ACCOUNT).await?, sign_in(&served, ACCOUNT).await?);
        let guess = Attempt::guess(ACCOUNT, OFFICE).on(&found.refresh);
        for code in ["INVALID_CREDENTIALS", "INVALID_CREDENTIALS", "RATE_LIMITED", "RATE_LIMITED"] {
            assert_eq!(guess.code(&served).await?, code);
        }
        let owner = Attempt::owner(ACCOUNT, OFFICE);
        assert_eq!(owner.on(&found.refresh).code(&served).await?, "RATE_LIMITED");
        assert_eq!(owner.on(&other.refresh).code(&served).await?, "OK", "another device of theirs");
        assert_eq!(owner.code(&served).await?, "OK", "and whoever shows none");
        served.pass_seconds(60);
        assert_eq!(guess.code(&served).await?, "INVALID_CREDENTIALS");
        assert_eq!(guess.code(&served).await?, "RATE_LIMITED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_makes_a_device_known() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let foreign = sign_in(&served, "xindi.worker@150302").await?.refresh;
        let of_another_tenant = sign_in(&served, "district.command@320804").await?.refresh;
        let spent = sign_in(&served, ACCOUNT).await?.refresh;
        let stolen = sign_in(&served, ACCOUNT).await?.refresh;
        let thief = Tokens::of(&try_refresh(&served, &stolen).await?)?.refresh;
        let newest = Tokens::of(&try_refresh(&served, &thief).await?)?.refresh;
        Tokens::of(&try_refresh(&served, &spent).await?)?;
        assert_eq!(try_refresh(&served, &stolen).await?.user_error()?.0, "REFRESH_INVALID");
        let ended = sign_in(&served, ACCOUNT).await?;
        let actor = served.bearer(ACCOUNT, &ended.access);
        actor.mutate("sessionRevoke", "isRevoked userErrors { code path }", json!({})).await?.payload()?;
        besiege(&served).await?;
        let access = ended.access.as_str();
        let proofs =
            [&foreign, &of_another_tenant, &spent, &stolen, &thief, &newest, &ended.refresh, access, "", "x"];
        for (number, proof) in proofs.into_iter().enumerate() {
            let proof = proof.get(..128).unwrap_or(proof);
            let owner = Attempt::owner(ACCOUNT, OFFICE).on(proof);
            assert_eq!(owner.code(&served).await?, "RATE_LIMITED", "proof {number}");
        }
        let own = Attempt::owner("xindi.worker@150302", OFFICE).on(&foreign);
        assert_eq!(own.code(&served).await?, "OK", "whose it is");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_let_in_again_by_hand_begins_with_no_device() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let device = sign_in(&served, ACCOUNT).await?;
        served.pass_seconds(1);
        let platform = PlatformScope::for_command_line("test");
        let identity = &served.services().identity;
        identity.reset_password(&platform, ACCOUNT, GIVEN).await.done()?;
        besiege(&served).await?;
        let owner = Attempt::owner(ACCOUNT, OFFICE).on(&device.refresh);
        assert_eq!(owner.code(&served).await?, "RATE_LIMITED");
        Ok(())
    })
    .await
}
