//! What can go wrong in the store, read from SQLSTATE and constraint names.

use sea_orm::{DbErr, RuntimeErr};

/// Why a statement or transaction failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or no connection came free in time.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The database ended what took longer than it may.
    #[error("the database gave up: {0}")]
    TimedOut(String),
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
    /// Whoever asks came to read.
    #[error("whoever oversees changes nothing")]
    ReadsOnly,
    /// The district of whoever asks is closed.
    #[error("the district is closed")]
    Closed,
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
        from_shared(&error)
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
        // A server that is shut down at once writes a warning into the middle of whatever it was saying (PostgreSQL's `quickdie`): what
        // comes then is no protocol, and the server is away.
        sqlx::Error::Protocol(fault) if !is_ours(fault) => StoreError::Unavailable(text),
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::Tls(_)
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => StoreError::Unavailable(text),
        _ => StoreError::Internal(text),
    }
}

/// Whether the library calls a breach of protocol what it will not send: too many values, a NUL in a statement, a parameter that it cannot read.
fn is_ours(fault: &str) -> bool {
    ["PgConnection::run()", "query contains nul", "unsupported SQL parameter"]
        .iter()
        .any(|own| fault.starts_with(own))
}

/// A code is SQLSTATE's five characters, or a result code of SQLite's.
fn classify(code: &str, constraint: Option<String>, text: String) -> StoreError {
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => of_sqlite(number, text),
        _ => of_postgres(code, constraint, text),
    }
}

/// SQLSTATE, PostgreSQL's appendix A.
fn of_postgres(code: &str, constraint: Option<String>, text: String) -> StoreError {
    match code {
        // Unique, foreign key, check, exclusion, not null.
        "23505" | "23503" | "23514" | "23P01" | "23502" => {
            StoreError::Conflict { constraint: constraint.unwrap_or(text) }
        }
        "42501" => StoreError::Refused(text),
        // Lock time-out, deadlock, serialisation failure.
        "55P03" | "40P01" | "40001" => StoreError::Busy(text),
        "53100" => StoreError::Full(text),
        // A cancelled statement; a transaction in which nothing was asked, or that lasted too long.
        "57014" | "25P03" | "25P04" => StoreError::TimedOut(text),
        // Connection, resources, operator intervention (shutdown, start), the system below.
        _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => {
            StoreError::Unavailable(text)
        }
        _ => StoreError::Internal(text),
    }
}

/// <https://sqlite.org/rescode.html>: the low byte is the primary code, the rest says more of it.
fn of_sqlite(number: u32, text: String) -> StoreError {
    match number & 0xff {
        // CONSTRAINT.
        19 => StoreError::Conflict { constraint: text },
        // BUSY, LOCKED.
        5 | 6 => StoreError::Busy(text),
        // FULL.
        13 => StoreError::Full(text),
        // READONLY, IOERR, CANTOPEN: the file system, not the statement.
        8 | 10 | 14 => StoreError::Unavailable(text),
        _ => StoreError::Internal(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(code: &str) -> StoreError {
        classify(code, None, "text".to_owned())
    }

    #[test]
    fn what_took_too_long_is_told_from_what_is_away_or_held() {
        // A statement and a transaction beyond their times.
        for code in ["57014", "25P03", "25P04"] {
            assert!(matches!(kind(code), StoreError::TimedOut(_)), "{code}");
        }
        // Shut down by its operator, crashed, starting, too many connections, a broken one, a broken disk.
        for code in ["57P01", "57P02", "57P03", "53300", "08006", "58030", "10", "14"] {
            assert!(matches!(kind(code), StoreError::Unavailable(_)), "{code}");
        }
        // A lock, a deadlock, a serialisation failure; SQLite's one writer.
        for code in ["55P03", "40P01", "40001", "5", "517"] {
            assert!(matches!(kind(code), StoreError::Busy(_)), "{code}");
        }
        assert!(matches!(kind("42601"), StoreError::Internal(_)));
    }

    #[test]
    fn a_server_that_breaks_off_in_the_middle_of_a_word_is_away() {
        let garbled = || sqlx::Error::Protocol("unknown message type: 'N'".to_owned());
        assert!(matches!(StoreError::from(garbled()), StoreError::Unavailable(_)));
        let asked = DbErr::Query(RuntimeErr::SqlxError(garbled().into()));
        assert!(matches!(StoreError::from(asked), StoreError::Unavailable(_)));
        // What the library does not send is a defect of ours, and no retry helps.
        let unsent = "PgConnection::run(): too many arguments for query: 70000".to_owned();
        assert!(matches!(StoreError::from(sqlx::Error::Protocol(unsent)), StoreError::Internal(_)));
    }
}
