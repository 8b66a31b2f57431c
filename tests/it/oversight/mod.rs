//! Oversight over districts (跨区督查): somebody of another district reads this one by its leave, and changes nothing.

mod ending;
mod giving;
mod reading;
mod writing;

use anyhow::{Context as _, ensure};
use chrono::{DateTime, SecondsFormat};
use fengqiao_api::graphql::context::Services;
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::oversight::CreateOversight;
use fengqiao_tests::{Actor, Answer, Answered as _, Mirror, Places, Served, World, account_id};
use serde_json::{Value, json};

use crate::federation::is;

/// The district that is read, and the one from which somebody comes.
const DISTRICT: &str = "150302";
const HOME: &str = "320804";
const GRANT: &str = "oversightGrant { id overseerDistrictCode overseerLogin reason sinceAt untilAt state unit { code } \
     account { id login name { text } state roleGrants { role } } createdBy { login } revokedAt revokedBy { login } version } \
     userErrors { code path message }";
const SESSION: &str =
    "session { accessToken refreshToken sessionExpiresAt } userErrors { code path message }";
const DAY: i64 = 86_400;

/// The overseer at home, by default.
pub(crate) const OVERSEER: &str = "district.command";

/// So many seconds from now, as the API writes it.
fn at(served: &Served, seconds: i64) -> String {
    let now = served.services().db.now().micros() + seconds * 1_000_000;
    DateTime::from_timestamp_micros(now)
        .map_or_else(String::new, |at| at.to_rfc3339_opts(SecondsFormat::Micros, true))
}

async fn home(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@{HOME}")).await
}

async fn here(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@{DISTRICT}")).await
}

/// A leave of ten days for the whole district, but for some values.
async fn asked(served: &Served, overseer: &Actor, others: Value) -> anyhow::Result<Value> {
    let unit = Places::of(&here(served, "security.admin").await?).unit(DISTRICT).await?;
    let mut input = json!({
        "overseer": {"districtCode": HOME, "accountId": account_id(overseer).await?, "name": "王督查"},
        "unitId": unit, "reason": "市委督查室函〔2026〕12号", "untilAt": at(served, 10 * DAY),
    });
    for (key, value) in others.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    Ok(input)
}

/// The security administrator gives it.
async fn given(served: &Served, overseer: &Actor, others: Value) -> anyhow::Result<Answer> {
    let input = asked(served, overseer, others).await?;
    here(served, "security.admin").await?.mutate("oversightGrantCreate", GRANT, input).await
}

/// Somebody at home goes by a leave.
async fn came(by: &Actor, grant: &Value) -> anyhow::Result<Answer> {
    by.mutate("sessionCreateForOversight", SESSION, json!({"oversightGrantId": grant["id"]})).await
}

/// Whoever is signed in by an answer.
fn signed_in(served: &Served, answer: &Answer) -> anyhow::Result<Actor> {
    let token = answer.payload()?["session"]["accessToken"].as_str().unwrap_or_default().to_owned();
    ensure!(!token.is_empty(), "{}", answer.body);
    Ok(served.bearer("overseer", &token))
}

/// An overseer of the whole district, in it; and the leave.
pub(crate) async fn overseer(served: &Served) -> anyhow::Result<(Actor, Value)> {
    let commander = home(served, OVERSEER).await?;
    let grant = given(served, &commander, json!({})).await?.payload()?["oversightGrant"].clone();
    let answer = came(&commander, &grant).await?;
    Ok((signed_in(served, &answer)?, grant))
}

/// The commander of the second of two mirrored districts reads the first one: their access token there.
pub(crate) async fn lent(services: &Services, world: &World, mirror: &Mirror) -> anyhow::Result<String> {
    let security = mirror.scope(world, 0, "security").await?;
    let commander = mirror.scope(world, 1, "commander").await?;
    let [own, other] = &mirror.sides;
    let asked = CreateOversight {
        home_code: other.code.to_owned(),
        home_account: commander.account().context("an account")?,
        name: "督查".to_owned(),
        unit: own.unit,
        categories: vec![],
        reason: "年度督查".to_owned(),
        since: None,
        until: Timestamp(world.db.now().micros() + DAY * 1_000_000),
    };
    let grant = services.oversight.grant_create(&security, asked).await.done()?;
    Ok(services.oversight.enter(&commander, grant.id).await.done()?.access_token)
}

/// How many cases somebody sees.
async fn cases(by: &Actor) -> anyhow::Result<u64> {
    let read = by.run("{ cases { totalCount } }", Value::Null).await?;
    Ok(read.data("cases/totalCount")?.as_u64().unwrap_or_default())
}

/// Whether somebody is signed in still.
async fn is_in(who: &Actor) -> anyhow::Result<bool> {
    let answer = who.run("{ viewer { account { login } } }", Value::Null).await?;
    Ok(answer.body["data"]["viewer"].is_object())
}
