//! How the database gets there: append-only migrations for PostgreSQL and SQLite.
//!
//! This crate sees nothing of ours. A landed migration is never edited; a test keeps their hashes.

mod ddl;
mod m20261122_000001_kernel;
mod m20261122_000002_org;
mod m20261122_000003_identity;
mod m20261122_000004_catalogue;
mod m20261122_000005_cases;

use sea_orm_migration::prelude::*;

pub use ddl::{APP_ROLE, LOOKUP_ROLE, OWNER_ROLE, WORKER_ROLE};

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_kernel::Migration),
            Box::new(m20261122_000002_org::Migration),
            Box::new(m20261122_000003_identity::Migration),
            Box::new(m20261122_000004_catalogue::Migration),
            Box::new(m20261122_000005_cases::Migration),
        ]
    }
}
