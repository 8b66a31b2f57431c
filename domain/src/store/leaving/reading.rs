//! Rows as whoever takes a district over reads them: JSON, sealed values opened, and nothing that only lets somebody in.
//!
//! Which columns those are is said once, in the inventory of data (`docs/data-inventory.csv`): nothing of the class `secret`, and no digest or
//! blind index.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::{Map, Value, json};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Column as _, Row as _, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use fengqiao_entity::value::SealedBytes;

use crate::kernel::id::TenantId;
use crate::kernel::vault::Cell;
use crate::store::leaving::{Leaving, LeavingTable, Owner};
use crate::store::{SEALED_COLUMNS, SealedColumn, StoreError};

/// What is known of every column: table, name, class, how it is kept.
const INVENTORY: &str = include_str!("../../../../docs/data-inventory.csv");

/// Columns that are not handed over.
static WITHHELD: LazyLock<BTreeSet<(&str, &str)>> = LazyLock::new(|| {
    let lines = INVENTORY.lines().skip(1).filter_map(|line| {
        let mut cells = line.split(',');
        Some((cells.next()?, cells.next()?, cells.next()?, cells.next()?))
    });
    let withheld =
        lines.filter(|(_, _, class, kept)| *class == "secret" || ["blind", "digest", "hash"].contains(kept));
    withheld.map(|(table, column, ..)| (table, column)).collect()
});

/// By which a sealed value is known that does not open: its bytes in hexadecimal digits.
pub const UNREADABLE: &str = "unreadable";

/// A row as it is handed over.
pub type LeavingRow = Map<String, Value>;

impl Leaving {
    /// The rows of a tenant in a table, in the order of its key, as they are at one instant.
    #[must_use]
    pub fn rows<'a>(
        &'a self,
        tenant: TenantId,
        table: &'a LeavingTable,
    ) -> BoxStream<'a, Result<LeavingRow, StoreError>> {
        let (name, order) = (&table.name, &table.order);
        let told = move |row: Result<LeavingRow, StoreError>| {
            row.map(|row| self.handed_over(tenant, &table.name, row))
        };
        match &self.owner {
            Owner::Postgres(pool) => {
                let sql = format!(
                    "SELECT to_jsonb({name})::text FROM {name} WHERE tenant_id = $1 ORDER BY {order}"
                );
                let rows =
                    sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).bind(tenant.uuid()).fetch(pool);
                rows.map(|row| postgres(&row?, &table.bytes)).map(told).boxed()
            }
            Owner::Sqlite { readers, .. } => {
                let sql = format!("SELECT * FROM {name} WHERE tenant_id = $1 ORDER BY {order}");
                let rows = sqlx::query(AssertSqlSafe(sql)).bind(tenant.uuid()).fetch(readers);
                rows.map(|row| sqlite(&row?)).map(told).boxed()
            }
        }
    }

    /// A row without what is withheld, and with what is sealed as it reads.
    fn handed_over(&self, tenant: TenantId, table: &str, mut row: LeavingRow) -> LeavingRow {
        row.retain(|column, _| !WITHHELD.contains(&(table, column.as_str())));
        for column in SEALED_COLUMNS.iter().filter(|column| column.table == table) {
            let Some(Value::String(sealed)) = row.get(column.column) else { continue };
            // What does not open any more keeps nobody from the rest: it is handed over as it is.
            let opened = self.opened(tenant, column, &row, sealed).unwrap_or_else(|error| {
                tracing::error!(table, column = column.column, %error, "handed over unread");
                json!({ UNREADABLE: sealed })
            });
            row.insert(column.column.to_owned(), opened);
        }
        row
    }

    fn opened(
        &self,
        tenant: TenantId,
        column: &SealedColumn,
        row: &LeavingRow,
        sealed: &str,
    ) -> Result<Value, StoreError> {
        let corrupt =
            |what: String| StoreError::Corrupt(format!("{}.{}: {what}", column.table, column.column));
        let id = row.get(column.row).and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
        let id = id.ok_or_else(|| corrupt(format!("a row without {}", column.row)))?;
        let bytes = hex::decode(sealed).map_err(|error| corrupt(error.to_string()))?;
        let cell = Cell { tenant, table: column.table, column: column.column, row: id };
        let clear = self.db.vault().open_bytes(&cell, &SealedBytes(bytes));
        let clear = clear.map_err(|error| corrupt(format!("{id}: {error}")))?;
        Ok(match String::from_utf8(clear) {
            Ok(text) => text.into(),
            Err(bytes) => json!({ "base64": STANDARD.encode(bytes.as_bytes()) }),
        })
    }
}

/// A row as PostgreSQL tells it: bytes as hexadecimal digits behind `\x`.
fn postgres(text: &str, bytes: &[String]) -> Result<LeavingRow, StoreError> {
    let mut row: LeavingRow =
        serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    for column in bytes {
        let digits = row.get(column).and_then(Value::as_str).and_then(|text| text.strip_prefix("\\x"));
        if let Some(digits) = digits.map(str::to_owned) {
            row.insert(column.clone(), digits.into());
        }
    }
    Ok(row)
}

/// A row as SQLite tells it: ids are sixteen bytes there, and truth is a number.
fn sqlite(row: &SqliteRow) -> Result<LeavingRow, StoreError> {
    let mut told = LeavingRow::new();
    for (place, column) in row.columns().iter().enumerate() {
        let raw = row.try_get_raw(place)?;
        let value = match raw.type_info().name() {
            _ if raw.is_null() => Value::Null,
            "INTEGER" => row.try_get::<i64, _>(place)?.into(),
            "REAL" => row.try_get::<f64, _>(place)?.into(),
            "BLOB" => {
                let bytes: Vec<u8> = row.try_get(place)?;
                Uuid::from_slice(&bytes).map_or_else(|_| hex::encode(&bytes), |id| id.to_string()).into()
            }
            _ => row.try_get::<String, _>(place)?.into(),
        };
        told.insert(column.name().to_owned(), value);
    }
    Ok(told)
}
