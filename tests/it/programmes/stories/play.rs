//! A story played over HTTP: each step is offered to whoever does it, leads where it says, or is refused and changes
//! nothing.

use anyhow::{Context as _, ensure};
use fengqiao_domain::programmes::{CaseAct, FieldKind, Programme};
use fengqiao_tests::{Actor, Matter, Places, Served, account_id};
use serde_json::{Value, json};

use super::{Story, Told, Whom};
use crate::programmes::{GRID, person};

/// A story as it is played.
pub(super) struct Play<'a> {
    served: &'a Served,
    programme: &'a Programme,
    matter: Matter,
    stage: String,
}

impl<'a> Play<'a> {
    /// Plays a story to its end.
    pub(super) async fn of(
        served: &'a Served,
        programme: &'a Programme,
        story: &Story,
    ) -> anyhow::Result<()> {
        let reporter = person(served, &story.reporter).await?;
        let places = Places::of(&reporter);
        let input = json!({
            "categoryId": places.category(&story.category).await?,
            "place": {"gridId": places.grid(GRID).await?},
            "title": programme.name.zh,
            "description": "演示",
            "source": story.source,
            "fields": fields(served, programme, &story.values).await?,
        });
        let answer = reporter
            .mutate(
                "caseReport",
                "case { id number version programme { key } stage { key } } userErrors { code path message }",
                input,
            )
            .await?;
        let case = answer.payload().context("the report")?["case"].clone();
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let matter = Matter { id: text("id"), number: text("number"), version: 1, case: case.clone() };
        assert_eq!(case["programme"]["key"], programme.key.as_str(), "its category and source choose it");
        assert_eq!(case["stage"]["key"], story.stage, "after the report");
        let mut play = Play { served, programme, matter, stage: story.stage.clone() };
        for (number, step) in story.steps.iter().enumerate() {
            let told = || format!("step {}: {} by {}", number + 1, step.act, step.by);
            play.step(step).await.with_context(told)?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Told) -> anyhow::Result<()> {
        self.served.pass_seconds(step.hours * 3_600);
        let by = person(self.served, &step.by).await?;
        let act: CaseAct = step.act.parse().ok().context("an act")?;
        let offered = self.offered(&by, act, step).await?;
        let input = self.input(&by, act, step).await?;
        let answer = self.matter.try_act(&by, act.words().mutation, input.clone()).await?;
        if let Some(code) = &step.refused {
            let told = answer.user_errors()?.first().context("it is done")?["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            ensure!(told == *code, "{told}, not {code}");
            let by_its_input = told.ends_with("REQUIRED") || told.starts_with("UNKNOWN");
            ensure!(offered == by_its_input, "offered: {offered}, refused as {told}");
            let stage = self.matter.read(&by, "stage { key }").await;
            ensure!(stage.is_err() || stage?["stage"]["key"] == self.stage.as_str(), "it changed something");
            return Ok(());
        }
        ensure!(offered, "it is not offered");
        self.matter.case = answer.payload()?["case"].clone();
        self.matter.version = self.matter.case["version"].as_i64().context("a version")?;
        let stage = step.stage.as_deref().context("a stage")?;
        ensure!(
            self.matter.case["stage"]["key"] == stage,
            "at {}, not {stage}",
            self.matter.case["stage"]["key"]
        );
        stage.clone_into(&mut self.stage);
        self.holds(&by, step).await
    }

    /// Whether the act is among what whoever does it is offered, toward the stage if it names one.
    async fn offered(&self, by: &Actor, act: CaseAct, step: &Told) -> anyhow::Result<bool> {
        let answer = by
            .run(
                "query($id: ID!) { case(id: $id) { viewerActions { act toStage } } }",
                json!({"id": self.matter.id}),
            )
            .await?;
        let name = <&'static str>::from(act).to_uppercase();
        let offers = answer.data("case")?["viewerActions"].as_array().cloned().unwrap_or_default();
        let toward = step.toward.as_deref();
        Ok(offers.iter().any(|offer| {
            offer["act"] == name.as_str() && toward.is_none_or(|stage| offer["toStage"] == stage)
        }))
    }

    async fn input(&self, by: &Actor, act: CaseAct, step: &Told) -> anyhow::Result<Value> {
        let mut input = json!({});
        let said = match act {
            CaseAct::Complete | CaseAct::Assist => "result",
            CaseAct::Comment | CaseAct::Instruct => "text",
            CaseAct::Accept
            | CaseAct::Start
            | CaseAct::Verify
            | CaseAct::Close
            | CaseAct::Evaluate
            | CaseAct::ReturnVisit
            | CaseAct::Withdraw
            | CaseAct::Resume
            | CaseAct::Urge
            | CaseAct::TakeCharge
            | CaseAct::Advance => "note",
            _ => "reason",
        };
        if let Some(text) = &step.says {
            input[said] = text.as_str().into();
        }
        if act == CaseAct::Comment {
            input["audience"] = "EVERYONE".into();
        }
        if let Some(rating) = &step.rating {
            input["rating"] = rating.as_str().into();
        }
        if act == CaseAct::Evaluate {
            let score = |(key, score): (&String, &u8)| json!({"key": key, "score": score});
            input["reasons"] = json!(step.reasons);
            input["answers"] = step.scores.iter().map(score).collect();
        }
        for (key, value) in [("channel", &step.channel), ("contact", &step.contact)] {
            if let Some(value) = value {
                input[key] = value.as_str().into();
            }
        }
        if let Some(amount) = step.amount {
            input["amount"] = amount.into();
        }
        if let Some(stage) = &step.toward {
            input["toStage"] = stage.as_str().into();
        }
        if let Some(whom) = &step.to {
            input["target"] = target(self.served, by, whom).await?;
        }
        if !step.values.is_empty() {
            input["fields"] = fields(self.served, self.programme, &step.values).await?;
            input["expectedVersion"] = self.matter.version.into();
        }
        Ok(input)
    }

    /// The case shows what was given to its fields.
    async fn holds(&self, by: &Actor, step: &Told) -> anyhow::Result<()> {
        if step.values.is_empty() {
            return Ok(());
        }
        let read = self.matter.read(by, "fields { key text number money date choice { key } }").await?;
        for (key, value) in &step.values {
            let shown =
                read["fields"].as_array().into_iter().flatten().find(|field| field["key"] == key.as_str());
            let shown = shown.with_context(|| format!("{key} is not shown"))?;
            let wanted = match self.programme.field(key).map(|field| &field.kind) {
                Some(FieldKind::Text { .. }) => shown["text"] == value.as_str().unwrap_or_default(),
                Some(FieldKind::Number { .. }) => shown["number"].as_i64() == value.as_integer(),
                Some(FieldKind::Money { .. }) => shown["money"].as_str() == Some(&money(value)),
                Some(FieldKind::Date) => shown["date"] == value.as_str().unwrap_or_default(),
                Some(FieldKind::Choice { .. }) => {
                    shown["choice"]["key"] == value.as_str().unwrap_or_default()
                }
                Some(FieldKind::Person | FieldKind::Unit) => true,
                None => false,
            };
            ensure!(wanted, "{key} shows {shown}, not {value:?}");
        }
        Ok(())
    }
}

fn money(value: &toml::Value) -> String {
    let fen = value.as_integer().unwrap_or_default();
    format!("{}.{:02}", fen / 100, fen % 100)
}

async fn target(served: &Served, by: &Actor, whom: &Whom) -> anyhow::Result<Value> {
    Ok(match (&whom.account, &whom.unit, &whom.organisation) {
        (Some(login), None, None) => json!({"accountId": account_id(&person(served, login).await?).await?}),
        (None, Some(code), None) => json!({"unitId": Places::of(by).unit(code).await?}),
        (None, None, Some(code)) => {
            // Not everybody who is refused may look organisations up.
            let staff = person(served, "xindi.station").await?;
            json!({"organisationId": Places::of(&staff).organisation(code).await?})
        }
        _ => anyhow::bail!("exactly one target"),
    })
}

/// Values as the act's input takes them.
pub(super) async fn fields(
    served: &Served,
    programme: &Programme,
    values: &toml::Table,
) -> anyhow::Result<Value> {
    let mut given = vec![];
    for (key, value) in values {
        let kind =
            programme.field(key).map(|field| &field.kind).with_context(|| format!("no field {key}"))?;
        let text = value.as_str().unwrap_or_default();
        let value = match kind {
            FieldKind::Text { .. } => json!({"text": text}),
            FieldKind::Number { .. } => json!({"number": value.as_integer()}),
            FieldKind::Money { .. } => json!({"money": money(value)}),
            FieldKind::Date => json!({"date": text}),
            FieldKind::Choice { .. } => json!({"choiceKey": text}),
            FieldKind::Person => json!({"accountId": account_id(&person(served, text).await?).await?}),
            FieldKind::Unit => {
                let staff = person(served, "xindi.station").await?;
                json!({"unitId": Places::of(&staff).unit(text).await?})
            }
        };
        given.push(json!({"key": key, "value": value}));
    }
    Ok(Value::Array(given))
}
