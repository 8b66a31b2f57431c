//! The authorisation matrix (requirement T2): every query, mutation and subscription of the contract and every field of their answers,
//! asked over HTTP by one caller of every role, with things at every distance from them. What is answered is the table `matrix.tsv`: it
//! is read by people before it is changed. A field without a row in which somebody is told it fails, unless `unseen.csv` says why.
//!
//! Nothing is changed meanwhile: whatever gets as far as writing meets a dam, by which it is known that it was let through. At the end
//! only the trail has one: what somebody was let through to must not happen without its entry (requirement P6).
//!
//! `FENGQIAO_MATRIX=write` writes the table anew, `FENGQIAO_MATRIX=all` compares every row on both databases; without it each database
//! asks every other row, so that a run on both asks all of them.

mod asking;
mod callers;
mod cells;
mod covered;
mod laying;
mod leaves;
mod selecting;
mod sending;
mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Mirror, Served, World, on_backends};

use crate::sweep::contract::Contract;
use crate::sweep::stage::Sql;
use asking::{Asked, Asking, Row};
use callers::{CALLERS, seed};
use laying::Laid;

const TABLE: &str = include_str!("matrix.tsv");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/tenancy/matrix/matrix.tsv");
const LEGEND: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/tenancy/matrix/matrix.md");

/// Of so many rows each database asks one, unless all are wanted: a run on both asks all.
const SHARE: usize = 2;

/// The mirrored districts with one account of every role, served.
async fn served(backend: Backend) -> anyhow::Result<(Served, Mirror, [Laid; 2])> {
    let world = World::new(backend).await?;
    let mirror = Mirror::lay(&world).await?;
    for side in &mirror.sides {
        seed(&mirror, side).await?;
    }
    world.relay().await?;
    // All of them come from one address.
    let served = Served::over(world, |settings| {
        settings.auth.sign_in.address_burst = 1_000;
        // Files of a village are small, and those of a district are not.
        settings.files.rows_alone = 20;
    })
    .await?;
    // Something happens to every case on which anything can be said.
    for side in &mirror.sides {
        let commander = served.sign_in(&format!("commander@{}", side.code)).await?;
        for case in &side.cases {
            let input = serde_json::json!({ "caseId": case.id.to_string(), "audience": "EVERYONE", "text": "看过了" });
            commander.mutate("caseComment", "userErrors { code }", input).await?;
        }
    }
    let laid = laying::lay(&served, &mirror).await?;
    Ok((served, mirror, laid))
}

/// From now on nothing can be written with an audit row, an event or a key: what gets there fails inside.
async fn dam(served: &Served) -> anyhow::Result<()> {
    let tables = ["audit_entries", "outbox_events", "idempotency_records"];
    for table in tables {
        let sql = match served.world.backend() {
            Backend::Sqlite => format!(
                "CREATE TRIGGER dam_{table} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'dam'); END"
            ),
            Backend::Postgres => format!(
                "CREATE FUNCTION dam_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'dam'; END $$; \
                 CREATE TRIGGER dam_{table} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION dam_{table}()"
            ),
        };
        served.world.run_sql(&sql).await?;
    }
    Ok(())
}

