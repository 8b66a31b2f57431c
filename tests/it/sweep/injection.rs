//! What breaks statements, patterns, paths and lines, wherever a text can be written (requirement T10): in every argument of every query,
//! and in every place of every mutation's input. No failure of ours, no row more than what matches nothing finds, and of another tenant
//! no row is changed. U+0000 comes no further than the edge (`edge::bad_input`).

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::on_backends;
use serde_json::{Map, Value};

use crate::sweep::chance::Chance;
use crate::sweep::contract::{Contract, Member};
use crate::sweep::queries::{document, is_asked, samples};
use crate::sweep::samples::{Inputs, Samples, Spot, Whose, filled, written};
use crate::sweep::stage::Stage;

/// Where chance begins.
const SEED: u64 = 20_261_201;
/// Taken by every place of a query where a text is no id: what `LIKE` takes for anything.
const WILD: [&str; 2] = ["%", "_"];
const CORPUS: [&str; 31] = [
    "'",
    "\"",
    "`",
    "';--",
    "'; DROP TABLE cases; --",
    "x' OR '1'='1",
    "') UNION SELECT NULL --",
    "\\",
    "\\'",
    "\\%",
    "%%",
    "__",
    "%' ESCAPE '",
    "[a-z]",
    "*?",
    "$1",
    ":id",
    "{}",
    "$.a[0].b",
    "$[*] ? (@ > 0)",
    "{\"a\":{\"b\":1}}",
    "->>'a'",
    "\u{202e}x",
    "\u{feff}x",
    "👩‍👩‍👧",
    "Ａ＇；－－",
    "\u{1b}[31mx",
    "x\r\ny: z",
    "../../etc/passwd",
    "${jndi:ldap://127.0.0.1/x}",
    "{{7*7}}",
];
/// No statement should be as long.
const LONG: usize = 20_000;
/// What matches nothing.
const NOTHING: &str = "nothing-is-called-so";
/// Who asks: the first whom a field is not forbidden.
const ASKING: [&str; 5] = ["commander", "system", "security", "auditor", "api"];
/// Who acts.
const ACTING: [&str; 7] = ["system", "security", "commander", "chief", "worker", "api", "resident"];

/// Some texts of the corpus, the long one among them.
fn some(many: usize, chance: &mut Chance) -> anyhow::Result<Vec<String>> {
    let one = |_| {
        let long = chance.once_in(CORPUS.len() + 1);
        anyhow::Ok(if long { "长".repeat(LONG) } else { chance.one(&CORPUS)?.to_owned() })
    };
    (0..many).map(one).collect()
}

/// Whether an error is what whoever asked can mend: of a code that is public, or what the library says of a value that is none.
fn is_theirs(error: &Value) -> bool {
    let said = |words: &str| error["message"].as_str().is_some_and(|message| message.contains(words));
    match error["extensions"]["code"].as_str() {
        Some(code) => matches!(code, "FORBIDDEN" | "BAD_REQUEST" | "RATE_LIMITED"),
        None => said("Failed to parse") || said("Invalid value for"),
    }
}

/// How many things an answer shows.
fn things(answer: &Value) -> u64 {
    match answer {
        Value::Array(values) => values.iter().map(things).sum(),
        Value::Object(members) => {
            let count = members.get("totalCount").and_then(Value::as_u64).unwrap_or_default();
            u64::from(members.contains_key("id")) + count + members.values().map(things).sum::<u64>()
        }
        _ => 0,
    }
}

/// Somebody with names of what is theirs.
struct Person<'a> {
    scope: &'a Scope,
    samples: Samples<'a>,
}

struct Writing<'a> {
    stage: &'a Stage,
    contract: &'a Contract,
    operation: &'a str,
    field: &'a Member,
}

