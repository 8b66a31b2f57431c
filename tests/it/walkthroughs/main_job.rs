//! A resident's report goes from the grid to the district, is settled, closed and judged.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Events, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::people::{CATEGORY, EVENTS, GRID, People};

/// One step: who does what, and where it leads.
struct Step<'a> {
    by: &'a Actor,
    field: &'static str,
    more: Value,
    state: &'static str,
    level: &'static str,
    /// In whose inbox it lies then, and in which box.
    boxes: Vec<(&'a Actor, &'static str)>,
}

#[tokio::test(flavor = "multi_thread")]
async fn from_report_to_evaluation() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let people = People::sign_in(&served).await?;
        let mut following = people.commander.subscribe(EVENTS).await?;
        let mut own = people.resident.subscribe(EVENTS).await?;
        let outsiders = Outsiders::sign_in(&served).await?;
        let mut strange = outsiders.follow().await?;

        let mut matter = Matter::report(&people.resident, GRID, CATEGORY).await?;
        assert_eq!(matter.case["state"], "REPORTED");
        assert_eq!(matter.inbox(&people.station).await?, Some("TODO"));
        for step in steps(&people).await? {
            served.pass_seconds(20);
            play(&mut matter, step).await?;
            outsiders.see_nothing(&matter).await?;
        }
        assert_eq!(matter.case["settledLevel"], "DISTRICT");
        assert_eq!(matter.case["stage"]["key"], "evaluation");

        assert_eq!(told(&mut following, &matter, 14).await?, EVERYTHING);
        assert_eq!(told(&mut own, &matter, 13).await?, public());
        outsiders.heard_nothing(&mut strange, &matter).await?;
        timelines(&matter, &people).await
    })
    .await
}

/// What the commander hears: the event, the version, the state after it, who did it.
const EVERYTHING: [&str; 14] = [
    "CaseReported 1 REPORTED xindi.resident",
    "CaseAccepted 2 ACCEPTED xindi.station",
    "CaseDispatched 3 DISPATCHED xindi.station",
    "CaseStarted 4 HANDLING xindi.worker",
    "CaseHandedUp 5 ACCEPTED xindi.worker",
    "CaseCommented 6 ACCEPTED xindi.station",
    "CaseHandedUp 7 ACCEPTED xindi.station",
    "CaseHandedUp 8 ACCEPTED qianlishan.dispatch",
    "CaseDispatched 9 DISPATCHED district.dispatch",
    "CaseStarted 10 HANDLING utility.handler",
    "CaseCompleted 11 RESOLVED utility.handler",
    "CaseVerified 12 VERIFIED district.command",
    "CaseClosed 13 CLOSED district.dispatch",
    "CaseEvaluated 14 CLOSED xindi.resident",
];

/// What the resident hears: not what staff say among themselves, nor which of them does what.
fn public() -> Vec<String> {
    let heard = EVERYTHING.into_iter().filter(|event| !event.contains("Commented"));
    heard
        .map(|event| match event.rsplit_once(' ') {
            Some((event, actor)) if actor != "xindi.resident" => format!("{event} -"),
            _ => event.to_owned(),
        })
        .collect()
}

