//! Everything that is sealed is sealed anew under another key, where it stands; and nothing that somebody else writes meanwhile is lost.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::id::{TenantId, Timestamp};
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::kernel::vault::{Cell, Keyring, Suite, Vault};
use fengqiao_domain::{Db, Resealed, Resealer, SEALED_COLUMNS, SealedColumn};
use fengqiao_entity::value::SealedBytes;
use fengqiao_tests::{Backend, SUPERUSER, World, on_backends};
use sqlx::AssertSqlSafe;
use sqlx::types::Uuid;
use tempfile::TempDir;

use crate::sweep::stage::Stage;

/// The key of `Vault::for_tests`, under which everything is sealed at first.
const OLD: u32 = 7;

/// Where the keys of tenants are.
pub(super) const TENANT_KEYS: &str = "tenant_keys";

/// A folder with the key of the tests and one that took its place.
fn keys(suite: Suite) -> anyhow::Result<(TempDir, PathBuf)> {
    let folder = TempDir::new()?;
    let path = folder.path().join("sealing.json");
    let master = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    std::fs::write(&path, format!(r#"{{"id":7,"master":"{master}","generated":true}}"#))?;
    let ring = Keyring::hold(&path)?;
    ring.add(suite, Timestamp(0))?;
    ring.promote(Timestamp(60_000_000))?;
    Ok((folder, path))
}

/// The store of a world with the keys of a file.
async fn store(world: &World, keys: &Path) -> anyhow::Result<Db> {
    let (url, worker_url) = world.urls()?;
    let ids = Arc::new(SeededIds::new(31));
    let vault = Arc::new(Vault::open(keys)?);
    Ok(Db::open(&World::options(url, worker_url), world.clock.clone(), ids, vault).await?)
}

fn resealer(db: &Db) -> Resealer {
    Resealer::new(db.clone(), PlatformScope::for_command_line("test"))
}

/// Tenant and id of some rows of a table, past every wall.
pub(super) async fn rows(world: &World, column: &SealedColumn) -> anyhow::Result<Vec<(Uuid, Uuid)>> {
    let sql = AssertSqlSafe(format!("SELECT tenant_id, {} FROM {} ORDER BY 1, 2", column.row, column.table));
    Ok(match world.sqlite() {
        Ok(pool) => sqlx::query_as(sql).fetch_all(&pool).await?,
        Err(_) => sqlx::query_as(sql).fetch_all(&world.pool(SUPERUSER)?).await?,
    })
}

/// What stands in a cell, past every wall.
pub(super) async fn kept(world: &World, column: &SealedColumn, row: Uuid) -> anyhow::Result<Vec<u8>> {
    let SealedColumn { table, column, row: id, .. } = column;
    let sql = AssertSqlSafe(format!("SELECT {column} FROM {table} WHERE {id} = $1"));
    Ok(match world.sqlite() {
        Ok(pool) => sqlx::query_scalar(sql).bind(row).fetch_one(&pool).await?,
        Err(_) => sqlx::query_scalar(sql).bind(row).fetch_one(&world.pool(SUPERUSER)?).await?,
    })
}

/// The vault of a file, which knows the keys of all tenants.
async fn vault_of(world: &World, path: &Path) -> anyhow::Result<Vault> {
    let vault = Vault::open(path)?;
    let keys = SEALED_COLUMNS.iter().find(|column| column.table == TENANT_KEYS).context(TENANT_KEYS)?;
    for (tenant, row) in rows(world, keys).await? {
        let key = SealedBytes(kept(world, keys, row).await?);
        vault.learn_tenant_key(TenantId::from_uuid(tenant), Some(&key))?;
    }
    Ok(vault)
}

pub(super) fn bytes(world: &World, bytes: &[u8]) -> String {
    match world.backend() {
        Backend::Sqlite => format!("x'{}'", hex::encode(bytes)),
        Backend::Postgres => format!("'\\x{}'::bytea", hex::encode(bytes)),
    }
}

pub(super) fn id(world: &World, id: Uuid) -> String {
    match world.backend() {
        Backend::Sqlite => format!("x'{}'", hex::encode(id.as_bytes())),
        Backend::Postgres => format!("'{id}'::uuid"),
    }
}

pub(super) fn cell(column: &SealedColumn, (tenant, row): (Uuid, Uuid)) -> Cell {
    Cell { tenant: TenantId::from_uuid(tenant), table: column.table, column: column.column, row }
}

/// Rows that the mirror does not have.
fn missing(world: &World) -> Vec<String> {
    let account = "SELECT tenant_id, id FROM accounts";
    vec![
        "INSERT INTO case_values (tenant_id, id, case_id, key, version, current, audience, kind) \
             SELECT tenant_id, id, id, 'x', 1, TRUE, 0, 'sealed' FROM cases"
            .to_owned(),
        format!(
            "INSERT INTO exchange_tickets (tenant_id, partner_id, number, account_id, fingerprint, body, case_id, received_at) \
             SELECT p.tenant_id, p.id, c.number, p.account_id, {one}, {one}, c.id, 1 FROM exchange_partners p \
             JOIN cases c ON c.tenant_id = p.tenant_id WHERE TRUE ON CONFLICT DO NOTHING",
            one = bytes(world, &[1])
        ),
        "INSERT INTO webhook_deliveries (tenant_id, id, webhook_id, account_id, event_id, event, position, body, state, tries, \
             attempts, next_attempt_at, lease_until_at, created_at) SELECT tenant_id, id, id, account_id, id, 'x', 1, '{}', \
             'delivered', 1, '[]', 1, 1, 1 FROM webhooks WHERE TRUE ON CONFLICT DO NOTHING"
            .to_owned(),
        format!(
            "INSERT INTO client_secrets (tenant_id, id, account_id, name, proof, secret, created_at, expires_at) \
             SELECT tenant_id, id, id, 'x', 'secret', {}, 1, 2 FROM accounts",
            bytes(world, &[1])
        ),
        format!(
            "INSERT INTO identity_providers (tenant_id, id, name, kind, issuer, audience, secret, registers, state, created_at, version) \
             SELECT tenant_id, id, 'x', 'wechat', 'wechat', login, {}, FALSE, 'enabled', 1, 1 FROM accounts",
            bytes(world, &[1])
        ),
        "INSERT INTO provider_tokens (tenant_id, provider_id, expires_at, lease_until_at, forced_at, forced_day, forced_count) \
             SELECT tenant_id, id, 1, 0, 0, 0, 0 FROM identity_providers"
            .to_owned(),
        format!(
            "INSERT INTO external_identities (tenant_id, id, account_id, provider_id, subject, subject_blind, live_slot, created_at) \
             SELECT tenant_id, id, id, id, {one}, {one}, 1, 1 FROM identity_providers",
            one = bytes(world, &[1])
        ),
        format!(
            "INSERT INTO second_factors (tenant_id, account_id, begun_at, last_step, recovery_codes) \
             SELECT tenant_id, id, 1, 0, {} FROM accounts",
            bytes(world, &[1; 16])
        ),
        format!(
            "INSERT INTO exports (tenant_id, id, account_id, kind, format, purpose, state, row_count, byte_count, created_at, heard_at, version) \
             SELECT a.tenant_id, a.id, a.id, 'roster', 'csv', 'x', 'running', 0, 0, 1, 1, 1 FROM ({account}) a"
        ),
        format!(
            "INSERT INTO export_parts (tenant_id, id, account_id, export_id, number, bytes, expires_at) \
             SELECT a.tenant_id, a.id, a.id, a.id, 1, {}, 1 FROM ({account}) a",
            bytes(world, &[1])
        ),
        format!(
            "INSERT INTO imports (tenant_id, id, account_id, kind, file_name, state, created, changed, unchanged, created_at, \
             heard_at, version) SELECT a.tenant_id, a.id, a.id, 'roster', 'x', 'running', 0, 0, 0, 1, 1, 1 FROM ({account}) a"
        ),
    ]
}

/// Puts something into every sealed column, as the application would have sealed it.
pub(super) async fn fill(world: &World) -> anyhow::Result<()> {
    let vault = Vault::for_tests();
    for missing in missing(world) {
        world.run_sql(&missing).await.with_context(|| missing.clone())?;
    }
    for column in &SEALED_COLUMNS {
        let rows = rows(world, column).await?;
        ensure!(!rows.is_empty(), "{} has no rows to try it on", column.table);
        if column.table == TENANT_KEYS {
            // Each has the one with which it was made, and by which everything else of it opens.
            continue;
        }
        for (tenant, row) in rows {
            let sealed =
                vault.seal(&cell(column, (tenant, row)), &format!("{}.{}", column.table, column.column))?;
            let besides = match column.column {
                "phone" => format!(", phone_blind = {}", bytes(world, &[1])),
                "old_secret" => ", old_secret_until_at = 1".to_owned(),
                "void_reason" => ", voided_at = 1".to_owned(),
                _ => String::new(),
            };
            let sql = format!(
                "UPDATE {} SET {} = {}{besides} WHERE {} = {}",
                column.table,
                column.column,
                bytes(world, &sealed.0),
                column.row,
                id(world, row)
            );
            world.run_sql(&sql).await.with_context(|| format!("{}.{}", column.table, column.column))?;
        }
    }
    Ok(())
}

async fn all(resealer: &Resealer) -> anyhow::Result<Resealed> {
    let mut all = Resealed::default();
    for column in &SEALED_COLUMNS {
        let told = resealer.reseal(column, |_| {}).await?;
        all = Resealed {
            done: all.done + told.done,
            changed: all.changed + told.changed,
            unreadable: all.unreadable + told.unreadable,
        };
    }
    Ok(all)
}

#[test]
fn every_sealed_column_of_the_inventory_is_known() -> anyhow::Result<()> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/data-inventory.csv"))?;
    let sealed = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.splitn(5, ',').collect();
        (cells.get(3) == Some(&"sealed")).then(|| format!("{}.{}", cells[0], cells[1]))
    });
    let known = SEALED_COLUMNS.iter().map(|column| format!("{}.{}", column.table, column.column));
    assert_eq!(sealed.collect::<BTreeSet<_>>(), known.collect::<BTreeSet<_>>());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_sealed_anew_where_it_stands() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::at_work(backend).await?;
        let world = &stage.world;
        fill(world).await?;
        let (_folder, path) = keys(Suite::Sm)?;
        let db = store(world, &path).await?;
        let resealer = resealer(&db);
        let before = resealer.count().await?;
        let values: u64 = before.iter().map(|counted| counted.values).sum();
        assert_eq!(before.len(), SEALED_COLUMNS.len(), "{before:?}");
        assert!(before.iter().all(|counted| counted.key == OLD), "{before:?}");
        // Broken off in the middle, and begun anew by another process.
        let first = resealer.reseal(&SEALED_COLUMNS[0], |_| {}).await?;
        ensure!(first.done > 0 && first.unreadable == 0, "{first:?}");
        let other = store(world, &path).await?;
        let rest = all(&self::resealer(&other)).await?;
        assert_eq!(first.done + rest.done, values);
        assert_eq!((rest.changed, rest.unreadable), (0, 0));
        assert_eq!(all(&resealer).await?, Resealed::default(), "there is something left");
        let new = db.sealing_key()?;
        let after: Vec<u64> =
            resealer.count().await?.iter().filter(|counted| counted.key == new).map(|c| c.values).collect();
        assert_eq!((after.len(), after.iter().sum::<u64>()), (before.len(), values));
        // With the new key alone everything opens, in its own cell.
        Keyring::hold(&path)?.retire(OLD)?;
        let vault = vault_of(world, &path).await?;
        for column in SEALED_COLUMNS.iter().filter(|column| column.table != TENANT_KEYS) {
            let at = *rows(world, column).await?.first().context("a row")?;
            let sealed = SealedBytes(kept(world, column, at.1).await?);
            assert_eq!(
                vault.open_sealed(&cell(column, at), &sealed)?,
                format!("{}.{}", column.table, column.column)
            );
        }
        // Its index with it.
        for phone in SEALED_COLUMNS.iter().filter(|column| column.column == "phone") {
            let at = *rows(world, phone).await?.first().context("a row")?;
            let index = SealedColumn { column: "phone_blind", ..*phone };
            let text = format!("{}.phone", phone.table);
            let wanted = vault.blind(TenantId::from_uuid(at.0), phone.table, phone.column, &text)?;
            assert_eq!(kept(world, &index, at.1).await?, wanted.0, "{text}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_moved_elsewhere_does_not_become_readable() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let world = &stage.world;
        let column = SEALED_COLUMNS.iter().find(|column| column.table == "accounts").context("accounts")?;
        let rows = rows(world, column).await?;
        let (one, other) = (rows.first().context("a row")?, rows.last().context("a row")?);
        ensure!(one.0 != other.0, "of one tenant");
        let moved = kept(world, column, one.1).await?;
        let sql =
            format!("UPDATE accounts SET name = {} WHERE id = {}", bytes(world, &moved), id(world, other.1));
        world.run_sql(&sql).await?;
        let (_folder, path) = keys(Suite::International)?;
        let db = store(world, &path).await?;
        let told = resealer(&db).reseal(column, |_| {}).await?;
        assert_eq!((told.unreadable, told.done), (1, rows.len() as u64 - 1));
        assert_eq!(kept(world, column, other.1).await?, moved, "it was touched");
        Ok(())
    })
    .await
}

