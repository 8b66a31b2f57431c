//! Write a file of rows at once: what the command line does, and what a started export works on.

use std::fs::File;

use serde_json::json;

use crate::kernel::scope::Scope;
use crate::kernel::sheet::{ExportFailure, Progress};
use crate::sheets::command::StartExport;
use crate::sheets::model::ExportKind;
use crate::sheets::service::SheetService;
use crate::staff::RosterExport;
use crate::store::{Done, StoreError, WriteTx};

impl SheetService {
    /// Writes a file and notes it in the audit trail: how many rows it has. Needs `DATA_EXPORT`.
    ///
    /// # Errors
    /// [`ExportFailure::Denied`] without the permission.
    pub async fn export_now(
        &self,
        scope: &Scope,
        wanted: &StartExport,
        file: File,
        progress: &dyn Progress,
    ) -> Result<u32, ExportFailure> {
        ExportFailure::unless_permitted(scope)?;
        let rows = self.written(scope, wanted, file, progress).await?;
        let mut tx = self.begin(scope).await?;
        noted(&mut tx, wanted, &scope.tenant(), rows);
        tx.commit(Done { id: scope.tenant().uuid(), version: 1 }).await?;
        Ok(rows)
    }

    /// Writes a file from one snapshot.
    pub(super) async fn written(
        &self,
        scope: &Scope,
        wanted: &StartExport,
        file: File,
        progress: &dyn Progress,
    ) -> Result<u32, ExportFailure> {
        let reader = self.db.reader(scope);
        let (slices, format) = (&self.slices, wanted.format);
        match wanted.kind {
            ExportKind::Roster => {
                let part = RosterExport { unit: wanted.unit, at: wanted.at };
                slices.staff.export_roster(scope, &reader, part, (file, format), progress).await
            }
            ExportKind::Cases => {
                slices.cases.export_cases(scope, &reader, &wanted.filter, (file, format), progress).await
            }
            ExportKind::Units => slices.org.export_units(scope, &reader, file, format, progress).await,
            ExportKind::Grids => slices.org.export_grids(scope, &reader, file, format, progress).await,
        }
    }
}

/// Notes in the audit trail what was taken out, and what for.
pub(super) fn noted(tx: &mut WriteTx, wanted: &StartExport, target: &impl ToString, rows: u32) {
    let (kind, format): (&str, &str) = (wanted.kind.into(), wanted.format.into());
    let detail = json!({ "kind": kind, "format": format, "rows": rows, "purpose": wanted.purpose });
    tx.audit("data.exported", target, detail);
}

impl From<ExportFailure> for StoreError {
    fn from(failure: ExportFailure) -> Self {
        match failure {
            ExportFailure::Store(error) => error,
            ExportFailure::File(error) => Self::Internal(error.to_string()),
            ExportFailure::Denied => Self::Refused("the permission to export is gone".to_owned()),
        }
    }
}
