//! Use cases of the cases slice, one per file.

mod accept;
mod acting;
mod close;
mod comment;
mod complete;
mod dispatch;
mod evaluate;
mod hand_up;
mod inbox;
mod query;
mod reject;
mod reopen;
mod report;
mod return_to_giver;
mod seed_cases;
mod send_back;
mod send_down;
mod start;
mod timeline;
mod transfer;
mod verify;
mod view;
mod void;
mod withdraw;

use crate::cases::act::CaseAct;
use crate::cases::error::CaseError;
use crate::cases::workflow::Programme;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::scope::Scope;
use crate::store::Db;

pub use inbox::InboxCounts;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<CaseError>>;

/// What a district may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseSettings {
    /// Hours after closing in which a case may be reopened.
    pub reopen_hours: u32,
}

impl Default for CaseSettings {
    fn default() -> Self {
        Self { reopen_hours: 72 }
    }
}

impl CaseSettings {
    fn reopen_seconds(self) -> i64 {
        i64::from(self.reopen_hours) * 3_600
    }
}

/// Use cases of cases.
#[derive(Clone, Debug)]
pub struct CaseService {
    db: Db,
    settings: CaseSettings,
    programme: Programme,
}

impl CaseService {
    /// The service over a store.
    #[must_use]
    pub fn new(db: Db, settings: CaseSettings) -> Self {
        Self { db, settings, programme: Programme::default() }
    }

    /// The workflow that cases follow.
    #[must_use]
    pub const fn programme(&self) -> &Programme {
        &self.programme
    }

    /// Whether some grant of the caller allows an act at all.
    fn permit(&self, scope: &Scope, act: CaseAct) -> Answer<()> {
        match self.programme.permission(act) {
            Some(permission) if scope.permits(permission) => Ok(()),
            _ => Err(Failure::Denied),
        }
    }
}

/// One mistake as the failure of a use case.
fn mistake(problem: Problem<CaseError>) -> Failure<CaseError> {
    Failure::User(vec![problem])
}
