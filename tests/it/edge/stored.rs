//! Nothing that is answered is to be kept on the way or in a browser, whichever door it comes from (requirement P9).

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, account_id, on_backends};
use reqwest::Method;
use serde_json::{Value, json};

use crate::exchange::open311::{City, HERE};
use crate::exchange::{NOW, Partner, order};
use crate::files::photos::plain;
use crate::files::sent;

/// An answer of the status that is meant, which nobody keeps.
fn is_not_kept(answer: &Answer, status: u16, door: &str) -> anyhow::Result<()> {
    let kept = answer.headers.get("cache-control").and_then(|value| value.to_str().ok());
    ensure!(
        (answer.status, kept) == (status, Some("no-store")),
        "{door}: {} {kept:?} {}",
        answer.status,
        answer.text
    );
    Ok(())
}

/// What `/oauth/token` answers to a secret.
async fn shown(by: &Actor, secret: &str) -> anyhow::Result<Answer> {
    let request = by.at(Method::POST, "/oauth/token").basic_auth("hotline.api@150302", Some(secret));
    let form = request.header("content-type", "application/x-www-form-urlencoded");
    Answer::of(form.body("grant_type=client_credentials")).await
}

async fn of_programs(city: &City) -> anyhow::Result<()> {
    let (security, program) =
        (city.desk.person("security.admin").await?, city.desk.person("hotline.api").await?);
    let input = json!({"accountId": account_id(&program).await?, "name": "12345 热线"});
    let told = security.mutate("clientSecretCreate", "secret userErrors { code path }", input).await?;
    let secret = told.payload()?["secret"].as_str().context("a secret")?.to_owned();
    let token = shown(&program, &secret).await?;
    ensure!(token.body["access_token"].is_string(), "{}", token.text);
    is_not_kept(&token, 200, "a token")?;
    is_not_kept(&shown(&program, "fqs_wrong").await?, 401, "no token")
}

async fn of_partners(city: &City) -> anyhow::Result<()> {
    let hotline = Partner::hotline(&city.desk, json!({})).await?;
    is_not_kept(&hotline.send(&order("WH-1")).await?, 201, "a ticket")?;
    let body = json!({"type": "ticket.sent", "data": order("WH-2")}).to_string();
    is_not_kept(&Answer::of(hotline.unsigned("m", NOW, &body)).await?, 401, "a ticket without a signature")?;
    let key = city.partner.secret.as_str();
    for path in
        [format!("services.json?{HERE}"), format!("services.xml?{HERE}"), format!("requests.json?{HERE}")]
    {
        is_not_kept(&city.get(&path, key).await?, 200, &path)?;
    }
    is_not_kept(&city.get(&format!("requests.json?{HERE}"), "wrong").await?, 403, "Open311 without a key")
}

async fn of_files(city: &City) -> anyhow::Result<()> {
    let (town, worker) =
        (city.desk.person("qianlishan.admin").await?, city.desk.person("xindi.worker").await?);
    is_not_kept(&sent(&worker, "照片.jpg", &plain(1)?, &[]).await?, 201, "a photo")?;
    is_not_kept(&sent(&worker, "照片.jpg", b"no photo", &[]).await?, 415, "no photo")?;
    let input = json!({"kind": "STAFF", "fileName": "队伍.csv"});
    let announced = town.mutate("importStart", "import { uploadPath }", input).await?;
    let path = announced.payload()?["import"]["uploadPath"].as_str().context("a path")?.to_owned();
    let put = async || Answer::of(town.at(Method::PUT, &path).body("code,name\n")).await;
    is_not_kept(&put().await?, 202, "a file of rows")?;
    is_not_kept(&put().await?, 409, "a file of rows once more")?;
    is_not_kept(&Answer::of(town.at(Method::PUT, "/files/nothing").body("x")).await?, 404, "no link")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_door_answers_anything_that_is_kept() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let city = City::open(backend).await?;
        of_programs(&city).await?;
        of_partners(&city).await?;
        of_files(&city).await?;
        let anonymous = city.desk.served.anonymous();
        is_not_kept(&anonymous.run("{ __typename }", Value::Null).await?, 200, "GraphQL")?;
        is_not_kept(&Answer::of(anonymous.at(Method::GET, "/nowhere")).await?, 404, "nothing")
    })
    .await
}
