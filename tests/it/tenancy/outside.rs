//! The database's wall on its own: what the application role gets when the application forgets.

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_tests::{APP, OWNER, SUPERUSER, WORKER, World, on_postgres};
use sqlx::{AssertSqlSafe, Executor as _, PgPool};

/// What the worker alone writes: whoever serves requests cannot make a chain look whole.
const SEALED: [&str; 2] = ["audit_heads", "audit_seals"];

/// SQLSTATE of a policy or a grant that refuses.
const REFUSED: &str = "42501";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_scope_no_table_gives_a_row() -> anyhow::Result<()> {
    on_postgres(async |world| {
        world.mirrored_districts().await?;
        blind(&world.pool(APP)?, &world.pool(SUPERUSER)?, &[]).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_obeys_the_policies_too() -> anyhow::Result<()> {
    on_postgres(async |world| {
        world.mirrored_districts().await?;
        blind(&world.pool(OWNER)?, &world.pool(SUPERUSER)?, &looked_up(&world).await?).await
    })
    .await
}

/// Tables that the lookup role reads in every tenant; the owner is a member of it, so that migrations
/// can create its functions.
pub(crate) async fn looked_up(world: &World) -> anyhow::Result<Vec<String>> {
    let sql = "SELECT tablename::text FROM pg_policies WHERE policyname = 'lookup'";
    Ok(sqlx::query_scalar(sql).fetch_all(&world.pool(SUPERUSER)?).await?)
}

/// That a role without a scope sees no row of any table, though there are some.
pub(crate) async fn blind(role: &PgPool, superuser: &PgPool, except: &[String]) -> anyhow::Result<()> {
    let mut filled = 0;
    let tables = tenant_tables(superuser).await?;
    for table in tables.into_iter().filter(|table| !except.contains(table)) {
        let there: i64 = count(superuser, &table).await?;
        filled += usize::from(there > 0);
        // Never set, set and reset by the end of a transaction, and set to nothing at all.
        for before in ["", "SET LOCAL app.tenant = ''; SET LOCAL app.rules = ''"] {
            let mut tx = role.begin().await?;
            tx.execute(before).await?;
            let sql = format!("SELECT count(*) FROM {table}");
            let seen: Result<i64, sqlx::Error> =
                sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *tx).await;
            match seen {
                Ok(seen) => ensure!(seen == 0, "{table}: {seen} of {there} rows without a scope"),
                Err(error) => ensure!(state(&error) == REFUSED, "{table}: {error}"),
            }
            tx.rollback().await?;
        }
    }
    ensure!(filled >= 9, "only {filled} tables hold rows: the fixture shrank");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_tenant_cannot_be_written() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let [own, other] = world.mirrored_districts().await?;
        let (app, superuser) = (world.pool(APP)?, world.pool(SUPERUSER)?);
        for table in tenant_tables(&superuser).await? {
            let refused = insert(&app, own.tenant, &table, other.tenant).await?;
            ensure!(refused == REFUSED, "{table}: a row of another tenant gives {refused:?}");
            // The same statement for the own tenant fails for want of values, not of rights.
            let taken = insert(&app, own.tenant, &table, own.tenant).await?;
            let is_sealed = SEALED.contains(&table.as_str());
            ensure!((taken == REFUSED) == is_sealed, "{table}: a row of the own tenant gives {taken:?}");
            give_away(&app, &superuser, own.tenant, &table, other.tenant).await?;
        }
        Ok(())
    })
    .await
}

/// SQLSTATE of inserting a bare row for `target` in the scope of `tenant`.
async fn insert(app: &PgPool, tenant: TenantId, table: &str, target: TenantId) -> anyhow::Result<String> {
    let mut tx = app.begin().await?;
    tx.execute(AssertSqlSafe(format!("SET LOCAL app.tenant = '{}'", tenant.uuid()))).await?;
    let sql = format!("INSERT INTO {table} (tenant_id) VALUES ('{}')", target.uuid());
    let outcome = tx.execute(AssertSqlSafe(sql)).await;
    tx.rollback().await?;
    Ok(outcome.err().as_ref().map(state).unwrap_or_default())
}

