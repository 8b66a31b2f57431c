//! What can go wrong in the store, read from SQLSTATE and constraint names.

use sea_orm::{DbErr, RuntimeErr};

/// Why a statement or transaction failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or no connection came free in time.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// Another writer holds the lock for too long.
    #[error("database busy: {0}")]
    Busy(String),
    /// The disk is full.
    #[error("database full: {0}")]
    Full(String),
    /// A unique, foreign-key or check constraint refused the row.
    #[error("constraint {constraint} refused the row")]
    Conflict {
        /// Name of the constraint, or the columns SQLite names.
        constraint: String,
    },
    /// A policy or a grant refused the statement.
    #[error("refused by the database: {0}")]
    Refused(String),
    /// A stored row does not make sense.
    #[error("inconsistent row: {0}")]
    Corrupt(String),
    /// The cursor belongs to a list in another order.
    #[error("cursor of another list")]
    ForeignCursor,
    /// The idempotency key is in use by a running request.
    #[error("idempotency key in use")]
    KeyBusy,
    /// The idempotency key was used with another mutation or input.
    #[error("idempotency key reused")]
    KeyReused,
    /// Anything else: a defect of ours.
    #[error("{0}")]
    Internal(String),
}

impl StoreError {
    /// A row of `table` whose `column` holds something impossible.
    pub(crate) fn corrupt(table: &str, column: &str, value: impl std::fmt::Debug) -> Self {
        Self::Corrupt(format!("{table}.{column} holds {value:?}"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_)
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => Self::Unavailable(text),
            sqlx::Error::Database(database) => {
                let constraint = database.constraint().map(str::to_owned);
                classify(database.code().as_deref().unwrap_or_default(), constraint, text)
            }
            _ => Self::Internal(text),
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => from_shared(&inner),
            DbErr::ConnectionAcquire(_) => Self::Unavailable(error.to_string()),
            other => Self::Internal(other.to_string()),
        }
    }
}

fn from_shared(error: &sqlx::Error) -> StoreError {
    let text = error.to_string();
    match error {
        sqlx::Error::Database(database) => {
            let constraint = database.constraint().map(str::to_owned);
            classify(database.code().as_deref().unwrap_or_default(), constraint, text)
        }
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => StoreError::Unavailable(text),
        _ => StoreError::Internal(text),
    }
}

/// SQLSTATE classes of PostgreSQL and extended result codes of SQLite.
fn classify(code: &str, constraint: Option<String>, text: String) -> StoreError {
    match code {
        // PostgreSQL: unique, foreign key, check, exclusion, not null.
        "23505" | "23503" | "23514" | "23P01" | "23502" => {
            StoreError::Conflict { constraint: constraint.unwrap_or(text) }
        }
        // SQLite: check, foreign key, not null, primary key, unique.
        "275" | "787" | "1299" | "1555" | "2067" => StoreError::Conflict { constraint: text },
        "42501" => StoreError::Refused(text),
        // Lock time-out, deadlock, serialisation failure; SQLite busy and locked.
        "55P03" | "40P01" | "40001" | "5" | "6" | "261" | "262" | "517" => StoreError::Busy(text),
        // Disk full, too many connections; SQLite full.
        "53100" | "13" => StoreError::Full(text),
        _ if code.starts_with("08") || code.starts_with("53") || code.starts_with("57") => {
            StoreError::Unavailable(text)
        }
        // SQLite: I/O error, cannot open.
        "10" | "14" => StoreError::Unavailable(text),
        _ => StoreError::Internal(text),
    }
}
