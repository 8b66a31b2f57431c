//! Cursors of others (requirement T6): whoever shows one that another tenant or a wider role was given, whole or changed, is shown what
//! they see and nothing else, or told that it is none.

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fengqiao_tests::on_backends;
use serde_json::{Map, Value, json};

use crate::sweep::chance::Chance;
use crate::sweep::contract::{Contract, Member};
use crate::sweep::queries::{Secrets, TRAIL, document, samples};
use crate::sweep::samples::{Inputs, filled};
use crate::sweep::stage::Stage;

/// How many are shown on each database.
const SHOWN: usize = 400;
/// Where chance begins.
const SEED: u64 = 20_261_130;
/// Whose cursors are shown: those who see most of their tenant, of either side.
const GIVEN: [(usize, &str); 9] = [
    (0, "commander"),
    (0, "system"),
    (0, "security"),
    (0, "auditor"),
    (0, "api"),
    (1, "commander"),
    (1, "system"),
    (1, "security"),
    (1, "auditor"),
];
/// Who shows them, of the first side.
const SHOWING: [&str; 10] = [
    "resident",
    "volunteer",
    "worker",
    "sibling",
    "chief",
    "handler",
    "town",
    "patrol",
    "commander",
    "auditor",
];

/// A list with what it cannot do without, and the cursors that others were given of it.
struct List<'a> {
    field: &'a Member,
    required: Map<String, Value>,
    cursors: Vec<String>,
}

impl<'a> List<'a> {
    /// Those of the contract of which anybody has a cursor.
    async fn all(stage: &Stage, contract: &'a Contract) -> anyhow::Result<Vec<Self>> {
        let scope = stage.scope(0, "commander").await?;
        let samples = samples(stage, "commander", &scope).await?;
        let mut lists = vec![];
        for field in contract.fields("Query")?.iter().filter(|field| takes(field, "after")) {
            let owner = format!("Query.{}", field.name);
            let required = filled(contract, &Inputs::arguments(&owner, field), None, &samples)?;
            let mut list = Self { field, required, cursors: vec![] };
            for (side, login) in GIVEN {
                let scope = stage.scope(side, login).await?;
                let mut asked = list.required.clone();
                asked.insert("first".to_owned(), json!(5));
                let document = document(contract, "query", field, &asked, 0)?;
                collect(&stage.ask(&scope, &document, &Value::Object(asked)).await?, &mut list.cursors);
            }
            if !list.cursors.is_empty() {
                lists.push(list);
            }
        }
        Ok(lists)
    }

    /// What is asked for with this cursor: the page behind it, or before it.
    fn asked(&self, cursor: &str, chance: &mut Chance) -> Map<String, Value> {
        let backward = takes(self.field, "before") && chance.once_in(3);
        let (size, from) = if backward { ("last", "before") } else { ("first", "after") };
        let mut asked = self.required.clone();
        asked.insert(size.to_owned(), json!(100));
        asked.insert(from.to_owned(), json!(cursor));
        asked
    }
}

fn takes(field: &Member, argument: &str) -> bool {
    field.arguments.iter().any(|known| known.name == argument)
}

/// Every cursor in an answer.
fn collect(answer: &Value, cursors: &mut Vec<String>) {
    match answer {
        Value::Array(values) => {
            for value in values {
                collect(value, cursors);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(cursor) if name.to_lowercase().ends_with("cursor") => {
                        cursors.push(cursor.clone());
                    }
                    below => collect(below, cursors),
                }
            }
        }
        _ => {}
    }
}

/// A cursor of one of some, or one that nobody was given: another letter, another bit, the row of one in the place of another, or a place
/// before or behind everything.
fn changed(cursors: &[String], chance: &mut Chance) -> anyhow::Result<String> {
    let mut one = || cursors.get(chance.below(cursors.len())).cloned().context("a cursor");
    let (own, other) = (one()?, one()?);
    let (Ok(mut bytes), Ok(other)) = (URL_SAFE_NO_PAD.decode(&own), URL_SAFE_NO_PAD.decode(&other)) else {
        return Ok(own);
    };
    match chance.below(6) {
        0 => return Ok(own),
        1 => {
            let mut letters: Vec<char> = own.chars().collect();
            let at = chance.below(letters.len());
            letters[at] = chance.one(&['A', 'z', '9', '-', '_', '=', '/', '\'', '%', '\u{0}'])?;
            return Ok(letters.into_iter().collect());
        }
        2 => {
            let at = chance.below(bytes.len());
            bytes[at] ^= 1 << chance.below(8);
        }
        // The id of a row stands first, what it is sorted by last.
        3 => {
            for (byte, other) in bytes.iter_mut().zip(&other).take(16) {
                *byte = *other;
            }
        }
        4 => {
            for (byte, other) in bytes.iter_mut().rev().zip(other.iter().rev()).take(8) {
                *byte = *other;
            }
        }
        _ => {
            let byte = chance.one(&[0x00, 0x01, 0x7e, 0x80, 0xff])?;
            for last in bytes.iter_mut().rev().take(8) {
                *last = byte;
            }
        }
    }
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether a cursor was taken; fails when the answer tells what it must not, or is none.
fn is_taken(answer: &Value, secrets: &Secrets, what: &str) -> anyhow::Result<bool> {
    let told = secrets.told(answer);
    ensure!(told.is_empty(), "{what} and learns {told:?}");
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    for error in errors {
        let code = error["extensions"]["code"].as_str().unwrap_or("none");
        ensure!(matches!(code, "FORBIDDEN" | "BAD_REQUEST"), "{what}: {error}");
    }
    Ok(errors.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_others_shows_nobody_what_is_out_of_reach() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let lists = List::all(&stage, &contract).await?;
        ensure!(lists.len() > 12, "only {} lists have cursors", lists.len());
        let foreign = Secrets::of_others(&stage).await?;
        let mut showing = vec![];
        for login in SHOWING {
            showing.push((login, stage.scope(0, login).await?, Secrets::of(&stage, login).await?));
        }
        let (mut chance, mut taken) = (Chance(SEED), 0);
        for number in 0..SHOWN {
            let list = lists.get(chance.below(lists.len())).context("a list")?;
            let (login, scope, secrets) = showing.get(number % SHOWING.len()).context("somebody")?;
            let cursor = changed(&list.cursors, &mut chance)?;
            let asked = list.asked(&cursor, &mut chance);
            let document = document(&contract, "query", list.field, &asked, 0)?;
            let asked = Value::Object(asked);
            let answer = stage.ask(scope, &document, &asked).await?;
            let secrets = if list.field.name == TRAIL { &foreign } else { secrets };
            let what = format!("{login} asks {} with {asked}", list.field.name);
            taken += usize::from(is_taken(&answer, secrets, &what)?);
        }
        ensure!((SHOWN / 5..SHOWN * 9 / 10).contains(&taken), "{taken} of {SHOWN} were taken");
        // Whoever looks can see: what those of the other side are shown by their own cursors are secrets here.
        let scope = stage.scope(1, "commander").await?;
        let cases = lists.iter().find(|list| list.field.name == "cases").context("cases")?;
        let asked = Map::from_iter([("first".to_owned(), json!(5))]);
        let document = document(&contract, "query", cases.field, &asked, 0)?;
        let answer = stage.ask(&scope, &document, &Value::Object(asked)).await?;
        ensure!(!foreign.told(&answer).is_empty(), "{answer}");
        Ok(())
    })
    .await
}
