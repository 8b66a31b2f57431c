//! Accounts, sessions and grants over HTTP.

mod administered;
mod disable;
mod grants;
mod period;
mod refresh;
mod reset;
mod revoke;
mod sign_in;
mod viewer;

use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Actor, Answer, Served};
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
