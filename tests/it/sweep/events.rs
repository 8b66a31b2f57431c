//! An act is heard of by whoever sees the case, by nobody else, and never in another tenant.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::on_backends;
use futures::{Stream, StreamExt as _};
use serde_json::{Value, json};

use crate::events::place;
use crate::sweep::contract::Contract;
use crate::sweep::queries::{Secrets, samples, strangers};
use crate::sweep::reach::{CALLERS, is_staff, sees};
use crate::sweep::samples::{Inputs, Whose, filled, spots};
use crate::sweep::stage::Stage;

const FOLLOW: &str = "subscription($filter: CaseEventFilter) { caseEvents(filter: $filter) { __typename ... on CaseEventDelivery { event { __typename
    ... on CaseCommented { id caseNumber case { id title description timeline(first: 100) { nodes { text } } }
    actor { id login } assignee { __typename } } } } } }";
const PAST: &str = "query($after: String) { caseEvents(after: $after, first: 100) { cursor hasMore items { __typename
    ... on CaseEventDelivery { event { __typename ... on CaseCommented { id caseNumber case { id title description timeline(first: 100) { nodes { text } } }
    actor { id login } assignee { __typename } } } } } } }";
const SAY: &str =
    "mutation($input: CaseCommentInput!) { caseComment(input: $input) { userErrors { code } case { id } } }";
/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes too much comes at once: it was on the bus with the rest.
const SILENCE: Duration = Duration::from_millis(400);

/// What a follower hears until it is silent, after as many items as it should hear.
async fn heard(
    stream: &mut (impl Stream<Item = async_graphql::Response> + Unpin),
    wanted: usize,
) -> anyhow::Result<Vec<Value>> {
    let mut items = vec![];
    loop {
        let wait = if items.len() < wanted { PATIENCE } else { SILENCE };
        let Ok(Some(item)) = tokio::time::timeout(wait, stream.next()).await else { return Ok(items) };
        items.push(serde_json::to_value(item)?);
    }
}

/// Comments on every case of a side that can be commented: for all, and a second time for staff only.
async fn comment(stage: &Stage, side: usize, audience: &str) -> anyhow::Result<BTreeSet<String>> {
    let commander = stage.scope(side, "commander").await?;
    let mut said = BTreeSet::new();
    for case in &stage.mirror.sides[side].cases {
        let input = json!({ "input": {
            "caseId": case.id.to_string(), "audience": audience, "text": format!("{}留言", case.canary),
        } });
        let answer = stage.ask(&commander, SAY, &input).await?;
        if answer["data"]["caseComment"]["userErrors"] == json!([]) {
            said.insert(case.number.clone());
        } else {
            ensure!(matches!(case.story, "rejected" | "withdrawn" | "voided"), "{}: {answer}", case.story);
        }
    }
    Ok(said)
}

/// The numbers of the cases that somebody should hear of, as often as they should.
fn wanted(stage: &Stage, login: &str, said: &BTreeSet<String>) -> anyhow::Result<Vec<String>> {
    let side = &stage.mirror.sides[0];
    let mut wanted = vec![];
    for case in side.cases.iter().filter(|case| said.contains(&case.number)) {
        let times = if is_staff(login) { 2 } else { 1 };
        let seen = sees(side, login, case)?;
        wanted.extend(std::iter::repeat_n(case.number.clone(), if seen { times } else { 0 }));
    }
    wanted.sort();
    Ok(wanted)
}

#[tokio::test(flavor = "multi_thread")]
async fn events_reach_whoever_sees_the_case() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let mut followers = vec![];
        for login in CALLERS {
            let scope = stage.scope(0, login).await?;
            let request = stage.request(&scope, FOLLOW, &Value::Null);
            let mut stream = stage.follow(request);
            let early = tokio::time::timeout(Duration::from_millis(50), stream.next()).await;
            ensure!(early.is_err(), "{login} hears something before anything happens: {early:?}");
            followers.push((login, stream));
        }
        stage.world.relay().await?;
        let before = place(&stage, 0).await?;
        comment(&stage, 1, "EVERYONE").await?;
        let said = comment(&stage, 0, "EVERYONE").await?;
        let internal = comment(&stage, 0, "STAFF").await?;
        ensure!(said.len() > 30 && said == internal, "{said:?}");
        stage.world.relay().await?;
        let wanted = CALLERS.map(|login| wanted(&stage, login, &said));
        let listening = followers.iter_mut().zip(wanted).map(async |((login, stream), wanted)| {
            let wanted = wanted?;
            let items = heard(stream, wanted.len()).await.with_context(|| (*login).to_owned())?;
            anyhow::Ok((*login, items, wanted))
        });
        for (login, items, wanted) in futures::future::try_join_all(listening).await? {
            let secrets = Secrets::of(&stage, login).await?;
            let mut got = vec![];
            for item in items {
                let told = secrets.told(&item);
                ensure!(told.is_empty() && item["errors"].is_null(), "{login} learns {told:?}: {item}");
                let number = item["data"]["caseEvents"]["event"]["caseNumber"].as_str();
                got.push(number.with_context(|| item.to_string())?.to_owned());
            }
            got.sort();
            ensure!(got == wanted, "{login} hears of {got:?}, should of {wanted:?}");
            let mut past = told_of(&stage, login, &before).await?;
            past.sort();
            ensure!(past == wanted, "{login} is told of {past:?}, should of {wanted:?}");
        }
        Ok(())
    })
    .await
}

