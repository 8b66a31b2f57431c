//! Nothing is changed without its entry in the audit trail (requirement P6): whatever somebody asks to have changed is tried first while no
//! entry can be written, and then must not have happened.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};
use std::future::Future;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use sqlx::{AssertSqlSafe, PgPool, SqliteConnection, SqlitePool};
use tokio::sync::Mutex;

use crate::world::Home;
use crate::{Answer, Backend, SUPERUSER, World};

/// How long it may take until what was done before is told to everybody.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(5);
/// What is behind the key of each attempt.
const MARKS: [&str; 3] = ["-tried", "-tried-again", "-tried-at-last"];

/// Tries every mutation while the trail takes no entry.
pub struct Rehearsal {
    pool: Pool,
    /// One at a time: what others do meanwhile is not to be taken for it.
    alone: Mutex<()>,
}

enum Pool {
    /// With a connection that hears whether any other committed anything.
    Sqlite(SqlitePool, Box<Mutex<SqliteConnection>>),
    Postgres(PgPool),
}

impl Debug for Rehearsal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Rehearsal")
    }
}

/// The mutation that a document asks for; nothing for anything else.
pub(crate) fn mutation_of(document: &str) -> Option<&str> {
    let (_, fields) = document.trim_start().strip_prefix("mutation")?.split_once('{')?;
    let fields = fields.trim_start();
    // Under another name.
    let fields = match fields.split_once(':') {
        Some((alias, rest)) if alias.chars().all(|c| c.is_ascii_alphanumeric()) => rest.trim_start(),
        _ => fields,
    };
    let end = fields.find(|c: char| !c.is_ascii_alphanumeric())?;
    fields.get(..end)
}

impl Rehearsal {
    /// Over the database of a world.
    ///
    /// # Errors
    /// As the database says.
    pub async fn over(world: &World) -> anyhow::Result<Self> {
        let pool = match world.home() {
            Home::Sqlite(file) => {
                let hears = file.pool().acquire().await?.detach();
                Pool::Sqlite(file.pool(), Box::new(Mutex::new(hears)))
            }
            Home::Postgres(database) => Pool::Postgres(database.pool(SUPERUSER)?),
        };
        let rehearsal = Self { pool, alone: Mutex::new(()) };
        if rehearsal.backend() == Backend::Postgres {
            // In the words of a full disk, which are told apart from every fault of ours.
            let refuse = "CREATE OR REPLACE FUNCTION entries_refused() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'no entry is taken' USING ERRCODE = 'disk_full'; END $$";
            rehearsal.run(refuse).await?;
        }
        Ok(rehearsal)
    }

    const fn backend(&self) -> Backend {
        match self.pool {
            Pool::Sqlite(..) => Backend::Sqlite,
            Pool::Postgres(_) => Backend::Postgres,
        }
    }