#[expect(clippy::too_many_lines, reason = "one story, told from end to end")]
async fn steps(people: &People) -> anyhow::Result<Vec<Step<'_>>> {
    let People { resident, worker, station, town, dispatch, utility, commander } = people;
    let worker_id = account_id(worker).await?;
    let organisation = Places::of(dispatch).organisation("utility-01").await?;
    let step = |by, field, more, state, level, boxes| Step { by, field, more, state, level, boxes };
    Ok(vec![
        step(station, "caseAccept", json!({}), "ACCEPTED", "VILLAGE", vec![(station, "DOING")]),
        step(
            station,
            "caseDispatch",
            json!({"target": {"accountId": worker_id}, "reason": "请到现场查看"}),
            "DISPATCHED",
            "GRID",
            vec![(station, "DONE"), (worker, "TODO")],
        ),
        step(worker, "caseStart", json!({}), "HANDLING", "GRID", vec![(worker, "DOING")]),
        step(
            worker,
            "caseHandUp",
            json!({"reason": "主管道破裂，网格内不能处理"}),
            "ACCEPTED",
            "VILLAGE",
            vec![(worker, "DONE"), (station, "TODO")],
        ),
        step(
            station,
            "caseComment",
            json!({"text": "内部：已电话告知镇里", "audience": "STAFF"}),
            "ACCEPTED",
            "VILLAGE",
            vec![(station, "TODO")],
        ),
        step(
            station,
            "caseHandUp",
            json!({"reason": "村里没有施工力量"}),
            "ACCEPTED",
            "TOWN",
            vec![(station, "DONE"), (town, "TODO")],
        ),
        step(
            town,
            "caseHandUp",
            json!({"reason": "需要区水务部门"}),
            "ACCEPTED",
            "DISTRICT",
            vec![(town, "DONE"), (dispatch, "TODO"), (commander, "TODO")],
        ),
        step(
            dispatch,
            "caseDispatch",
            json!({"target": {"organisationId": organisation}}),
            "DISPATCHED",
            "DISTRICT",
            vec![(dispatch, "DONE"), (utility, "TODO")],
        ),
        step(utility, "caseStart", json!({}), "HANDLING", "DISTRICT", vec![(utility, "DOING")]),
        step(
            utility,
            "caseComplete",
            json!({"result": "已更换破裂管段并恢复供水"}),
            "RESOLVED",
            "DISTRICT",
            vec![(utility, "DONE"), (dispatch, "TODO")],
        ),
        step(commander, "caseVerify", json!({}), "VERIFIED", "DISTRICT", vec![(dispatch, "DOING")]),
        step(
            dispatch,
            "caseClose",
            json!({}),
            "CLOSED",
            "DISTRICT",
            vec![
                (dispatch, "DONE"),
                (commander, "DONE"),
                (utility, "DONE"),
                (worker, "DONE"),
                (town, "DONE"),
            ],
        ),
        step(resident, "caseEvaluate", json!({"rating": "SATISFIED"}), "CLOSED", "DISTRICT", vec![]),
    ])
}

/// Plays a step, after asking whether it is offered; whoever has handed the case on still reads it.
async fn play(matter: &mut Matter, step: Step<'_>) -> anyhow::Result<()> {
    let offered = matter.actions(step.by).await?;
    let act = act_of(step.field);
    ensure!(offered.contains(&act), "{} is offered {offered:?}, not {act}", step.by.account());
    assert_eq!(matter.act(step.by, step.field, step.more).await?, step.state, "{}", step.field);
    assert_eq!(matter.case["level"], step.level, "{}", step.field);
    for (whose, kind) in step.boxes {
        assert_eq!(matter.inbox(whose).await?, Some(kind), "{} after {}", whose.account(), step.field);
        ensure!(!matter.read(whose, "id").await?.is_null(), "{} reads on", whose.account());
    }
    ensure!(!matter.read(step.by, "id").await?.is_null(), "{} reads on", step.by.account());
    Ok(())
}

/// `caseHandUp` is the act `HAND_UP`.
fn act_of(field: &str) -> String {
    let mut act = String::new();
    for letter in field.trim_start_matches("case").chars() {
        if letter.is_uppercase() && !act.is_empty() {
            act.push('_');
        }
        act.extend(letter.to_uppercase());
    }
    act
}

/// What a subscription told about the case, and that it told of nothing else.
async fn told(events: &mut Events, matter: &Matter, count: usize) -> anyhow::Result<Vec<String>> {
    let mut lines = vec![];
    for _ in 0..count {
        let event = events.event().await?;
        assert_eq!(event["caseNumber"], matter.number.as_str(), "{event}");
        assert_eq!(event["case"]["id"], matter.id.as_str(), "{event}");
        let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
        let actor = event["actor"]["login"].as_str().unwrap_or("-");
        lines.push(format!("{} {} {} {actor}", text("__typename"), event["caseVersion"], text("toState")));
    }
    Ok(lines)
}

