//! The tables of tenants as the database itself lists them, in the order in which their rows can go: nobody is forgotten who comes later.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::StoreError;
use crate::store::leaving::{Leaving, Owner};

const POSTGRES_TABLES: &str = "SELECT c.relname::text FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped \
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1";
const POSTGRES_KEYS: &str = "SELECT k.conrelid::regclass::text, k.confrelid::regclass::text FROM pg_catalog.pg_constraint k \
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace";
const POSTGRES_ORDER: &str = "SELECT a.attname::text FROM pg_catalog.pg_index i \
     JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place) ON TRUE \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
     WHERE i.indisprimary AND i.indrelid = $1::regclass ORDER BY k.place";
const POSTGRES_BYTES: &str = "SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::regclass \
     AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped";
/// Tables that do not show the owner what leaves, or do not let it remove that.
const POSTGRES_UNSEEN: &str = "SELECT t.name FROM unnest($1::text[]) AS t (name) WHERE NOT EXISTS (SELECT 1 FROM pg_policies p \
     WHERE p.schemaname = 'public' AND p.tablename = t.name AND p.policyname = 'leaving') OR (NOT t.name = ANY ($2::text[]) \
     AND NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = t.name AND p.policyname = 'erasing'))";
const SQLITE_TABLES: &str = "SELECT t.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c ON c.name = 'tenant_id' \
     WHERE t.type = 'table' ORDER BY 1";
const SQLITE_KEYS: &str = "SELECT t.name, f.\"table\" FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) f \
     WHERE t.type = 'table'";
const SQLITE_ORDER: &str = "SELECT c.name FROM pragma_table_info($1) c WHERE c.pk > 0 ORDER BY c.pk";

/// What stays of a tenant: that it was there, and what was done in it.
const KEPT: [&str; 5] = ["tenants", "audit_entries", "audit_heads", "audit_pending", "audit_seals"];

/// A table with rows of tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeavingTable {
    /// Its name.
    pub name: String,
    /// Whether its rows stay when their tenant is erased.
    pub kept: bool,
    /// Whether its rows refer to each other, so that they go all at once.
    pub(super) own: bool,
    /// By what its rows are in order.
    pub(super) order: String,
    /// Its columns of bytes, where the database tells them as text.
    pub(super) bytes: Vec<String>,
}

impl Leaving {
    /// Every table with rows of tenants: whichever refers to another one before it.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when tables refer to each other in a circle, or one lacks the walls of what leaves.
    pub async fn tables(&self) -> Result<Vec<LeavingTable>, StoreError> {
        let (names, keys): (Vec<String>, Vec<(String, String)>) = match &self.owner {
            Owner::Postgres(pool) => (
                sqlx::query_scalar(POSTGRES_TABLES).fetch_all(pool).await?,
                sqlx::query_as(POSTGRES_KEYS).fetch_all(pool).await?,
            ),
            Owner::Sqlite { readers, .. } => (
                sqlx::query_scalar(SQLITE_TABLES).fetch_all(readers).await?,
                sqlx::query_as(SQLITE_KEYS).fetch_all(readers).await?,
            ),
        };
        self.shows_all(&names).await?;
        let mut tables = vec![];
        for name in in_order(names, &keys)? {
            let (order, bytes): (Vec<String>, Vec<String>) = match &self.owner {
                Owner::Postgres(pool) => (
                    sqlx::query_scalar(POSTGRES_ORDER).bind(&name).fetch_all(pool).await?,
                    sqlx::query_scalar(POSTGRES_BYTES).bind(&name).fetch_all(pool).await?,
                ),
                Owner::Sqlite { readers, .. } => {
                    (sqlx::query_scalar(SQLITE_ORDER).bind(&name).fetch_all(readers).await?, vec![])
                }
            };
            tables.push(LeavingTable {
                kept: KEPT.contains(&name.as_str()),
                own: keys.iter().any(|(from, to)| *from == name && *to == name),
                order: order.join(", "),
                bytes,
                name,
            });
        }
        Ok(tables)
    }

    /// A table that shows nothing would be taken for one that has nothing.
    async fn shows_all(&self, names: &[String]) -> Result<(), StoreError> {
        let Owner::Postgres(pool) = &self.owner else { return Ok(()) };
        let kept = KEPT.map(str::to_owned);
        let unseen: Vec<String> =
            sqlx::query_scalar(POSTGRES_UNSEEN).bind(names).bind(kept).fetch_all(pool).await?;
        if unseen.is_empty() {
            return Ok(());
        }
        Err(StoreError::Internal(format!(
            "{unseen:?} have no policy by which their owner sees what leaves: run `fengqiao doctor`"
        )))
    }
}

/// Tables so that each stands before those that it refers to.
fn in_order(names: Vec<String>, keys: &[(String, String)]) -> Result<Vec<String>, StoreError> {
    let mut referred: BTreeMap<String, BTreeSet<String>> =
        names.into_iter().map(|name| (name, BTreeSet::new())).collect();
    for (from, to) in keys.iter().filter(|(from, to)| from != to) {
        if let Some(by) = referred.get_mut(to) {
            by.insert(from.clone());
        }
    }
    let mut ordered = vec![];
    while !referred.is_empty() {
        let free: Vec<String> =
            referred.iter().filter(|(_, by)| by.is_empty()).map(|(name, _)| name.clone()).collect();
        if free.is_empty() {
            let left: Vec<&String> = referred.keys().collect();
            return Err(StoreError::Internal(format!("tables refer to each other in a circle: {left:?}")));
        }
        for name in &free {
            referred.remove(name);
        }
        for by in referred.values_mut() {
            by.retain(|name| !free.contains(name));
        }
        ordered.extend(free);
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(from: &str, to: &str) -> (String, String) {
        (from.to_owned(), to.to_owned())
    }

    #[test]
    fn whoever_refers_goes_first() {
        let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let keys = [key("a", "b"), key("b", "c"), key("c", "c"), key("a", "c")];
        assert_eq!(in_order(names, &keys).expect("no circle"), ["a", "d", "b", "c"]);
    }

    #[test]
    fn a_circle_is_told() {
        let names = ["a", "b"].map(str::to_owned).to_vec();
        assert!(in_order(names, &[key("a", "b"), key("b", "a")]).is_err());
    }
}
