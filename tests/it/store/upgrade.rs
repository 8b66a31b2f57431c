//! What a migration makes of rows that were there before it.

use anyhow::ensure;
use fengqiao_tests::{Backend, on_backends};

use crate::sweep::stage::Stage;

/// The newest one.
const UNDO_EXPORT_GRANTS: &str = "ALTER TABLE exports DROP COLUMN grants; DELETE FROM seaql_migrations WHERE version = 'm20261201_000035_export_grants'";
/// The one before it: its columns go with the table.
const UNDO_CHILDREN: &str = "DELETE FROM seaql_migrations WHERE version = 'm20261130_000034_children'";
/// The one before it.
const UNDO_EXPORT_REVIEWS: &str = "DROP TABLE export_reviews; DROP INDEX exports_taken; DELETE FROM seaql_migrations WHERE version = 'm20261130_000033_export_reviews'";
/// The one before it; its walls and functions are there on PostgreSQL only.
const UNDO_LEAVING: &str = "DROP TABLE tenant_keys; ALTER TABLE tenants DROP COLUMN state; \
     ALTER TABLE tenants DROP COLUMN closed_at; ALTER TABLE tenants DROP COLUMN exported_at; ALTER TABLE tenants DROP COLUMN exported_counts; \
     ALTER TABLE tenants DROP COLUMN erased_at; \
     DELETE FROM seaql_migrations WHERE version = 'm20261130_000032_leaving'";
const UNDO_LEAVING_WALLS: &str = "DO $undo$ DECLARE p record; BEGIN FOR p IN SELECT tablename, policyname FROM pg_policies \
     WHERE policyname IN ('leaving', 'erasing') LOOP EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename); \
     END LOOP; END $undo$; DROP POLICY worker ON tenants; REVOKE ALL ON tenants FROM fengqiao_worker; \
     REVOKE SELECT (state) ON tenants FROM fengqiao_lookup";
/// The one before it; its functions are there on PostgreSQL only.
const UNDO_OVERSIGHT: &str = "DROP TABLE oversight_grants; ALTER TABLE sessions DROP COLUMN home_tenant_id; \
     ALTER TABLE sessions DROP COLUMN home_account_id; ALTER TABLE sessions DROP COLUMN home_session_id; \
     DELETE FROM seaql_migrations WHERE version = 'm20261130_000031_oversight'";
const UNDO_OVERSIGHT_LOOKUPS: &str = "DROP FUNCTION lookup_oversight(uuid, uuid); DROP FUNCTION lookup_overseer(text, uuid); \
     DROP FUNCTION lookup_home(uuid, uuid, uuid); DROP POLICY lookup ON sessions; \
     REVOKE ALL ON sessions FROM fengqiao_lookup";
/// The one before it: its column goes with the table.
const UNDO_KEY_PERSONS: &str = "DELETE FROM seaql_migrations WHERE version = 'm20261130_000030_key_persons'";
/// The one before it; its function is there on PostgreSQL only.
const UNDO_FEDERATION: &str = "DROP TABLE external_identities; DROP TABLE provider_tokens; DROP TABLE identity_providers; \
     DELETE FROM seaql_migrations WHERE version = 'm20261130_000029_federation'";
const UNDO_EXTERNAL_LOOKUP: &str = "DROP FUNCTION lookup_external_identity(uuid, uuid, bytea); DROP FUNCTION lookup_kept_identity(uuid, uuid, bytea)";
/// The one before it.
const UNDO_REVEALS: &str =
    "DROP TABLE reveals; DELETE FROM seaql_migrations WHERE version = 'm20261130_000028_reveals'";
/// The one before it.
const UNDO_CLIENT_SECRETS: &str = "DROP TABLE client_secrets; ALTER TABLE sessions DROP COLUMN client_secret_id; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000027_client_secrets'";
/// The one before it.
const UNDO_PASSWORDS: &str = "ALTER TABLE credentials DROP COLUMN given_at; ALTER TABLE credentials DROP COLUMN former_hashes; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000026_passwords'";
/// The one before; its triggers go with the tables, or with those of the one that made them first.
const UNDO_MORE_GUARDS: &str =
    "DROP INDEX visits_voided; DELETE FROM seaql_migrations WHERE version = 'm20261129_000025_guards'";
