//! What `docs/PROGRAMMES.md` and its Chinese twin show is so: the file is a programme, the documents run as they stand,
//! and the tables say what the code says.

use anyhow::{Context as _, ensure};
use fengqiao_domain::programmes::{CaseAct, ProgrammeRule, read};
use fengqiao_tests::{Actor, Answer, Matter, Served, on_backends};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;

use super::text_of;

const DOCUMENTS: [&str; 2] = ["docs/PROGRAMMES.md", "docs/PROGRAMMES.zh-CN.md"];

/// The fenced blocks of a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// Runs a document that must be answered without errors and without user errors.
async fn run(by: &Actor, document: &str, variables: Value) -> anyhow::Result<Answer> {
    let answer = by.run(document, variables).await?;
    ensure!(
        answer.text.contains("\"data\"") && !answer.text.contains("\"errors\""),
        "{document}: {}",
        answer.text
    );
    ensure!(!answer.text.contains("\"code\":"), "{document}: {}", answer.text);
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_half_hour_goes_as_it_is_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        for document in DOCUMENTS {
            let text = text_of(document);
            let [definition, counts, form, rung] = blocks(&text, "toml")[..] else {
                anyhow::bail!("{document}: a programme, what counts, a form and a rung of it")
            };
            let below = read(&format!("{definition}\n{counts}\n{form}\n{rung}"));
            let below = below.map_err(|faults| anyhow::anyhow!("{document}: {faults:?}"))?;
            ensure!(below.rungs.len() == 1 && below.counts.closed == ["back", "done"], "{document}");
            ensure!(
                below.evaluation.reasons.len() == 1 && below.evaluation.questions.len() == 1,
                "{document}"
            );
            let graphql = blocks(&text, "graphql");
            let [check, simulate, draft, publish, work, diff] = graphql[..] else {
                anyhow::bail!("{document}: {} documents", graphql.len())
            };
            let served = Served::demo(backend).await?;
            let admin = served.sign_in("system.admin@150302").await?;
            let definition_of = json!({"definition": definition});
            let checked = run(&admin, check, definition_of.clone()).await?;
            assert_eq!(checked.data("programmeCheck")?, &json!([]), "{document}");

            let played = run(&admin, simulate, definition_of.clone()).await?;
            let steps = played.data("programmeSimulate/steps")?.clone();
            let told = |index: usize| {
                (
                    steps[index]["isDone"].clone(),
                    steps[index]["refusal"].clone(),
                    steps[index]["stage"]["key"].clone(),
                )
            };
            assert_eq!(told(0), (json!(true), json!(null), json!("lent")));
            assert_eq!(told(1), (json!(false), json!("ILLEGAL_TRANSITION"), json!("lent")));
            assert_eq!(told(2), (json!(true), json!(null), json!("back")));
            // Seven days after Monday, until the offices close.
            assert_eq!(steps[0]["stageDueAt"], "2026-11-30T10:00:00.000000Z");

            let drafted = run(&admin, draft, definition_of).await?;
            let programme = drafted.data("programmeDraft/programme")?.clone();
            let seen = json!({"id": programme["id"], "version": programme["version"]});
            run(&admin, publish, seen.clone()).await?;
            let matter = reported(&served).await?;
            let station = served.sign_in("xindi.station@150302").await?;
            let read = run(&station, work, json!({"number": matter.number})).await?;
            assert_eq!(read.data("caseByNumber/programme")?, &json!({"key": "tool_loan", "number": 1}));
            assert_eq!(read.data("caseByNumber/fields/0/choice/key")?, "drill");
            let compared = run(&admin, diff, json!({"id": seen["id"]})).await?;
            assert_eq!(compared.data("programmeDiff/changes")?, &json!([]));
        }
        Ok(())
    })
    .await
}

/// A resident asks for a drill.
async fn reported(served: &Served) -> anyhow::Result<Matter> {
    let resident = served.sign_in("xindi.resident@150302").await?;
    let places = fengqiao_tests::Places::of(&resident);
    let input = json!({
        "categoryId": places.category("1107").await?, "place": {"gridId": places.grid("150302101203001").await?},
        "title": "借电钻", "description": "装窗帘用", "source": "RESIDENT",
        "fields": [{"key": "tool", "value": {"choiceKey": "drill"}}],
    });
    let answer = resident.mutate("caseReport", "case { id number } userErrors { code }", input).await?;
    let case = answer.payload()?["case"].clone();
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    Ok(Matter { id: text("id"), number: text("number"), version: 1, case: case.clone() })
}

fn cells<T: Copy + Into<&'static str>>(words: &[T]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{}`", (*word).into())).collect();
    if words.is_empty() { "–".to_owned() } else { words.join(" ") }
}

#[test]
fn the_tables_say_what_the_code_says() -> anyhow::Result<()> {
    for (document, same) in DOCUMENTS.into_iter().zip(["the same", "同左"]) {
        let text = text_of(document);
        for act in CaseAct::iter() {
            let terms = act.terms();
            let may = if terms.may == terms.who { same.to_owned() } else { cells(terms.may) };
            let row = format!(
                "| `{}` | {} | {} | {} | {may} |",
                <&str>::from(act),
                cells(terms.from),
                cells(terms.to),
                cells(terms.who)
            );
            ensure!(text.contains(&row), "{document} lacks {row}");
        }
        for rule in ProgrammeRule::iter() {
            let row = format!("| `{}` | ", <&str>::from(rule));
            ensure!(text.contains(&row), "{document} lacks {row}");
        }
        let programme = read(blocks(&text, "toml").first().context("a programme")?);
        ensure!(programme.is_ok(), "{document}: {programme:?}");
    }
    Ok(())
}
