//! What a scanner of GraphQL asks a server in production first, after the checks of graphql-cop (requirement G8): nothing is found
//! but what is let stand for a reason, and no name of the schema is told to strangers.

use std::collections::BTreeSet;

use anyhow::ensure;
use fengqiao_tests::{Actor, Answer, Served, on_backends};
use reqwest::Method;
use serde_json::{Value, json};

use super::costs::in_production;
use crate::sweep::contract::Contract;

/// What is found and let stand, with the reason.
const LET_STAND: [(&str, &str); 1] =
    [("queries by GET", "they change nothing, and no browser sends a token by itself (requirement G6)")];

/// What is looked for: its name, the document that is sent, and whether the answer shows it.
type Check = (&'static str, fn() -> String, fn(&Answer) -> bool);

const CHECKS: [Check; 9] = [
    ("aliases without end", aliases, |answer| answer.body["data"]["alias100"].is_string()),
    ("a field without end", || format!("{{ {} }}", "__typename ".repeat(500)), has_data),
    (
        "directives without end",
        || format!("{{ __typename {} }}", "@aa".repeat(10)),
        |answer| answer.body["errors"].as_array().is_some_and(|errors| errors.len() == 10),
    ),
    ("introspection in a circle", circle, |answer| !answer.body["data"]["__schema"].is_null()),
    (
        "fragments in a circle",
        || {
            "{ __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }"
                .to_owned()
        },
        |answer| answer.body["errors"].is_null(),
    ),
    (
        "introspection",
        || "{ __schema { types { name fields { name } } } }".to_owned(),
        |answer| !answer.body["data"]["__schema"].is_null(),
    ),
    (
        "suggestions",
        || "{ __schema { directive } vewer { account { id } } }".to_owned(),
        |answer| answer.text.contains("Did you mean"),
    ),
    (
        "traces",
        || "query cop { __typename }".to_owned(),
        |answer| !answer.body["extensions"]["tracing"].is_null(),
    ),
    ("errors as they are thrown", || "qwerty cop { abc }".to_owned(), is_thrown),
];

/// Where explorers are looked for.
const PAGES: [&str; 5] = ["/", "/graphql", "/graphiql", "/playground", "/console"];

fn aliases() -> String {
    let fields: Vec<String> = (0..=100).map(|number| format!("alias{number}: __typename")).collect();
    format!("{{ {} }}", fields.join(" "))
}

fn circle() -> String {
    format!("{{ __schema {{ types {{ {}name{} }} }} }}", "fields { type { ".repeat(4), " } }".repeat(4))
}

fn has_data(answer: &Answer) -> bool {
    answer.body["data"]["__typename"].is_string()
}

fn is_thrown(answer: &Answer) -> bool {
    let errors = answer.body["errors"].as_array().into_iter().flatten();
    let thrown =
        |error: &Value| ["exception", "stacktrace", "debug"].map(|name| error["extensions"][name].clone());
    errors.flat_map(thrown).any(|found| !found.is_null())
}

/// A request that is no document of ours, and whether a scanner takes the answer for a finding.
async fn other_ways(by: &Actor) -> anyhow::Result<Vec<&'static str>> {
    let mut found = vec![];
    let batch = vec![json!({"query": "{ __typename }"}); 10];
    let batch = by.post().header("content-type", "application/json").body(json!(batch).to_string());
    if Answer::of(batch).await?.body.is_array() {
        found.push("batches");
    }
    for (name, query) in
        [("queries by GET", "%7B__typename%7D"), ("mutations by GET", "mutation%7B__typename%7D")]
    {
        let answer = Answer::of(by.at(Method::GET, &format!("/graphql?query={query}"))).await?;
        if has_data(&answer) {
            found.push(name);
        }
    }
    let form = by.at(Method::POST, "/graphql").header("content-type", "application/x-www-form-urlencoded");
    if has_data(&Answer::of(form.body("query=%7B__typename%7D")).await?) {
        found.push("queries by form");
    }
    for page in PAGES {
        let answer = Answer::of(by.at(Method::GET, page).header("accept", "text/html")).await?;
        let text = answer.text.to_lowercase();
        if ["graphiql", "playground", "<!doctype"].iter().any(|word| text.contains(word)) {
            found.push("an explorer");
        }
    }
    Ok(found)
}

/// The names of what a scanner reports.
async fn findings(by: &Actor) -> anyhow::Result<Vec<&'static str>> {
    let mut found = vec![];
    for (name, document, is_shown) in CHECKS {
        if is_shown(&by.run(&document(), Value::Null).await?) {
            found.push(name);
        }
    }
    found.extend(other_ways(by).await?);
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_finds_nothing_but_what_is_let_stand() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let mut made = Ok(());
        let served = Served::demo_with(backend, |settings| made = in_production(settings)).await?;
        made?;
        let found = findings(&served.anonymous()).await?;
        ensure!(found == LET_STAND.map(|(name, _)| name), "{found:?}");
        // Whoever looks can see: this is what there is where people develop.
        let open = Served::demo(backend).await?;
        let found = findings(&open.anonymous()).await?;
        ensure!(found == ["introspection", "queries by GET", "an explorer"], "{found:?}");
        Ok(())
    })
    .await
}

/// Documents that a schema answers by its names, or by what it says is wrong with them.
const ASKED: [&str; 12] = [
    "{ __schema { types { name } } }",
    "{ __schema { queryType { name fields { name } } } }",
    "{ __type(name: \"Case\") { name kind fields { name } } }",
    "{ _service { sdl } }",
    "{ _entities(representations: []) { __typename } }",
    "{ viewer { nope } }",
    "{ viewer }",
    "{ cases(nope: 1) { totalCount } }",
    "{ cases(first: \"x\") { totalCount } }",
    "{ node(id: \"x\") { ... on Nope { id } } }",
    "query($case: Nope!) { case(id: $case) { id } }",
    "mutation { caseReport(input: {}) { case { id } } }",
];

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_told_no_name_of_the_schema() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    let names: BTreeSet<&str> = contract.names().collect();
    let told = |answer: &Answer| {
        let words = answer.text.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned);
        words.filter(|word| names.contains(word.as_str())).collect::<BTreeSet<String>>()
    };
    on_backends(async |backend| {
        let mut made = Ok(());
        let served = Served::demo_with(backend, |settings| made = in_production(settings)).await?;
        made?;
        let anonymous = served.anonymous().in_english();
        for document in ASKED {
            let answer = anonymous.run(document, Value::Null).await?;
            let told = told(&answer);
            ensure!(told.is_empty(), "{document} tells {told:?}: {}", answer.text);
        }
        // Whoever signed in may read it, and is told what is wrong by its names.
        for account in ["xindi.resident@150302", "hotline.api@150302"] {
            let (known, mut telling) = (served.sign_in(account).await?.in_english(), 0);
            for document in ASKED {
                let answer = known.run(document, Value::Null).await?;
                telling += usize::from(!told(&answer).is_empty());
                ensure!(!answer.text.contains("Did you mean"), "{document}: {}", answer.text);
                let federated = document.starts_with("{ _service") || document.starts_with("{ _entities");
                ensure!(!federated || answer.code() == "BAD_REQUEST", "{document}: {}", answer.text);
            }
            ensure!(telling > 5, "{account} is told names by {telling} documents");
        }
        Ok(())
    })
    .await
}
