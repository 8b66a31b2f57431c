//! One description of a tenant table, two dialects, all of its walls.
//!
//! [`TenantTable`] puts `tenant_id` first in every key, unique constraint, foreign key and index, and
//! on PostgreSQL enables *and forces* row-level security, with a restrictive policy for the tenant and
//! a permissive one for the [`Reach`]. A table cannot be created here without them.

use std::fmt::Write as _;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

pub(crate) use crate::walls::case_walls_anew;
use crate::walls::{leaving_walls, read_predicate};

/// Owns the tables and runs migrations.
pub const OWNER_ROLE: &str = "fengqiao_owner";
/// Serves requests; owns nothing.
pub const APP_ROLE: &str = "fengqiao_app";
/// Owns the lookup functions; cannot log in.
pub const LOOKUP_ROLE: &str = "fengqiao_lookup";
/// Relays events and runs jobs; has policies only on what it needs.
pub const WORKER_ROLE: &str = "fengqiao_worker";

/// Who may read the rows of a table. The entity of the table states the same.
#[derive(Clone, Copy, Debug)]
pub enum Reach {
    /// Every account of the tenant.
    Tenant,
    /// Staff of the tenant; everyone else only rows of the own account in this column.
    StaffOrOwn(&'static str),
    /// Only the account in this column.
    Own(&'static str),
    /// A case: place, category and sensitivity, or an access row.
    Case,
    /// Rows of a case (column, audience column).
    OfCase(&'static str, &'static str),
    /// Rows of a place: place and sensitivity as of a case, of no category; and those of the account in this column.
    PlaceOrOwn(&'static str),
    /// The account in the first column until there is a case in the second one; then as rows of that case, by the audience in
    /// the third.
    OwnUntilCase(&'static str, &'static str, &'static str),
    /// Auditors.
    Auditor,
    /// Nobody: the application only appends.
    Nobody,
}

/// What the worker role may do with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worker {
    /// Nothing.
    None,
    /// Read and update rows of every tenant.
    Update,
    /// Read and delete rows of every tenant.
    Delete,
    /// Read, add and update rows of every tenant.
    Place,
}

/// A table whose every key starts with the tenant.
pub struct TenantTable {
    name: &'static str,
    reach: Reach,
    worker: Worker,
    columns: Vec<(&'static str, &'static str, &'static str)>,
    key: Vec<&'static str>,
    uniques: Vec<Vec<&'static str>>,
    references: Vec<(Vec<&'static str>, &'static str, Vec<&'static str>)>,
    indexes: Vec<(Vec<&'static str>, &'static str)>,
    checks: Vec<&'static str>,
}

impl TenantTable {
    /// Begins a table; `tenant_id` is its first column.
    pub fn new(name: &'static str, reach: Reach) -> Self {
        Self {
            name,
            reach,
            worker: Worker::None,
            columns: vec![("tenant_id", "UUID", "NOT NULL")],
            key: vec![],
            uniques: vec![],
            references: vec![],
            indexes: vec![],
            checks: vec![],
        }
    }

    /// Adds a column that is never null. Types: `UUID`, `TEXT`, `INTEGER`, `BIGINT`, `BOOLEAN`, `BYTES`.
    pub fn column(mut self, name: &'static str, kind: &'static str) -> Self {
        self.columns.push((name, kind, "NOT NULL"));
        self
    }

    /// Adds a column that may be null.
    pub fn nullable(mut self, name: &'static str, kind: &'static str) -> Self {
        self.columns.push((name, kind, "NULL"));
        self
    }

    /// Sets the primary key, after the tenant.
    pub fn key(mut self, columns: &[&'static str]) -> Self {
        self.key = columns.to_vec();
        self
    }

    /// Adds a unique constraint within the tenant.
    pub fn unique(mut self, columns: &[&'static str]) -> Self {
        self.uniques.push(columns.to_vec());
        self
    }

    /// Adds a foreign key within the tenant.
    pub fn references(
        mut self,
        columns: &[&'static str],
        table: &'static str,
        targets: &[&'static str],
    ) -> Self {
        self.references.push((columns.to_vec(), table, targets.to_vec()));
        self
    }

    /// Adds an index within the tenant; a column may carry ` DESC`.
    pub fn index(mut self, columns: &[&'static str]) -> Self {
        self.indexes.push((columns.to_vec(), ""));
        self
    }

    /// Adds an index within the tenant over the rows of a condition.
    pub fn index_where(mut self, columns: &[&'static str], condition: &'static str) -> Self {
        self.indexes.push((columns.to_vec(), condition));
        self
    }

    /// Adds a check constraint.
    pub fn check(mut self, condition: &'static str) -> Self {
        self.checks.push(condition);
        self
    }

    /// Lets the worker role in.
    pub fn worker(mut self, worker: Worker) -> Self {
        self.worker = worker;
        self
    }

    /// Creates the table, its indexes and, on PostgreSQL, its policies and grants.
    pub async fn create(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let connection = manager.get_connection();
        connection.execute_unprepared(&self.table_sql(backend)).await?;
        for (number, (columns, condition)) in self.indexes.iter().enumerate() {
            let mut sql = format!(
                "CREATE INDEX {}_{} ON {} (tenant_id, {})",
                self.name,
                number + 1,
                self.name,
                columns.join(", ")
            );
            if !condition.is_empty() {
                let _ = write!(sql, " WHERE {condition}");
            }
            connection.execute_unprepared(&sql).await?;
        }
        if backend == DbBackend::Postgres {
            for sql in self.wall_sql() {
                connection.execute_unprepared(&sql).await?;
            }
            // Tables of before tenants had a state got theirs with it.
            if manager.has_column("tenants", "state").await? {
                for sql in leaving_walls(self.name) {
                    connection.execute_unprepared(&sql).await?;
                }
            }
        }
        Ok(())
    }

    fn table_sql(&self, backend: DbBackend) -> String {
        let mut parts: Vec<String> = self
            .columns
            .iter()
            .map(|(name, kind, null)| format!("{name} {} {null}", column_type(backend, kind)))
            .collect();
        parts.push(format!("PRIMARY KEY ({})", tenant_first(&self.key)));
        for unique in &self.uniques {
            parts.push(format!("UNIQUE ({})", tenant_first(unique)));
        }
        for (columns, table, targets) in &self.references {
            parts.push(format!(
                "FOREIGN KEY ({}) REFERENCES {table} ({})",
                tenant_first(columns),
                tenant_first(targets)
            ));
        }
        for check in &self.checks {
            parts.push(format!("CHECK ({check})"));
        }
        let strict = if backend == DbBackend::Sqlite { " STRICT" } else { "" };
        format!("CREATE TABLE {} (\n  {}\n){strict}", self.name, parts.join(",\n  "))
    }

    fn wall_sql(&self) -> Vec<String> {
        let table = self.name;
        let read = read_predicate(table, self.reach);
        let mut sql = vec![
            format!("ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"),
            format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"),
            format!(
                "CREATE POLICY tenant ON {table} AS RESTRICTIVE TO {APP_ROLE} \
                 USING (tenant_id = {tenant}) WITH CHECK (tenant_id = {tenant})",
                tenant = setting("app.tenant", "uuid")
            ),
            format!("CREATE POLICY append ON {table} FOR INSERT TO {APP_ROLE} WITH CHECK (true)"),
        ];
        if matches!(self.reach, Reach::Nobody) {
            sql.push(format!("GRANT INSERT ON {table} TO {APP_ROLE}"));
        } else {
            sql.push(format!("CREATE POLICY reach ON {table} FOR SELECT TO {APP_ROLE} USING ({read})"));
            sql.push(format!("GRANT SELECT, INSERT ON {table} TO {APP_ROLE}"));
        }
        if !matches!(self.reach, Reach::Nobody | Reach::Auditor) {
            sql.push(format!(
                "CREATE POLICY change ON {table} FOR UPDATE TO {APP_ROLE} USING ({read}) WITH CHECK (true)"
            ));
            sql.push(format!("CREATE POLICY remove ON {table} FOR DELETE TO {APP_ROLE} USING ({read})"));
            sql.push(format!("GRANT UPDATE, DELETE ON {table} TO {APP_ROLE}"));
        }
        let verbs = match self.worker {
            Worker::None => None,
            Worker::Update => Some("UPDATE"),
            Worker::Delete => Some("DELETE"),
            Worker::Place => Some("INSERT, UPDATE"),
        };
        if let Some(verbs) = verbs {
            sql.push(format!("CREATE POLICY worker ON {table} TO {WORKER_ROLE} USING (true)"));
            sql.push(format!("GRANT SELECT, {verbs} ON {table} TO {WORKER_ROLE}"));
        }
        sql
    }
}

/// A setting of the transaction as a typed value, `NULL` when unset or empty; evaluated once.
pub fn setting(name: &str, kind: &str) -> String {
    format!("(SELECT NULLIF(current_setting('{name}', true), '')::{kind})")
}

fn tenant_first(columns: &[&str]) -> String {
    std::iter::once("tenant_id").chain(columns.iter().copied()).collect::<Vec<_>>().join(", ")
}

fn column_type(backend: DbBackend, kind: &str) -> &'static str {
    match (backend, kind) {
        (DbBackend::Postgres, "UUID") => "uuid",
        (DbBackend::Postgres, "TEXT") => "text COLLATE \"C\"",
        (DbBackend::Postgres, "INTEGER") => "integer",
        (DbBackend::Postgres, "BIGINT") => "bigint",
        (DbBackend::Postgres, "BOOLEAN") => "boolean",
        (DbBackend::Postgres, "BYTES") => "bytea",
        (_, "UUID" | "BYTES") => "BLOB",
        (_, "TEXT") => "TEXT",
        (_, "INTEGER" | "BIGINT" | "BOOLEAN") => "INTEGER",
        (_, unknown) => panic!("no column type called {unknown}"),
    }
}

/// A function of the lookup role, for what must be found before a scope exists.
///
/// It reads only the `columns` granted here, of rows that its own policies allow, with a pinned
/// `search_path`. `doctor` lists every such function by name and refuses an unlisted one.
pub async fn lookup_function(
    manager: &SchemaManager<'_>,
    signature: &str,
    returns: &str,
    body: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let sql = format!(
        "CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER \
         SET search_path = pg_catalog, public, pg_temp AS $body${body}$body$"
    );
    let connection = manager.get_connection();
    connection.execute_unprepared(&sql).await?;
    let types = signature_types(signature);
    connection.execute_unprepared(&format!("ALTER FUNCTION {types} OWNER TO {LOOKUP_ROLE}")).await?;
    connection.execute_unprepared(&format!("REVOKE ALL ON FUNCTION {types} FROM PUBLIC")).await?;
    connection.execute_unprepared(&format!("GRANT EXECUTE ON FUNCTION {types} TO {APP_ROLE}")).await?;
    Ok(())
}

/// Lets the lookup role read some columns of a table, in every tenant.
pub async fn lookup_grant(manager: &SchemaManager<'_>, table: &str, columns: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let connection = manager.get_connection();
    for sql in [
        format!("CREATE POLICY lookup ON {table} FOR SELECT TO {LOOKUP_ROLE} USING (true)"),
        format!("GRANT SELECT ({columns}) ON {table} TO {LOOKUP_ROLE}"),
    ] {
        connection.execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// `f(code text, n integer)` → `f(text, integer)`.
fn signature_types(signature: &str) -> String {
    let (name, arguments) = signature.split_once('(').unwrap_or((signature, ")"));
    let types: Vec<&str> = arguments
        .trim_end_matches(')')
        .split(',')
        .filter_map(|argument| argument.trim().split_once(' ').map(|(_, kind)| kind))
        .collect();
    format!("{name}({})", types.join(", "))
}
