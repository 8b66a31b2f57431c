//! What a migration makes of rows that were there before it.

use anyhow::ensure;
use fengqiao_tests::on_backends;

use crate::sweep::stage::Stage;

const UNDO: &str = "DROP INDEX case_access_opened; ALTER TABLE case_access DROP COLUMN opened_at; \
     DELETE FROM seaql_migrations WHERE version = 'm20261128_000009_access_order'";

#[tokio::test(flavor = "multi_thread")]
async fn access_rows_learn_when_their_case_was_opened() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let rows = stage.world.rows("case_access").await?;
        ensure!(rows.len() > 20, "only {} rows", rows.len());
        stage.world.run_sql(UNDO).await?;
        ensure!(stage.world.rows("case_access").await? != rows);
        stage.world.migrate().await?;
        assert_eq!(stage.world.rows("case_access").await?, rows);
        let unforced = "SELECT count(*) FROM pg_class WHERE relname IN ('cases', 'case_access') AND NOT relforcerowsecurity";
        if stage.world.db.is_postgres() {
            assert_eq!(stage.world.number(unforced).await?, 0, "the walls stand again");
        }
        Ok(())
    })
    .await
}
