//! The audit trail is a chain: whatever is done to it past the product is found, and read by those who may.

mod anchors;
pub(crate) mod chains;
mod kept;
mod reading;
mod refused;
mod rehearsed;
mod unreadable;
mod writers;

use anyhow::{Context as _, bail};
use fengqiao_domain::audit::{AuditEntry, AuditFilter, AuditService, REFUSALS};
use fengqiao_domain::kernel::chain::{Break, Fault};
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::page::{Direction, PageRequest};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::CreateOrganisation;
use fengqiao_domain::{Anchored, ChainReport, Sealer};
use fengqiao_tests::{Answered as _, Backend, District, World};
use sqlx::types::Uuid;

/// What keeps everybody from the trail, on SQLite.
const GUARDS: [&str; 14] = [
    "audit_entries_kept",
    "audit_entries_not_removed",
    "audit_seals_kept",
    "audit_seals_not_removed",
    "audit_heads_move_on",
    "audit_heads_not_removed",
    "audit_seals_follow",
    "audit_entries_not_replaced",
    "audit_heads_not_replaced",
    "audit_entries_counted",
    "audit_seals_not_replaced",
    "audit_seals_counted",
    "audit_heads_counted",
    "audit_heads_not_renumbered",
];

/// Does something that is audited so many times.
async fn write(world: &World, district: &District, from: usize, times: usize) -> anyhow::Result<()> {
    for number in from..from + times {
        organise(world, &district.commander(1), number).await?;
    }
    Ok(())
}

async fn organise(world: &World, scope: &Scope, number: usize) -> anyhow::Result<()> {
    let command = CreateOrganisation {
        code: format!("o{number}"),
        name: format!("单位{number}"),
        kind: "police".to_owned(),
    };
    world.org().create_organisation(scope, command).await.done().map(drop)
}

/// Seals whatever waits: how many entries.
async fn seal(world: &World) -> anyhow::Result<usize> {
    let sealer = Sealer::new(world.db.clone());
    let mut entries = 0;
    loop {
        match sealer.step().await? {
            0 => return Ok(entries),
            more => entries += more,
        }
    }
}

/// A world with a chain of ten and some, all of it sealed.
pub(crate) async fn sealed(backend: Backend) -> anyhow::Result<(World, District)> {
    let world = World::new(backend).await?;
    let district = world.district().await?;
    write(&world, &district, 0, 10).await?;
    seal(&world).await?;
    Ok((world, district))
}

/// Runs statements as somebody who owns the database, past every guard. `$T` stands for the tenant.
async fn tamper(world: &World, tenant: TenantId, sql: &str) -> anyhow::Result<()> {
    let sql = sql.replace("$T", &literal(world, tenant.uuid()));
    world
        .run_sql(&match world.backend() {
            Backend::Postgres => {
                format!("BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT")
            }
            Backend::Sqlite => {
                let guards = GUARDS.map(|guard| format!("DROP TRIGGER IF EXISTS {guard}; "));
                format!("{}{sql}", guards.concat())
            }
        })
        .await
}

fn literal(world: &World, id: Uuid) -> String {
    match world.backend() {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

/// Bytes as a literal.
fn bytes(world: &World, bytes: &[u8]) -> String {
    match world.backend() {
        Backend::Sqlite => format!("x'{}'", hex::encode(bytes)),
        Backend::Postgres => format!("'\\x{}'", hex::encode(bytes)),
    }
}

async fn verify(world: &World, tenant: TenantId, anchored: &[Anchored]) -> anyhow::Result<ChainReport> {
    Ok(world.db.verify_chain(tenant, anchored).await?)
}

/// Where a chain is broken first, and how.
fn broken(report: &ChainReport) -> anyhow::Result<(Option<i64>, Break)> {
    let Some(Fault { sequence, what, .. }) = report.faults.first().copied() else {
        bail!("it is whole: {report:?}")
    };
    Ok((sequence, what))
}

/// The whole trail as its reader sees it, oldest first.
async fn trail(world: &World, district: &District) -> anyhow::Result<Vec<AuditEntry>> {
    let page = PageRequest { size: 100, direction: Direction::Backward, cursor: None };
    let service = AuditService::new(world.db.clone(), REFUSALS);
    let page = service.entries(&district.commander(9), &AuditFilter::default(), &page).await.done()?;
    let mut entries: Vec<AuditEntry> = page.rows.into_iter().map(|(_, entry)| entry).collect();
    entries.sort_by_key(|entry| entry.seal.map_or(i64::MAX, |seal| seal.sequence));
    Ok(entries)
}

/// The entry at a place of the chain.
async fn at(world: &World, district: &District, sequence: i64) -> anyhow::Result<AuditEntry> {
    let entries = trail(world, district).await?.into_iter();
    let mut found = entries.filter(|entry| entry.seal.is_some_and(|seal| seal.sequence == sequence));
    found.next().context("no such place")
}