const UNDO_NUMBERS: &str = "DROP TRIGGER audit_entries_counted; DROP TRIGGER audit_seals_not_replaced; \
     DROP TRIGGER audit_seals_counted; DROP TRIGGER audit_heads_counted; DROP TRIGGER audit_heads_not_renumbered";
const UNDO_SECOND_FACTOR: &str = "DROP TABLE second_factors; ALTER TABLE accounts DROP COLUMN second_factor_at; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000024_second_factor'";
/// Newer migrations go first, with what each database has of them.
const UNDO_AUDIT_GUARDS: &str =
    "DELETE FROM seaql_migrations WHERE version = 'm20261129_000023_audit_guards'";
const UNDO_REPLACING: &str = "DROP TRIGGER audit_seals_follow; DROP TRIGGER audit_entries_not_replaced; \
     DROP TRIGGER audit_heads_not_replaced";
const UNDO_FOLLOWING: &str = "DROP FUNCTION audit_seals_follow() CASCADE";
const UNDO_FIELDWORK: &str =
    "DROP TABLE visits; DELETE FROM seaql_migrations WHERE version = 'm20261129_000022_fieldwork'";
/// What guards its tables goes first.
const UNDO_AUDIT: &str = "DROP TABLE audit_pending; DROP TABLE audit_seals; DROP TABLE audit_heads; \
     DROP INDEX audit_entries_target; DROP INDEX audit_entries_account; DROP INDEX audit_entries_action; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000021_audit_chain'";
const UNDO_TRIGGERS: &str = "DROP TRIGGER audit_entries_wait; DROP TRIGGER audit_entries_kept; \
     DROP TRIGGER audit_entries_not_removed";
const UNDO_GUARDS: &str = "DROP FUNCTION audit_entries_wait() CASCADE; DROP FUNCTION audit_entries_kept() CASCADE; \
     DROP FUNCTION audit_entries_not_removed() CASCADE; DROP FUNCTION audit_seals_kept() CASCADE; \
     DROP FUNCTION audit_seals_not_removed() CASCADE; DROP FUNCTION audit_heads_move_on() CASCADE; \
     DROP FUNCTION audit_heads_not_removed() CASCADE; DROP FUNCTION audit_not_emptied() CASCADE; \
     DROP POLICY worker ON audit_entries; REVOKE ALL ON audit_entries FROM fengqiao_worker";
/// What only PostgreSQL has of the one before.
const UNDO_LOOKUP: &str = "DROP FUNCTION lookup_exchange_partner(text, text)";
/// Newer migrations go first.
const UNDO_EXCHANGE: &str = "DROP TABLE exchange_tickets; DROP TABLE exchange_partners; DROP INDEX webhook_deliveries_case; DROP INDEX idempotency_records_at; \
     ALTER TABLE webhooks DROP COLUMN content; ALTER TABLE webhooks DROP COLUMN external_source; \
     ALTER TABLE webhook_deliveries DROP COLUMN receipt_number; ALTER TABLE webhook_deliveries DROP COLUMN receipt_at; \
     ALTER TABLE webhook_deliveries DROP COLUMN refusal; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000020_exchange'";
const UNDO_WEBHOOKS: &str = "DROP TABLE webhook_deliveries; DROP TABLE webhooks; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000019_webhooks'";
const UNDO_EVENTS: &str =
    "DROP TABLE outbox_heads; DELETE FROM seaql_migrations WHERE version = 'm20261129_000018_events'";