/// From now on only an entry in the trail meets the dam.
async fn lower(served: &Served) -> anyhow::Result<()> {
    for table in ["outbox_events", "idempotency_records"] {
        served
            .world
            .run_sql(&match served.world.backend() {
                Backend::Sqlite => format!("DROP TRIGGER dam_{table}"),
                Backend::Postgres => format!("DROP TRIGGER dam_{table} ON {table}"),
            })
            .await?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
fn wanted() -> Option<String> {
    std::env::var("FENGQIAO_MATRIX").ok().filter(|wanted| !wanted.is_empty())
}

/// The rows of the table: what is asked, and the cells by caller.
type Decided = BTreeMap<&'static str, Vec<&'static str>>;

fn known() -> anyhow::Result<Decided> {
    let mut lines = TABLE.lines();
    let head = lines.next().context("a head")?;
    let callers: Vec<&str> = head.split('\t').skip(1).collect();
    ensure!(callers == CALLERS.map(|caller| caller.name), "the head does not name the callers: {head}");
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        Some((cells.next()?, cells.collect()))
    };
    Ok(lines.filter_map(row).collect())
}

/// The table as it is written.
fn written(asked: &Asked) -> String {
    let mut text = format!("what\t{}\n", CALLERS.map(|caller| caller.name).join("\t"));
    for (row, cells) in &asked.rows {
        let _ = writeln!(text, "{row}\t{}", cells.join("\t"));
    }
    text
}

/// What its words mean.
fn explained(asked: &Asked) -> String {
    let mut text = include_str!("legend.txt").to_owned();
    for (short, code) in &asked.legend {
        let _ = writeln!(text, "| `{short}` | `{code}` |");
    }
    text
}

/// That the table has a row for everything that is asked, and none for anything else.
fn decided(known: &Decided, rows: &[Row]) -> anyhow::Result<()> {
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    ensure!(names.len() == rows.len(), "two rows have one name");
    let table: BTreeSet<&str> = known.keys().copied().filter(|name| !cells::is_of_answer(name)).collect();
    let new: Vec<_> = names.difference(&table).collect();
    ensure!(new.is_empty(), "nobody decided who may: {new:?}; FENGQIAO_MATRIX=write, and read what it wrote");
    let gone: Vec<_> = table.difference(&names).collect();
    ensure!(gone.is_empty(), "the table has rows of what is not asked any more: {gone:?}");
    Ok(())
}

/// That everybody was answered what the table says.
fn compared(known: &Decided, asked: &Asked) -> anyhow::Result<()> {
    let gone = known.keys().filter(|name| cells::is_of_answer(name) && !asked.rows.contains_key(**name));
    let mut wrong: Vec<_> = gone.map(|name| format!("{name} is not read any more")).collect();
    for (name, cells) in &asked.rows {
        let row = known.get(name.as_str());
        for (at, (caller, cell)) in CALLERS.iter().zip(cells).enumerate() {
            let decided = row.and_then(|cells| cells.get(at)).copied();
            if decided != Some(cell) {
                wrong.push(format!("{name} for {}: {cell:?}, decided {decided:?}", caller.name));
            }
        }
    }
    ensure!(wrong.is_empty(), "{} cells are not as decided:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

async fn matrix(backend: Backend) -> anyhow::Result<()> {
    let (contract, wanted) = (Contract::read()?, wanted());
    let (served, mirror, laid) = served(backend).await?;
    let asking = Asking::new(&served, &mirror, &contract, laid).await?;
    let rows = asking.rows()?;
    let writes = wanted.as_deref() == Some("write");
    let known = if writes { BTreeMap::new() } else { known()? };
    if !writes {
        decided(&known, &rows)?;
    }
    // Whoever reads the trail is written down: that is before the dam.
    let read = asking.read().await?;
    dam(&served).await?;
    let sql = Sql(&served.world);
    let before = sql.rows().await?;
    let (all, of_backend) = (wanted.is_some(), usize::from(backend == Backend::Postgres));
    let part = rows.iter().enumerate().filter(|(at, _)| all || at % SHARE == of_backend);
    let mut asked = asking.ask(part.map(|(_, row)| row)).await?;
    asked.rows.extend(read);
    let after = sql.rows().await?;
    for (table, rows) in &before {
        ensure!(after.get(table) == Some(rows), "somebody changed rows of {table}");
    }
    lower(&served).await?;
    asking.change(&rows, &asked, &sql).await?;
    if !writes {
        return compared(&known, &asked);
    }
    ensure!(backend == Backend::Sqlite, "the table is written of one database and compared with the other");
    std::fs::write(FILE, written(&asked))?;
    std::fs::write(LEGEND, explained(&asked))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_answers_every_role_as_the_table_says() -> anyhow::Result<()> {
    on_backends(async |backend| Box::pin(matrix(backend)).await).await
}
