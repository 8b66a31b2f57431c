//! The rows, and what each caller is answered.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::event::EventCursor;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::{Actor, Mirror, Served};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::{Map, Value, json};
use sqlx::types::Uuid;

use super::callers::{CALLERS, Caller};
use super::cells::Cell;
use super::laying::{LAID, Laid, acted_on, given as fitting, kinds};
use super::leaves::leaves;
use super::selecting::Selecting;
use super::sending::{cell, said};
use super::targets::{TYPES, Use, targets};
use crate::sweep::contract::{Contract, Member, Shape};
use crate::sweep::named::Kind;
use crate::sweep::queries::document_of;
use crate::sweep::samples::{Inputs, Samples, filled, spots};
use crate::sweep::stage::Sql;

/// Requests on their way at a time.
const AT_ONCE: usize = 4;

/// Mutations after which it is looked whether anything changed.
const SOME: usize = 25;

/// The operations, in the order of the table.
const OPERATIONS: [(&str, &str); 3] =
    [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")];

/// A row of the table that is about an operation.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) operation: &'static str,
    pub(super) field: String,
    pub(super) document: String,
    pub(super) given: Value,
}

impl Row {
    fn query(name: String, field: &str, document: String, given: Value) -> Self {
        Self { name, operation: "query", field: field.to_owned(), document, given }
    }
}

/// What was answered, by row.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) rows: BTreeMap<String, Vec<String>>,
    /// What the short words stand for.
    pub(super) legend: BTreeMap<String, String>,
}

/// Everybody who asks, and what they ask for.
pub(super) struct Asking<'a> {
    contract: &'a Contract,
    actors: Vec<(Caller, Actor)>,
    mirror: &'a Mirror,
    scope: Scope,
    /// What was laid: by kind, and by the table's name for it.
    kinds: BTreeMap<Kind, [String; 2]>,
    laid: [Laid; 2],
    /// The versions of cases by id.
    versions: BTreeMap<String, i64>,
}

impl<'a> Asking<'a> {
    pub(super) async fn new(
        served: &Served,
        mirror: &'a Mirror,
        contract: &'a Contract,
        laid: [Laid; 2],
    ) -> anyhow::Result<Self> {
        let mut actors = vec![];
        for caller in CALLERS {
            let actor = match caller.login {
                None => served.anonymous(),
                Some("overseer") => {
                    let token = crate::oversight::lent(served.services(), &served.world, mirror).await?;
                    served.bearer("overseer", &token)
                }
                Some(login) => served.sign_in(&format!("{login}@{}", mirror.sides[caller.side].code)).await?,
            };
            actors.push((caller, if caller.name == "api" { actor.into_program() } else { actor }));
        }
        let scope = mirror.scope(&served.world, 0, "worker").await?;
        // The worker of either side has a session.
        mirror.scope(&served.world, 1, "worker").await?;
        let sql = Sql(&served.world);
        let mut kinds = kinds(&laid);
        for (kind, table, prefix) in
            [(Kind::Grant, "role_grants", "grant"), (Kind::Session, "sessions", "session")]
        {
            let mut ids = <[String; 2]>::default();
            for (id, side) in ids.iter_mut().zip(&mirror.sides) {
                *id = format!("{prefix}_{}", sql.first_of(table, side.accounts["worker"].uuid()).await?);
            }
            kinds.insert(kind, ids);
        }
        let mut versions = BTreeMap::new();
        for row in sql.versions("cases").await? {
            let (id, version) = row.split_once(' ').context("an id and a version")?;
            versions.insert(format!("case_{}", Uuid::parse_str(id)?), version.parse()?);
        }
        Ok(Self { contract, actors, mirror, scope, kinds, laid, versions })
    }

