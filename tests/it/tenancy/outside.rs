//! The database's wall on its own: what the application role gets when the application forgets.

use anyhow::{Context as _, bail, ensure};
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_tests::{APP, District, OWNER, SUPERUSER, WORKER, World, on_postgres};
use sqlx::{AssertSqlSafe, Executor as _, PgPool, Postgres, Transaction};

/// What the worker alone writes: whoever serves requests cannot make a chain look whole.
const SEALED: [&str; 2] = ["audit_heads", "audit_seals"];

/// SQLSTATE of a policy or a grant that refuses.
const REFUSED: &str = "42501";

/// Every id but the tenant's in the rows that [`filled`] adds: they belong to one account and hang off one case.
const ONE: &str = "00000000-0000-0000-0000-000000000001";

/// Whoever reads everything that an account can read.
const WIDEST: &str = "SET LOCAL app.staff = '1'; SET LOCAL app.auditor = '1'; SET LOCAL app.district = '1'; \
     SET LOCAL app.rules = '[{\"d\":true,\"t\":[],\"v\":[],\"g\":[],\"c\":null,\"s\":2,\"k\":true}]'; \
     SET LOCAL app.account = '00000000-0000-0000-0000-000000000001'";

/// Two districts, and a row of the first one in every table of a tenant that they leave empty: which ones. What its values mean nobody asks
/// here, so that whatever checks them is taken away; the policies stay as they are.
pub(crate) async fn filled(world: &World) -> anyhow::Result<([District; 2], Vec<String>)> {
    let districts = world.mirrored_districts().await?;
    let superuser = world.pool(SUPERUSER)?;
    let mut added = vec![];
    for table in tenant_tables(&superuser).await? {
        if count(&superuser, &table).await? > 0 {
            continue;
        }
        let row = row(&superuser, &table, districts[0].tenant).await?;
        world.run_sql(&row).await.with_context(|| row.clone())?;
        added.push(table);
    }
    Ok((districts, added))
}

/// Adds a row of a tenant to a table, whatever its columns mean.
async fn row(superuser: &PgPool, table: &str, tenant: TenantId) -> anyhow::Result<String> {
    let checks: Vec<String> = sqlx::query_scalar(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I; ', conrelid::regclass, conname) FROM pg_constraint \
         WHERE contype = 'c' AND conrelid = $1::regclass",
    )
    .bind(table)
    .fetch_all(superuser)
    .await?;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = $1::regclass \
         AND attnum > 0 AND attnotnull AND NOT atthasdef AND NOT attisdropped ORDER BY attnum",
    )
    .bind(table)
    .fetch_all(superuser)
    .await?;
    let values = columns.iter().map(|(name, kind)| {
        Ok(match (name.as_str(), kind.as_str()) {
            ("tenant_id", _) => format!("'{}'", tenant.uuid()),
            (_, "uuid") => format!("'{ONE}'"),
            (_, "text") => "'x'".to_owned(),
            (_, "integer" | "bigint") => "1".to_owned(),
            (_, "boolean") => "false".to_owned(),
            (_, "bytea") => "'\\x01'".to_owned(),
            (_, other) => bail!("{table}.{name}: what is a {other}?"),
        })
    });
    let values = values.collect::<anyhow::Result<Vec<String>>>()?.join(", ");
    let names: Vec<String> = columns.into_iter().map(|(name, _)| format!("\"{name}\"")).collect();
    Ok(format!(
        "BEGIN; SET LOCAL session_replication_role = replica; {}INSERT INTO {table} ({}) VALUES ({values}); COMMIT",
        checks.concat(),
        names.join(", ")
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_scope_no_table_gives_a_row() -> anyhow::Result<()> {
    on_postgres(async |world| {
        filled(&world).await?;
        blind(&world.pool(APP)?, &world.pool(SUPERUSER)?, &[]).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_obeys_the_policies_too() -> anyhow::Result<()> {
    on_postgres(async |world| {
        filled(&world).await?;
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

/// That a role without a scope sees no row of any table, though there are some in each.
pub(crate) async fn blind(role: &PgPool, superuser: &PgPool, except: &[String]) -> anyhow::Result<()> {
    let tables = tenant_tables(superuser).await?;
    for table in tables.into_iter().filter(|table| !except.contains(table)) {
        let there: i64 = count(superuser, &table).await?;
        ensure!(there > 0, "{table} holds no row: nothing is shown of it");
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
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_another_tenant_cannot_be_written() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let ([own, other], added) = filled(&world).await?;
        let (app, superuser) = (world.pool(APP)?, world.pool(SUPERUSER)?);
        for table in tenant_tables(&superuser).await? {
            let refused = insert(&app, own.tenant, &table, other.tenant).await?;
            ensure!(refused == REFUSED, "{table}: a row of another tenant gives {refused:?}");
            // The same statement for the own tenant fails for want of values, not of rights.
            let taken = insert(&app, own.tenant, &table, own.tenant).await?;
            let is_sealed = SEALED.contains(&table.as_str());
            ensure!((taken == REFUSED) == is_sealed, "{table}: a row of the own tenant gives {taken:?}");
            let given = give_away(&app, own.tenant, &table, other.tenant).await?;
            // The rows that were added are shown to whoever reads everything, where any row is.
            let is_looked_at = given != Given::Unseen || !added.contains(&table);
            ensure!(is_looked_at, "{table}: its row is shown to nobody");
            ensure!(given != Given::Taken, "{table}: rows were given away");
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

/// What came of giving rows away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// There were none to give.
    Unseen,
    Refused,
    Taken,
}

/// A transaction of whoever reads everything in a tenant.
async fn widest(app: &PgPool, tenant: TenantId) -> anyhow::Result<Transaction<'static, Postgres>> {
    let mut tx = app.begin().await?;
    let scope = format!("SET LOCAL app.tenant = '{}'; {WIDEST}", tenant.uuid());
    tx.execute(sqlx::raw_sql(AssertSqlSafe(scope))).await?;
    Ok(tx)
}

/// Tries to move all rows that an account can read to another tenant.
pub(crate) async fn give_away(
    app: &PgPool,
    tenant: TenantId,
    table: &str,
    target: TenantId,
) -> anyhow::Result<Given> {
    let mut tx = widest(app, tenant).await?;
    let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    let seen = match sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *tx).await {
        Ok(seen) => seen,
        Err(error) => {
            ensure!(state(&error) == REFUSED, "{table}: {error}");
            0
        }
    };
    tx.rollback().await?;
    let mut tx = widest(app, tenant).await?;
    let sql = format!("UPDATE {table} SET tenant_id = '{}'", target.uuid());
    let given = match tx.execute(AssertSqlSafe(sql)).await {
        Ok(done) if seen == 0 && done.rows_affected() == 0 => Given::Unseen,
        Ok(_) => Given::Taken,
        Err(error) => {
            ensure!(state(&error) == REFUSED, "{table}: {error}");
            Given::Refused
        }
    };
    tx.rollback().await?;
    Ok(given)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_role_reaches_only_its_own_tables() -> anyhow::Result<()> {
    on_postgres(async |world| {
        filled(&world).await?;
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
