//! Use cases' answers as what a test expects: a value, or the caller's mistakes.

use std::fmt::Debug;

use anyhow::{anyhow, bail};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::sheet::{BadRow, ImportFailure, ImportReport};

/// An answer that should be a value.
pub trait Answered<T> {
    /// The value.
    ///
    /// # Errors
    /// What came instead.
    fn done(self) -> anyhow::Result<T>;
}

impl<T, E: Debug> Answered<T> for Result<T, Failure<E>> {
    fn done(self) -> anyhow::Result<T> {
        self.map_err(|failure| anyhow!("{failure:?}"))
    }
}

impl Answered<ImportReport> for Result<ImportReport, ImportFailure> {
    fn done(self) -> anyhow::Result<ImportReport> {
        self.map_err(|failure| anyhow!("{failure:?}"))
    }
}

/// An answer that should be a refusal of the caller's input.
pub trait Refused<E> {
    /// The mistakes.
    ///
    /// # Errors
    /// What came instead.
    fn refused(self) -> anyhow::Result<Vec<E>>;
}

impl<T: Debug, E: Debug> Refused<(String, E)> for Result<T, Failure<E>> {
    fn refused(self) -> anyhow::Result<Vec<(String, E)>> {
        match self {
            Err(Failure::User(problems)) => {
                Ok(problems.into_iter().map(|problem| (problem.path.join("."), problem.error)).collect())
            }
            other => bail!("not a mistake of the caller: {other:?}"),
        }
    }
}

impl Refused<BadRow> for Result<ImportReport, ImportFailure> {
    fn refused(self) -> anyhow::Result<Vec<BadRow>> {
        match self {
            Err(ImportFailure::Rows(rows)) => Ok(rows),
            other => bail!("no row was refused: {other:?}"),
        }
    }
}