/// Tries to move all rows to another tenant.
async fn give_away(
    app: &PgPool,
    superuser: &PgPool,
    tenant: TenantId,
    table: &str,
    target: TenantId,
) -> anyhow::Result<()> {
    let before = count(superuser, table).await?;
    let mut tx = app.begin().await?;
    tx.execute(AssertSqlSafe(format!("SET LOCAL app.tenant = '{}'", tenant.uuid()))).await?;
    let sql = format!("UPDATE {table} SET tenant_id = '{}'", target.uuid());
    match tx.execute(AssertSqlSafe(sql)).await {
        Ok(done) => ensure!(done.rows_affected() == 0, "{table}: rows were given away"),
        Err(error) => ensure!(state(&error) == REFUSED, "{table}: {error}"),
    }
    tx.rollback().await?;
    ensure!(count(superuser, table).await? == before, "{table}: rows are gone");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_role_reaches_only_its_own_tables() -> anyhow::Result<()> {
    on_postgres(async |world| {
        world.mirrored_districts().await?;
        let (worker, superuser) = (world.pool(WORKER)?, world.pool(SUPERUSER)?);
        let mut open = vec![];
        for table in tenant_tables(&superuser).await? {
            match count(&worker, &table).await {
                Ok(seen) => {
                    ensure!(seen == count(&superuser, &table).await?, "{table}: only some rows");
                    open.push(table);
                }
                Err(error) => ensure!(error.downcast_ref().is_some_and(|e| state(e) == REFUSED), "{error}"),
            }
        }
        let trail = ["audit_entries", "audit_heads", "audit_pending", "audit_seals"];
        let own = ["cases", "export_parts", "idempotency_records", "outbox_events", "outbox_heads", "reveals"];
        let later = ["tenants", "webhook_deliveries", "webhooks"];
        assert_eq!(open, [&["attachments"][..], &trail, &own, &later].concat());
        // Of webhooks it learns which have something to do, and neither where they are nor what they are told.
        let granted = "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
             WHERE c.relname LIKE 'webhook%' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
             AND a.attname IN ('url', 'secret', 'old_secret', 'body', 'sight', 'attempts') \
             AND has_column_privilege('fengqiao_worker', a.attrelid, a.attnum, 'SELECT')";
        let granted: Vec<String> = sqlx::query_scalar(granted).fetch_all(&superuser).await?;
        assert_eq!(granted, [""; 0]);
        // Of cases it learns when something is due, and nothing else.
        let granted = "SELECT attname::text FROM pg_attribute WHERE attrelid = 'cases'::regclass AND attnum > 0 \
             AND NOT attisdropped AND has_column_privilege('fengqiao_worker', attrelid, attnum, 'SELECT') ORDER BY 1";
        let granted: Vec<String> = sqlx::query_scalar(granted).fetch_all(&superuser).await?;
        assert_eq!(granted, ["id", "next_due_at", "tenant_id"]);
        let write = sqlx::query("UPDATE cases SET next_due_at = 0").execute(&worker).await;
        assert!(write.is_err_and(|error| state(&error) == REFUSED), "it changes no case");
        Ok(())
    })
    .await
}

async fn count(pool: &PgPool, table: &str) -> anyhow::Result<i64> {
    let sql = format!("SELECT count(*) FROM {table}");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await?)
}

/// All tables with a tenant, by name.
async fn tenant_tables(superuser: &PgPool) -> anyhow::Result<Vec<String>> {
    sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid \
         AND a.attname = 'tenant_id' WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace \
         ORDER BY 1",
    )
    .fetch_all(superuser)
    .await
    .context("tables")
}

fn state(error: &sqlx::Error) -> String {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.map_or_else(|| error.to_string(), Into::into)
}
