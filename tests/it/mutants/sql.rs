//! Faults in the database: each is applied to a copy, and the check it is meant for turns red.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use fengqiao_domain::Doctor;
use fengqiao_domain::kernel::meter::Explained;
use fengqiao_tests::{APP, Backend, District, OWNER, PostgresDatabase, SUPERUSER, World, on_postgres};
use sqlx::{AssertSqlSafe, Executor as _};

use crate::audit::chains::REPLACING;
use crate::audit::sealed;
use crate::budget::settings_apart;
use crate::tenancy::outside::Given;
use crate::tenancy::{catalogue, outside};

/// What is done to the database and what the catalogue check then says.
const DAMAGES: [(&str, &str); 14] = [
    (
        "ALTER TABLE units NO FORCE ROW LEVEL SECURITY",
        "table units has row-level security disabled or not forced",
    ),
    ("DROP POLICY tenant ON units", "table units has no restrictive tenant policy"),
    ("ALTER POLICY tenant ON units USING (true)", "table units has no restrictive tenant policy"),
    ("ALTER POLICY tenant ON units WITH CHECK (true)", "table units has no restrictive tenant policy"),
    ("CREATE POLICY open ON units FOR SELECT TO fengqiao_app USING (true)", "policy open on units is SELECT"),
    (
        "CREATE POLICY prefix ON units FOR SELECT TO fengqiao_app USING (code LIKE current_setting('app.path', true) || '%')",
        "policy prefix on units reads a setting without NULLIF",
    ),
    (
        "ALTER POLICY reach ON sessions USING (account_id = NULLIF(current_setting('app.account', true), '')::uuid)",
        "policy reach on sessions reads a setting for every row",
    ),
    (
        "ALTER POLICY reach ON accounts USING (current_setting('app.staff', true) = '1')",
        "policy reach on accounts reads a setting for every row",
    ),
    ("GRANT SELECT ON units TO PUBLIC", "table units grants SELECT to PUBLIC"),
    ("GRANT TRUNCATE ON units TO fengqiao_app", "table units grants TRUNCATE to fengqiao_app"),
    ("CREATE TABLE notes (id uuid PRIMARY KEY)", "table notes belongs to no tenant"),
    ("CREATE UNIQUE INDEX phone ON organisations (name)", "index phone does not start with tenant_id"),
    (
        "ALTER TABLE organisations ADD UNIQUE (name)",
        "key organisations_name_key of organisations does not start",
    ),
    ("ALTER TABLE units OWNER TO fengqiao_app", "relation units is owned by fengqiao_app"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_damage_turns_the_catalogue_check_red() -> anyhow::Result<()> {
    on_postgres(async |_| {
        for (damage, wanted) in DAMAGES {
            let database = PostgresDatabase::migrated().await?;
            let superuser = database.pool(SUPERUSER)?;
            superuser.execute(damage).await?;
            let faults = catalogue::faults(&superuser).await?;
            ensure!(faults.iter().any(|fault| fault.starts_with(wanted)), "{damage}: {faults:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_force_the_owner_sees_everything() -> anyhow::Result<()> {
    on_postgres(async |world| {
        outside::filled(&world).await?;
        world.run_sql("ALTER TABLE units NO FORCE ROW LEVEL SECURITY").await?;
        let except = outside::looked_up(&world).await?;
        red(
            outside::blind(&world.pool(OWNER)?, &world.pool(SUPERUSER)?, &except).await,
            "units: 14 of 14 rows",
        )?;
        let found = Doctor::examine(&world.db).await?;
        assert_eq!(found, ["table units has row-level security not forced"]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_nullif_an_empty_setting_is_no_answer() -> anyhow::Result<()> {
    on_postgres(async |world| {
        outside::filled(&world).await?;
        // As text an empty setting compares as a value: a prefix that every row has.
        world
            .run_sql(
                "ALTER POLICY tenant ON units USING (tenant_id::text LIKE current_setting('app.tenant', true) || '%')",
            )
            .await?;
        red(outside::blind(&world.pool(APP)?, &world.pool(SUPERUSER)?, &[]).await, "units: 14 of 14 rows")?;
        named(&catalogue::faults(&world.pool(SUPERUSER)?).await?, "without NULLIF")
    })
    .await
}

/// The plan of reading all units in the scope of a district.
async fn planned(world: &World, district: &District) -> anyhow::Result<Explained> {
    let app = world.pool(APP)?;
    let mut tx = app.begin().await?;
    tx.execute(AssertSqlSafe(format!("SET LOCAL app.tenant = '{}'", district.tenant.uuid()))).await?;
    let sql = "SELECT id FROM units";
    let plan = sqlx::query_scalar(AssertSqlSafe(format!("EXPLAIN {sql}"))).fetch_all(&mut *tx).await?;
    tx.rollback().await?;
    Ok(Explained { sql: sql.to_owned(), plan })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setting_that_is_read_for_every_row_shows_in_the_plan() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let [district, _] = world.mirrored_districts().await?;
        let units = BTreeSet::from(["units".to_owned()]);
        assert_eq!(settings_apart(&planned(&world, &district).await?, &units), None);
        let bare = "tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid";
        world.run_sql(&format!("ALTER POLICY tenant ON units USING ({bare})")).await?;
        let fault = settings_apart(&planned(&world, &district).await?, &units).unwrap_or_default();
        ensure!(fault.starts_with("a setting is read for every row"), "{fault:?}");
        world.run_sql("ALTER POLICY tenant ON units USING (true)").await?;
        let fault = settings_apart(&planned(&world, &district).await?, &units).unwrap_or_default();
        assert_eq!(fault, "units is read without a setting");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_policy_beside_the_tenant_policy_opens_no_tenant() -> anyhow::Result<()> {
    on_postgres(async |world| {
        outside::filled(&world).await?;
        world.run_sql("CREATE POLICY open ON units USING (true)").await?;
        // The tenant policy is restrictive: rows stay shut, and both checks name the policy.
        outside::blind(&world.pool(APP)?, &world.pool(SUPERUSER)?, &[]).await?;
        named(&catalogue::faults(&world.pool(SUPERUSER)?).await?, "policy open on units")?;
        named(&Doctor::examine(&world.db).await?, "policy open on units")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_tenant_policy_rows_are_seen() -> anyhow::Result<()> {
    on_postgres(async |world| {
        outside::filled(&world).await?;
        world.run_sql("DROP POLICY tenant ON units").await?;
        red(outside::blind(&world.pool(APP)?, &world.pool(SUPERUSER)?, &[]).await, "units: 14 of 14 rows")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_write_for_others_gives_rows_away() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let ([own, other], _) = outside::filled(&world).await?;
        let app = world.pool(APP)?;
        assert_eq!(outside::give_away(&app, own.tenant, "sessions", other.tenant).await?, Given::Refused);
        // What a row refers to is in its own tenant, which would refuse it too.
        world.run_sql("ALTER POLICY tenant ON sessions WITH CHECK (true)").await?;
        world.run_sql("ALTER TABLE sessions DISABLE TRIGGER ALL").await?;
        assert_eq!(outside::give_away(&app, own.tenant, "sessions", other.tenant).await?, Given::Taken);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_a_row_shows_nothing() -> anyhow::Result<()> {
    on_postgres(async |world| {
        world.mirrored_districts().await?;
        red(outside::blind(&world.pool(APP)?, &world.pool(SUPERUSER)?, &[]).await, "holds no row")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_guard_the_trail_is_replaced_on_sqlite() -> anyhow::Result<()> {
    for (guard, sql) in REPLACING {
        let (world, _district) = sealed(Backend::Sqlite).await?;
        world.run_sql(&format!("DROP TRIGGER {guard}; {sql}")).await.with_context(|| sql.to_owned())?;
        assert_eq!(Doctor::examine(&world.db).await?, [format!("trigger {guard} is gone")]);
    }
    Ok(())
}

fn red(outcome: anyhow::Result<()>, wanted: &str) -> anyhow::Result<()> {
    let said = outcome.err().map(|error| error.to_string()).unwrap_or_default();
    ensure!(said.contains(wanted), "the check said {said:?}, not {wanted:?}");
    Ok(())
}

fn named(found: &[String], wanted: &str) -> anyhow::Result<()> {
    ensure!(found.iter().any(|line| line.contains(wanted)), "{wanted:?} is not in {found:?}");
    Ok(())
}
