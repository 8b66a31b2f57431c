//! Use cases of the programmes slice, one per file.

mod draft_programme;
mod publish_programme;
mod query;

use serde_json::json;

use crate::kernel::event::EventDraft;
use crate::kernel::failure::Failure;
use crate::kernel::id::ProgrammeId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::Visibility;
use crate::kernel::scope::Scope;
use crate::programmes::command::SeenProgramme;
use crate::programmes::error::ProgrammeError;
use crate::programmes::model::ProgrammeRecord;
use crate::programmes::store;
use crate::store::{Db, Done, Tx, WriteTx};

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<ProgrammeError>>;

/// Use cases of programmes.
#[derive(Clone, Debug)]
pub struct ProgrammeService {
    db: Db,
}

impl ProgrammeService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// The programme that a use case with the same idempotency key wrote.
    async fn programme_done(&self, scope: &Scope, done: Done) -> Answer<ProgrammeRecord> {
        let reader = self.db.reader(scope);
        let record = store::by_id(&*reader.tx().await?, ProgrammeId::from_uuid(done.id)).await?;
        record.ok_or_else(|| Failure::user("", ProgrammeError::NotFound))
    }
}

/// The programme as it is, if it is what the caller saw.
async fn present(tx: &Tx, seen: SeenProgramme) -> Answer<ProgrammeRecord> {
    let Some(present) = store::by_id(tx, seen.programme).await? else {
        return Err(Failure::user("programmeId", ProgrammeError::NotFound));
    };
    if present.version != seen.version && !mutant::active(Mutant::NoVersionCheck) {
        return Err(conflict(&present));
    }
    Ok(present)
}

/// Writes the next version of a programme's row and tells of it.
async fn written(
    mut tx: WriteTx,
    name: &'static str,
    present: &ProgrammeRecord,
    next: ProgrammeRecord,
) -> Answer<ProgrammeRecord> {
    let next = ProgrammeRecord { version: present.version + 1, ..next };
    if !store::update(&tx, &next, present.version).await? {
        return Err(conflict(present));
    }
    recorded(&mut tx, name, &next);
    tx.commit(Done { id: next.id.uuid(), version: next.version }).await?;
    Ok(next)
}

fn conflict(present: &ProgrammeRecord) -> Failure<ProgrammeError> {
    Failure::user("expectedVersion", ProgrammeError::Conflict { current_version: present.version })
}

/// Records that a programme changed: an event for everyone and an audit row.
fn recorded(tx: &mut WriteTx, name: &'static str, record: &ProgrammeRecord) {
    tx.record(EventDraft {
        aggregate: "programme",
        aggregate_id: record.id.uuid(),
        version: record.version,
        name,
        payload: json!({ "id": record.id.to_string() }),
        before: None,
        after: Visibility::everyone(),
    });
    let detail = json!({ "version": record.version, "key": record.key, "published": record.published });
    tx.audit(name, &record.id, detail);
}
