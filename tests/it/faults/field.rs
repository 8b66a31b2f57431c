//! A batch of what was done offline breaks off with the server: sent again whole, each operation happens once (R1).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Household, Matter, Places, mutation, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, seed, until};
use crate::sweep::chance::Chance;

/// Kills in every run.
const KILLS: usize = 3;
/// Reports of a batch.
const REPORTS: usize = 33;
/// Operations of a batch: each report with what is said of it, and the visit that it came of.
const OPERATIONS: usize = 3 * REPORTS;

async fn batch(by: &Actor, name: &str) -> anyhow::Result<Vec<Value>> {
    let places = Places::of(by);
    let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
    // The server's own time, as the newest case tells it.
    let matter = Matter::report(by, GRID, CATEGORY).await?;
    let at = matter.read(by, "reportedAt").await?["reportedAt"].take();
    let mut operations = vec![];
    for number in 0..REPORTS {
        let key = format!("{name}-{number}");
        let report = json!({"categoryId": category, "place": {"gridId": grid}, "title": name,
            "description": "巡查", "source": "PATROL"});
        let comment = json!({"case": {"reportedBy": key}, "text": "已放警示牌", "audience": "STAFF"});
        operations.push(json!({"operationKey": key, "doneAt": at, "work": {"report": report}}));
        operations
            .push(json!({"operationKey": format!("{key}c"), "doneAt": at, "work": {"comment": comment}}));
        let record = json!({"subject": {"kind": "HOUSEHOLD"}, "purpose": "ROUTINE", "outcome": "MET",
            "place": {"gridId": grid}});
        let visit = json!({"record": record, "reportedBy": key});
        operations.push(json!({"operationKey": format!("{key}v"), "doneAt": at, "work": {"visit": visit}}));
    }
    Ok(operations)
}

async fn send(by: &Actor, operations: &[Value]) -> anyhow::Result<Vec<(String, i64)>> {
    let document = mutation(
        "fieldSync",
        "operations { operationKey state case { version } visit { version } userErrors { code } } userErrors { code path }",
    );
    let answer = by.run(&document, json!({"input": {"operations": operations}})).await?;
    let told = answer.payload()?["operations"].as_array().context("a list")?.clone();
    let state = |one: &Value| {
        let version = one["case"]["version"].as_i64().or(one["visit"]["version"].as_i64());
        (one["state"].as_str().unwrap_or_default().to_owned(), version.unwrap_or_default())
    };
    Ok(told.iter().map(state).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_broke_off_is_sent_again_whole_and_happens_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let mut chance = Chance(seed()?);
        let mut running = home.start().await?;
        let mut parted = 0;
        for kill in 1..=KILLS {
            let name = format!("offline-{kill}");
            let by = running.sign_in("xindi.worker@150302").await?;
            let operations = batch(&by, &name).await?;
            let count = format!("SELECT CAST(count(*) AS TEXT) FROM cases WHERE title = '{name}'");
            let least = 1 + chance.below(REPORTS / 2);
            let killed = async {
                let begun = async || Ok(home.number(&count).await? >= least);
                until("it has begun", Duration::from_secs(8), begun).await?;
                running.kill()
            };
            let (answer, killed) = futures::join!(send(&by, &operations), killed);
            killed?;
            running = home.start().await.with_context(|| format!("after kill {kill}"))?;
            let before = home.number(&count).await?;
            parted += usize::from(answer.is_err() && before < REPORTS);
            let by = running.sign_in("xindi.worker@150302").await?;
            let told = send(&by, &operations).await?;
            let replayed = told.iter().take_while(|(state, _)| state == "REPLAYED").count();
            ensure!(told.len() == OPERATIONS && replayed.div_ceil(3) == before, "{before} {told:?}");
            ensure!(told[replayed..].iter().all(|(state, _)| state == "DONE"), "{told:?}");
            let again = send(&by, &operations).await?;
            let replayed = |version| ("REPLAYED".to_owned(), version);
            ensure!(again.chunks(3).all(|told| told == [replayed(2), replayed(2), replayed(1)]), "{again:?}");
            assert_eq!(home.number(&count).await?, REPORTS);
            for (table, rows) in [("case_entries", 2 * REPORTS), ("visits", REPORTS)] {
                let hung = format!(
                    "SELECT CAST(count(*) AS TEXT) FROM {table} t JOIN cases c ON c.id = t.case_id WHERE c.title = '{name}'"
                );
                assert_eq!(home.number(&hung).await?, rows, "{table}");
            }
        }
        ensure!(parted > 0, "no kill ever met a batch");
        println!("{backend}: {parted} of {KILLS} batches were cut in two");
        Ok(())
    })
    .await
}
