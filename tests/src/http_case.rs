//! One matter of the demo as its people work it, and the ids of the places and parties it meets.

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{Actor, Answer};

/// What a test reads of a case after an act.
const CASE: &str = "case { id number state level settledLevel version stage { key }
    assignee { __typename ... on Account { login } ... on Unit { code } ... on Organisation { code } } }
    userErrors { code path message currentVersion state act }";

/// Ids by code, as somebody of the district finds them.
#[derive(Clone, Debug)]
pub struct Places<'a>(&'a Actor);

impl<'a> Places<'a> {
    /// As this person finds them.
    #[must_use]
    pub const fn of(actor: &'a Actor) -> Self {
        Self(actor)
    }

    /// A unit.
    ///
    /// # Errors
    /// For an unknown code.
    pub async fn unit(&self, code: &str) -> anyhow::Result<String> {
        self.by_code("unitByCode", code).await
    }

    /// A grid.
    ///
    /// # Errors
    /// For an unknown code.
    pub async fn grid(&self, code: &str) -> anyhow::Result<String> {
        self.by_code("gridByCode", code).await
    }

    /// A category.
    ///
    /// # Errors
    /// For an unknown code.
    pub async fn category(&self, code: &str) -> anyhow::Result<String> {
        self.by_code("categoryByCode", code).await
    }

    /// An organisation.
    ///
    /// # Errors
    /// For an unknown code.
    pub async fn organisation(&self, code: &str) -> anyhow::Result<String> {
        let found = self.0.run("{ organisations(first: 100) { nodes { id code } } }", Value::Null).await?;
        let nodes = found.data("organisations/nodes")?.as_array().context("a list")?;
        let node = nodes.iter().find(|node| node["code"] == code).with_context(|| code.to_owned())?;
        Ok(node["id"].as_str().unwrap_or_default().to_owned())
    }

    async fn by_code(&self, field: &str, code: &str) -> anyhow::Result<String> {
        let document = format!("query($code: String!) {{ found: {field}(code: $code) {{ id }} }}");
        let found = self.0.run(&document, json!({"code": code})).await?;
        let id = found.data("found/id").with_context(|| format!("{field} {code}"))?;
        Ok(id.as_str().unwrap_or_default().to_owned())
    }
}

/// The account of somebody, as they know it themselves.
///
/// # Errors
/// When they are not signed in.
pub async fn account_id(actor: &Actor) -> anyhow::Result<String> {
    let viewer = actor.run("{ viewer { account { id } } }", Value::Null).await?;
    Ok(viewer.data("viewer/account/id")?.as_str().unwrap_or_default().to_owned())
}

/// A case, and the version that everybody saw last.
#[derive(Clone, Debug)]
pub struct Matter {
    /// Global id.
    pub id: String,
    /// Number.
    pub number: String,
    /// Version.
    pub version: i64,
    /// What the last act answered.
    pub case: Value,
}

impl Matter {
    /// Somebody reports something in a grid.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn report(by: &Actor, grid: &str, category: &str) -> anyhow::Result<Self> {
        let places = Places::of(by);
        let input = json!({
            "categoryId": places.category(category).await?,
            "place": {"gridId": places.grid(grid).await?},
            "title": "自来水管漏水",
            "description": "演示：路口的自来水管漏水，路面结冰。",
            "source": "RESIDENT",
            "reporter": {"name": "演示·报事人", "phone": "10070009999"},
        });
        let answer = by.mutate("caseReport", CASE, input).await?;
        let case = answer.payload()?["case"].clone();
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        Ok(Self { id: text("id"), number: text("number"), version: 1, case })
    }

    /// Somebody does something to it, and it succeeds: the state after it.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn act(&mut self, by: &Actor, field: &str, more: Value) -> anyhow::Result<String> {
        let answer = self.try_act(by, field, more).await?;
        self.case = answer.payload().with_context(|| format!("{field} by {}", by.account()))?["case"].clone();
        self.version = self.case["version"].as_i64().context("a version")?;
        Ok(self.case["state"].as_str().unwrap_or_default().to_owned())
    }

    /// Somebody tries to do something to it.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn try_act(&self, by: &Actor, field: &str, more: Value) -> anyhow::Result<Answer> {
        by.mutate(field, CASE, self.input(field, &more)).await
    }

    /// The input of an act.
    #[must_use]
    pub fn input(&self, field: &str, more: &Value) -> Value {
        let mut input = json!({"caseId": self.id});
        if field != "caseComment" {
            input["expectedVersion"] = self.version.into();
        }
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        input
    }

    /// What somebody reads of it: null when they do not see it.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn read(&self, by: &Actor, selection: &str) -> anyhow::Result<Value> {
        let document = format!("query($id: ID!) {{ case(id: $id) {{ {selection} }} }}");
        Ok(by.run(&document, json!({"id": self.id})).await?.data("case")?.clone())
    }

    /// What somebody could do with it.
    ///
    /// # Errors
    /// When they do not see it.
    pub async fn actions(&self, by: &Actor) -> anyhow::Result<Vec<String>> {
        let read = self.read(by, "viewerActions { act }").await?;
        let acts =
            read["viewerActions"].as_array().with_context(|| format!("{} sees nothing", by.account()))?;
        Ok(acts.iter().filter_map(|action| Some(action["act"].as_str()?.to_owned())).collect())
    }

    /// The box of somebody's inbox that it lies in.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn inbox(&self, of: &Actor) -> anyhow::Result<Option<&'static str>> {
        let document = "{ TODO: inbox(kind: TODO, first: 100) { nodes { id } }
            DOING: inbox(kind: DOING, first: 100) { nodes { id } }
            DONE: inbox(kind: DONE, first: 100) { nodes { id } } }";
        let answer = of.run(document, Value::Null).await?;
        for kind in ["TODO", "DOING", "DONE"] {
            let nodes = answer.data(&format!("{kind}/nodes"))?;
            if nodes.as_array().into_iter().flatten().any(|node| node["id"] == self.id.as_str()) {
                return Ok(Some(kind));
            }
        }
        Ok(None)
    }
}
