//! The transcript of the main job in the READMEs is what really happens.
//!
//! `FENGQIAO_UPDATE=1` writes it there.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Events, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::people::{CATEGORY, EVENTS, GRID, People};

const BEGIN: &str = "<!-- transcript -->\n";
const END: &str = "<!-- /transcript -->";

#[tokio::test(flavor = "multi_thread")]
async fn the_readmes_show_what_happens() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let told = format!("```text\n{}```\n", told(&Served::demo(backend).await?).await?);
        for name in ["README.md", "README.zh-CN.md"] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
            let readme = std::fs::read_to_string(&file).context(name)?;
            let (before, rest) = readme.split_once(BEGIN).with_context(|| format!("{name} lacks {BEGIN}"))?;
            let (shown, after) = rest.split_once(END).with_context(|| format!("{name} lacks {END}"))?;
            if wants_update() {
                std::fs::write(&file, format!("{before}{BEGIN}{told}{END}{after}"))?;
            } else {
                ensure!(
                    shown == told,
                    "{name} shows another transcript; FENGQIAO_UPDATE=1 writes this one:\n{told}"
                );
            }
        }
        Ok(())
    })
    .await
}

#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
fn wants_update() -> bool {
    std::env::var("FENGQIAO_UPDATE").is_ok_and(|value| value == "1")
}

/// Everything that is done, each act followed by what the district commander's subscription prints.
async fn told(served: &Served) -> anyhow::Result<String> {
    let people = People::sign_in(served).await?;
    let mut events = people.commander.subscribe(EVENTS).await?;
    let mut told = String::new();
    let mut matter = Matter::report(&people.resident, GRID, CATEGORY).await?;
    line(&mut told, &matter, "居民", &people.resident, "caseReport", &mut events).await?;
    for (who, by, field, more) in acts(&people).await? {
        served.pass_seconds(20);
        matter.act(by, field, more).await?;
        line(&mut told, &matter, who, by, field, &mut events).await?;
    }
    let settled = matter.case["settledLevel"].as_str().context("settled")?;
    writeln!(told, "{} settled at level {settled}", matter.number)?;
    Ok(told)
}

async fn line(
    told: &mut String,
    matter: &Matter,
    who: &str,
    by: &Actor,
    field: &str,
    events: &mut Events,
) -> anyhow::Result<()> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let assignee = &matter.case["assignee"];
    let holder = [&assignee["login"], &assignee["code"]].map(text).concat();
    let (state, level) = (text(&matter.case["state"]), text(&matter.case["level"]));
    writeln!(told, "{who} {}  {field} → {state}, {level} {holder}", by.login())?;
    let event = events.event().await?;
    let (name, number) = (text(&event["__typename"]), text(&event["caseNumber"]));
    writeln!(
        told,
        "    caseEvents: {name} {number} v{} by {}",
        event["caseVersion"],
        text(&event["actor"]["login"])
    )?;
    Ok(())
}

type Act<'a> = (&'static str, &'a Actor, &'static str, Value);

async fn acts(people: &People) -> anyhow::Result<Vec<Act<'_>>> {
    let People { resident, worker, station, town, dispatch, utility, commander } = people;
    let to_worker = json!({"target": {"accountId": account_id(worker).await?}});
    let organisation = Places::of(dispatch).organisation("utility-01").await?;
    Ok(vec![
        ("站长", station, "caseAccept", json!({})),
        ("站长", station, "caseDispatch", to_worker),
        ("网格员", worker, "caseStart", json!({})),
        ("网格员", worker, "caseHandUp", json!({"reason": "主管道破裂，网格内不能处理"})),
        ("站长", station, "caseHandUp", json!({"reason": "村里没有施工力量"})),
        ("镇街调度员", town, "caseHandUp", json!({"reason": "需要区水务部门"})),
        ("区调度员", dispatch, "caseDispatch", json!({"target": {"organisationId": organisation}})),
        ("部门承办员", utility, "caseStart", json!({})),
        ("部门承办员", utility, "caseComplete", json!({"result": "已更换破裂管段并恢复供水"})),
        ("区指挥长", commander, "caseVerify", json!({})),
        ("区调度员", dispatch, "caseClose", json!({})),
        ("居民", resident, "caseEvaluate", json!({"rating": "SATISFIED"})),
    ])
}
