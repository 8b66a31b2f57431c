//! Use cases of the sheets slice, one per file.

mod export_now;
mod query;
mod receive_import;
mod review_export;
mod reviews;
mod start_export;
mod start_import;

use std::sync::Arc;
use std::time::Duration;

use strum::IntoEnumIterator as _;

use crate::audit::AuditService;
use crate::calendars::CalendarService;
use crate::cases::CaseService;
use crate::catalogue::CategoryService;
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::kernel::sheet::SheetLimits;
use crate::org::OrgService;
use crate::sheets::error::SheetError;
use crate::sheets::model::ExportKind;
use crate::sheets::store::Patience;
use crate::sheets::work::Work;
use crate::staff::StaffService;
use crate::store::{Begun, Db, StoreError, WriteTx};

/// How often it is told that a file is still worked on.
const TELLING: Duration = Duration::from_secs(20);

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<SheetError>>;

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct SheetSettings {
    /// How much of a file is read.
    pub limits: SheetLimits,
    /// How long a link counts.
    pub link_seconds: i64,
    /// How long a file that goes out is kept.
    pub keep_seconds: i64,
    /// How many files one process works on at a time.
    pub at_once: usize,
    /// How much goes out by whose word.
    pub exports: ExportSettings,
}

/// How much an account takes out, and what of it alone (requirement P4).
#[derive(Clone, Copy, Debug)]
pub struct ExportSettings {
    /// Files that an account takes out in 24 hours.
    pub per_day: u32,
    /// Rows about people that it takes out without somebody else's word.
    pub rows_alone: u32,
    /// How long that word is waited for.
    pub review_seconds: i64,
}

impl Default for ExportSettings {
    fn default() -> Self {
        // A clerk makes some reports a day. A village keeps some dozens of workers and a town some hundreds of cases a month; more is a
        // district's register. A weekend and a day off beside it.
        Self { per_day: 20, rows_alone: 1_000, review_seconds: 96 * 3_600 }
    }
}

/// The slices whose rows come in and go out.
#[derive(Clone, Debug)]
pub struct SheetServices {
    /// Units and grids.
    pub org: OrgService,
    /// The force.
    pub staff: StaffService,
    /// Categories.
    pub catalogue: CategoryService,
    /// Work calendars.
    pub calendars: CalendarService,
    /// Cases.
    pub cases: CaseService,
    /// The audit trail.
    pub audit: AuditService,
}

/// Use cases of files of rows.
#[derive(Clone, Debug)]
pub struct SheetService {
    db: Db,
    slices: SheetServices,
    settings: SheetSettings,
    work: Arc<Work>,
}

impl SheetService {
    /// The service over a store and the slices below.
    #[must_use]
    pub fn new(db: Db, slices: SheetServices, settings: SheetSettings) -> Self {
        Self { db, slices, settings, work: Arc::new(Work::new(settings.at_once)) }
    }

    /// How long a link to a file counts.
    #[must_use]
    pub const fn link_seconds(&self) -> i64 {
        self.settings.link_seconds
    }

    /// Ends all work: what was not committed did not happen.
    pub fn stop(&self) {
        self.work.stop();
    }

    const fn patience(&self) -> Patience {
        Patience { waiting_seconds: self.settings.link_seconds }
    }

    /// Begins a write of the work itself, which carries no idempotency key.
    async fn begin(&self, scope: &Scope) -> Result<WriteTx, StoreError> {
        match self.db.begin(scope).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Replay(_) => Err(StoreError::Internal("work carries no key".to_owned())),
        }
    }
}

/// Whether somebody takes files of a kind out anywhere.
fn may_take(scope: &Scope, kind: ExportKind) -> bool {
    scope.permits(kind.permission()) || mutant::active(Mutant::NoExportPermission)
}

/// Whether somebody takes any files out anywhere.
fn permits_any(scope: &Scope) -> bool {
    ExportKind::iter().any(|kind| may_take(scope, kind))
}

/// The queue is full.
fn crowded<E>() -> Failure<E> {
    Failure::Overloaded { retry_after_seconds: 10 }
}
