//! S5: top-level errors carry one of eight codes and the request's id, and nothing of our insides. Each
//! code is provoked over HTTP, in both languages.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use fengqiao_api::http::Code;
use fengqiao_tests::{Actor, Answer, Backend, Matter, SUPERUSER, Served, on_backends};
use serde_json::{Value, json};
use sqlx::Executor as _;

/// What no answer may hold: names of libraries, files, statements, tables and columns.
const INSIDE: [&str; 12] = [
    "sqlx",
    "sea_orm",
    "sqlite",
    "postgres",
    "SELECT",
    "UPDATE",
    ".rs",
    "panicked",
    "cases",
    "case_entries",
    "lock",
    "relation",
];

/// The code of an answer, after everything that every answer with an error must satisfy.
fn code(answer: &Answer) -> anyhow::Result<String> {
    let errors = answer.body["errors"].as_array().context("errors")?;
    for error in errors {
        let id = error["extensions"]["requestId"].as_str().context("a request id")?;
        ensure!(answer.headers.get("x-request-id").is_some_and(|header| header == id), "{}", answer.text);
        let code = error["extensions"]["code"].as_str().context("a code")?;
        ensure!(Code::ALL.iter().any(|known| known.as_str() == code), "{code} is not on the list");
        ensure!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{}", answer.text);
    }
    let messages: String = errors.iter().filter_map(|error| error["message"].as_str()).collect();
    let told = INSIDE.iter().find(|word| messages.contains(*word));
    ensure!(told.is_none(), "{told:?} in {}", answer.text);
    Ok(answer.code().to_owned())
}

const READ: &str = "{ cases(first: 1) { nodes { id } } }";
const GRID: &str = "150302101203001";

async fn of_the_caller(served: &Served, actor: &Actor) -> anyhow::Result<Vec<Answer>> {
    let resident = served.sign_in("xindi.resident@150302").await?;
    let hash_only = json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}}).to_string();
    let request = actor.post().header("content-type", "application/json").body(hash_only);
    Ok(vec![
        served.anonymous().run(READ, Value::Null).await?,
        resident
            .mutate("tenantCreate", "userErrors { code }", json!({"code": "150399", "name": "新区"}))
            .await?,
        actor.run("{ case(id: \"case_x\") { id } }", Value::Null).await?,
        actor.run("{ nothing }", Value::Null).await?,
        Answer::of(request).await?,
    ])
}

/// More people sign in at once than may wait for their turn.
async fn of_a_crowd(served: &Served) -> anyhow::Result<Answer> {
    let anonymous = served.anonymous();
    let input = json!({"account": "xindi.worker@150302", "password": "not the password"});
    let all = (0..80).map(|_| anonymous.mutate("sessionCreate", "userErrors { code }", input.clone()));
    let answers = futures::future::try_join_all(all).await?;
    answers.into_iter().find(|answer| answer.code() == "RATE_LIMITED").context("nobody was sent away")
}

/// Somebody else holds what a mutation needs for longer than it may wait.
async fn of_a_held_database(served: &Served, matter: &Matter, actor: &Actor) -> anyhow::Result<Answer> {
    match served.world.backend() {
        Backend::Sqlite => {
            let mut holder = served.world.sqlite()?.acquire().await?;
            holder.execute("BEGIN IMMEDIATE").await?;
            let answer = matter.try_act(actor, "caseAccept", json!({})).await?;
            holder.execute("ROLLBACK").await?;
            Ok(answer)
        }
        Backend::Postgres => {
            let mut holder = served.world.pool(SUPERUSER)?.begin().await?;
            holder.execute("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE").await?;
            let answer = matter.try_act(actor, "caseAccept", json!({})).await?;
            holder.rollback().await?;
            Ok(answer)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_code_is_told_with_the_requests_id_and_nothing_of_the_inside() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| {
            settings.database.lock_timeout_seconds = 1;
        })
        .await?;
        let station = served.sign_in("xindi.station@150302").await?;
        let mut answers = of_the_caller(&served, &station).await?;
        answers.push(of_a_crowd(&served).await?);
        let resident = served.sign_in("xindi.resident@150302").await?;
        let matter = Matter::report(&resident, GRID, "1105").await?;
        answers.push(of_a_held_database(&served, &matter, &station).await?);
        served.world.run_sql("ALTER TABLE case_entries RENAME TO gone").await?;
        answers.push(matter.try_act(&station, "caseAccept", json!({})).await?);
        let english = matter.try_act(&station.in_english(), "caseAccept", json!({})).await?;
        ensure!(english.body["errors"][0]["message"] == "Internal error", "{}", english.text);
        answers.push(english);
        let mut told = BTreeSet::new();
        for answer in &answers {
            told.insert(code(answer)?);
        }
        // The edge's own tests make an operation last too long: nothing here does.
        told.insert(Code::Timeout.as_str().to_owned());
        ensure!(told == Code::ALL.iter().map(|code| code.as_str().to_owned()).collect(), "{told:?}");
        Ok(())
    })
    .await
}