const UNDO_ROUTING: &str = "DROP TABLE duties; DROP TABLE case_progress; DROP INDEX grids_box; ALTER TABLE grids DROP COLUMN west; \
     ALTER TABLE grids DROP COLUMN south; ALTER TABLE grids DROP COLUMN east; ALTER TABLE grids DROP COLUMN north; \
     ALTER TABLE categories DROP COLUMN routing; ALTER TABLE categories DROP COLUMN similar_metres; \
     ALTER TABLE categories DROP COLUMN similar_hours; ALTER TABLE cases DROP COLUMN routing; \
     ALTER TABLE cases DROP COLUMN retimed; ALTER TABLE cases DROP COLUMN followers; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000017_routing'";
const UNDO_JUDGING: &str = "DROP TABLE case_sample_items; DROP TABLE case_samples; \
     DROP INDEX cases_on_time; DROP INDEX cases_reworked; DROP INDEX cases_closed; DROP INDEX cases_visited; \
     ALTER TABLE cases DROP COLUMN on_time; ALTER TABLE cases DROP COLUMN judged_at; \
     ALTER TABLE cases DROP COLUMN reworks; ALTER TABLE cases DROP COLUMN evaluation_form; \
     ALTER TABLE cases DROP COLUMN evaluable_until; ALTER TABLE cases DROP COLUMN return_visits; \
     ALTER TABLE cases DROP COLUMN visited_at; \
     DELETE FROM seaql_migrations WHERE version = 'm20261129_000016_judging'";
const UNDO_FILES: &str =
    "DROP TABLE attachments; DELETE FROM seaql_migrations WHERE version = 'm20261129_000015_files'";
const UNDO_ASSISTANCE: &str = "ALTER TABLE cases DROP COLUMN requested_amount; \
     ALTER TABLE cases DROP COLUMN requested_at; ALTER TABLE cases DROP COLUMN requested_by; \
     ALTER TABLE cases DROP COLUMN assistants; \
     DROP INDEX cases_master; ALTER TABLE cases DROP COLUMN master_id; \
     DELETE FROM seaql_migrations WHERE version = 'm20261128_000014_assistance'";
const UNDO_SUPERVISION: &str = "DROP INDEX cases_supervision; ALTER TABLE cases DROP COLUMN urged_times; \
     ALTER TABLE cases DROP COLUMN supervision_level; ALTER TABLE cases DROP COLUMN supervised_at; \
     ALTER TABLE cases DROP COLUMN supervision_cost; ALTER TABLE cases DROP COLUMN leader_account_id; \
     ALTER TABLE case_entries DROP COLUMN supervision_level; \
     ALTER TABLE case_entries DROP COLUMN supervision_cost; \
     DELETE FROM seaql_migrations WHERE version = 'm20261128_000013_supervision'";
const UNDO_CALENDARS: &str = "DROP TABLE case_rungs; DROP TABLE calendar_years; DROP TABLE work_calendars; \
     DROP INDEX cases_reckoned; DROP INDEX cases_next_due; ALTER TABLE cases DROP COLUMN reckoned_by; \
     ALTER TABLE cases DROP COLUMN next_due_at; ALTER TABLE cases DROP COLUMN rungs_since; \
     DELETE FROM seaql_migrations WHERE version = 'm20261128_000012_calendars'";
const UNDO_PROGRAMMES: &str = "DROP TABLE case_values; DROP INDEX cases_programme; DROP TABLE programme_versions; \
     DROP TABLE programmes; \
     ALTER TABLE cases DROP COLUMN programme_version_id; ALTER TABLE cases DROP COLUMN stage; \
     ALTER TABLE cases DROP COLUMN visits; \
     DELETE FROM seaql_migrations WHERE version = 'm20261128_000011_programmes'";
const UNDO_LIMITS: &str = "ALTER TABLE cases DROP COLUMN limit_amount; ALTER TABLE cases DROP COLUMN limit_kind; \
     ALTER TABLE cases DROP COLUMN limit_category_id; ALTER TABLE cases DROP COLUMN pauses; \
     ALTER TABLE cases DROP COLUMN extended_amount; ALTER TABLE cases DROP COLUMN extended_times; \
     ALTER TABLE categories RENAME COLUMN limit_amount TO limit_hours; \
     ALTER TABLE categories RENAME COLUMN limit_kind TO clock; \
     DELETE FROM seaql_migrations WHERE version = 'm20261128_000010_limits'";
