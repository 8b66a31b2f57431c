//! Passwords that somebody else gives.

use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Actor, Answer, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::telephone::{enrolled, outcome};
use super::{GIVEN, OWN, SESSION, Tokens, change_given, shown, sign_in, try_sign_in};

const RESET: &str = "account { login } firstPassword { password lapsesAt } userErrors { code path message }";
/// Seconds of the week for which a given password counts.
const WEEK: i64 = 7 * 86_400;

async fn reset(by: &Actor, account: &str) -> anyhow::Result<Answer> {
    by.mutate("accountResetPassword", RESET, json!({"accountId": account})).await
}

fn told(answer: &Answer) -> anyhow::Result<String> {
    Ok(answer.payload()?["firstPassword"]["password"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_password_opens_a_session_only_together_with_an_own_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let system = served.sign_in("system.admin@150302").await?;
        let create = async |password: &str| {
            let input = json!({"login": "newcomer", "name": "张三", "password": password});
            system.mutate("accountCreate", "account { id } userErrors { code path message }", input).await
        };
        for (password, code) in
            [("Newcomer-88", "PASSWORD_TOO_COMMON"), ("green herons", "PASSWORD_TOO_SIMPLE")]
        {
            let refused = create(password).await?.user_error()?;
            assert_eq!(refused, (code.to_owned(), "password".to_owned()), "{password}");
        }
        create(GIVEN).await?.payload()?;
        let newcomer = "newcomer@150302";
        let refused = try_sign_in(&served, newcomer, GIVEN).await?.user_error()?;
        assert_eq!(refused, ("PASSWORD_CHANGE_REQUIRED".to_owned(), "newPassword".to_owned()));
        for (new, code) in [(GIVEN, "PASSWORD_USED_BEFORE"), ("Passw0rd!", "PASSWORD_TOO_COMMON")] {
            let input = json!({"account": newcomer, "password": GIVEN, "newPassword": new});
            let refused = served.anonymous().mutate("sessionCreate", SESSION, input).await?.user_error()?;
            assert_eq!(refused, (code.to_owned(), "newPassword".to_owned()));
        }
        let tokens = change_given(&served, newcomer, GIVEN).await?;
        assert_eq!(shown(&served, &tokens.access).await?, (200, json!("newcomer")));
        assert_eq!(try_sign_in(&served, newcomer, GIVEN).await?.user_error()?.0, "INVALID_CREDENTIALS");
        try_sign_in(&served, newcomer, OWN).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_forgot_theirs_is_given_another_that_lapses() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let account = "xindi.worker@150302";
        let session = sign_in(&served, account).await?;
        let id = account_id(&served.bearer(account, &session.access)).await?;
        served.pass_seconds(1);
        let first = told(&reset(&security, &id).await?)?;
        let second = told(&reset(&security, &id).await?)?;
        assert_ne!(first, second);
        assert_eq!(shown(&served, &session.access).await?.0, 401);
        served.pass_seconds(1);
        for gone in [PASSWORD, &first] {
            assert_eq!(try_sign_in(&served, account, gone).await?.user_error()?.0, "INVALID_CREDENTIALS");
        }
        let rows = served.world.rows("credentials").await?.join("\n");
        let audited = served.world.rows("audit_entries").await?.join("\n");
        for kept in [&rows, &audited] {
            assert!(!kept.contains(&second) && !kept.contains(&second.replace('-', "")), "in the clear");
        }
        served.pass_seconds(WEEK);
        let input = json!({"account": account, "password": second, "newPassword": OWN});
        let refused = served.anonymous().mutate("sessionCreate", SESSION, input).await?.user_error()?;
        assert_eq!(refused, ("PASSWORD_LAPSED".to_owned(), "password".to_owned()));
        let security = served.sign_in("security.admin@150302").await?;
        let third = told(&reset(&security, &id).await?)?;
        served.pass_seconds(1);
        let tokens = change_given(&served, account, &third).await?;
        assert_eq!(shown(&served, &tokens.access).await?.0, 200);
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'account.reset_password'";
        assert_eq!(served.world.number(audited).await?, 3);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_given_by_whoever_covers_all_of_the_account_and_never_to_oneself() -> anyhow::Result<()>
{
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let id = async |login: &str| account_id(&served.sign_in(login).await?).await;
        let security = served.sign_in("security.admin@150302").await?;
        let commander = id("district.command@150302").await?;
        for (login, code) in [("xindi.worker", "FORBIDDEN"), ("system.admin", "FORBIDDEN")] {
            let other = served.sign_in(&format!("{login}@150302")).await?;
            assert_eq!(reset(&other, &commander).await?.code(), code, "{login}");
        }
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let mine = id("xindi.worker@150302").await?;
        let own = id("security.admin@150302").await?;
        for (by, account, code) in [
            (&town, &commander, "NOT_PERMITTED"),
            (&security, &own, "NOT_PERMITTED"),
            (&security, &id("district.command@320804").await?, "NOT_FOUND"),
        ] {
            let refused = reset(by, account).await?.user_error()?;
            assert_eq!(refused, (code.to_owned(), "accountId".to_owned()));
        }
        told(&reset(&town, &mine).await?)?;
        // Whoever gave themselves a password of these could do what they may not: the three would be one, and a town's administrator
        // would see what is confidential.
        let police = id("xindi.police@150302").await?;
        told(&reset(&town, &police).await?)?;
        let more = json!({
            "accountId": police, "role": "STATION_CHIEF", "ceiling": "CONFIDENTIAL",
            "target": {"unitId": Places::of(&security).unit("150302101203").await?}
        });
        security.mutate("roleGrantCreate", "userErrors { code path }", more).await?.payload()?;
        let system = id("system.admin@150302").await?;
        let audit = id("audit.admin@150302").await?;
        for (by, account) in [(&security, &system), (&security, &audit), (&town, &police)] {
            let refused = reset(by, account).await?.user_error()?;
            assert_eq!(refused, ("NOT_PERMITTED".to_owned(), "accountId".to_owned()));
        }
        let system = served.sign_in("system.admin@150302").await?;
        let disabled = json!({"accountId": mine});
        system.mutate("accountDisable", "userErrors { code }", disabled).await?.payload()?;
        assert_eq!(reset(&security, &mine).await?.user_error()?.0, "ACCOUNT_DISABLED");
        // One that holds nothing and has no password is invited the same way.
        let bare = json!({"login": "newcomer", "name": "张三"});
        let made = system.mutate("accountCreate", "account { id } userErrors { code }", bare).await?;
        let made = made.payload()?["account"]["id"].as_str().unwrap_or_default().to_owned();
        let first = told(&reset(&security, &made).await?)?;
        served.pass_seconds(1);
        change_given(&served, "newcomer@150302", &first).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_changes_what_it_was_given_like_everybody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let program = "hotline.api@150302";
        let security = served.sign_in("security.admin@150302").await?;
        let id = account_id(&served.sign_in(program).await?).await?;
        let given = told(&reset(&security, &id).await?)?;
        served.pass_seconds(1);
        let refused = try_sign_in(&served, program, &given).await?.user_error()?;
        assert_eq!(refused.0, "PASSWORD_CHANGE_REQUIRED");
        change_given(&served, program, &given).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_not_held_up_by_guesses() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let account = "district.command@150302";
        let (telephone, codes) = enrolled(&served, &served.sign_in(account).await?).await?;
        let wrong = telephone.wrong(&served);
        for _ in 0..5 {
            assert_eq!(outcome(&served, account, (Some(&wrong), None)).await?, "INVALID_CODE");
        }
        assert_eq!(outcome(&served, account, (Some(&wrong), None)).await?, "RATE_LIMITED");
        let forged = "AAAA-BBBB-CCCC-DDDD";
        assert_eq!(outcome(&served, account, (Some(forged), None)).await?, "INVALID_CODE");
        assert_eq!(outcome(&served, account, (Some(&codes[0]), None)).await?, "OK");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_of_their_own() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (mine, other) = ("xindi.worker@150302", "xindi.station@150302");
        let tokens: Tokens = sign_in(&served, mine).await?;
        let password = async |access: &str| {
            let viewer =
                served.bearer("", access).run("{ viewer { password { changedAt } } }", Value::Null).await?;
            viewer.data("viewer/password/changedAt").cloned()
        };
        let before = password(&tokens.access).await?;
        served.pass_seconds(60);
        let session = sign_in(&served, other).await?;
        let input = json!({"password": PASSWORD, "newPassword": OWN});
        let owner = served.bearer(other, &session.access);
        owner.mutate("passwordChange", "userErrors { code }", input).await?.payload()?;
        assert_eq!(password(&tokens.access).await?, before);
        assert_ne!(password(&session.access).await?, before);
        Ok(())
    })
    .await
}
