//! Passwords are not guessed, and whoever guesses does not keep the owner out.

use std::net::Ipv4Addr;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Served, on_backends};
use serde_json::json;

use super::{Attempt, SESSION, Tokens, narrow};

const ACCOUNT: &str = "district.command@150302";
const GUESSER: &str = "203.0.113.66";
const OFFICE: &str = "198.51.100.1";

/// How many of these guesses are taken; the others must be limited.
async fn taken(served: &Served, guesses: &[Attempt<'_>]) -> anyhow::Result<usize> {
    let mut taken = 0;
    for guess in guesses {
        match guess.code(served).await?.as_str() {
            "INVALID_CREDENTIALS" => taken += 1,
            "RATE_LIMITED" => {}
            other => anyhow::bail!("{other}"),
        }
    }
    Ok(taken)
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_limit_turned_somebody_away_is_in_the_trail_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let noted = async |limit: &str| {
            let sql = format!(
                "SELECT count(*) FROM audit_entries WHERE action = 'session.refuse' AND CAST(detail AS TEXT) LIKE '%\"{limit}\"%'"
            );
            served.world.number(&sql).await
        };
        let (known, unknown) = ([Attempt::guess(ACCOUNT, GUESSER); 9], [Attempt::guess("nobody@150302", OFFICE); 9]);
        assert_eq!(taken(&served, &known).await?, 3);
        assert_eq!(noted("sign_in_address").await?, 1);
        assert_eq!(taken(&served, &unknown).await?, 3, "whether there is such an account or not");
        assert_eq!(noted("sign_in_address").await?, 2);
        for address in addresses([192, 0, 2, 1], 4) {
            taken(&served, &[Attempt::guess(ACCOUNT, &address); 2]).await?;
        }
        assert_eq!(noted("sign_in").await?, 1, "the account itself");
        Ok(())
    })
    .await
}

