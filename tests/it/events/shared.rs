//! What many are told in the same words is what each would be told alone, and nothing in it depends on who asks.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use async_graphql::{Request, Response};
use fengqiao_api::graphql::sharing::OF_EVENTS;
use fengqiao_api::runner::{Runner as _, Said};
use fengqiao_domain::kernel::meter::Meter;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::programmes::CaseAct;
use fengqiao_tests::{Backend, on_backends};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

use super::live::say_unheard;
use super::{ASK, say, start};
use crate::sweep::contract::{Contract, Shape};
use crate::sweep::reach::CALLERS;
use crate::sweep::stage::Stage;

/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes too much comes at once.
const SILENCE: Duration = Duration::from_millis(300);
/// Fields of events that depend on who asks.
const OF_VIEWERS: [&str; 3] = ["actor", "assignee", "case"];

/// A document, and whether what it says is shared.
struct Asked {
    text: String,
    operation: Option<&'static str>,
    more: bool,
    shared: bool,
}

impl Asked {
    fn shared(text: impl Into<String>) -> Self {
        Self { text: text.into(), operation: None, more: false, shared: true }
    }

    fn alone(text: impl Into<String>) -> Self {
        Self { shared: false, ..Self::shared(text) }
    }

    fn request(&self, stage: &Stage, scope: &Scope, after: &str) -> Request {
        let mut request = stage.request(scope, &self.text, &json!({ "after": after, "more": self.more }));
        request.operation_name = self.operation.map(str::to_owned);
        request
    }
}

/// Those of a union.
fn members(contract: &Contract, union: &str) -> anyhow::Result<Vec<String>> {
    match contract.shape(union)? {
        Shape::OneOfMany(members) => Ok(members.clone()),
        other => anyhow::bail!("{union} is no union: {other:?}"),
    }
}

/// Every field of every event that is shared.
fn everything() -> anyhow::Result<String> {
    let contract = Contract::read()?;
    let mut events = String::new();
    for name in members(&contract, "CaseEvent")? {
        let fields = contract.fields(&name)?.iter().map(|field| field.name.as_str());
        let fields: Vec<&str> = fields.filter(|field| OF_EVENTS.contains(field)).collect();
        events.push_str(&format!("... on {name} {{ {} }} ", fields.join(" ")));
    }
    Ok(format!(
        "{OPEN} __typename ... on CaseEventDelivery {{ cursor event {{ __typename {events} }} }} }} }}"
    ))
}

const OPEN: &str = "subscription($after: String) { caseEvents(after: $after) {";

fn documents() -> anyhow::Result<Vec<Asked>> {
    let many: Vec<String> = (0..60).map(|number| format!("a{number}: caseVersion")).collect();
    let many = many.join(" ");
    let choice = "subscription($after: String, $more: Boolean!) { caseEvents(after: $after) { __typename ... on CaseEventDelivery { \
         cursor @include(if: $more) event { ... on CaseCommented @skip(if: $more) { id } ...Said @include(if: $more) } } } } \
         fragment Said on CaseCommented { caseNumber level @skip(if: false) toState @include(if: false) }";
    Ok(vec![
        Asked::shared(everything()?),
        Asked::shared(
            "subscription($after: String) { told: caseEvents(after: $after) { kind: __typename \
             ... on CaseEventDelivery { at: cursor what: event { kind: __typename ... on CaseCommented { b: id a: id } } } } }",
        ),
        Asked::shared(format!(
            "{OPEN} ...Item }} }} fragment Item on CaseStreamItem {{ ...Told }} \
             fragment Told on CaseEventDelivery {{ event {{ ...Report }} cursor }} fragment Report on CaseReported {{ toState fromState }}"
        )),
        Asked::shared(format!(
            "{OPEN} ... on CaseEventDelivery {{ event {{ ... on CaseReported {{ {many} }} }} }} }} }}"
        )),
        Asked::shared(choice),
        Asked { more: true, ..Asked::shared(choice) },
        Asked {
            operation: Some("B"),
            ..Asked::shared(
                "subscription A($after: String) { caseEvents(after: $after) { __typename } } \
             subscription B($after: String) { caseEvents(after: $after) { ... on CaseEventDelivery { cursor } } }",
            )
        },
        Asked::alone(format!(
            "{OPEN} ... on CaseEventDelivery {{ event {{ ... on Event {{ id actor {{ login }} }} }} }} }} }}"
        )),
        Asked::alone(format!(
            "{OPEN} ... on CaseEventDelivery {{ event {{ ... on CaseReported {{ case {{ title }} }} }} }} }} }}"
        )),
        Asked::alone(format!(
            "{OPEN} ...Told }} }} fragment Told on CaseEventDelivery {{ event {{ ... on CaseDispatched {{ assignee {{ __typename }} }} }} }}"
        )),
        Asked::alone(
            "subscription($after: String, $more: Boolean!) { caseEvents(after: $after) { ... on CaseEventDelivery { \
             event { ... on CaseReported { actor @include(if: $more) { id } } } } } }",
        ),
        Asked::alone(
            "subscription($after: String) { caseEvents(after: $after) @include(if: true) { __typename } }",
        ),
    ])
}

