//! No change without its entry (requirement P6): while the trail takes none, no mutation of the schema is done, and nothing is left of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fengqiao_tests::{Backend, Matter, Places, Served, on_backends};
use serde_json::json;
use tempfile::TempDir;

use crate::sweep::contract::Contract;

/// Longer than all of them take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(8);

/// Tests in which mutations are done by those who may; mutations that leave no entry, each with the reason; and those that no test of the
/// list does yet.
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/audit/rehearsed.tsv");

/// What stands in the list.
struct Listed {
    tests: Vec<String>,
    excepted: BTreeSet<String>,
    /// Done by none of the tests yet.
    later: BTreeSet<String>,
}

impl Listed {
    fn read() -> anyhow::Result<Self> {
        let mut listed = Self { tests: vec![], excepted: BTreeSet::new(), later: BTreeSet::new() };
        for line in std::fs::read_to_string(LIST)?.lines() {
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["test", name] => listed.tests.push(name.to_owned()),
                ["except", field, reason] if reason.len() > 20 => {
                    listed.excepted.insert(field.to_owned());
                }
                ["later", field] => {
                    listed.later.insert(field.to_owned());
                }
                _ => bail!("no test, no exception with a reason, nothing for later: {line}"),
            }
        }
        ensure!(!listed.tests.is_empty(), "no test is listed");
        Ok(listed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_leave_no_entry_is_not_done() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?.rehearsing().await?;
        let system = served.sign_in("system.admin@150302").await?;
        let input = json!({"code": "new", "name": "新单位", "kind": "police"});
        system.mutate("organisationCreate", "organisation { id } userErrors { code }", input).await?.payload()?;
        let worker = served.sign_in("xindi.worker@150302").await?;
        let mut matter = Matter::report(&worker, "150302101203001", "1105").await?;
        matter.act(&worker, "caseComment", json!({"audience": "STAFF", "text": "已联系"})).await?;
        let town = Places::of(&system).unit("150302101").await?;
        let village = json!({"parentId": town, "code": "150302101299", "codeSystem": "NBS", "codeYear": 2026, "name": "新村",
            "state": "PLANNED"});
        let answer = system.mutate("unitCreate", "unit { id version } userErrors { code path }", village).await?;
        let unit = answer.payload()?["unit"].clone();
        let renamed = json!({"unitId": unit["id"], "expectedVersion": unit["version"], "name": "新新村", "sinceOn": "2026-11-22"});
        system.mutate("unitRename", "userErrors { code path }", renamed).await?.payload()?;
        let platform = served.sign_in("platform@000000").await?;
        let tenant = json!({"code": "150399", "name": "新区"});
        platform.mutate("tenantCreate", "userErrors { code path }", tenant).await?.payload()?;
        Ok(())
    })
    .await
}

/// Runs this program once more with some tests, rehearsing whatever they have changed: what was wrong with which mutations.
fn rehearsed(
    tests: &[String],
    backend: Backend,
    folder: &Path,
) -> anyhow::Result<BTreeMap<String, BTreeSet<String>>> {
    let report = folder.join(backend.to_string());
    let printed = tempfile::tempfile()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--exact").args(tests).arg("--test-threads=4").stdin(Stdio::null());
    command.stdout(printed.try_clone()?).stderr(printed.try_clone()?);
    command.env("FENGQIAO_TEST_BACKENDS", backend.to_string()).env("FENGQIAO_TEST_REHEARSAL", &report);
    let mut child = command.spawn().context("running this program again")?;
    let begun = Instant::now();
    let passed = loop {
        if let Some(status) = child.try_wait()? {
            break status.success();
        }
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            break false;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let text = read_all(printed)?;
    ensure!(passed, "on {backend}, after {:?}: {text}", begun.elapsed());
    ensure!(text.contains(&format!("running {} tests", tests.len())), "not all of them are there: {text}");
    println!("{backend}: rehearsed in {} ms", begun.elapsed().as_millis());
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in std::fs::read_to_string(report)?.lines() {
        let mut cells = line.split('\t');
        let field = cells.next().context("a field")?;
        let faults = found.entry(field.to_owned()).or_default();
        let (test, fault) = (cells.next().context("a test")?, cells.next().context("a fault")?);
        if !fault.is_empty() {
            faults.insert(format!("{field} {fault}, in {test}"));
        }
    }
    Ok(found)
}

fn read_all(mut file: File) -> anyhow::Result<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn no_mutation_is_done_without_its_entry() -> anyhow::Result<()> {
    let contract = Contract::read()?;
    let known: BTreeSet<&str> =
        contract.fields("Mutation")?.iter().map(|field| field.name.as_str()).collect();
    let Listed { tests, excepted, later } = Listed::read()?;
    let unknown: Vec<&String> =
        excepted.iter().chain(&later).filter(|field| !known.contains(field.as_str())).collect();
    ensure!(unknown.is_empty(), "no such mutations: {unknown:?}");
    let folder = TempDir::new()?;
    for backend in Backend::chosen()? {
        let found = rehearsed(&tests, backend, folder.path())?;
        let judged = found.iter().filter(|(field, _)| !excepted.contains(*field));
        let faults: Vec<&String> = judged.flat_map(|(_, faults)| faults).collect();
        ensure!(faults.is_empty(), "on {backend}: {faults:#?}");
        let is_left = |field: &str| !found.contains_key(field) && !excepted.contains(field);
        let left: BTreeSet<&str> = known.iter().copied().filter(|field| is_left(field)).collect();
        let later: BTreeSet<&str> = later.iter().map(String::as_str).collect();
        ensure!(left == later, "on {backend} nobody did {left:?}, which is not what is for later: {later:?}");
    }
    Ok(())
}