    fn samples(&self) -> Samples<'_> {
        Samples {
            sides: &self.mirror.sides,
            login: "worker",
            hidden: None,
            laid: self.kinds.clone(),
            scope: &self.scope,
        }
    }

    /// Every row that is about an operation.
    pub(super) fn rows(&self) -> anyhow::Result<Vec<Row>> {
        let (samples, mut rows) = (self.samples(), vec![]);
        for (operation, owner) in OPERATIONS {
            let usage = if operation == "mutation" { Use::Changed } else { Use::Asked };
            for field in self.contract.fields(owner)? {
                let coordinate = format!("{owner}.{}", field.name);
                let spots = spots(self.contract, &coordinate, &field.arguments)?;
                let required =
                    spots.iter().any(|spot| spot.path.len() == 1 && is_required(field, &spot.path[0]));
                if operation != "mutation" && !required || spots.is_empty() {
                    rows.push(self.row(operation, field, None, &samples)?);
                }
                for spot in spots.into_iter().filter(|spot| is_told_apart(field, &spot.path)) {
                    let laid =
                        acted_on(&self.laid[0]).filter(|_| (spot.kind, usage) == (Kind::Case, Use::Changed));
                    for (name, id) in targets(&samples, spot.kind, usage)?.into_iter().chain(laid) {
                        let way = Some((spot.path.as_slice(), (name.as_str(), id.as_str())));
                        rows.push(self.row(operation, field, way, &samples)?);
                    }
                }
            }
        }
        Ok(rows)
    }

    fn row(
        &self,
        operation: &'static str,
        field: &Member,
        way: Option<(&[String], (&str, &str))>,
        samples: &Samples<'_>,
    ) -> anyhow::Result<Row> {
        let owner = format!("{}{}", operation[..1].to_uppercase(), &operation[1..]);
        let target = way.map(|(path, (_, id))| (path, id));
        let given = self.given(&owner, field, target, samples)?;
        let name = way.map_or_else(String::new, |(path, (name, _))| {
            let path: Vec<&str> = path.iter().map(String::as_str).filter(|part| *part != "input").collect();
            format!("({}) @ {name}", path.join("."))
        });
        let document = document_of(operation, field, &given, &self.selection(&field.base)?);
        let name = format!("{operation} {}{name}", field.name);
        Ok(Row { name, operation, field: field.name.clone(), document, given: Value::Object(given) })
    }

    /// Values for the arguments of a field.
    fn given(
        &self,
        owner: &str,
        field: &Member,
        target: Option<(&[String], &str)>,
        samples: &Samples<'_>,
    ) -> anyhow::Result<Map<String, Value>> {
        let owner = format!("{owner}.{}", field.name);
        let mut given = filled(self.contract, &Inputs::arguments(&owner, field), target, samples)?;
        self.fit(field, &mut given)?;
        if field.name == "caseEvents" {
            given.insert("after".to_owned(), json!(EventCursor::START.encode()));
        }
        Ok(given)
    }

    /// Gives reasons and the like where an input has room for them, and the version that a case has, so that nobody is refused for
    /// lacking those.
    fn fit(&self, field: &Member, given: &mut Map<String, Value>) -> anyhow::Result<()> {
        let (Some(argument), Some(Value::Object(input))) = (field.arguments.first(), given.get_mut("input"))
        else {
            return Ok(());
        };
        let Shape::Input { members, .. } = self.contract.shape(&argument.base)? else { return Ok(()) };
        let version = input.get("caseId").and_then(Value::as_str).and_then(|case| self.versions.get(case));
        if let (Some(version), true) = (version, input.contains_key("expectedVersion")) {
            input.insert("expectedVersion".to_owned(), json!(version));
        }
        for member in members {
            let value = match (member.name.as_str(), self.contract.shape(&member.base)?) {
                ("note" | "reason", _) => json!("说明"),
                ("rating", Shape::Leaf(values)) => json!(values.last()),
                // A span that is not empty and not over: the clock of tests stands at eight on 22 November.
                ("untilAt", _) => json!("2026-12-22T08:00:00Z"),
                _ => continue,
            };
            if member.name == "untilAt" || !input.contains_key(&member.name) {
                input.insert(member.name.clone(), value);
            }
        }
        Ok(())
    }

    /// As little of a type as tells whether there is something, or how much.
    fn selection(&self, base: &str) -> anyhow::Result<String> {
        let Shape::Object(fields) = self.contract.shape(base)? else {
            let leaf = matches!(self.contract.shape(base)?, Shape::Leaf(_));
            return Ok(if leaf { String::new() } else { "{ __typename }".to_owned() });
        };
        let has = |name: &str| fields.iter().any(|field| field.name == name);
        Ok(match () {
            () if has("operations") => "{ operations { userErrors { code } } }",
            () if has("oursCount") => "{ userErrors { code } oursCount }",
            () if has("userErrors") => "{ userErrors { code } }",
            () if has("items") => "{ items { __typename } }",
            () if base == "UnitPulse" => "{ open }",
            () if has("totalCount") => "{ totalCount }",
            () if has("nodes") => "{ nodes { __typename } }",
            () => "{ __typename }",
        }
        .to_owned())
    }

    /// Asks some rows as everybody, and every field of one thing of each type.
    pub(super) async fn ask(&self, rows: impl Iterator<Item = &Row>) -> anyhow::Result<Asked> {
        let mut asked = Asked::default();
        for row in rows {
            let answers = stream::iter(&self.actors).map(|(_, actor)| cell(actor, row)).buffered(AT_ONCE);
            let answers: Vec<Cell> = answers.try_collect().await.with_context(|| row.name.clone())?;
            let mut cells = vec![];
            for Cell { text, code } in answers {
                if let Some(code) = code {
                    let known = asked.legend.entry(text.clone()).or_insert_with(|| code.clone());
                    ensure!(
                        *known == code,
                        "{known} and {code} are both {text}: tell them apart in cells.rs"
                    );
                }
                cells.push(text);
            }
            asked.rows.insert(row.name.clone(), cells);
        }
        Ok(asked)
    }

    /// Has everything changed that somebody was let through to, by one of those. Fails where something is not as it was: by one of so many
    /// mutations.
    pub(super) async fn change(&self, rows: &[Row], asked: &Asked, sql: &Sql<'_>) -> anyhow::Result<()> {
        let who = |row: &Row| {
            let cells = asked.rows.get(&row.name).into_iter().flatten();
            cells.zip(&self.actors).find(|(cell, _)| *cell == "+").map(|(_, (_, actor))| actor)
        };
        let let_through = rows.iter().filter(|row| row.operation == "mutation");
        let let_through: Vec<_> = let_through.filter_map(|row| Some((row, who(row)?))).collect();
        let mut before = sql.rows().await?;
        for some in let_through.chunks(SOME) {
            for (row, actor) in some {
                cell(actor, row).await?;
            }
            let mut after = sql.rows().await?;
            // That a key was used is no change: whoever enables what is enabled leaves it.
            after.remove("idempotency_records");
            let names: Vec<_> = some.iter().map(|(row, _)| &row.name).collect();
            for (table, rows) in &after {
                ensure!(
                    before.get(table) == Some(rows),
                    "{table} changed without an entry by one of {names:#?}"
                );
            }
            before = after;
        }
        Ok(())
    }

    /// What everybody reads of one thing of each type, and of what every query and subscription answers: a row for every field.
    pub(super) async fn read(&self) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
        let mut rows = BTreeMap::new();
        let types = TYPES.map(|(name, kind)| (name, Some(kind)));
        for (name, kind) in types.into_iter().chain([("AuditEntry", None), ("Tenant", None)]) {
            for (target, id) in self.shown(name, kind)? {
                let selection = Selecting::new(self.contract).thing(name)?;
                let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on {name} {selection} }} }}");
                let asked = Row::query(format!("{name} @ {target}"), "node", document, json!({ "id": id }));
                self.fields(&mut rows, &asked).await?;
            }
        }
        let samples = self.samples();
        for (operation, owner) in OPERATIONS.into_iter().filter(|(operation, _)| *operation != "mutation") {
            for field in self.contract.fields(owner)? {
                let mut given = self.given(owner, field, None, &samples)?;
                if let Some(Value::Object(fitting)) =
                    fitting(&field.name, &self.mirror.sides[0], &self.laid[0])
                {
                    given = fitting;
                }
                let document = document_of(
                    operation,
                    field,
                    &given,
                    &Selecting::new(self.contract).answer(&field.base)?,
                );
                let name = format!("{owner}.{} @ its own", field.name);
                let (field, given) = (field.name.clone(), Value::Object(given));
                self.fields(&mut rows, &Row { name, operation, field, document, given }).await?;
            }
        }
        Ok(rows)
    }

    /// The things of a kind whose fields are rows.
    fn shown(&self, name: &str, kind: Option<Kind>) -> anyhow::Result<Vec<(String, String)>> {
        let all =
            kind.map(|kind| targets(&self.samples(), kind, Use::Asked)).transpose()?.unwrap_or_default();
        let all = all.into_iter();
        let mut shown: Vec<_> = match kind.unwrap_or(Kind::Any) {
            Kind::Case => {
                let wanted = ["in the grid beside", "closed", "with the police in the town beside"];
                all.filter(|(name, _)| wanted.contains(&name.as_str())).collect()
            }
            Kind::Account => all.filter(|(name, _)| name == "resident" || name == "far").collect(),
            Kind::Visit => {
                all.filter(|(name, _)| name.contains("a child") || name.starts_with("of worker")).collect()
            }
            _ => all.take(1).collect(),
        };
        let laid = LAID.iter().filter(|(of, _)| *of == name);
        let laid = laid.filter_map(|(_, laid)| Some(((*laid).to_owned(), self.laid[0].get(laid)?.clone())));
        shown.extend(laid);
        Ok(shown)
    }

    /// The leaves of what everybody is answered, as rows.
    async fn fields(&self, rows: &mut BTreeMap<String, Vec<String>>, asked: &Row) -> anyhow::Result<()> {
        let (root, target) = asked.name.split_once(" @ ").context("of what")?;
        let answers = stream::iter(&self.actors).map(|(_, actor)| said(actor, asked)).buffered(AT_ONCE);
        let answers: Vec<Value> = answers.try_collect().await.with_context(|| asked.name.clone())?;
        let refused = answers.iter().filter_map(|body| body["errors"].as_array()).flatten();
        for error in refused {
            let code = error["extensions"]["code"].as_str().unwrap_or_default();
            ensure!(
                matches!(code, "FORBIDDEN" | "UNAUTHENTICATED"),
                "{}: {error}\n{}",
                asked.name,
                asked.document
            );
        }
        let told: Vec<_> = answers.iter().map(|body| leaves(root, &body["data"][&asked.field])).collect();
        let paths: BTreeSet<&String> = told.iter().flat_map(BTreeMap::keys).collect();
        for path in paths {
            let cells = told.iter().map(|told| told.get(path).cloned().unwrap_or_else(|| ".".to_owned()));
            // The trail grows while it is read.
            let grows = asked.field == "auditEntries" && path == root;
            let cells = cells.map(|cell| if grows && cell != "." { "+".to_owned() } else { cell });
            rows.insert(format!("{path} @ {target}"), cells.collect());
        }
        Ok(())
    }
}

/// Whether a place in the input of a field is a row of its own: values of a programme's fields are of no case here, and whose photos
/// may be attached is the same at every act.
fn is_told_apart(field: &Member, path: &[String]) -> bool {
    let below = |name: &str| path.iter().any(|part| part == name);
    !below("fields") && (!below("attachments") || field.name == "caseComment")
}

fn is_required(field: &Member, name: &str) -> bool {
    field.arguments.iter().any(|argument| argument.name == name && argument.required)
}