/// So many items as they leave, and whether all of them are shared.
async fn words(
    said: &mut BoxStream<'_, Said>,
    count: usize,
) -> anyhow::Result<(Vec<String>, BTreeSet<bool>)> {
    let (mut words, mut shared) = (vec![], BTreeSet::new());
    while words.len() < count {
        let said = tokio::time::timeout(PATIENCE, said.next()).await.context("silence")?.context("an end")?;
        shared.insert(matches!(said, Said::Shared(_)));
        words.push(match said {
            Said::Shared(text) => text.to_string(),
            Said::Own(response) => written(&response)?,
        });
    }
    Ok((words, shared))
}

/// An answer as the edge writes it.
fn written(response: &Response) -> anyhow::Result<String> {
    ensure!(response.errors.is_empty() && response.extensions.is_empty(), "{response:?}");
    Ok(format!("{{\"data\":{}}}", serde_json::to_string(&response.data)?))
}

/// How many events somebody is told of from the start on.
async fn told(stage: &Stage, scope: &Scope) -> anyhow::Result<usize> {
    let (mut after, mut count) = (start(), 0);
    loop {
        let answer = stage.ask(scope, ASK, &json!({ "after": after, "first": 100 })).await?;
        let page = &answer["data"]["caseEvents"];
        count += page["items"].as_array().with_context(|| answer.to_string())?.len();
        page["cursor"].as_str().unwrap_or_default().clone_into(&mut after);
        if page["hasMore"] == json!(false) {
            return Ok(count);
        }
    }
}

