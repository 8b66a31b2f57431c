//! The second factor of an account: its secret is the account's own row, and whether it counts is with the account, so that
//! whoever administers it can end it without reaching the secret.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let instant = if postgres { "bigint" } else { "INTEGER" };
        let add = format!("ALTER TABLE accounts ADD COLUMN second_factor_at {instant} NULL");
        manager.get_connection().execute_unprepared(&add).await?;
        TenantTable::new("second_factors", Reach::Own("account_id"))
            .column("account_id", "UUID")
            .nullable("secret", "BYTES")
            .column("begun_at", "BIGINT")
            .nullable("confirmed_at", "BIGINT")
            // Codes of this step of thirty seconds and of those before it count no more.
            .column("last_step", "BIGINT")
            // Digests of those that were not used, one after the other.
            .column("recovery_codes", "BYTES")
            .key(&["account_id"])
            .references(&["account_id"], "accounts", &["id"])
            .check("confirmed_at IS NULL OR secret IS NOT NULL")
            .create(manager)
            .await
    }
}
