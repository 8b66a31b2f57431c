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
    #[cfg(feature = "mutants")]
    plans: std::sync::Mutex<Option<Vec<Explained>>>,
}

/// A statement as a test asked the database to explain it.
#[cfg(feature = "mutants")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The statement.
    pub sql: String,
    /// What the database says it does, a line per step.
    pub plan: Vec<String>,
}

#[cfg(feature = "mutants")]
impl Meter {
    /// A meter whose statements are explained before they run. Exists for tests only.
    #[must_use]
    pub fn explaining() -> Self {
        let meter = Self::default();
        meter.plans_mut(|plans| *plans = Some(vec![]));
        meter
    }

    /// Whether statements are to be explained.
    #[must_use]
    pub fn explains(&self) -> bool {
        self.plans_mut(|plans| plans.is_some())
    }

    /// Keeps what was explained.
    pub fn keep(&self, explained: Explained) {
        self.plans_mut(|plans| {
            if let Some(plans) = plans {
                plans.push(explained);
            }
        });
    }

    /// Everything that was explained so far.
    #[must_use]
    pub fn plans(&self) -> Vec<Explained> {
        self.plans_mut(|plans| plans.clone().unwrap_or_default())
    }

    fn plans_mut<T>(&self, change: impl FnOnce(&mut Option<Vec<Explained>>) -> T) -> T {
        // A panic of another test's thread leaves the list as good as it was.
        change(&mut self.0.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
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