/// One after the other from that one on.
fn addresses(first: [u8; 4], count: u32) -> Vec<String> {
    let first = u32::from(Ipv4Addr::from(first));
    (first..first + count).map(|number| Ipv4Addr::from(number).to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_guesses_from_one_address_keeps_nobody_else_out() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let proxy = "127.0.0.1".parse()?;
        let served =
            Served::demo_with(backend, |settings| settings.edge.trusted_proxies = vec![proxy]).await?;
        let guesses = [Attempt::guess(ACCOUNT, GUESSER); 10];
        let mut all = 0;
        for second in 0..20 {
            all += taken(&served, &guesses).await?;
            if second % 6 == 3 {
                assert_eq!(Attempt::owner(ACCOUNT, OFFICE).code(&served).await?, "OK", "second {second}");
            }
            served.pass_seconds(1);
        }
        assert_eq!(all, 33, "thirty at once, and one in six seconds");
        assert_eq!(Attempt::owner(ACCOUNT, OFFICE).code(&served).await?, "OK");
        let answer = Attempt::owner(ACCOUNT, GUESSER).run(&served).await?;
        assert_eq!(answer.code(), "RATE_LIMITED", "the right password neither, from there");
        let wait = answer.body["errors"][0]["extensions"]["retryAfterSeconds"].as_i64().unwrap_or_default();
        ensure!((1..=6).contains(&wait), "{}", answer.text);
        served.pass_seconds(wait);
        assert_eq!(Attempt::owner(ACCOUNT, GUESSER).code(&served).await?, "OK", "when it was said");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_tried_so_often_from_however_many_addresses() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let office = addresses([198, 51, 100, 1], 9);
        // In whichever words: it is one account, whether it is there or not.
        for account in [ACCOUNT, "nobody.here@150302"] {
            let spaced = format!(" {account} ");
            let crowd = addresses([203, 0, 113, 1], 10);
            let guesses: Vec<_> = crowd.iter().map(|from| Attempt::guess(account, from)).collect();
            assert_eq!(taken(&served, &guesses).await?, 6, "{account}");
            let others = addresses([192, 0, 2, 1], 40);
            let mut more = 0;
            for four in others.chunks(4) {
                served.pass_seconds(1);
                let guesses: Vec<_> = four.iter().map(|from| Attempt::guess(&spaced, from)).collect();
                more += taken(&served, &guesses).await?;
            }
            assert_eq!(more, 5, "{account}: one in two seconds, for ten of them");
            for from in &office {
                assert_eq!(Attempt::owner(account, from).code(&served).await?, "RATE_LIMITED");
            }
            // What is not looked at costs their address nothing.
            for _ in 0..4 {
                assert_eq!(Attempt::owner(account, &office[0]).code(&served).await?, "RATE_LIMITED");
            }
            let colleague = Attempt::owner("xindi.station@150302", &office[0]);
            assert_eq!(colleague.code(&served).await?, "OK");
            served.pass_seconds(60);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ipv6_a_household_is_one_address() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let household: Vec<String> = (1..=9).map(|host| format!("2001:db8:0:7:{host}::{host}")).collect();
        let logins: Vec<String> = (0..9).map(|number| format!("nobody{number}@150302")).collect();
        let pairs = household.iter().zip(&logins);
        let guesses: Vec<_> = pairs.map(|(from, account)| Attempt::guess(account, from)).collect();
        assert_eq!(taken(&served, &guesses).await?, 3);
        assert_eq!(Attempt::owner(ACCOUNT, "2001:db8:0:8::1").code(&served).await?, "OK", "the neighbours");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_says_themselves_from_where_they_call() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let elsewhere = "10.0.0.0/8".parse()?;
        let served = Served::demo_with(backend, |settings| {
            narrow(settings);
            settings.edge.trusted_proxies = vec![elsewhere];
        })
        .await?;
        let crowd = addresses([10, 0, 0, 1], 10);
        let logins: Vec<String> = (0..10).map(|number| format!("nobody{number}@150302")).collect();
        let pairs = crowd.iter().zip(&logins);
        let guesses: Vec<_> = pairs.map(|(from, account)| Attempt::guess(account, from)).collect();
        assert_eq!(taken(&served, &guesses).await?, 3);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_alias_is_a_guess() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| {
            narrow(settings);
            settings.edge.document.max_authentication_fields = 5;
            settings.edge.document.max_mutation_fields = 5;
        })
        .await?;
        let fields: Vec<String> =
            (0..5).map(|number| format!("a{number}: sessionCreate(input: $input) {{ {SESSION} }}")).collect();
        let document = format!("mutation($input: SessionCreateInput!) {{ {} }}", fields.join(" "));
        let input = json!({"account": ACCOUNT, "password": "not the password"});
        let answer = served.anonymous().run(&document, json!({"input": input})).await?;
        let refused: Vec<bool> =
            (0..5).map(|number| answer.body["data"][format!("a{number}")].is_null()).collect();
        assert_eq!(refused, [false, false, false, true, true], "{}", answer.text);
        let codes = answer.body["errors"].as_array().cloned().unwrap_or_default();
        ensure!(codes.len() == 2, "{}", answer.text);
        ensure!(codes.iter().all(|error| error["extensions"]["code"] == "RATE_LIMITED"), "{}", answer.text);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_account_is_limited_and_limits_tell_nothing_of_accounts() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let words = ["", "@", "no account", "a password", "xindi.worker@999999", "a@b@c"];
        let guesses: Vec<_> = words.iter().map(|word| Attempt::guess(word, GUESSER)).collect();
        assert_eq!(taken(&served, &guesses).await?, 3, "no tenant at all is one");
        // Whoever is there and who is not stand behind the same bucket of the address.
        for (number, last) in [ACCOUNT, "nobody.here@150302"].into_iter().enumerate() {
            let from = format!("203.0.113.{number}");
            for account in ["nobody.1@150302", "xindi.worker@150302", "nobody.2@150302"] {
                assert_eq!(Attempt::guess(account, &from).code(&served).await?, "INVALID_CREDENTIALS");
            }
            assert_eq!(Attempt::guess(last, &from).code(&served).await?, "RATE_LIMITED", "{last}");
            let elsewhere = Attempt::owner("district.command@320804", &from);
            assert_eq!(elsewhere.code(&served).await?, "OK", "another district");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_right_costs_the_address_nothing() -> anyhow::Result<()> {
    on_backends(async |backend: Backend| {
        let served = Served::demo_with(backend, narrow).await?;
        for login in ["district.command", "xindi.station", "xindi.worker", "xindi.resident", "system.admin"] {
            let colleague = format!("{login}@150302");
            assert_eq!(Attempt::owner(&colleague, OFFICE).code(&served).await?, "OK", "{login}");
        }
        let guesses = [Attempt::guess(ACCOUNT, OFFICE); 4];
        assert_eq!(taken(&served, &guesses).await?, 3, "and gives nobody more");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_passwords_looked_at_without_end_by_showing_their_own() -> anyhow::Result<()> {
    on_backends(async |backend: Backend| {
        let served = Served::demo_with(backend, narrow).await?;
        for from in addresses([203, 0, 113, 1], 6) {
            assert_eq!(Attempt::owner(ACCOUNT, &from).code(&served).await?, "OK", "{from}");
        }
        assert_eq!(Attempt::owner(ACCOUNT, OFFICE).code(&served).await?, "RATE_LIMITED");
        assert_eq!(Attempt::owner("xindi.station@150302", OFFICE).code(&served).await?, "OK");
        served.pass_seconds(2);
        // On devices that the account knows as often again, though each sign-in makes a new one.
        let mut device = Tokens::of(&Attempt::owner(ACCOUNT, OFFICE).run(&served).await?)?.refresh;
        for number in 0..6 {
            let answer = Attempt::owner(ACCOUNT, OFFICE).on(&device).run(&served).await?;
            device = Tokens::of(&answer).with_context(|| format!("sign-in {number}"))?.refresh;
        }
        assert_eq!(Attempt::owner(ACCOUNT, OFFICE).on(&device).code(&served).await?, "RATE_LIMITED");
        Ok(())
    })
    .await
}