const UNDO_ACCESS_ORDER: &str = "DROP INDEX case_access_opened; ALTER TABLE case_access DROP COLUMN opened_at; \
     DELETE FROM seaql_migrations WHERE version = 'm20261128_000009_access_order'";
const UNFORCED: &str = "SELECT count(*) FROM pg_class WHERE relname IN ('cases', 'case_access', 'case_entries', 'categories', 'outbox_events', \
     'outbox_heads', \
     'audit_entries', 'audit_pending') \
     AND NOT relforcerowsecurity";

/// The policy of the worker is PostgreSQL's alone.
async fn undo_calendars(stage: &Stage) -> anyhow::Result<()> {
    if stage.world.db.is_postgres() {
        stage.world.run_sql("DROP POLICY worker ON cases").await?;
    }
    stage.world.run_sql(UNDO_CALENDARS).await
}

/// The walls that the migrations opened stand again.
async fn walls_stand(stage: &Stage) -> anyhow::Result<()> {
    if stage.world.db.is_postgres() {
        assert_eq!(stage.world.number(UNFORCED).await?, 0);
    }
    Ok(())
}

async fn undo_audit(stage: &Stage, backend: Backend) -> anyhow::Result<()> {
    stage.world.run_sql(UNDO_EXPORT_GRANTS).await?;
    stage.world.run_sql(UNDO_CHILDREN).await?;
    stage.world.run_sql(UNDO_EXPORT_REVIEWS).await?;
    if backend == Backend::Postgres {
        stage.world.run_sql(UNDO_LEAVING_WALLS).await?;
    }
    stage.world.run_sql(UNDO_LEAVING).await?;
    if backend == Backend::Postgres {
        stage.world.run_sql(UNDO_OVERSIGHT_LOOKUPS).await?;
    }
    stage.world.run_sql(UNDO_OVERSIGHT).await?;
    stage.world.run_sql(UNDO_KEY_PERSONS).await?;
    if backend == Backend::Postgres {
        stage.world.run_sql(UNDO_EXTERNAL_LOOKUP).await?;
    }
    stage.world.run_sql(UNDO_FEDERATION).await?;
    stage.world.run_sql(UNDO_REVEALS).await?;
    stage.world.run_sql(UNDO_CLIENT_SECRETS).await?;
    stage.world.run_sql(UNDO_PASSWORDS).await?;
    if backend == Backend::Sqlite {
        stage.world.run_sql(UNDO_NUMBERS).await?;
    }
    stage.world.run_sql(UNDO_MORE_GUARDS).await?;
    stage.world.run_sql(UNDO_SECOND_FACTOR).await?;
    stage.world.run_sql(if backend == Backend::Postgres { UNDO_FOLLOWING } else { UNDO_REPLACING }).await?;
    stage.world.run_sql(UNDO_AUDIT_GUARDS).await?;
    stage.world.run_sql(UNDO_FIELDWORK).await?;
    stage.world.run_sql(if backend == Backend::Postgres { UNDO_GUARDS } else { UNDO_TRIGGERS }).await?;
    stage.world.run_sql(UNDO_AUDIT).await
}

async fn undo_exchange(stage: &Stage, backend: Backend) -> anyhow::Result<()> {
    undo_audit(stage, backend).await?;
    if backend == Backend::Postgres {
        stage.world.run_sql(UNDO_LOOKUP).await?;
    }
    stage.world.run_sql(UNDO_EXCHANGE).await
}