impl Writing<'_> {
    fn owner(&self) -> String {
        let root = if self.operation == "query" { "Query" } else { "Mutation" };
        format!("{root}.{}", self.field.name)
    }

    fn spots(&self) -> anyhow::Result<Vec<Spot>> {
        written(self.contract, &self.owner(), &self.field.arguments)
    }

    fn given(&self, by: &Person<'_>, way: Option<(&[String], &str)>) -> anyhow::Result<Map<String, Value>> {
        filled(self.contract, &Inputs::arguments(&self.owner(), self.field), way, &by.samples)
    }

    /// What is answered, which is no failure of ours.
    async fn write(&self, by: &Person<'_>, given: Map<String, Value>) -> anyhow::Result<Value> {
        let document = document(self.contract, self.operation, self.field, &given, 0)?;
        let given = Value::Object(given);
        let answer = self.stage.ask(by.scope, &document, &given).await?;
        let mut errors = answer["errors"].as_array().into_iter().flatten();
        let shown: String = given.to_string().chars().take(300).collect();
        ensure!(
            errors.all(is_theirs),
            "{} sends {} {shown}: {}",
            by.samples.login,
            self.owner(),
            answer["errors"]
        );
        Ok(answer)
    }

    /// Whoever may: the first of some whom it is not forbidden, or the first of them.
    async fn whoever_may<'b>(&self, people: &'b [Person<'b>]) -> anyhow::Result<&'b Person<'b>> {
        for person in people {
            let answer = self.write(person, self.given(person, None)?).await?;
            if answer["errors"][0]["extensions"]["code"] != "FORBIDDEN" {
                return Ok(person);
            }
        }
        people.first().context("somebody")
    }

    /// Whether what matches something finds more than what matches nothing, at one place of a query.
    async fn search(&self, by: &Person<'_>, spot: &Spot, chance: &mut Chance) -> anyhow::Result<bool> {
        let path = spot.path.as_slice();
        let nothing = things(&self.write(by, self.given(by, Some((path, NOTHING)))?).await?);
        let named = spot.kind.names_something();
        let mut texts = some(if named { 2 } else { 4 }, chance)?;
        texts.extend(WILD.iter().filter(|_| !named).map(|text| (*text).to_owned()));
        for text in &texts {
            let found = things(&self.write(by, self.given(by, Some((path, text)))?).await?);
            let shown: String = text.chars().take(40).collect();
            ensure!(found <= nothing, "{} at {path:?}: {shown:?} finds {found}, not {nothing}", self.owner());
        }
        if named {
            return Ok(false);
        }
        let own = by.samples.names(spot.kind, Whose::Own)?;
        let own = own.first().context("a sample")?;
        Ok(things(&self.write(by, self.given(by, Some((path, own)))?).await?) > nothing)
    }
}

/// Some of the first side by their logins.
async fn scopes(stage: &Stage, logins: &[&'static str]) -> anyhow::Result<Vec<(&'static str, Scope)>> {
    let mut scopes = vec![];
    for login in logins {
        scopes.push((*login, stage.scope(0, login).await?));
    }
    Ok(scopes)
}

async fn people<'a>(
    stage: &'a Stage,
    scopes: &'a [(&'static str, Scope)],
) -> anyhow::Result<Vec<Person<'a>>> {
    let mut people = vec![];
    for (login, scope) in scopes {
        people.push(Person { scope, samples: samples(stage, login, scope).await? });
    }
    Ok(people)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_breaks_anything_or_finds_more_than_it_says() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let scopes = scopes(&stage, &ASKING).await?;
        let people = people(&stage, &scopes).await?;
        let (mut chance, mut places, mut finding) = (Chance(SEED), 0, 0);
        for (number, field) in contract.fields("Query")?.iter().enumerate() {
            let asking = Writing { stage: &stage, contract: &contract, operation: "query", field };
            let spots = asking.spots()?;
            if spots.is_empty() || !is_asked(backend, number) {
                continue;
            }
            let person = asking.whoever_may(&people).await?;
            for spot in &spots {
                finding += usize::from(asking.search(person, spot, &mut chance).await?);
                places += 1;
            }
        }
        ensure!(places > 40, "only {places} places");
        ensure!(finding > 0, "no text finds anything: what is counted shows nothing");
        Ok(())
    })
    .await
}

/// The rows of the second side.
async fn rows_of_others(stage: &Stage) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let tenant = stage.mirror.sides[1].tenant.uuid();
    // As SQLite writes it, and PostgreSQL.
    let written = [tenant.simple().to_string().to_uppercase(), tenant.to_string()];
    let mut rows = stage.rows().await?;
    for of_table in rows.values_mut() {
        of_table.retain(|row| written.iter().any(|tenant| row.contains(tenant)));
    }
    Ok(rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_of_an_input_breaks_anything_or_reaches_another_tenant() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let scopes = scopes(&stage, &ACTING).await?;
        let people = people(&stage, &scopes).await?;
        let before = rows_of_others(&stage).await?;
        ensure!(before.values().map(Vec::len).sum::<usize>() > 100, "the other side has rows");
        let (mut chance, mut places) = (Chance(SEED), 0);
        for (number, field) in contract.fields("Mutation")?.iter().enumerate() {
            let acting = Writing { stage: &stage, contract: &contract, operation: "mutation", field };
            if !is_asked(backend, number) {
                continue;
            }
            let person = acting.whoever_may(&people).await?;
            for spot in &acting.spots()? {
                for text in some(if spot.kind.names_something() { 1 } else { 3 }, &mut chance)? {
                    acting.write(person, acting.given(person, Some((&spot.path, &text)))?).await?;
                }
                places += 1;
            }
        }
        ensure!(places > 200, "only {places} places");
        ensure!(rows_of_others(&stage).await? == before, "rows of another tenant changed");
        Ok(())
    })
    .await
}
