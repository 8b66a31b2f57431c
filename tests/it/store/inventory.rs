//! P5: the inventory of data names every column there is and no other, on both databases. What is said of each column,
//! `tests/arch/inventory.rs` compares with the entities.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{SUPERUSER, on_each};

const SQLITE: &str = "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
const POSTGRES: &str = "SELECT table_name::text || '.' || column_name::text FROM information_schema.columns \
     WHERE table_schema = 'public'";

/// `table.column` of every line of the inventory.
fn listed() -> anyhow::Result<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/data-inventory.csv");
    let text = std::fs::read_to_string(path)?;
    text.lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',');
            let (table, column) = (cells.next().context(path)?, cells.next().context(path)?);
            Ok(format!("{table}.{column}"))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_column_there_is_has_its_line() -> anyhow::Result<()> {
    let listed = listed()?;
    let once: BTreeSet<String> = listed.iter().cloned().collect();
    ensure!(once.len() == listed.len(), "a column has two lines");
    on_each(async |world| {
        let there: Vec<String> = match world.sqlite() {
            Ok(pool) => sqlx::query_scalar(SQLITE).fetch_all(&pool).await?,
            Err(_) => sqlx::query_scalar(POSTGRES).fetch_all(&world.pool(SUPERUSER)?).await?,
        };
        let there: BTreeSet<String> = there.into_iter().collect();
        ensure!(there.len() > 500, "of {} columns only is told", there.len());
        let unlisted: Vec<&String> = there.difference(&once).collect();
        ensure!(unlisted.is_empty(), "without a line in docs/data-inventory.csv: {unlisted:?}");
        let gone: Vec<&String> = once.difference(&there).collect();
        ensure!(gone.is_empty(), "in docs/data-inventory.csv, and nowhere else: {gone:?}");
        Ok(())
    })
    .await
}
