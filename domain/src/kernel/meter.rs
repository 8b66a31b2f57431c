//! Counts what one request costs the database: for the request line and for query budgets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Statements and rows of one request.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    statements: AtomicU64,
    rows: AtomicU64,
}

impl Meter {
    /// Counts one statement that gave or changed `rows`.
    pub fn statement(&self, rows: u64) {
        self.0.statements.fetch_add(1, Ordering::Relaxed);
        self.0.rows.fetch_add(rows, Ordering::Relaxed);
    }

    /// Statements so far.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Ordering::Relaxed)
    }
}