/// Once the first row is sealed anew, somebody else writes the last one.
fn meddling(world: &World, first: Uuid, last: Uuid, sealed: &[u8]) -> String {
    let change =
        format!("UPDATE accounts SET name = {} WHERE id = {}", bytes(world, sealed), id(world, last));
    let first = id(world, first);
    match world.backend() {
        Backend::Sqlite => {
            format!(
                "CREATE TRIGGER meddle AFTER UPDATE OF name ON accounts WHEN NEW.id = {first} BEGIN {change}; END"
            )
        }
        Backend::Postgres => format!(
            "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN {change}; RETURN NEW; END $$; \
             CREATE TRIGGER meddle AFTER UPDATE OF name ON accounts FOR EACH ROW WHEN (NEW.id = {first}) EXECUTE FUNCTION meddle()"
        ),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_writes_meanwhile_stays() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let world = &stage.world;
        let column = SEALED_COLUMNS.iter().find(|column| column.table == "accounts").context("accounts")?;
        let (_folder, path) = keys(Suite::International)?;
        let db = store(world, &path).await?;
        let mut rows = rows(world, column).await?;
        // Of one tenant: one batch.
        let tenant = rows.first().context("a row")?.0;
        rows.retain(|row| row.0 == tenant);
        let (first, last) = (*rows.first().context("a row")?, *rows.last().context("a row")?);
        let own = vault_of(world, &path).await?.seal(&cell(column, last), "改名")?;
        world.run_sql(&meddling(world, first.1, last.1, &own.0)).await?;
        let told = resealer(&db).reseal(column, |_| {}).await?;
        assert_eq!(kept(world, column, last.1).await?, own.0, "it was written over");
        assert_eq!((told.changed, told.unreadable), (1, 0));
        let left = resealer(&db).count().await?;
        ensure!(
            left.iter().filter(|counted| counted.place == "accounts.name").all(|counted| counted.key != OLD),
            "{left:?}"
        );
        Ok(())
    })
    .await
}
