//! What waits for its password to be looked at, and what becomes of it.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_api::demo::PASSWORD;
use fengqiao_domain::identity::SignIn;
use fengqiao_tests::{Backend, Pending, Served, on_backends};
use futures::future::try_join_all;

use super::telephone::{enrolled, outcome};
use super::{Attempt, narrow, sign_in};

const ACCOUNT: &str = "district.command@150302";
const OFFICE: &str = "198.51.100.1";
const REFUSALS: &str = "SELECT count(*) FROM audit_entries WHERE action = 'session.refuse'";

/// How many guesses of this address are looked at until one is not.
async fn guesses(served: &Served, account: &str, from: &str) -> anyhow::Result<usize> {
    for number in 0..100 {
        match Attempt::guess(account, from).code(served).await?.as_str() {
            "INVALID_CREDENTIALS" => {}
            "RATE_LIMITED" => return Ok(number),
            other => anyhow::bail!("{other}"),
        }
    }
    anyhow::bail!("nobody was refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_does_not_fill_the_pool_and_what_it_is_refused_costs_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let proxy = "127.0.0.1".parse()?;
        let served =
            Served::demo_with(backend, |settings| settings.edge.trusted_proxies = vec![proxy]).await?;
        // Each is right; the hashing pool has room for all of them, and the account for a few.
        let all = (0..20).map(|_| Attempt::owner(ACCOUNT, OFFICE).code(&served));
        let colleague = Attempt::owner("xindi.station@150302", OFFICE).code(&served);
        let (all, colleague) = tokio::try_join!(try_join_all(all), colleague)?;
        assert_eq!(colleague, "OK");
        let limited = all.iter().filter(|code| *code == "RATE_LIMITED").count();
        ensure!(limited > 0 && all.iter().filter(|code| *code == "OK").count() >= 4, "{all:?}");
        assert_eq!(guesses(&served, ACCOUNT, OFFICE).await?, 30, "what the address has");
        Ok(())
    })
    .await
}

/// The password that everybody of the demo has, hashed in 8 MiB and one pass.
const WEAK: &str =
    "$argon2id$v=19$m=8192,t=1,p=1$d2VhayBzYWx0IG9mIG9sZA$CZPT85YArE1AzycKbtDsuCREL5GYO/o/xxjE9j2AJfc";

#[tokio::test(flavor = "multi_thread")]
async fn a_weaker_hash_is_made_anew_when_its_owner_signs_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let own = "account_id = (SELECT id FROM accounts WHERE login = 'district.command'
            AND tenant_id = (SELECT tenant_id FROM tenants WHERE code = '150302'))";
        let count = async |like: &str| {
            let sql = format!("SELECT count(*) FROM credentials WHERE {own} AND password_hash LIKE '{like}'");
            served.world.number(&sql).await
        };
        let (weak, strong) = ("$argon2id$v=19$m=8192,%", "$argon2id$v=19$m=19456,t=2,p=1$%");
        assert_eq!(count(strong).await?, 1, "as it is made today");
        served.world.run_sql(&format!("UPDATE credentials SET password_hash = '{WEAK}' WHERE {own}")).await?;
        assert_eq!(Attempt::guess(ACCOUNT, OFFICE).code(&served).await?, "INVALID_CREDENTIALS");
        assert_eq!(count(weak).await?, 1, "whoever does not know it changes nothing");
        assert_eq!(Attempt::owner(ACCOUNT, OFFICE).code(&served).await?, "OK");
        assert_eq!((count(weak).await?, count(strong).await?), (0, 1), "made anew");
        assert_eq!(Attempt::owner(ACCOUNT, OFFICE).code(&served).await?, "OK", "it is the same password");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_is_counted_and_loses_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let identity = &served.services().identity;
        let hang_up = async |password: &str, from: &str| -> anyhow::Result<()> {
            let from: IpAddr = from.parse()?;
            let (account, password) = (ACCOUNT.to_owned(), password.to_owned());
            let asked = SignIn {
                account,
                password,
                second_factor_code: None,
                last_refresh_token: None,
                new_password: None,
                from,
            };
            drop(tokio::time::timeout(Duration::from_millis(2), identity.sign_in(&asked, "test")).await);
            Ok(())
        };
        for number in 1..=3 {
            hang_up("not the password", OFFICE).await?;
            let begun = Instant::now();
            while served.world.number(REFUSALS).await? < number {
                ensure!(begun.elapsed() < Duration::from_secs(10), "{number} is not written down");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        assert_eq!(guesses(&served, ACCOUNT, OFFICE).await?, 0, "three were shown");
        served.pass_seconds(60);
        for _ in 0..3 {
            hang_up(PASSWORD, OFFICE).await?;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(guesses(&served, ACCOUNT, OFFICE).await?, 3, "what was right is given back");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hangs_up_after_the_password_loses_no_guess() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served =
            Served::demo_with(backend, |settings| settings.auth.second_factor.guess_burst = 2).await?;
        let (telephone, _) = enrolled(&served, &served.sign_in(ACCOUNT).await?).await?;
        let identity = &served.services().identity;
        for _ in 0..2 {
            let touched = "UPDATE accounts SET version = version WHERE login = 'district.command'";
            let pending = Pending::begin(&served.world, touched).await?;
            let asked = SignIn {
                account: ACCOUNT.to_owned(),
                password: PASSWORD.to_owned(),
                second_factor_code: Some(telephone.code(&served, 0)),
                last_refresh_token: None,
                new_password: None,
                from: OFFICE.parse()?,
            };
            // The password is right, and whoever looks at the code waits.
            let waiting = tokio::time::timeout(Duration::from_millis(800), identity.sign_in(&asked, "test"));
            ensure!(waiting.await.is_err(), "it did not wait");
            pending.commit().await?;
            tokio::time::sleep(Duration::from_millis(500)).await;
            served.pass_seconds(60);
        }
        let code = telephone.code(&served, 0);
        assert_eq!(outcome(&served, ACCOUNT, (Some(&code), None)).await?, "OK");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_looked_up_whether_or_not_there_is_an_account() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let foreign = sign_in(&served, "xindi.worker@150302").await?.refresh;
        // Whoever looks now finds nothing to look into.
        let broken = match backend {
            Backend::Sqlite => "ALTER TABLE refresh_tokens RENAME TO away",
            Backend::Postgres => "ALTER FUNCTION lookup_refresh RENAME TO away",
        };
        served.world.run_sql(broken).await?;
        for account in [ACCOUNT, "nobody.here@150302", "nobody.here@999999", "nobody"] {
            assert_eq!(Attempt::guess(account, OFFICE).code(&served).await?, "INVALID_CREDENTIALS");
            let looked = Attempt::guess(account, OFFICE).on(&foreign).code(&served).await?;
            assert_eq!(looked, "INTERNAL", "{account}");
        }
        Ok(())
    })
    .await
}
