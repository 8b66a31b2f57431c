//! Accounts, sessions and grants over HTTP.

mod administered;
mod bad_tokens;
mod devices;
mod disable;
mod grants;
mod hashing;
mod lock_out;
mod masked;
mod meanwhile;
mod password;
mod password_given;
mod period;
mod programs;
mod programs_at_work;
mod programs_refused;
mod refresh;
mod reset;
mod residue;
mod revoke;
mod second_factor;
mod second_factor_lost;
mod second_factor_required;
mod separated;
mod sessions;
mod sign_in;
mod storm;
pub(crate) mod telephone;
mod token_keys;
mod viewer;

use fengqiao_api::config::Settings;
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Actor, Answer, Served, mutation};
use serde_json::{Value, json};

/// A session as its client holds it.
struct Tokens {
    access: String,
    refresh: String,
}

impl Tokens {
    fn of(answer: &Answer) -> anyhow::Result<Self> {
        let session = &answer.payload()?["session"];
        let text = |key: &str| session[key].as_str().unwrap_or_default().to_owned();
        Ok(Self { access: text("accessToken"), refresh: text("refreshToken") })
    }
}

const SESSION: &str = "session { accessToken refreshToken expiresAt sessionExpiresAt }
    userErrors { code path message }";

async fn try_sign_in(served: &Served, account: &str, password: &str) -> anyhow::Result<Answer> {
    let input = json!({"account": account, "password": password});
    served.anonymous().mutate("sessionCreate", SESSION, input).await
}

/// A password that somebody is given.
const GIVEN: &str = "Given-Word 88";
/// One that they set themselves.
const OWN: &str = "Green herons wade 7";

/// Whoever was given a password signs in with it and one of their own.
async fn change_given(served: &Served, account: &str, given: &str) -> anyhow::Result<Tokens> {
    let input = json!({"account": account, "password": given, "newPassword": OWN});
    Tokens::of(&served.anonymous().mutate("sessionCreate", SESSION, input).await?)
}

/// Somebody who signs in from an address, as a trusted proxy says; with the last refresh token of a device, if it has one.
#[derive(Clone, Copy)]
struct Attempt<'a> {
    account: &'a str,
    password: &'a str,
    from: &'a str,
    device: Option<&'a str>,
}

impl<'a> Attempt<'a> {
    const fn guess(account: &'a str, from: &'a str) -> Self {
        Self { account, password: "not the password", from, device: None }
    }

    const fn owner(account: &'a str, from: &'a str) -> Self {
        Self { account, password: PASSWORD, from, device: None }
    }

    const fn on(self, device: &'a str) -> Self {
        Self { device: Some(device), ..self }
    }

    async fn run(self, served: &Served) -> anyhow::Result<Answer> {
        let input =
            json!({"account": self.account, "password": self.password, "lastRefreshToken": self.device});
        let headers = [("x-forwarded-for", self.from)];
        let document = mutation("sessionCreate", SESSION);
        served.anonymous().run_with(&document, json!({"input": input}), &headers).await
    }

    /// What comes of it: `OK`, or the code of the refusal.
    async fn code(self, served: &Served) -> anyhow::Result<String> {
        let answer = self.run(served).await?;
        if answer.code().is_empty() && answer.payload().is_ok() {
            return Ok("OK".to_owned());
        }
        Ok(if answer.code().is_empty() { answer.user_error()?.0 } else { answer.code().to_owned() })
    }
}

/// Limits that are soon reached, behind a proxy that is trusted.
fn narrow(settings: &mut Settings) {
    settings.edge.trusted_proxies = "127.0.0.0/8".parse().into_iter().collect();
    let limits = &mut settings.auth.sign_in;
    (limits.account_burst, limits.account_seconds) = (6, 2);
    (limits.address_burst, limits.address_seconds) = (3, 6);
    (limits.device_burst, limits.device_seconds) = (2, 60);
}

async fn sign_in(served: &Served, account: &str) -> anyhow::Result<Tokens> {
    Tokens::of(&try_sign_in(served, account, PASSWORD).await?)
}

async fn try_refresh(served: &Served, refresh: &str) -> anyhow::Result<Answer> {
    served.anonymous().mutate("sessionRefresh", SESSION, json!({"refreshToken": refresh})).await
}

/// The status of a request with this token, and whose it is.
async fn shown(served: &Served, access: &str) -> anyhow::Result<(u16, Value)> {
    let actor: Actor = served.bearer("", access);
    let answer = actor.run("{ viewer { account { login } } }", Value::Null).await?;
    Ok((answer.status, answer.body["data"]["viewer"]["account"]["login"].clone()))
}
