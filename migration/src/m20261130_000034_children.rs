//! Visits to children (不满十四周岁): read by whoever reads of children where they were made, and by whoever made them; and on what ground anything is
//! kept of a child.
//!
//! Of those that are there nobody says how old who was visited is.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::walls::visit_walls_of_children;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let backend = manager.get_database_backend();
        let added: Vec<String> =
            columns(backend).into_iter().map(|column| format!("ADD COLUMN {column}")).collect();
        if backend != DbBackend::Postgres {
            for column in added {
                connection.execute_unprepared(&format!("ALTER TABLE visits {column}")).await?;
            }
            return Ok(());
        }
        // In one statement: the checks are looked at for all rows at once.
        connection.execute_unprepared(&format!("ALTER TABLE visits {}", added.join(", "))).await?;
        for sql in visit_walls_of_children() {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

fn columns(backend: DbBackend) -> Vec<String> {
    let (text, bytes, boolean, is_child) = if backend == DbBackend::Postgres {
        ("text COLLATE \"C\"", "bytea", "boolean", "child IS TRUE")
    } else {
        ("TEXT", "BLOB", "INTEGER CHECK (child IN (0, 1))", "child IS 1")
    };
    let bases = "'guardian_consent', 'statutory_duty', 'emergency'";
    vec![
        format!("child_data_basis {text} NULL CHECK (child_data_basis IN ({bases}))"),
        format!(
            "child {boolean} NULL CHECK (NOT ({is_child}) OR (sensitivity >= 1 AND child_data_basis IS NOT NULL))"
        ),
        format!("born_on {bytes} NULL"),
        format!("guardian_name {bytes} NULL"),
    ]
}