#[tokio::test(flavor = "multi_thread")]
async fn access_rows_learn_when_their_case_was_opened() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let rows = stage.world.rows("case_access").await?;
        ensure!(rows.len() > 20, "only {} rows", rows.len());
        undo_exchange(&stage, backend).await?;
        stage.world.run_sql(UNDO_WEBHOOKS).await?;
        stage.world.run_sql(UNDO_EVENTS).await?;
        stage.world.run_sql(UNDO_ROUTING).await?;
        stage.world.run_sql(UNDO_JUDGING).await?;
        stage.world.run_sql(UNDO_FILES).await?;
        stage.world.run_sql(UNDO_ASSISTANCE).await?;
        stage.world.run_sql(UNDO_SUPERVISION).await?;
        undo_calendars(&stage).await?;
        stage.world.run_sql(UNDO_PROGRAMMES).await?;
        stage.world.run_sql(UNDO_LIMITS).await?;
        stage.world.run_sql(UNDO_ACCESS_ORDER).await?;
        ensure!(stage.world.rows("case_access").await? != rows);
        stage.world.migrate().await?;
        assert_eq!(stage.world.rows("case_access").await?, rows);
        walls_stand(&stage).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_of_hours_stay_hours_and_cases_keep_their_due_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let count =
            async |condition: &str| stage.world.number(&format!("SELECT count(*) FROM {condition}")).await;
        let (cases, categories) = (count("cases").await?, count("categories").await?);
        ensure!(cases > 20 && categories > 3);
        undo_exchange(&stage, backend).await?;
        stage.world.run_sql(UNDO_WEBHOOKS).await?;
        stage.world.run_sql(UNDO_EVENTS).await?;
        stage.world.run_sql(UNDO_ROUTING).await?;
        stage.world.run_sql(UNDO_JUDGING).await?;
        stage.world.run_sql(UNDO_FILES).await?;
        stage.world.run_sql(UNDO_ASSISTANCE).await?;
        stage.world.run_sql(UNDO_SUPERVISION).await?;
        undo_calendars(&stage).await?;
        stage.world.run_sql(UNDO_PROGRAMMES).await?;
        stage.world.run_sql(UNDO_LIMITS).await?;
        stage
            .world
            .run_sql("UPDATE categories SET clock = CASE WHEN code = '01' THEN 'work' ELSE 'calendar' END")
            .await?;
        stage.world.migrate().await?;
        let hours = "categories WHERE limit_amount = 48 AND limit_kind =";
        assert_eq!(count(&format!("{hours} 'working_hour' AND code = '01'")).await?, 2, "one in each tenant");
        assert_eq!(count(&format!("{hours} 'urgent_hour'")).await?, categories - 2);
        let kept =
            "cases WHERE due_at = opened_at + limit_amount * 3600000000 AND limit_kind = 'urgent_hour'";
        assert_eq!(count(kept).await?, cases);
        walls_stand(&stage).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn boundaries_that_are_drawn_get_their_box() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let ring =
            "[[106.8100004,39.61],[106.82,39.61],[106.82,39.63],[106.8100004,39.63],[106.8100004,39.61]]";
        let drawn = format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
        let sql =
            format!("UPDATE grids SET boundary = '{drawn}', boundary_system = 'WGS84' WHERE code LIKE '%1'");
        stage.world.run_sql(&sql).await?;
        let grids = stage.world.number("SELECT count(*) FROM grids WHERE boundary IS NOT NULL").await?;
        ensure!(grids > 1, "only {grids} are drawn");
        undo_exchange(&stage, backend).await?;
        stage.world.run_sql(UNDO_WEBHOOKS).await?;
        stage.world.run_sql(UNDO_EVENTS).await?;
        stage.world.run_sql(UNDO_ROUTING).await?;
        stage.world.migrate().await?;
        let boxed = "SELECT count(*) FROM grids WHERE west = 106809999 AND south = 39609999 \
            AND east = 106820001 AND north = 39630001";
        assert_eq!(stage.world.number(boxed).await?, grids);
        assert_eq!(
            stage
                .world
                .number("SELECT count(*) FROM grids WHERE (west IS NULL) <> (boundary IS NULL)")
                .await?,
            0
        );
        walls_stand(&stage).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_at_the_stage_of_their_state() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let stages =
            stage.world.number("SELECT count(DISTINCT stage) FROM cases WHERE stage <> state").await?;
        ensure!(stages > 2, "only {stages} stages");
        // What is derived from its facts and its calendar the worker reckons anew.
        stage
            .world
            .run_sql(
                "UPDATE cases SET visits = '[]', rungs_since = 0, reckoned_by = CASE WHEN state IN \
             ('closed', 'rejected', 'withdrawn', 'merged', 'voided') THEN 0 ELSE 1 END",
            )
            .await?;
        // A case that was not closed is judged when it is.
        stage
            .world
            .run_sql("UPDATE cases SET on_time = NULL, judged_at = NULL WHERE state <> 'closed'")
            .await?;
        let before = stage.world.rows("cases").await?;
        undo_exchange(&stage, backend).await?;
        stage.world.run_sql(UNDO_WEBHOOKS).await?;
        stage.world.run_sql(UNDO_EVENTS).await?;
        stage.world.run_sql(UNDO_ROUTING).await?;
        stage.world.run_sql(UNDO_JUDGING).await?;
        stage.world.run_sql(UNDO_FILES).await?;
        stage.world.run_sql(UNDO_ASSISTANCE).await?;
        stage.world.run_sql(UNDO_SUPERVISION).await?;
        undo_calendars(&stage).await?;
        stage.world.run_sql(UNDO_PROGRAMMES).await?;
        stage.world.migrate().await?;
        assert_eq!(stage.world.rows("cases").await?, before);
        walls_stand(&stage).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_cases_are_judged_by_what_is_there() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let count = async |condition: &str| {
            stage.world.number(&format!("SELECT count(*) FROM cases WHERE {condition}")).await
        };
        // One that was late, and one that was sent back.
        let late = "UPDATE cases SET due_at = opened_at, on_time = (judged_at <= opened_at) WHERE id = \
             (SELECT min(id) FROM cases WHERE state = 'closed' AND on_time IS NOT NULL)";
        let late = if stage.world.db.is_postgres() {
            late.replace("min(id)", "min(id::text)::uuid")
        } else {
            late.to_owned()
        };
        stage.world.run_sql(&late).await?;
        let judged = count("on_time IS NOT NULL AND state = 'closed'").await?;
        ensure!(judged > 1, "only {judged} are judged");
        stage
            .world
            .run_sql("UPDATE cases SET on_time = NULL, judged_at = NULL WHERE state <> 'closed'")
            .await?;
        let before = stage.world.rows("cases").await?;
        undo_exchange(&stage, backend).await?;
        stage.world.run_sql(UNDO_WEBHOOKS).await?;
        stage.world.run_sql(UNDO_EVENTS).await?;
        stage.world.run_sql(UNDO_ROUTING).await?;
        stage.world.run_sql(UNDO_JUDGING).await?;
        stage.world.migrate().await?;
        assert_eq!(stage.world.rows("cases").await?, before);
        walls_stand(&stage).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_before_are_known_to_have_come_as_far_as_they_did() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let heads = stage.world.rows("outbox_heads").await?;
        assert_eq!(heads.len(), 2);
        undo_exchange(&stage, backend).await?;
        stage.world.run_sql(UNDO_WEBHOOKS).await?;
        stage.world.run_sql(UNDO_EVENTS).await?;
        stage.world.migrate().await?;
        assert_eq!(stage.world.rows("outbox_heads").await?, heads);
        walls_stand(&stage).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_audited_before_waits_to_be_sealed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let waiting = stage.world.rows("audit_pending").await?;
        ensure!(waiting.len() > 20, "only {} rows", waiting.len());
        assert_eq!(waiting.len(), stage.world.rows("audit_entries").await?.len());
        undo_audit(&stage, backend).await?;
        stage.world.migrate().await?;
        assert_eq!(stage.world.rows("audit_pending").await?, waiting);
        walls_stand(&stage).await
    })
    .await
}
