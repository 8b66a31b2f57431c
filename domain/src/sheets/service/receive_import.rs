//! Take in the bytes of a file, and work on them beside everything else.

use std::fs::File;

use uuid::Uuid;

use crate::kernel::failure::Failure;
use crate::kernel::id::ImportId;
use crate::kernel::meter::Meter;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{ImportFailure, ImportReport, SheetFile};
use crate::sheets::error::SheetError;
use crate::sheets::model::{Import, ImportKind, WorkState};
use crate::sheets::service::start_import::permit_importing;
use crate::sheets::service::{Answer, SheetService, TELLING, crowded};
use crate::sheets::store;
use crate::sheets::work::Counter;
use crate::store::{Done, StoreError};

impl SheetService {
    /// The file whose bytes are awaited.
    ///
    /// # Errors
    /// `NOT_FOUND` for whoever did not announce it; `ALREADY_THERE`, also when its time is over.
    pub async fn awaited_import(&self, scope: &Scope, file: Uuid) -> Answer<Import> {
        let tx = self.db.reader(scope).tx().await?;
        match store::imports(&tx, &[ImportId::from_uuid(file)], self.patience()).await?.pop() {
            None => Err(Failure::user("", SheetError::NotFound)),
            Some(import) if import.state != WorkState::Waiting => {
                Err(Failure::user("", SheetError::AlreadyThere))
            }
            Some(import) => Ok(import),
        }
    }

    /// Takes the bytes of an announced file, once, and begins to work on it. Needs `DATA_IMPORT` still.
    ///
    /// # Errors
    /// [`Failure::Denied`] without it; as [`SheetService::awaited_import`]; [`Failure::Overloaded`] while too many files wait.
    pub async fn receive_import(&self, scope: &Scope, file: Uuid, bytes: File) -> Answer<Import> {
        permit_importing(scope)?;
        let import = self.awaited_import(scope, file).await?;
        let place = self.work.place().ok_or_else(crowded)?;
        let tx = self.begin(scope).await?;
        if !store::claim_import(&tx, import.id).await? {
            return Err(Failure::user("", SheetError::AlreadyThere));
        }
        tx.commit(Done { id: file, version: import.version + 1 }).await?;
        let (service, scope, kind) = (self.clone(), scope.clone(), import.kind);
        let scope = scope.for_request(scope.request_id(), Meter::default());
        self.work.begin(file, move |counter| async move {
            let Some(_turn) = place.turn().await else { return };
            service.work_on(&scope, import.id, kind, bytes, &counter).await;
        });
        Ok(Import { state: WorkState::Running, version: import.version + 1, ..import })
    }

    async fn work_on(&self, scope: &Scope, id: ImportId, kind: ImportKind, bytes: File, counter: &Counter) {
        let file = SheetFile::new(bytes, self.settings.limits);
        let importing = async {
            match kind {
                ImportKind::Staff => self.slices.staff.import_staff(scope, file, counter).await,
                ImportKind::Categories => self.slices.catalogue.import_category_file(scope, file).await,
                ImportKind::CalendarDays => self.slices.calendars.import_days(scope, file).await,
            }
        };
        tokio::pin!(importing);
        let outcome = loop {
            match tokio::time::timeout(TELLING, &mut importing).await {
                Ok(outcome) => break outcome,
                Err(_still) => {
                    // SQLite has one writer, which is the import: then nobody is told.
                    if let Err(error) = self.tell(scope, id).await {
                        tracing::debug!(%error, %id, "an import goes on unheard");
                    }
                }
            }
        };
        if let Err(error) = self.end(scope, id, outcome).await {
            tracing::error!(%error, %id, "the end of an import could not be written");
        }
    }

    async fn tell(&self, scope: &Scope, id: ImportId) -> Result<(), StoreError> {
        let tx = self.begin(scope).await?;
        store::hear_import(&tx, id).await?;
        tx.commit(Done { id: id.uuid(), version: 0 }).await.map(drop)
    }

    async fn end(
        &self,
        scope: &Scope,
        id: ImportId,
        outcome: Result<ImportReport, ImportFailure>,
    ) -> Result<(), StoreError> {
        let (state, report, mistakes) = match outcome {
            Ok(report) => (WorkState::Succeeded, report, vec![]),
            Err(ImportFailure::Rows(mistakes)) => (WorkState::Refused, ImportReport::default(), mistakes),
            Err(ImportFailure::Denied) => (WorkState::Failed, ImportReport::default(), vec![]),
            Err(ImportFailure::Store(error)) => {
                tracing::warn!(%error, %id, "an import failed");
                (WorkState::Failed, ImportReport::default(), vec![])
            }
        };
        let tx = self.begin(scope).await?;
        store::end_import(&tx, id, state, report, &mistakes).await?;
        tx.commit(Done { id: id.uuid(), version: 0 }).await.map(drop)
    }
}
