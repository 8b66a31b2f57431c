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
    kept: std::sync::Mutex<Kept>,
}

/// What a test keeps of the statements.
#[cfg(feature = "mutants")]
#[derive(Debug, Default)]
enum Kept {
    #[default]
    Nothing,
    /// Each once, as it was said.
    Statements(std::collections::BTreeSet<String>),
    Plans(Vec<Explained>),
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
        meter.kept(|kept| *kept = Kept::Plans(vec![]));
        meter
    }

    /// A meter that keeps what its statements say. Exists for tests only.
    #[must_use]
    pub fn listening() -> Self {
        let meter = Self::default();
        meter.kept(|kept| *kept = Kept::Statements(std::collections::BTreeSet::new()));
        meter
    }

    /// Whether statements are to be explained.
    #[must_use]
    pub fn explains(&self) -> bool {
        self.kept(|kept| matches!(kept, Kept::Plans(_)))
    }

    /// Hears a statement that is about to run.
    pub fn hear(&self, sql: &str) {
        self.kept(|kept| match kept {
            Kept::Statements(said) if !said.contains(sql) => {
                said.insert(sql.to_owned());
            }
            Kept::Statements(_) | Kept::Plans(_) | Kept::Nothing => {}
        });
    }

    /// Keeps what was explained.
    pub fn keep(&self, explained: Explained) {
        self.kept(|kept| {
            if let Kept::Plans(plans) = kept {
                plans.push(explained);
            }
        });
    }

    /// Everything that was explained so far.
    #[must_use]
    pub fn plans(&self) -> Vec<Explained> {
        self.kept(|kept| if let Kept::Plans(plans) = kept { plans.clone() } else { vec![] })
    }

    /// Everything that was said so far, each statement once.
    #[must_use]
    pub fn said(&self) -> Vec<String> {
        self.kept(|kept| match kept {
            Kept::Statements(said) => said.iter().cloned().collect(),
            Kept::Plans(_) | Kept::Nothing => vec![],
        })
    }

    fn kept<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> T {
        // A panic of another test's thread leaves it as good as it was.
        change(&mut self.0.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
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
