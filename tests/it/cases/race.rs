//! Many people act on the same cases at once: what is acknowledged is one history per case, and the pure model can tell
//! it again.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::permission::Permission;
use fengqiao_domain::programmes::{
    Actor as Anybody, CaseAct, CaseState, Condition, Programme, Relation, Standing, judge,
};
use fengqiao_tests::{Actor, Backend, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

use super::{CATEGORY, GRID, person};

const TASKS: u64 = 64;
const CASES: usize = 20;
/// Acts that each task tries: some thousand altogether, most of them refused by the state or by somebody faster.
const TRIES: u64 = 25;

/// What one task was told of an act that was done.
#[derive(Clone, Debug)]
struct Done {
    case: usize,
    act: CaseAct,
    expected: i64,
    version: i64,
    stage: String,
    began: Instant,
    ended: Instant,
}

/// A small generator, so that a run can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Whom and what acts name.
#[derive(Clone, Copy)]
struct Names<'a> {
    worker: &'a str,
    unit: &'a str,
    category: &'a str,
}

/// The input of an act besides the case and its version; none for the report.
fn input(act: CaseAct, Names { worker, unit, category }: Names<'_>) -> Option<Value> {
    Some(match act {
        CaseAct::Report | CaseAct::Advance | CaseAct::Merge => return None,
        CaseAct::Dispatch | CaseAct::Transfer => {
            json!({"target": {"accountId": worker}, "reason": "竞争"})
        }
        CaseAct::CoHandle => json!({"targets": [{"unitId": unit}], "reason": "竞争"}),
        CaseAct::SendDown => json!({"target": {"unitId": unit}}),
        CaseAct::StepBack => json!({"toStage": "acceptance", "reason": "竞争"}),
        CaseAct::ChangeCategory => json!({"categoryId": category, "reason": "竞争"}),
        CaseAct::Instruct => json!({"text": "竞争"}),
        CaseAct::Supervise => json!({"level": "NORMAL", "reason": "竞争"}),
        CaseAct::Extend | CaseAct::RequestExtension => json!({"amount": 1, "reason": "竞争"}),
        CaseAct::Comment => json!({"text": "竞争", "audience": "EVERYONE"}),
        CaseAct::Complete | CaseAct::Assist => json!({"result": "竞争"}),
        CaseAct::Evaluate => json!({"rating": "SATISFIED"}),
        CaseAct::ReturnVisit => json!({"channel": "PHONE", "contact": "REACHED", "rating": "SATISFIED"}),
        CaseAct::Accept
        | CaseAct::Start
        | CaseAct::Resume
        | CaseAct::Urge
        | CaseAct::TakeCharge
        | CaseAct::Verify
        | CaseAct::Close
        | CaseAct::Withdraw => json!({}),
        CaseAct::Reject
        | CaseAct::Return
        | CaseAct::HandUp
        | CaseAct::Pause
        | CaseAct::RefuseExtension
        | CaseAct::SendBack
        | CaseAct::Reopen
        | CaseAct::Void => json!({"reason": "竞争"}),
    })
}

/// What one task does: it looks at some case, and does something to it that it could do, or could not.
async fn raced(
    number: u64,
    people: &[Actor],
    cases: &[String],
    names: Names<'_>,
) -> anyhow::Result<Vec<Done>> {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (number + 1));
    let acts: Vec<CaseAct> = CaseAct::iter().filter(|act| input(*act, names).is_some()).collect();
    let mut done = vec![];
    for _ in 0..TRIES {
        let case = usize::try_from(dice.below(cases.len() as u64))?;
        let by = people.get(usize::try_from(dice.below(people.len() as u64))?).context("somebody")?;
        let look = "query($id: ID!) { case(id: $id) { version viewerActions { act } } }";
        let seen = by.run(look, json!({"id": cases[case]})).await?;
        let Some(expected) = seen.data("case")?["version"].as_i64() else { continue };
        // Three of four try what they are offered, and hurry; the fourth tries anything.
        let offers = seen.data("case/viewerActions")?.as_array().cloned().unwrap_or_default();
        let offered: Vec<CaseAct> = offers
            .iter()
            .filter_map(|offer| offer["act"].as_str()?.to_lowercase().parse().ok())
            // Ends would leave nothing to race for.
            .filter(|act| {
                !matches!(act, CaseAct::Void | CaseAct::Merge | CaseAct::Withdraw | CaseAct::Reject)
            })
            .collect();
        let act = match dice.below(4) {
            0 => *acts.get(usize::try_from(dice.below(acts.len() as u64))?).context("an act")?,
            _ if offered.is_empty() => continue,
            _ => *offered.get(usize::try_from(dice.below(offered.len() as u64))?).context("an act")?,
        };
        let mut given = input(act, names).unwrap_or_default();
        (given["caseId"], given["expectedVersion"]) = (json!(cases[case]), json!(expected));
        let began = Instant::now();
        let answer = by
            .mutate(act.words().mutation, "case { version stage { key } } userErrors { code }", given)
            .await?;
        let ended = Instant::now();
        let payload =
            answer.data(act.words().mutation).with_context(|| format!("{act:?}: {}", answer.text))?;
        ensure!(!payload.is_null(), "{act:?}: {}", answer.text);
        if let Some(version) = payload["case"]["version"].as_i64() {
            let stage = payload["case"]["stage"]["key"].as_str().unwrap_or_default().to_owned();
            done.push(Done { case, act, expected, version, stage, began, ended });
        }
    }
    Ok(done)
}