/// The numbers of the cases of which somebody is told who asks what happened after a place.
async fn told_of(stage: &Stage, login: &str, place: &str) -> anyhow::Result<Vec<String>> {
    let (scope, secrets) = (stage.scope(0, login).await?, Secrets::of(stage, login).await?);
    let (mut after, mut numbers) = (place.to_owned(), vec![]);
    loop {
        let answer = stage.ask(&scope, PAST, &json!({ "after": after })).await?;
        let told = secrets.told(&answer);
        ensure!(told.is_empty() && answer["errors"].is_null(), "{login} learns {told:?}: {answer}");
        let page = &answer["data"]["caseEvents"];
        let items = page["items"].as_array().into_iter().flatten();
        numbers.extend(items.filter_map(|item| item["event"]["caseNumber"].as_str().map(str::to_owned)));
        page["cursor"].as_str().unwrap_or_default().clone_into(&mut after);
        if page["hasMore"] == json!(false) {
            return Ok(numbers);
        }
    }
}

/// A follower of what a filter lets through, and whether that is of the caller's own things.
struct Following<S> {
    login: &'static str,
    told: String,
    own: bool,
    stream: S,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_lets_through_no_more_and_nothing_of_strangers() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    let field = contract.fields("Subscription")?.iter().find(|field| field.name == "caseEvents");
    let field = field.context("caseEvents")?;
    let owner = "Subscription.caseEvents";
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let mut followers = vec![];
        for login in ["commander", "chief", "worker", "resident"] {
            let scope = stage.scope(0, login).await?;
            let samples = samples(&stage, login, &scope).await?;
            for spot in spots(&contract, owner, &field.arguments)? {
                if spot.path.last().is_some_and(|name| name == "after") {
                    continue;
                }
                let strange = strangers(spot.kind, login);
                for whose in [Whose::Own, Whose::Never].into_iter().chain(strange) {
                    for name in samples.names(spot.kind, whose)? {
                        let way = Some((spot.path.as_slice(), name.as_str()));
                        let given = filled(&contract, &Inputs::arguments(owner, field), way, &samples)?;
                        let told = format!("{whose:?} {:?}", spot.path);
                        let request = stage.request(&scope, FOLLOW, &Value::Object(given));
                        let mut stream = stage.follow(request);
                        let early = tokio::time::timeout(Duration::from_millis(20), stream.next()).await;
                        ensure!(early.is_err(), "{login} {told}: {early:?}");
                        followers.push(Following { login, told, own: whose == Whose::Own, stream });
                    }
                }
            }
        }
        comment(&stage, 1, "EVERYONE").await?;
        let said = comment(&stage, 0, "EVERYONE").await?;
        stage.world.relay().await?;
        let listening = followers.iter_mut().map(async |following| {
            let least = usize::from(following.own && following.login == "commander");
            let items = heard(&mut following.stream, least).await?;
            anyhow::Ok((following.login, &following.told, following.own, items))
        });
        for (login, told, own, items) in futures::future::try_join_all(listening).await? {
            let leaked = Secrets::of(&stage, login).await?;
            let wanted = wanted(&stage, login, &said)?;
            for item in &items {
                ensure!(leaked.told(item).is_empty() && item["errors"].is_null(), "{login} {told}: {item}");
                let number = item["data"]["caseEvents"]["event"]["caseNumber"].as_str().unwrap_or_default();
                ensure!(wanted.iter().any(|seen| seen == number), "{login} {told} hears of {number}");
            }
            ensure!(own || items.is_empty(), "{login} {told} hears {items:?}");
            let filtered = login != "commander" || !own || (1..wanted.len()).contains(&items.len());
            ensure!(filtered, "{login} {told} hears {} of {}", items.len(), wanted.len());
        }
        Ok(())
    })
    .await
}
