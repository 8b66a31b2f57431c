//! Reads of files: how far they are, and their bytes.

use std::collections::HashMap;

use tokio::sync::watch;
use uuid::Uuid;

use crate::kernel::failure::Failure;
use crate::kernel::id::{ExportId, ImportId};
use crate::kernel::scope::Scope;
use crate::sheets::error::SheetError;
use crate::sheets::model::{Export, Import, WorkState};
use crate::sheets::service::{Answer, SheetService, may_take, permits_any};
use crate::sheets::store;
use crate::store::{Done, Reader, StoreError};

impl SheetService {
    /// Files that come in by id, each with the rows that are read by now; those that the caller does not see
    /// are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn imports_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[ImportId],
    ) -> Answer<HashMap<ImportId, Import>> {
        let found = store::imports(&*reader.tx().await?, ids, self.patience()).await?;
        Ok(found.into_iter().map(|import| (import.id, self.with_rows(import))).collect())
    }

    /// Files that go out by id, likewise.
    ///
    /// # Errors
    /// As the database says.
    pub async fn exports_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[ExportId],
    ) -> Answer<HashMap<ExportId, Export>> {
        let found = store::exports(&*reader.tx().await?, ids, self.settings.keep_seconds).await?;
        let with_rows = |export: Export| match self.rows(export.id.uuid()) {
            Some(rows) if export.finished_at.is_none() => {
                Export { rows, state: WorkState::Running, ..export }
            }
            _ => export,
        };
        Ok(found.into_iter().map(|export| (export.id, with_rows(export))).collect())
    }

    /// How many rows of a file are done, as it changes; none where nobody works on it.
    #[must_use]
    pub fn follow(&self, file: Uuid) -> Option<watch::Receiver<usize>> {
        self.work.follow(file)
    }

    /// A finished file that is about to be fetched, which is noted in the audit trail. Needs still what it was
    /// taken out by: the permission, and every role grant.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not there, is another's, or was removed.
    pub async fn fetched_export(&self, scope: &Scope, file: Uuid) -> Answer<Export> {
        let missing = || Failure::user("", SheetError::NotFound);
        if !permits_any(scope) {
            return Err(missing());
        }
        let mut tx = self.begin(scope).await?;
        let found =
            store::exports(&tx, &[ExportId::from_uuid(file)], self.settings.keep_seconds).await?.pop();
        let found = found.filter(|export| may_take(scope, export.kind));
        let export = found.filter(|export| export.state == WorkState::Succeeded).ok_or_else(missing)?;
        if export.expires_at.is_some_and(|at| at <= tx.now()) {
            return Err(missing());
        }
        tx.audit("export.fetched", &export.id, serde_json::json!({ "bytes": export.bytes }));
        tx.commit(Done { id: file, version: export.version }).await?;
        Ok(export)
    }

    /// A part of a file; none beyond its end.
    ///
    /// # Errors
    /// As the database says.
    pub async fn part(
        &self,
        scope: &Scope,
        export: ExportId,
        number: i32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        store::part(&*self.db.reader(scope).tx().await?, export, number).await
    }

    /// What this process works on is not interrupted, however long nothing could be written of it.
    fn with_rows(&self, import: Import) -> Import {
        match self.rows(import.id.uuid()) {
            Some(rows) if import.finished_at.is_none() => {
                Import { rows, state: WorkState::Running, ..import }
            }
            _ => import,
        }
    }

    fn rows(&self, file: Uuid) -> Option<usize> {
        self.work.follow(file).map(|rows| *rows.borrow())
    }
}