    /// Has something changed, after that was tried while no entry could be written.
    pub(crate) async fn act<F>(&self, field: &str, send: impl Fn(&'static str) -> F) -> anyhow::Result<Answer>
    where
        F: Future<Output = anyhow::Result<Answer>>,
    {
        let _alone = self.alone.lock().await;
        let mut changed = vec![];
        let mut tried = None;
        for mark in MARKS {
            self.settle().await?;
            self.refuse().await?;
            let before = self.state().await?;
            let answer = send(mark).await;
            let after = self.state().await?;
            self.take_again().await?;
            tried = Some(answer?);
            changed = before
                .iter()
                .filter(|(table, rows)| after.get(*table) != Some(rows))
                .map(|(table, _)| table.clone())
                .collect();
            // Something else may have gone on beside it, and does not every time.
            if changed.is_empty() {
                break;
            }
        }
        let entries = self.entries().await?;
        let answer = send("").await?;
        let tried = tried.context("it was tried")?;
        // Whatever was done already is refused the second time, or done over.
        let early = is_done(&tried, field);
        if !early && !is_done(&answer, field) {
            return Ok(answer);
        }
        let code = match self.backend() {
            Backend::Sqlite => "INTERNAL",
            Backend::Postgres => "UNAVAILABLE",
        };
        let fault = match () {
            () if early || tried.code() != code => format!("without an entry: {}", tried.text),
            () if !changed.is_empty() => format!("without an entry changed {changed:?}"),
            () if self.entries().await? <= entries => "left no entry".to_owned(),
            () => String::new(),
        };
        ensure!(fault.is_empty(), "{field} {fault}");
        Ok(answer)
    }

    /// Waits until the relay has nothing to do.
    async fn settle(&self) -> anyhow::Result<()> {
        let begun = std::time::Instant::now();
        while self.number("SELECT count(*) FROM outbox_events WHERE position IS NULL").await? > 0 {
            ensure!(begun.elapsed() < PATIENCE, "events are not told");
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn refuse(&self) -> anyhow::Result<()> {
        self.run(match self.backend() {
            Backend::Sqlite => {
                "CREATE TRIGGER entries_refused BEFORE INSERT ON audit_entries BEGIN \
                 SELECT RAISE(ABORT, 'no entry is taken'); END"
            }
            Backend::Postgres => {
                "CREATE TRIGGER entries_refused BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION entries_refused()"
            }
        })
        .await
    }

    async fn take_again(&self) -> anyhow::Result<()> {
        self.run(match self.backend() {
            Backend::Sqlite => "DROP TRIGGER entries_refused",
            Backend::Postgres => "DROP TRIGGER entries_refused ON audit_entries",
        })
        .await
    }

    async fn entries(&self) -> anyhow::Result<i64> {
        self.number("SELECT count(*) FROM audit_entries").await
    }

    /// What stands in every table: on SQLite whether anybody committed anything, on PostgreSQL a digest of all rows of each.
    async fn state(&self) -> anyhow::Result<BTreeMap<String, String>> {
        match &self.pool {
            Pool::Sqlite(_, hears) => {
                let mut hears = hears.lock().await;
                let version: i64 = sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *hears).await?;
                Ok(BTreeMap::from([("some table".to_owned(), version.to_string())]))
            }
            Pool::Postgres(pool) => {
                let tables: Vec<String> =
                    sqlx::query_scalar("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
                        .fetch_all(pool)
                        .await?;
                let digest = |table: &String| {
                    format!(
                        "SELECT '{table}', coalesce(md5(string_agg(row_::text, ' ' ORDER BY row_::text)), '') FROM {table} row_"
                    )
                };
                let sql = tables.iter().map(digest).collect::<Vec<_>>().join(" UNION ALL ");
                let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await?;
                Ok(rows.into_iter().collect())
            }
        }
    }

    async fn number(&self, sql: &'static str) -> anyhow::Result<i64> {
        Ok(match &self.pool {
            Pool::Sqlite(pool, _) => sqlx::query_scalar(sql).fetch_one(pool).await?,
            Pool::Postgres(pool) => sqlx::query_scalar(sql).fetch_one(pool).await?,
        })
    }

    async fn run(&self, sql: &'static str) -> anyhow::Result<()> {
        let sql = sqlx::raw_sql(sql);
        match &self.pool {
            Pool::Sqlite(pool, _) => sql.execute(pool).await.map(drop)?,
            Pool::Postgres(pool) => sql.execute(pool).await.map(drop)?,
        }
        Ok(())
    }
}

/// Whether something was changed: there are no errors of either kind. Of several operations together it is enough that one was.
fn is_done(answer: &Answer, field: &str) -> bool {
    let Ok(payload) = answer.data(field) else { return false };
    let is_free = |told: &serde_json::Value| told["userErrors"].as_array().is_none_or(Vec::is_empty);
    is_free(payload)
        && payload["operations"]
            .as_array()
            .is_none_or(|all| all.iter().any(|one| is_free(one) && one["state"] == "DONE"))
}

#[cfg(test)]
mod tests {
    use super::mutation_of;

    #[test]
    fn the_mutation_of_a_document_is_its_first_field() {
        for (document, wanted) in [
            (
                "mutation($input: CaseCloseInput!) { caseClose(input: $input) { case { id } } }",
                Some("caseClose"),
            ),
            ("mutation { one: caseClose(input: {}) { case { id } } }", Some("caseClose")),
            ("mutation Named{caseClose(input:{a:1}){case{id}}}", Some("caseClose")),
            ("query { cases { totalCount } }", None),
            ("{ cases { totalCount } }", None),
        ] {
            assert_eq!(mutation_of(document), wanted, "{document}");
        }
    }
}
