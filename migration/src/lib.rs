//! How the database gets there: append-only migrations for PostgreSQL and SQLite.
//!
//! This crate sees nothing of ours. A landed migration is never edited; a test keeps their hashes.

mod ddl;
mod m20261122_000001_kernel;
mod m20261122_000002_org;
mod m20261122_000003_identity;
mod m20261122_000004_catalogue;
mod m20261122_000005_cases;
mod m20261124_000006_deployment;
mod m20261124_000007_staff;
mod m20261128_000008_sheets;
mod m20261128_000009_access_order;
mod m20261128_000010_limits;
mod m20261128_000011_programmes;
mod m20261128_000012_calendars;
mod m20261128_000013_supervision;
mod m20261128_000014_assistance;
mod m20261129_000015_files;
mod m20261129_000016_judging;
mod m20261129_000017_routing;
mod m20261129_000018_events;
mod m20261129_000019_webhooks;
mod m20261129_000020_exchange;
mod m20261129_000021_audit_chain;
mod m20261129_000022_fieldwork;
mod m20261129_000023_audit_guards;
mod m20261129_000024_second_factor;
mod m20261129_000025_guards;
mod m20261129_000026_passwords;
mod m20261129_000027_client_secrets;
mod m20261130_000028_reveals;
mod m20261130_000029_federation;
mod m20261130_000030_key_persons;
mod m20261130_000031_oversight;
mod m20261130_000032_leaving;
mod m20261130_000033_export_reviews;
mod m20261130_000034_children;
mod m20261201_000035_export_grants;
mod walls;

use sea_orm_migration::prelude::*;

pub use ddl::{APP_ROLE, LOOKUP_ROLE, OWNER_ROLE, WORKER_ROLE};

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            whole(m20261122_000001_kernel::Migration),
            whole(m20261122_000002_org::Migration),
            whole(m20261122_000003_identity::Migration),
            whole(m20261122_000004_catalogue::Migration),
            whole(m20261122_000005_cases::Migration),
            whole(m20261124_000006_deployment::Migration),
            whole(m20261124_000007_staff::Migration),
            whole(m20261128_000008_sheets::Migration),
            whole(m20261128_000009_access_order::Migration),
            whole(m20261128_000010_limits::Migration),
            whole(m20261128_000011_programmes::Migration),
            whole(m20261128_000012_calendars::Migration),
            whole(m20261128_000013_supervision::Migration),
            whole(m20261128_000014_assistance::Migration),
            whole(m20261129_000015_files::Migration),
            whole(m20261129_000016_judging::Migration),
            whole(m20261129_000017_routing::Migration),
            whole(m20261129_000018_events::Migration),
            whole(m20261129_000019_webhooks::Migration),
            whole(m20261129_000020_exchange::Migration),
            whole(m20261129_000021_audit_chain::Migration),
            whole(m20261129_000022_fieldwork::Migration),
            whole(m20261129_000023_audit_guards::Migration),
            whole(m20261129_000024_second_factor::Migration),
            whole(m20261129_000025_guards::Migration),
            whole(m20261129_000026_passwords::Migration),
            whole(m20261129_000027_client_secrets::Migration),
            whole(m20261130_000028_reveals::Migration),
            whole(m20261130_000029_federation::Migration),
            whole(m20261130_000030_key_persons::Migration),
            whole(m20261130_000031_oversight::Migration),
            whole(m20261130_000032_leaving::Migration),
            whole(m20261130_000033_export_reviews::Migration),
            whole(m20261130_000034_children::Migration),
            whole(m20261201_000035_export_grants::Migration),
        ]
    }
}

/// A migration that happens whole or not at all on SQLite too, where the library's default is no
/// transaction: one that is killed half-way would never run again.
struct Whole<M>(M);

fn whole<M: MigrationTrait + 'static>(migration: M) -> Box<dyn MigrationTrait> {
    Box::new(Whole(migration))
}

impl<M: MigrationName> MigrationName for Whole<M> {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl<M: MigrationTrait> MigrationTrait for Whole<M> {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
