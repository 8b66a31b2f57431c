//! Draft the next version of a programme. Cases go on as before until it is published.

use crate::kernel::failure::{Failure, Problem};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::programmes::command::{DraftProgramme, DraftSource};
use crate::programmes::error::ProgrammeError;
use crate::programmes::model::ProgrammeRecord;
use crate::programmes::service::{Answer, ProgrammeService, present, recorded, written};
use crate::programmes::{reading, shipped, store};
use crate::store::{Begun, Done, StoreError};

impl ProgrammeService {
    /// Drafts a programme. Needs `PROGRAMME_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `INVALID_DEFINITION` once for every fault of the file, `KEY_TAKEN`, `KEY_CHANGED`.
    pub async fn draft_programme(&self, scope: &Scope, command: DraftProgramme) -> Answer<ProgrammeRecord> {
        if !scope.permits(Permission::ProgrammeManage) {
            return Err(Failure::Denied);
        }
        let definition = match command.source {
            DraftSource::Definition(text) => text,
            DraftSource::Template(key) => shipped::template(&key)
                .ok_or_else(|| Failure::user("source.templateKey", ProgrammeError::NotFound))?
                .to_owned(),
        };
        let programme = reading::read(&definition).map_err(|faults| {
            let fault = |fault| Problem::at("source.definition", ProgrammeError::InvalidDefinition(fault));
            Failure::User(faults.into_iter().map(fault).collect())
        })?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.programme_done(scope, done).await,
        };
        if let Some(seen) = command.seen {
            let present = present(&tx, seen).await?;
            if present.key != programme.key {
                return Err(Failure::user("source.definition", ProgrammeError::KeyChanged));
            }
            let next = ProgrammeRecord { draft: Some(definition), ..present.clone() };
            return written(tx, "programme.drafted", &present, next).await;
        }
        let record = ProgrammeRecord {
            id: tx.new_id(),
            key: programme.key,
            draft: Some(definition),
            published: 0,
            active: true,
            version: 1,
        };
        tx.insert(store::row(&tx, &record)).await.map_err(key_taken)?;
        recorded(&mut tx, "programme.drafted", &record);
        tx.commit(Done { id: record.id.uuid(), version: record.version }).await?;
        Ok(record)
    }
}

/// The one unique constraint of the table is on the key.
fn key_taken(error: StoreError) -> Failure<ProgrammeError> {
    match error {
        StoreError::Conflict { .. } => Failure::user("source.definition", ProgrammeError::KeyTaken),
        other => other.into(),
    }
}
