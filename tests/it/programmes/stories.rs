//! Every programme that ships, played: its story step by step over HTTP, and the figures of its source as history.
//!
//! A story is a file of `tests/it/programmes/stories/`; a programme without one fails.

mod figures;
mod play;

use std::path::Path;

use anyhow::{Context as _, ensure};
use fengqiao_domain::programmes::{Programme, read, templates};
use fengqiao_tests::{Actor, Served, on_backends};
use serde::Deserialize;
use serde_json::json;

use super::{Drafted, person};
use play::Play;

/// A story as its file tells it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// Code of the category.
    category: String,
    /// How it comes in, as GraphQL names it.
    source: String,
    /// Who reports it.
    reporter: String,
    /// What the report gives to fields.
    #[serde(default)]
    values: toml::Table,
    /// The stage after the report.
    stage: String,
    #[serde(default)]
    steps: Vec<Told>,
    #[serde(default)]
    figures: Vec<Figure>,
}

/// One step of a story: it leads to a stage, or is refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    by: String,
    act: String,
    says: Option<String>,
    to: Option<Whom>,
    toward: Option<String>,
    #[serde(default)]
    values: toml::Table,
    rating: Option<String>,
    /// Reasons of the form.
    #[serde(default)]
    reasons: Vec<String>,
    /// Scores of the form's questions.
    #[serde(default)]
    scores: std::collections::BTreeMap<String, u8>,
    /// How somebody is visited, and whether they are reached.
    channel: Option<String>,
    contact: Option<String>,
    /// Hours or days more.
    amount: Option<u32>,
    /// Hours that pass before.
    #[serde(default)]
    hours: i64,
    stage: Option<String>,
    refused: Option<String>,
}

/// To whom a case goes: exactly one of them, by login or code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whom {
    account: Option<String>,
    unit: Option<String>,
    organisation: Option<String>,
}

/// So many cases of a category as its source counted them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure {
    category: String,
    found: usize,
    settled: usize,
    open_at: String,
}

/// What the sources counted: found and settled, over all categories of a programme.
const FIGURES: [(&str, usize, usize); 7] = [
    ("hotline_ticket", 917, 917),
    ("named_patrol", 394, 353),
    ("four_rectifications", 82, 60),
    ("dispute_ladder", 36, 36),
    // Three practical deeds: 126 and 61; micro-projects: 83, all of them done.
    ("livelihood_project", 126 + 83, 61 + 83),
    ("premises_inspection", 623, 623),
    ("task_breakdown", 16, 0),
];

fn story(key: &str) -> anyhow::Result<Story> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("it/programmes/stories/{key}.toml"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("{key} has no story"))?;
    toml::from_str(&text).with_context(|| format!("the story of {key}"))
}

/// Every programme that ships, published in one district side by side.
async fn published(served: &Served) -> anyhow::Result<Vec<(Programme, Story)>> {
    let admin = person(served, "system.admin").await?;
    let mut stories = vec![];
    for (key, text) in templates() {
        let programme = read(text).ok().with_context(|| (*key).to_owned())?;
        for code in &programme.categories {
            known_category(&admin, code).await?;
        }
        Drafted::new(&admin, text).await.context(*key)?.publish(&admin).await.context(*key)?;
        stories.push((programme, story(key)?));
    }
    Ok(stories)
}

/// Makes a category that the district does not have yet, with those of its story below it.
async fn known_category(admin: &Actor, code: &str) -> anyhow::Result<()> {
    let known = "query($code: String!) { categoryByCode(code: $code) { id } }";
    let found = admin.run(known, json!({"code": code})).await?;
    if found.data("categoryByCode")?.is_null() {
        let input =
            json!({"code": code, "nameZh": code, "nameEn": code, "parentId": null, "sensitivity": "NORMAL"});
        let made = admin.mutate("categoryCreate", "category { id } userErrors { code }", input).await?;
        let parent = made.payload()?["category"]["id"].clone();
        for below in 1..=4 {
            let below = format!("{code}0{below}");
            let input = json!({"code": below, "nameZh": below, "nameEn": below, "parentId": parent, "sensitivity": "NORMAL"});
            admin.mutate("categoryCreate", "userErrors { code }", input).await?.payload()?;
        }
        let other = format!("{code}99");
        let input = json!({"code": other, "nameZh": other, "nameEn": other, "parentId": parent, "sensitivity": "NORMAL"});
        admin.mutate("categoryCreate", "userErrors { code }", input).await?.payload()?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_programme_plays_its_story() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        for (programme, story) in published(&served).await? {
            let key = &programme.key;
            let refused = story.steps.iter().filter(|step| step.refused.is_some()).count();
            ensure!(
                story.steps.len() > 3 && refused > 1,
                "{key}: {} steps, {refused} refused",
                story.steps.len()
            );
            Play::of(&served, &programme, &story).await.with_context(|| key.clone())?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_programme_counts_what_its_source_counted() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        for (programme, story) in published(&served).await? {
            let counted = figures::laid_and_counted(&served, &programme, &story).await;
            let counted = counted.with_context(|| programme.key.clone())?;
            let source = FIGURES.iter().find(|(key, ..)| *key == programme.key);
            assert_eq!(counted, source.map(|(_, found, settled)| (*found, *settled)), "{}", programme.key);
        }
        Ok(())
    })
    .await
}