/// Something is said of every case, and every act is done to them, as far as events tell of it.
async fn everything_happens(stage: &Stage) -> anyhow::Result<()> {
    for case in &stage.mirror.sides[0].cases {
        say_unheard(stage, &case.id.to_string()).await?;
    }
    let id = match stage.world.backend() {
        Backend::Sqlite => "randomblob(16)",
        Backend::Postgres => "gen_random_uuid()",
    };
    for act in CaseAct::iter().filter(|act| *act != CaseAct::Comment) {
        let columns = "aggregate, aggregate_id, version";
        let rest = "occurred_at, account_id, payload, scope_before, scope_after";
        let name = act.words().name;
        stage
            .world
            .run_sql(&format!(
                "INSERT INTO outbox_events (tenant_id, id, {columns}, name, {rest}) \
                 SELECT tenant_id, {id}, {columns}, '{name}', {rest} FROM outbox_events WHERE name = 'case.commented' ORDER BY id LIMIT 3"
            ))
            .await?;
    }
    stage.world.relay().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn shared_words_are_those_that_each_would_be_told_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        everything_happens(&stage).await?;
        let mut counts = vec![];
        for login in ["commander", "chief", "resident", "handler"] {
            let scope = stage.scope(0, login).await?;
            let count = told(&stage, &scope).await?;
            counts.push(count);
            for asked in documents()? {
                let mut said = stage.runner.follow(asked.request(&stage, &scope, &start()));
                let mut alone =
                    stage.follow_alone(asked.request(&stage, &scope, &start())).map(Said::from).boxed();
                let (words_of_many, shared) = words(&mut said, count).await?;
                let (own_words, _) = words(&mut alone, count).await?;
                ensure!(words_of_many == own_words, "{login} by {}", asked.text);
                ensure!(shared.iter().all(|shared| *shared == asked.shared), "{login} by {}", asked.text);
                ensure!(
                    tokio::time::timeout(Duration::from_millis(5), said.next()).await.is_err(),
                    "{login}: too much"
                );
            }
        }
        ensure!(counts.iter().collect::<BTreeSet<_>>().len() > 3 && counts[0] > 100, "{counts:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_follows_alike_is_told_the_same_words_without_a_statement() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let (document, meter) = (everything()?, Meter::default());
        let mut followers = vec![];
        for (side, login) in [(0, "commander"), (0, "leader"), (0, "commander"), (1, "commander")] {
            let scope = stage.scope(side, login).await?;
            let mut said = stage.runner.follow(stage.metered(&scope, &document, &Value::Null, &meter));
            ensure!(tokio::time::timeout(SILENCE, said.next()).await.is_err(), "too early");
            followers.push(said);
        }
        let before = meter.statements();
        say(&stage, 0).await?;
        say(&stage, 1).await?;
        let mut texts = vec![];
        for said in &mut followers {
            let said =
                tokio::time::timeout(PATIENCE, said.next()).await.context("silence")?.context("an end")?;
            let Said::Shared(text) = said else { anyhow::bail!("{said:?}") };
            texts.push(text);
        }
        assert_eq!(meter.statements(), before);
        let asking = stage.scope(0, "commander").await?;
        stage.schema.execute(stage.metered(&asking, ASK, &json!({ "after": start() }), &meter)).await;
        ensure!(meter.statements() > before, "nothing is counted");
        ensure!(texts[1..3].iter().all(|text| Arc::ptr_eq(text, &texts[0])), "{texts:?}");
        ensure!(texts[3] != texts[0], "{texts:?}");
        for said in &mut followers {
            ensure!(tokio::time::timeout(SILENCE, said.next()).await.is_err(), "too much");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_depends_on_who_asks_is_told_to_each_alone() -> anyhow::Result<()> {
    let document = "subscription { caseEvents { ... on CaseEventDelivery { event { ... on CaseCommented { \
         caseNumber actor { login } case { id description viewerActions { __typename } } assignee { __typename } } } } } }";
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let mut followers = vec![];
        for login in CALLERS {
            let scope = stage.scope(0, login).await?;
            let mut said = stage.runner.follow(stage.request(&scope, document, &Value::Null));
            let mut alone =
                stage.follow_alone(stage.request(&scope, document, &Value::Null)).map(Said::from).boxed();
            for said in [&mut said, &mut alone] {
                let early = tokio::time::timeout(Duration::from_millis(30), said.next()).await;
                ensure!(early.is_err(), "{login}: {early:?}");
            }
            followers.push((login, said, alone));
        }
        for case in &stage.mirror.sides[0].cases {
            say_unheard(&stage, &case.id.to_string()).await?;
        }
        stage.world.relay().await?;
        let mut different = BTreeSet::new();
        for (login, said, alone) in &mut followers {
            let mut heard = vec![];
            while let Ok(Some(said)) = tokio::time::timeout(SILENCE, alone.next()).await {
                let Said::Own(response) = said else { anyhow::bail!("{said:?}") };
                heard.push(written(&response)?);
            }
            let (words, shared) = words(said, heard.len()).await.context(*login)?;
            ensure!(words == heard && !shared.contains(&true), "{login} hears {words:?}, not {heard:?}");
            different.extend(heard.into_iter().next());
        }
        ensure!(different.len() > 3, "{different:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_variables_are_wrong_spoils_nothing_for_the_others() -> anyhow::Result<()> {
    let document = "subscription Events($filter: CaseEventFilter) { caseEvents(filter: $filter) { \
         ... on CaseEventDelivery { event { ... on CaseCommented { caseNumber } } } } }";
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let scope = stage.scope(0, "commander").await?;
        let wrong = json!({ "filter": { "acts": ["NOPE"] } });
        let mut wrong = stage.runner.follow(stage.request(&scope, document, &wrong));
        let mut right = stage.runner.follow(stage.request(&scope, document, &json!({ "filter": {} })));
        let refused = tokio::time::timeout(PATIENCE, wrong.next()).await?;
        ensure!(matches!(refused, Some(Said::Own(_))), "{refused:?}");
        ensure!(tokio::time::timeout(SILENCE, right.next()).await.is_err(), "too early");
        say(&stage, 0).await?;
        let said = tokio::time::timeout(PATIENCE, right.next()).await.context("silence")?;
        ensure!(matches!(said, Some(Said::Shared(_))), "{said:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_has_so_many_groups_and_takes_none_from_another() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let document = |number| {
            format!(
                "subscription {{ caseEvents {{ ... on CaseEventDelivery {{ event {{ ... on CaseCommented {{ a{number}: id }} }} }} }} }}"
            )
        };
        let mut followers = vec![];
        for (side, number) in (0..65).map(|number| (0, number)).chain([(1, 0)]) {
            let scope = stage.scope(side, "commander").await?;
            let mut said = stage.runner.follow(stage.request(&scope, &document(number), &Value::Null));
            ensure!(tokio::time::timeout(Duration::from_millis(20), said.next()).await.is_err(), "too early");
            followers.push(said);
        }
        say(&stage, 0).await?;
        say(&stage, 1).await?;
        let mut shared = vec![];
        for said in &mut followers {
            let said = tokio::time::timeout(PATIENCE, said.next()).await.context("silence")?;
            shared.push(matches!(said, Some(Said::Shared(_))));
        }
        ensure!(shared[..64].iter().all(|shared| *shared) && !shared[64] && shared[65], "{shared:?}");
        Ok(())
    })
    .await
}

#[test]
fn of_every_field_it_is_known_whether_it_depends_on_who_asks() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    for (types, shared, own) in [
        (members(&contract, "CaseEvent")?, OF_EVENTS.as_slice(), OF_VIEWERS.as_slice()),
        (members(&contract, "CaseStreamItem")?, &["cursor", "event", "reason"], &[]),
    ] {
        for name in types {
            for field in contract.fields(&name)? {
                let [is_shared, is_own] = [shared, own].map(|list| list.contains(&field.name.as_str()));
                ensure!(is_shared != is_own, "{name}.{}: list it as shared or as somebody's own", field.name);
                let leaf = matches!(contract.shape(&field.base)?, Shape::Leaf(_)) || field.name == "event";
                ensure!(is_own || (leaf && field.arguments.is_empty()), "{name}.{} is not plain", field.name);
            }
        }
    }
    Ok(())
}
