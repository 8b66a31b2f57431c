//! Which databases a test runs on.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Once;

use anyhow::bail;
use futures::FutureExt as _;

use crate::World;
use crate::postgres;

/// A database that the product runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The embedded default.
    Sqlite,
    /// The server.
    Postgres,
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

impl Backend {
    /// The databases of this run, as `FENGQIAO_TEST_BACKENDS` chooses them.
    ///
    /// # Errors
    /// A name that is none, or PostgreSQL without an address.
    pub fn chosen() -> anyhow::Result<Vec<Self>> {
        static NOTICE: Once = Once::new();
        let served = postgres::superuser_url().is_some();
        let Some(names) = wanted() else {
            if served {
                return Ok(vec![Self::Sqlite, Self::Postgres]);
            }
            NOTICE.call_once(|| eprintln!("FENGQIAO_TEST_POSTGRES_URL is not set: on SQLite only"));
            return Ok(vec![Self::Sqlite]);
        };
        let mut chosen = vec![];
        for name in names.split(',').map(str::trim) {
            match name {
                "sqlite" => chosen.push(Self::Sqlite),
                "postgres" if served => chosen.push(Self::Postgres),
                "postgres" => bail!("FENGQIAO_TEST_POSTGRES_URL is not set: start with ./tests/run"),
                other => bail!("FENGQIAO_TEST_BACKENDS names no database {other:?}"),
            }
        }
        Ok(chosen)
    }
}

#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
fn wanted() -> Option<String> {
    std::env::var("FENGQIAO_TEST_BACKENDS").ok().filter(|names| !names.is_empty())
}

/// Runs `body` for every chosen database and tells on which ones it failed.
///
/// # Errors
/// The failures, each under its database's name.
pub async fn on_backends(body: impl AsyncFn(Backend) -> anyhow::Result<()>) -> anyhow::Result<()> {
    run(&Backend::chosen()?, body).await
}

/// Runs `body` in a world of its own for every chosen database.
///
/// # Errors
/// The failures, each under its database's name.
pub async fn on_each(body: impl AsyncFn(World) -> anyhow::Result<()>) -> anyhow::Result<()> {
    on_backends(async |backend| body(World::new(backend).await?).await).await
}

/// Runs `body` in a world on PostgreSQL when that is chosen: for what SQLite does not have.
///
/// # Errors
/// The failure.
pub async fn on_postgres(body: impl AsyncFn(World) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let chosen: Vec<Backend> =
        Backend::chosen()?.into_iter().filter(|backend| *backend == Backend::Postgres).collect();
    run(&chosen, async |backend| body(World::new(backend).await?).await).await
}

async fn run(backends: &[Backend], body: impl AsyncFn(Backend) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut failures = vec![];
    for backend in backends {
        // A whole server with its settings is in it: on the heap.
        match AssertUnwindSafe(Box::pin(body(*backend))).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => failures.push(format!("on {backend}: {error:#}")),
            // The panic hook has printed the message.
            Err(_) => failures.push(format!("on {backend}: an assertion above")),
        }
    }
    if failures.is_empty() { Ok(()) } else { bail!("{}", failures.join("\n")) }
}
