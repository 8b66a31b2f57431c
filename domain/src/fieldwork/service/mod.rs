//! Use cases of the fieldwork slice, one per file.

mod query;
mod record_visit;
mod sync_field;
mod void_visit;

use serde_json::json;

use crate::cases::CaseService;
use crate::fieldwork::error::VisitError;
use crate::fieldwork::model::Visit;
use crate::fieldwork::store;
use crate::kernel::event::EventDraft;
use crate::kernel::failure::Failure;
use crate::kernel::id::{GridId, UnitId, VisitId};
use crate::kernel::permission::Permission;
use crate::kernel::place::{Place, Visibility};
use crate::kernel::scope::Scope;
use crate::store::{Db, Done, WriteTx};

/// What a use case about visits answers.
type Answer<T> = Result<T, Failure<VisitError>>;

/// Use cases of visits, and of what was done offline.
#[derive(Clone, Debug)]
pub struct FieldworkService {
    db: Db,
    cases: CaseService,
}

impl FieldworkService {
    /// The service over a store, and over the cases on which something was done offline.
    #[must_use]
    pub const fn new(db: Db, cases: CaseService) -> Self {
        Self { db, cases }
    }

    /// The visit that an earlier use of the key recorded or struck off.
    async fn visit_done(&self, scope: &Scope, done: Done) -> Answer<Visit> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::by_ids(&tx, &[VisitId::from_uuid(done.id)]).await?.pop();
        found.ok_or_else(|| Failure::user("", VisitError::NotFound))
    }
}

/// Refuses whoever visits nobody.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::VisitRecord) { Ok(()) } else { Err(Failure::Denied) }
}

/// Records what happened to a visit: an event for whoever sees it, and an audit row.
fn recorded(tx: &mut WriteTx, name: &'static str, visit: &Visit) {
    // Where key persons and children live is told to nobody by an event; whoever reads the whole district learns that there was a visit, if visits are ever
    // told.
    let place = if visit.key_person || visit.child == Some(true) { Place::default() } else { visit.place };
    let seen = Visibility {
        town: place.town.map(UnitId::uuid),
        village: place.village.map(UnitId::uuid),
        grid: place.grid.map(GridId::uuid),
        sensitivity: visit.sensitivity.rank(),
        principals: vec![visit.by.uuid()],
        ..Visibility::default()
    };
    tx.record(EventDraft {
        aggregate: "visit",
        aggregate_id: visit.id.uuid(),
        version: visit.version,
        name,
        payload: json!({ "id": visit.id.to_string() }),
        before: (visit.version > 1).then(|| seen.clone()),
        after: seen,
    });
    tx.audit(name, &visit.id, json!({ "version": visit.version }));
}
