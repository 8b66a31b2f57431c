//! Every query, as everyone: nothing leaks, and what is not one's own is as if it did not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{bail, ensure};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::{Backend, Laid, on_backends};
use serde_json::{Map, Value, json};

use crate::sweep::contract::{Contract, Member};
use crate::sweep::named::Kind;
use crate::sweep::reach::{CALLERS, is_staff, sees, sees_visit};
use crate::sweep::samples::{Inputs, Samples, Whose, filled, spots};
use crate::sweep::stage::{Stage, bare, texts};

/// How many objects deep the sweep selects below the field's own.
const DEPTH: usize = 2;

/// The trail names whatever anybody of the tenant did, to whoever reads it: of it only the other tenant's things are secrets.
pub(crate) const TRAIL: &str = "auditEntries";

/// What one caller must never be told.
pub(crate) struct Secrets {
    ids: BTreeSet<String>,
    texts: Vec<String>,
    prefix: String,
}

impl Secrets {
    pub(crate) async fn of(stage: &Stage, login: &str) -> anyhow::Result<Self> {
        let [own, other] = &stage.mirror.sides;
        let mut ids = stage.ids_of(1).await?;
        let mut texts = vec![other.mark.to_owned()];
        for case in &own.cases {
            if !sees(own, login, case)? {
                ids.insert(case.id.uuid().simple().to_string());
                texts.extend([case.canary.clone(), case.number.clone()]);
            }
        }
        for visit in &own.visits {
            if !sees_visit(login, visit)? {
                ids.insert(visit.id.uuid().simple().to_string());
                texts.push(visit.canary.clone());
            }
        }
        if !is_staff(login) {
            let others = own.accounts.iter().filter(|(known, _)| **known != login);
            ids.extend(others.map(|(_, id)| id.uuid().simple().to_string()));
            let force = &own.force;
            ids.extend(force.members.iter().map(|id| id.uuid().simple().to_string()));
            ids.extend(force.appointment.iter().map(|id| id.uuid().simple().to_string()));
            ids.extend(force.membership.iter().map(|id| id.uuid().simple().to_string()));
        }
        Ok(Self { ids, texts, prefix: other.code.to_owned() })
    }

    /// Those of the other tenant alone.
    pub(crate) async fn of_others(stage: &Stage) -> anyhow::Result<Self> {
        let other = &stage.mirror.sides[1];
        let texts = vec![other.mark.to_owned()];
        Ok(Self { ids: stage.ids_of(1).await?, texts, prefix: other.code.to_owned() })
    }

    /// What an answer tells of them.
    pub(crate) fn told(&self, answer: &Value) -> Vec<String> {
        texts(answer)
            .into_iter()
            .filter(|text| {
                bare(text).is_some_and(|id| self.ids.contains(&id))
                    || text.starts_with(&self.prefix)
                    || self.texts.iter().any(|secret| text.contains(secret))
            })
            .map(str::to_owned)
            .collect()
    }
}

/// A document that asks one field for everything, with the arguments that are given as variables.
pub(crate) fn document(
    contract: &Contract,
    operation: &str,
    field: &Member,
    given: &Map<String, Value>,
    depth: usize,
) -> anyhow::Result<String> {
    Ok(document_of(operation, field, given, &contract.selection(&field.base, depth)?))
}

/// A document that asks one field for a selection, with the arguments that are given as variables.
pub(crate) fn document_of(
    operation: &str,
    field: &Member,
    given: &Map<String, Value>,
    selection: &str,
) -> String {
    let (mut variables, mut arguments) = (String::new(), String::new());
    for argument in field.arguments.iter().filter(|argument| given.contains_key(&argument.name)) {
        let _ = write!(variables, "${}: {} ", argument.name, argument.written);
        let _ = write!(arguments, "{0}: ${0} ", argument.name);
    }
    let (variables, arguments) = if variables.is_empty() {
        <(String, String)>::default()
    } else {
        (format!("({variables})"), format!("({arguments})"))
    };
    format!("{operation} Sweep{variables} {{ {}{arguments} {selection} }}", field.name)
}

/// Names of things for a caller of the first side.
pub(crate) async fn samples<'a>(
    stage: &'a Stage,
    login: &'a str,
    scope: &'a Scope,
) -> anyhow::Result<Samples<'a>> {
    let sides = &stage.mirror.sides;
    let mut hidden: Option<&Laid> = None;
    for case in &sides[0].cases {
        // One in the village next door, if there is one.
        if !sees(&sides[0], login, case)? && (hidden.is_none() || case.spot.village == Some(1)) {
            hidden = Some(case);
        }
    }
    let mut laid = BTreeMap::new();
    for (kind, table, prefix) in
        [(Kind::Grant, "role_grants", "grant"), (Kind::Session, "sessions", "session")]
    {
        let [own, other] = [stage.some_id(table, &sides[0]).await?, stage.some_id(table, &sides[1]).await?];
        laid.insert(kind, [format!("{prefix}_{own}"), format!("{prefix}_{other}")]);
    }
    let hidden = hidden.map(|case| (case.id.to_string(), case.number.clone()));
    Ok(Samples { sides, login, hidden, laid, scope })
}