/// Somebody who may do everything, where everything holds.
fn anybody() -> Anybody {
    let permissions = Permission::iter().collect();
    let standing = |relation| Standing { relation, permissions, by: None };
    let actor = Relation::iter().map(standing).fold(Anybody::default(), Anybody::with);
    Condition::iter().fold(actor, Anybody::where_holds)
}

/// The timeline of a case is what was acknowledged, once and in order, and the model can tell it again.
fn retold(case: usize, entries: &[Value], done: &[Done]) -> anyhow::Result<()> {
    let programme = Programme::base();
    let mut told: BTreeMap<i64, &Done> = BTreeMap::new();
    for act in done.iter().filter(|act| act.case == case) {
        ensure!(act.version == act.expected + 1, "{act:?} was done to a case that its doer did not see");
        ensure!(told.insert(act.version, act).is_none(), "two acts made version {}: {act:?}", act.version);
    }
    let (mut state, mut place) = (CaseState::Reported, "discovery".to_owned());
    for (version, entry) in (1_i64..).zip(entries) {
        let text = |key: &str| entry[key].as_str().unwrap_or_default();
        ensure!(entry["caseVersion"] == version, "a hole or a repeat at version {version}: {entry}");
        let act: CaseAct = text("act").to_lowercase().parse().ok().context("an act")?;
        if version > 1 {
            let known = told.remove(&version).with_context(|| format!("nobody was told of {entry}"))?;
            ensure!(
                (known.act, known.stage.as_str()) == (act, text("toStage")),
                "{known:?} is told as {entry}"
            );
            let toward = act.names_stage().then(|| text("toStage"));
            let verdict = judge((state, &place), (act, toward), &anybody(), &programme);
            let verdict = verdict.ok().with_context(|| format!("the model has no {act:?} at {place}"))?;
            (state, place) = (verdict.state, verdict.stage);
        }
        ensure!(place == text("toStage"), "the model is at {place}, not where {entry} says");
    }
    ensure!(told.is_empty(), "acknowledged and not in the timeline: {told:?}");
    Ok(())
}

/// What was acknowledged before something else began came before it.
fn in_order(done: &[Done]) -> anyhow::Result<()> {
    for one in done {
        let later = done.iter().filter(|other| other.case == one.case && other.began > one.ended);
        for other in later {
            ensure!(other.version > one.version, "{other:?} began after {one:?} was acknowledged");
        }
    }
    Ok(())
}

async fn race(backend: Backend) -> anyhow::Result<()> {
    let served = Served::demo(backend).await?;
    let logins = ["xindi.station", "xindi.worker", "xindi.worker", "qianlishan.dispatch", "district.command"];
    let mut people = vec![person(&served, "xindi.resident").await?];
    for login in logins {
        people.push(person(&served, login).await?);
    }
    let mut cases = vec![];
    for _ in 0..CASES {
        cases.push(Matter::report(&people[0], GRID, CATEGORY).await?.id);
    }
    let worker = account_id(&people[2]).await?;
    let unit = Places::of(&people[1]).unit("150302101203").await?;
    let category = Places::of(&people[1]).category("1116").await?;
    let names = Names { worker: &worker, unit: &unit, category: &category };
    let tasks = (0..TASKS).map(|number| raced(number, &people, &cases, names));
    let done: Vec<Done> = futures::future::try_join_all(tasks).await?.concat();
    ensure!(done.len() > CASES * 5, "only {} acts were done", done.len());
    let kinds: std::collections::BTreeSet<CaseAct> = done.iter().map(|act| act.act).collect();
    ensure!(kinds.len() > 12, "only {kinds:?} were done");
    in_order(&done)?;
    for (number, id) in cases.iter().enumerate() {
        let mut entries: Vec<Value> = vec![];
        let mut after = Value::Null;
        loop {
            let document =
                "query($id: ID!, $after: String) { case(id: $id) { timeline(first: 100, after: $after) {
                nodes { caseVersion act toStage } pageInfo { hasNextPage endCursor } } } }";
            let page = people[4].run(document, json!({"id": id, "after": after})).await?;
            let timeline = page.data("case/timeline")?;
            entries.extend(timeline["nodes"].as_array().cloned().unwrap_or_default());
            if timeline["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = timeline["pageInfo"]["endCursor"].clone();
        }
        retold(number, &entries, &done)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_races_each_case_has_one_history() -> anyhow::Result<()> {
    on_backends(race).await
}
