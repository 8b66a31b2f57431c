//! Passwords that people set themselves.

use fengqiao_api::config::{Required, Settings};
use fengqiao_api::demo::PASSWORD;
use fengqiao_domain::identity::PasswordProfile;
use fengqiao_tests::{Actor, Answer, Served, on_backends};
use serde_json::{Value, json};

use super::telephone::enrolled;
use super::{OWN, SESSION, Tokens, change_given, narrow, shown, sign_in, try_sign_in};

const ACCOUNT: &str = "xindi.worker@150302";
const PROGRAM: &str = "hotline.api@150302";
const CHANGED: &str = "isChanged userErrors { code path message }";
/// Seconds of ninety days.
const QUARTER: i64 = 90 * 86_400;

async fn change(actor: &Actor, password: &str, new: &str) -> anyhow::Result<Answer> {
    actor.mutate("passwordChange", CHANGED, json!({"password": password, "newPassword": new})).await
}

fn refusal(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

async fn due(actor: &Actor) -> anyhow::Result<Value> {
    let viewer = actor.run("{ viewer { password { changedAt dueAt } } }", Value::Null).await?;
    Ok(viewer.data("viewer/password")?["dueAt"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_takes_the_place_of_the_present_one_and_ends_other_sessions() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (thief, owner) = (sign_in(&served, ACCOUNT).await?, sign_in(&served, ACCOUNT).await?);
        let actor = served.bearer(ACCOUNT, &owner.access);
        let wrong = change(&actor, "not mine", OWN).await?;
        assert_eq!(wrong.user_error()?, refusal("INVALID_CREDENTIALS", "password"));
        for (new, code) in [
            ("short", "TOO_SHORT"),
            ("seven green herons", "PASSWORD_TOO_SIMPLE"),
            ("Xindi.worker1", "PASSWORD_TOO_COMMON"),
            ("Wg10070000035", "PASSWORD_TOO_COMMON"),
        ] {
            let refused = change(&actor, PASSWORD, new).await?;
            assert_eq!(refused.user_error()?, refusal(code, "newPassword"), "{new}");
        }
        assert_eq!(shown(&served, &thief.access).await?.0, 200, "nothing was changed yet");
        assert_eq!(change(&actor, PASSWORD, OWN).await?.payload()?["isChanged"], true);
        assert_eq!(shown(&served, &owner.access).await?.0, 200);
        assert_eq!(shown(&served, &thief.access).await?.0, 401);
        let old = try_sign_in(&served, ACCOUNT, PASSWORD).await?;
        assert_eq!(old.user_error()?.0, "INVALID_CREDENTIALS");
        try_sign_in(&served, ACCOUNT, OWN).await?.payload()?;
        let audited = "SELECT count(*) FROM audit_entries WHERE action IN ('account.change_password', 'account.refuse_password')";
        assert_eq!(served.world.number(audited).await?, 2);
        let anonymous = change(&served.anonymous(), OWN, "Blue herons wade 7").await?;
        assert_eq!(anonymous.code(), "UNAUTHENTICATED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn none_of_the_last_five_is_set_again() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.auth.sign_in.account_burst = 100).await?;
        let actor = served.bearer(ACCOUNT, &sign_in(&served, ACCOUNT).await?.access);
        let names = ["Amber", "Beryl", "Coral", "Drusy", "Epoxy", "Flint"];
        let word = |name: &str| format!("{name} otters swim 7");
        change(&actor, PASSWORD, &word(names[0])).await?.payload()?;
        for pair in names[..5].windows(2) {
            change(&actor, &word(pair[0]), &word(pair[1])).await?.payload()?;
        }
        for used in &names[..5] {
            let refused = change(&actor, &word(names[4]), &word(used)).await?;
            assert_eq!(refused.user_error()?, refusal("PASSWORD_USED_BEFORE", "newPassword"), "{used}");
        }
        change(&actor, &word(names[4]), &word(names[5])).await?.payload()?;
        change(&actor, &word(names[5]), &word(names[0])).await?.payload()?;
        Ok(())
    })
    .await
}

/// Passwords are changed from time to time, by a profile.
fn changing(profile: PasswordProfile) -> impl Fn(&mut Settings) {
    move |settings| {
        settings.auth.password.profile = profile;
        settings.auth.password.change = Required::Always;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_third_level_passwords_are_changed_every_ninety_days() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, changing(PasswordProfile::Mlps3)).await?;
        let tokens = sign_in(&served, ACCOUNT).await?;
        assert!(due(&served.bearer(ACCOUNT, &tokens.access)).await?.is_string(), "it is told in time");
        served.pass_seconds(QUARTER - 60);
        let late = sign_in(&served, ACCOUNT).await?;
        served.pass_seconds(60);
        let refused = try_sign_in(&served, ACCOUNT, PASSWORD).await?;
        assert_eq!(refused.user_error()?, refusal("PASSWORD_CHANGE_REQUIRED", "newPassword"));
        assert_eq!(shown(&served, &late.access).await?.0, 200, "who works goes on");
        let unseen = try_sign_in(&served, ACCOUNT, "not mine").await?;
        assert_eq!(unseen.user_error()?, refusal("INVALID_CREDENTIALS", ""));
        let tokens = change_given(&served, ACCOUNT, PASSWORD).await?;
        assert_eq!(shown(&served, &tokens.access).await?.0, 200);
        assert_eq!(shown(&served, &late.access).await?.0, 401, "of the old password");
        try_sign_in(&served, ACCOUNT, OWN).await?.payload()?;
        // Nobody is there when a program signs in.
        let program = sign_in(&served, PROGRAM).await?;
        assert_eq!(due(&served.bearer(PROGRAM, &program.access)).await?, Value::Null);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_profile_wants_no_change_and_no_kinds() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, changing(PasswordProfile::Asvs)).await?;
        served.pass_seconds(10 * QUARTER);
        let tokens = sign_in(&served, ACCOUNT).await?;
        let actor = served.bearer(ACCOUNT, &tokens.access);
        assert_eq!(due(&actor).await?, Value::Null);
        change(&actor, PASSWORD, "seven green herons").await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_for_a_new_password_shows_their_code_once_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, changing(PasswordProfile::Mlps3)).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        let (telephone, _) = enrolled(&served, &actor).await?;
        served.pass_seconds(QUARTER);
        let shows = async |code: Option<&str>, new: Option<&str>| {
            let input = json!({"account": ACCOUNT, "password": PASSWORD, "secondFactorCode": code, "newPassword": new});
            served.anonymous().mutate("sessionCreate", SESSION, input).await
        };
        // Without a code nobody learns what is wrong with it, or which the account had before.
        for new in [OWN, PASSWORD, "short"] {
            let refused = shows(None, Some(new)).await?;
            assert_eq!(refused.user_error()?, refusal("SECOND_FACTOR_REQUIRED", "secondFactorCode"), "{new}");
        }
        let wrong = telephone.wrong(&served);
        let refused = shows(Some(&wrong), Some("short")).await?;
        assert_eq!(refused.user_error()?, refusal("INVALID_CODE", "secondFactorCode"));
        let code = telephone.code(&served, 0);
        let refused = shows(Some(&code), None).await?;
        assert_eq!(refused.user_error()?, refusal("PASSWORD_CHANGE_REQUIRED", "newPassword"));
        Tokens::of(&shows(Some(&code), Some(OWN)).await?)?;
        let again = shows(Some(&code), Some(OWN)).await?;
        assert_eq!(again.user_error()?.0, "INVALID_CREDENTIALS", "the password is another one");
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'session.refuse'";
        assert_eq!(served.world.number(audited).await?, 6, "each is in the trail");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_signed_in_shows_passwords_at_the_cost_of_their_account() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, narrow).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        let document = "newSecondFactor { secret } userErrors { code }";
        let begin = async || actor.mutate("secondFactorBegin", document, json!({"password": PASSWORD})).await;
        for _ in 0..6 {
            begin().await?.payload()?;
        }
        assert_eq!(begin().await?.code(), "RATE_LIMITED", "what is right takes its time too");
        served.pass_seconds(2);
        begin().await?.payload()?;
        Ok(())
    })
    .await
}