/// What stays hidden from a caller besides the other tenant's things.
pub(crate) fn strangers(kind: Kind, login: &str) -> Vec<Whose> {
    if kind.can_be_hidden(login) { vec![Whose::Foreign, Whose::Hidden] } else { vec![Whose::Foreign] }
}

struct Asking<'a> {
    stage: &'a Stage,
    contract: &'a Contract,
    samples: Samples<'a>,
    secrets: Secrets,
    foreign: Secrets,
}

impl Asking<'_> {
    async fn ask(&self, field: &Member, given: Map<String, Value>, depth: usize) -> anyhow::Result<Value> {
        let document = document(self.contract, "query", field, &given, depth)?;
        let given = Value::Object(given);
        let answer = self.stage.ask(self.samples.scope, &document, &given).await?;
        let secrets = if field.name == TRAIL { &self.foreign } else { &self.secrets };
        let told = secrets.told(&answer);
        let (login, field) = (self.samples.login, &field.name);
        ensure!(told.is_empty(), "{login} asks {field} with {given} and learns {told:?}\n{document}");
        for error in answer["errors"].as_array().into_iter().flatten() {
            let code = error["extensions"]["code"].as_str().unwrap_or("none");
            ensure!(
                matches!(code, "FORBIDDEN" | "BAD_REQUEST"),
                "{login} asks {field} with {given}: {error}\n{document}"
            );
        }
        Ok(answer)
    }

    fn filled(&self, field: &Member, way: Option<(&[String], &str)>) -> anyhow::Result<Map<String, Value>> {
        let owner = format!("Query.{}", field.name);
        filled(self.contract, &Inputs::arguments(&owner, field), way, &self.samples)
    }

    async fn field(&self, field: &Member) -> anyhow::Result<()> {
        let owner = format!("Query.{}", field.name);
        let mut bare = self.filled(field, None)?;
        if field.arguments.iter().any(|argument| argument.name == "first") {
            bare.insert("first".to_owned(), json!(100));
        }
        self.ask(field, bare, DEPTH).await?;
        for spot in spots(self.contract, &owner, &field.arguments)? {
            if matches!(spot.path.last().map(String::as_str), Some("after" | "before")) {
                continue;
            }
            for name in self.samples.names(spot.kind, Whose::Own)? {
                self.ask(field, self.filled(field, Some((&spot.path, &name)))?, 1).await?;
            }
            let mut strangers = strangers(spot.kind, self.samples.login);
            strangers.retain(|whose| *whose == Whose::Foreign || field.name != TRAIL);
            if strangers.is_empty() {
                continue;
            }
            let mut answered = vec![];
            for unknown in self.samples.names(spot.kind, Whose::Never)? {
                answered.push(self.ask(field, self.filled(field, Some((&spot.path, &unknown)))?, 1).await?);
            }
            for whose in strangers {
                let strange = self.samples.names(spot.kind, whose)?;
                for (wanted, strange) in answered.iter().zip(&strange) {
                    let got = self.ask(field, self.filled(field, Some((&spot.path, strange)))?, 1).await?;
                    ensure!(
                        *wanted == got,
                        "{} asks {owner} at {:?}: {strange} is {got}, a name never given {wanted}",
                        self.samples.login,
                        spot.path,
                    );
                }
            }
        }
        Ok(())
    }
}

/// Each database is asked every other pair of a field and a caller, so that a run asks all of them; `FENGQIAO_SWEEP=all` asks
/// all of each.
#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
pub(crate) fn is_asked(backend: Backend, pair: usize) -> bool {
    let whole = std::env::var("FENGQIAO_SWEEP").is_ok_and(|wanted| wanted == "all");
    whole || pair % 2 == usize::from(backend == Backend::Postgres)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_what_is_out_of_reach() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        for (number, login) in CALLERS.into_iter().enumerate() {
            let scope = stage.scope(0, login).await?;
            let asking = Asking {
                stage: &stage,
                contract: &contract,
                samples: samples(&stage, login, &scope).await?,
                secrets: Secrets::of(&stage, login).await?,
                foreign: Secrets::of_others(&stage).await?,
            };
            for (place, field) in contract.fields("Query")?.iter().enumerate() {
                if is_asked(backend, number + place) {
                    asking.field(field).await?;
                }
            }
        }
        Ok(())
    })
    .await
}

const FOLLOWED: [&str; 6] =
    ["caseChanged", "caseEvents", "exportProgress", "importProgress", "inboxChanged", "unitPulse"];

#[test]
fn every_subscription_is_followed() -> anyhow::Result<()> {
    // Each is followed in `events` with the acts that feed it, or in `live`; files are in `sheets`.
    let contract = Contract::read()?;
    let followed: Vec<&str> =
        contract.fields("Subscription")?.iter().map(|field| field.name.as_str()).collect();
    if followed != FOLLOWED {
        bail!("a new subscription is to be followed in events.rs or live.rs: {followed:?}");
    }
    for field in contract.fields("Subscription")? {
        spots(&contract, &format!("Subscription.{}", field.name), &field.arguments)?;
    }
    Ok(())
}