/// Staff read every entry, the resident those for everyone.
async fn timelines(matter: &Matter, people: &People) -> anyhow::Result<()> {
    let selection = "timeline(first: 50) { totalCount nodes { act audience text } }";
    let staff = matter.read(&people.worker, selection).await?;
    assert_eq!(staff["timeline"]["totalCount"], 14);
    let resident = matter.read(&people.resident, selection).await?;
    assert_eq!(resident["timeline"]["totalCount"], 13);
    ensure!(!resident.to_string().contains("内部"), "{resident}");
    Ok(())
}

/// A sibling village's worker and station, another town's dispatcher, another tenant's commander, and a
/// neighbour of the reporter.
struct Outsiders {
    sibling_worker: Actor,
    sibling: Actor,
    other_town: Actor,
    other_tenant: Actor,
    neighbour: Actor,
    /// Who reports where the others look, so that each of them has something to hear.
    reporters: [(Actor, &'static str); 3],
}

impl Outsiders {
    async fn sign_in(served: &Served) -> anyhow::Result<Self> {
        Ok(Self {
            sibling_worker: served.sign_in("xinfeng.worker@150302").await?,
            sibling: served.sign_in("xinfeng.station@150302").await?,
            other_town: served.sign_in("binhe.dispatch@150302").await?,
            other_tenant: served.sign_in("district.command@320804").await?,
            neighbour: served.sign_in("xindi.resident2@150302").await?,
            reporters: [
                (served.sign_in("xinfeng.resident@150302").await?, "150302101206001"),
                (served.sign_in("bailou.resident@150302").await?, "150302007003001"),
                (served.sign_in("luhua.resident@320804").await?, "320804110201001"),
            ],
        })
    }

    fn all(&self) -> [&Actor; 5] {
        [&self.sibling_worker, &self.sibling, &self.other_town, &self.other_tenant, &self.neighbour]
    }

    async fn follow(&self) -> anyhow::Result<Vec<Events>> {
        Ok(vec![
            self.sibling_worker.subscribe(EVENTS).await?,
            self.sibling.subscribe(EVENTS).await?,
            self.other_town.subscribe(EVENTS).await?,
            self.other_tenant.subscribe(EVENTS).await?,
        ])
    }

    async fn see_nothing(&self, matter: &Matter) -> anyhow::Result<()> {
        let document = "query($id: ID!, $number: String!) { case(id: $id) { id } node(id: $id) { id }
            nodes(ids: [$id]) { id } caseByNumber(number: $number) { id }
            cases(first: 100, filter: {title: {contains: \"自来水管漏水\"}}) { totalCount nodes { number } } }";
        for outsider in self.all() {
            let seen = outsider.run(document, json!({"id": matter.id, "number": matter.number})).await?;
            let data = seen.body.get("data").context("data")?;
            let nothing = data["case"].is_null()
                && data["node"].is_null()
                && data["nodes"] == json!([null])
                && data["caseByNumber"].is_null()
                && data["cases"]["totalCount"] == 0;
            ensure!(
                nothing && seen.body.get("errors").is_none(),
                "{} sees {}",
                outsider.account(),
                seen.text
            );
        }
        Ok(())
    }

    /// The first thing each of them hears is what happens at their own place afterwards.
    async fn heard_nothing(&self, events: &mut [Events], matter: &Matter) -> anyhow::Result<()> {
        for (reporter, grid) in &self.reporters {
            Matter::report(reporter, grid, CATEGORY).await?;
        }
        for events in events {
            let event = events.event().await?;
            ensure!(
                event["__typename"] == "CaseReported" && event["caseNumber"] != matter.number.as_str(),
                "{event}"
            );
        }
        Ok(())
    }
}
