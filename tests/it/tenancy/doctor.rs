//! The doctor finds every way in which the walls of PostgreSQL can be made inert, and names the object.

use std::sync::Arc;

use anyhow::ensure;
use fengqiao_domain::kernel::clock::ManualClock;
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::{Db, Doctor};
use fengqiao_tests::{APP, Backend, OWNER, PostgresDatabase, SUPERUSER, WORKER, World, on_each, on_postgres};
use sqlx::{AssertSqlSafe, Executor as _};

#[tokio::test(flavor = "multi_thread")]
async fn a_good_database_has_no_finding() -> anyhow::Result<()> {
    on_each(async |world| {
        assert_eq!(Doctor::examine(&world.db).await?, Vec::<String>::new());
        Ok(())
    })
    .await
}

/// What is done to the database by its owner or superuser, and what the doctor then says.
const DAMAGES: [(&str, &str); 19] = [
    ("ALTER TABLE units NO FORCE ROW LEVEL SECURITY", "table units has row-level security not forced"),
    ("ALTER TABLE grids DISABLE ROW LEVEL SECURITY", "table grids has row-level security disabled"),
    ("DROP POLICY tenant ON units", "table units has no restrictive policy called tenant"),
    (
        "ALTER POLICY tenant ON organisations USING (true)",
        "policy tenant on organisations does not compare the tenant",
    ),
    (
        "ALTER POLICY tenant ON organisations WITH CHECK (true)",
        "policy tenant on organisations does not compare the tenant",
    ),
    ("CREATE POLICY open ON units USING (true)", "policy open on units is not one of the migrations"),
    ("CREATE VIEW all_units AS SELECT * FROM units", "view all_units lacks security_invoker"),
    (
        "CREATE FUNCTION all_units() RETURNS bigint LANGUAGE sql SECURITY DEFINER \
         SET search_path = pg_catalog, public, pg_temp AS 'SELECT count(*) FROM public.units'",
        "function all_units() is SECURITY DEFINER and not on the list",
    ),
    (
        "ALTER FUNCTION lookup_tenants() RESET search_path",
        "function lookup_tenants() has no pinned search_path",
    ),
    ("DROP POLICY leaving ON cases", "table cases has no policy called leaving"),
    ("DROP POLICY erasing ON cases", "table cases has no policy called erasing"),
    ("ALTER POLICY leaving ON cases USING (true)", "policy leaving on cases is not for tenants that leave"),
    ("GRANT TRUNCATE ON units TO fengqiao_app", "table units grants TRUNCATE to fengqiao_app"),
    ("GRANT REFERENCES ON units TO PUBLIC", "table units grants REFERENCES to fengqiao_app"),
    ("ALTER TABLE units OWNER TO fengqiao_app", "table units is owned by fengqiao_app"),
    (
        "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_kept",
        "trigger audit_entries_kept on audit_entries is gone or disabled",
    ),
    (
        "DROP TRIGGER audit_seals_follow ON audit_seals",
        "trigger audit_seals_follow on audit_seals is gone or disabled",
    ),
    (
        "ALTER TABLE audit_heads ENABLE REPLICA TRIGGER audit_not_emptied",
        "trigger audit_not_emptied on audit_heads is gone or disabled",
    ),
    (
        "CREATE OR REPLACE FUNCTION audit_entries_kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "function audit_entries_kept() is not what the migrations made",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_damage_is_found_and_named() -> anyhow::Result<()> {
    on_postgres(async |world| {
        for (damage, finding) in DAMAGES {
            let database = PostgresDatabase::migrated().await?;
            database.pool(SUPERUSER)?.execute(damage).await?;
            let db = opened(&database, APP, WORKER).await?;
            named(&Doctor::examine(&db).await?, finding, damage)?;
        }
        drop(world);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guard_that_is_gone_or_says_something_else_is_named_on_sqlite_too() -> anyhow::Result<()> {
    let world = World::new(Backend::Sqlite).await?;
    let anew = "DROP TRIGGER audit_entries_kept; CREATE TRIGGER audit_entries_kept BEFORE UPDATE ON audit_entries WHEN FALSE \
         BEGIN SELECT 1; END; DROP TRIGGER audit_seals_not_replaced";
    world.run_sql(anew).await?;
    let wanted = [
        "trigger audit_entries_kept is not what the migrations made",
        "trigger audit_seals_not_replaced is gone",
    ];
    assert_eq!(Doctor::examine(&world.db).await?, wanted);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_above_the_policies_are_refused() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let database = world.postgres()?;
        let superuser: String =
            sqlx::query_scalar("SELECT current_user::text").fetch_one(&world.pool(SUPERUSER)?).await?;
        let found = Doctor::examine(&opened(database, SUPERUSER, WORKER).await?).await?;
        named(&found, &format!("role {superuser} is superuser"), "a superuser serves")?;
        let found = Doctor::examine(&opened(database, APP, SUPERUSER).await?).await?;
        named(&found, &format!("role {superuser} is superuser"), "a superuser relays")?;
        let found = Doctor::examine(&opened(database, OWNER, WORKER).await?).await?;
        named(&found, "table units is owned by fengqiao_owner", "the owner serves")?;
        let found = Doctor::examine(&opened(database, APP, OWNER).await?).await?;
        named(&found, "table units is owned by fengqiao_owner", "the owner relays")?;
        bypassing(&world).await
    })
    .await
}

/// Roles are shared by the whole server, so this one is made for the test and dropped after it.
async fn bypassing(world: &World) -> anyhow::Result<()> {
    let (database, superuser) = (world.postgres()?, world.pool(SUPERUSER)?);
    let role = format!("bypass_{}", database.name());
    let make = format!("CREATE ROLE {role} LOGIN BYPASSRLS IN ROLE fengqiao_app");
    superuser.execute(AssertSqlSafe(make)).await?;
    let found =
        async { Ok::<_, anyhow::Error>(Doctor::examine(&opened(database, &role, WORKER).await?).await?) };
    let found = found.await;
    superuser.execute(AssertSqlSafe(format!("DROP ROLE {role}"))).await?;
    named(&found?, &format!("role {role} has BYPASSRLS"), "a role with BYPASSRLS serves")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_never_migrated_is_refused() -> anyhow::Result<()> {
    on_postgres(async |_| {
        let database = PostgresDatabase::empty().await?;
        let db = opened(&database, APP, WORKER).await?;
        let pending = db.pending_migrations().await?;
        ensure!(pending > 0, "the empty database lacks nothing");
        let found = Doctor::examine(&db).await?;
        assert_eq!(found, [format!("database lacks {pending} migrations: run `fengqiao migrate`")]);
        Ok(())
    })
    .await
}

async fn opened(database: &PostgresDatabase, app: &str, worker: &str) -> anyhow::Result<Db> {
    let options = World::options(database.url(app)?, Some(database.url(worker)?));
    World::open(&options, Arc::new(ManualClock::at(Timestamp(0)))).await
}

fn named(found: &[String], finding: &str, after: &str) -> anyhow::Result<()> {
    ensure!(found.iter().any(|line| line.starts_with(finding)), "{after}: {finding:?} is not in {found:?}");
    Ok(())
}
