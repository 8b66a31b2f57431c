//! How a use case fails: the caller's mistake, or ours.

use crate::store::StoreError;

/// One mistake of the caller: what is wrong and with which input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem<E> {
    /// What is wrong.
    pub error: E,
    /// Path of the input at fault, for example `["target", "unitId"]`; empty for the whole input.
    pub path: Vec<String>,
}

impl<E> Problem<E> {
    /// A mistake in the input at `path`, segments joined by dots.
    pub fn at(path: &str, error: E) -> Self {
        let path = path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { error, path }
    }
}

/// A slice's words for what is wrong.
pub trait Refusing: std::fmt::Debug {
    /// Whether the caller asked for what they may not do, rather than made a mistake: that is written down (requirement P6).
    fn refuses(&self) -> bool {
        false
    }
}

/// Why a use case of a slice with errors `E` did not happen.
#[derive(Debug)]
pub enum Failure<E> {
    /// The caller can mend it: every mistake found.
    User(Vec<Problem<E>>),
    /// The caller lacks the permission to ask at all.
    Denied,
    /// The cursor belongs to a list in another order.
    ForeignCursor,
    /// The idempotency key is in use by a running request.
    KeyBusy,
    /// The idempotency key was used with another mutation or input.
    KeyReused,
    /// A limiter or a bounded queue is full; try again after so many seconds.
    Overloaded {
        /// Seconds after which a retry makes sense.
        retry_after_seconds: u32,
    },
    /// The database cannot be reached or is busy; a retry makes sense.
    Unavailable(StoreError),
    /// It took the database longer than it may; the same request will hardly be faster.
    TimedOut(StoreError),
    /// Ours to mend; logged, never shown.
    Internal(StoreError),
}

impl<E> Failure<E> {
    /// One mistake of the caller.
    pub fn user(path: &str, error: E) -> Self {
        Self::User(vec![Problem::at(path, error)])
    }

    /// The same failure of an input that stands below another one.
    #[must_use]
    pub fn under(mut self, outer: &str) -> Self {
        if let Self::User(problems) = &mut self {
            for problem in problems.iter_mut().filter(|problem| !problem.path.is_empty()) {
                let outer = outer.split('.').map(str::to_owned);
                problem.path.splice(0..0, outer);
            }
        }
        self
    }

    /// The same failure in another slice's words.
    pub fn map<F>(self, mut change: impl FnMut(E) -> F) -> Failure<F> {
        match self {
            Self::User(problems) => Failure::User(
                problems
                    .into_iter()
                    .map(|problem| Problem { error: change(problem.error), path: problem.path })
                    .collect(),
            ),
            Self::Denied => Failure::Denied,
            Self::ForeignCursor => Failure::ForeignCursor,
            Self::KeyBusy => Failure::KeyBusy,
            Self::KeyReused => Failure::KeyReused,
            Self::Overloaded { retry_after_seconds } => Failure::Overloaded { retry_after_seconds },
            Self::Unavailable(error) => Failure::Unavailable(error),
            Self::TimedOut(error) => Failure::TimedOut(error),
            Self::Internal(error) => Failure::Internal(error),
        }
    }
}

impl<E> From<StoreError> for Failure<E> {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::ForeignCursor => Self::ForeignCursor,
            StoreError::KeyBusy => Self::KeyBusy,
            StoreError::KeyReused => Self::KeyReused,
            StoreError::ReadsOnly | StoreError::Closed => Self::Denied,
            StoreError::Unavailable(_) | StoreError::Busy(_) | StoreError::Full(_) => {
                Self::Unavailable(error)
            }
            StoreError::TimedOut(_) => Self::TimedOut(error),
            StoreError::Conflict { .. }
            | StoreError::Corrupt(_)
            | StoreError::Refused(_)
            | StoreError::Internal(_) => Self::Internal(error),
        }
    }
}
