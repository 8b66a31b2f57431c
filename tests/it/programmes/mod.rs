//! Programmes over HTTP: what a district drafts and publishes, and what its cases follow.

mod beside;
mod contention;
mod files;
mod judging;
pub(crate) mod ladders;
mod matrices;
mod people;
mod recategorised;
mod simulation;
mod sixteenth;
mod stories;
mod supervision;
mod versions;

use anyhow::Context as _;
use fengqiao_tests::{Actor, Served};
use serde_json::{Value, json};

const PROGRAMME: &str = "programme { id key isActive version draft current { number } }
    userErrors { code path message currentVersion fault { line rule subject message } }";

/// 供水供电供气, and the first grid of 新地村.
const CATEGORY: &str = "1105";
const GRID: &str = "150302101203001";

/// Somebody of 海勃湾区.
async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

/// The shipped grid event with some places changed.
fn grid_event(changes: &[(&str, &str)]) -> String {
    let templates = fengqiao_domain::programmes::templates();
    let text = templates.iter().find(|(key, _)| *key == "grid_event").map(|(_, text)| *text);
    let mut text = text.unwrap_or_default().to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    text
}

/// A programme as whoever changed it saw it last.
struct Drafted {
    id: String,
    version: i64,
}

impl Drafted {
    fn of(programme: &Value) -> anyhow::Result<Self> {
        let id = programme["id"].as_str().context("an id")?.to_owned();
        Ok(Self { id, version: programme["version"].as_i64().context("a version")? })
    }

    /// Drafts a new programme.
    async fn new(by: &Actor, definition: &str) -> anyhow::Result<Self> {
        let answer =
            by.mutate("programmeDraft", PROGRAMME, json!({"source": {"definition": definition}})).await?;
        Self::of(&answer.payload()?["programme"])
    }

    fn seen(&self) -> Value {
        json!({"programmeId": self.id, "expectedVersion": self.version})
    }

    /// Drafts its next version.
    async fn draft(&mut self, by: &Actor, definition: &str) -> anyhow::Result<()> {
        let input = json!({"programme": self.seen(), "source": {"definition": definition}});
        let answer = by.mutate("programmeDraft", PROGRAMME, input).await?;
        *self = Self::of(&answer.payload()?["programme"])?;
        Ok(())
    }

    /// Publishes its draft: what was answered.
    async fn publish(&mut self, by: &Actor) -> anyhow::Result<Value> {
        let answer = by.mutate("programmePublish", PROGRAMME, self.seen()).await?;
        let programme = answer.payload()?["programme"].clone();
        *self = Self::of(&programme)?;
        Ok(programme)
    }

    /// New cases follow it no more.
    async fn retire(&mut self, by: &Actor) -> anyhow::Result<()> {
        self.update(by, json!({"isActive": false})).await
    }

    /// New cases follow it again.
    async fn restore(&mut self, by: &Actor) -> anyhow::Result<()> {
        self.update(by, json!({"isActive": true})).await
    }

    async fn update(&mut self, by: &Actor, more: Value) -> anyhow::Result<()> {
        let mut input = self.seen();
        input["isActive"] = more["isActive"].clone();
        let answer = by.mutate("programmeUpdate", PROGRAMME, input).await?;
        *self = Self::of(&answer.payload()?["programme"])?;
        Ok(())
    }
}
