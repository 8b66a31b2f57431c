//! Whoever sees what was there before a district was erased, and what is kept for them.

use std::process::Stdio;
use std::time::Duration;

use anyhow::ensure;
use fengqiao_tests::{Backend, Household};
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::whole_way::{ERASE, command};

/// Longer than it takes to write all tables of the demo anew.
const LOOKED_BACK: Duration = Duration::from_secs(5);
/// Accounts that are left: they go last but for what nobody refers to.
const LEFT: &str = "SELECT CAST(count(*) AS TEXT) FROM accounts WHERE tenant_id IN (SELECT tenant_id FROM tenants WHERE code LIKE '150302%')";
/// How somebody comes to see what was there before: by what they began to read, or to write.
const LOOKING_BACK: [&str; 2] =
    ["BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1", "BEGIN; SELECT pg_current_xact_id()"];

/// They do, until they are let go: PostgreSQL keeps it for them.
async fn looking_back(home: &Household) -> anyhow::Result<Vec<PgConnection>> {
    let mut watchers = vec![];
    if home.backend() == Backend::Postgres {
        for begin in LOOKING_BACK {
            let mut connection = home.superuser().await?;
            connection.execute(begin).await?;
            watchers.push(connection);
        }
        // Whoever begins to read here sees no more than what is over everywhere.
        let mut elsewhere = home.superuser_elsewhere().await?;
        elsewhere.execute(LOOKING_BACK[1]).await?;
        watchers.push(elsewhere);
    }
    Ok(watchers)
}

/// Tables are written anew when nobody sees any more what was in them: then it is done.
pub(super) async fn erased(home: &Household) -> anyhow::Result<()> {
    let watchers = looking_back(home).await?;
    let mut child = command(home, &ERASE)?.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    for watcher in watchers {
        while home.number(LEFT).await? > 0 {
            ensure!(child.try_wait()?.is_none(), "it ended with something left");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        tokio::time::sleep(LOOKED_BACK).await;
        ensure!(child.try_wait()?.is_none(), "it does not wait for whoever sees what was removed");
        watcher.close().await?;
    }
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
