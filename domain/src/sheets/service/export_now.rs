//! Write a file of rows at once: what the command line does, and what a started export works on.

use std::fs::File;

use serde_json::json;
use uuid::Uuid;

use crate::kernel::id::{AuditId, CaseId, ExportId, ExportReviewId, GridId, StaffMemberId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{ExportFailure, Progress, SheetTarget, Written};
use crate::sheets::command::StartExport;
use crate::sheets::model::ExportKind;
use crate::sheets::selection::selection;
use crate::sheets::service::{SheetService, may_take};
use crate::staff::RosterExport;
use crate::store::{Done, StoreError, WriteTx};

/// Ids in one entry of the audit trail: some twenty kilobytes, so that a page of it can be read.
const NAMED: usize = 500;

impl SheetService {
    /// Writes a file and notes it in the audit trail: how many rows it has. Needs `DATA_EXPORT`, and `AUDIT_READ` instead for
    /// the trail itself. Whoever runs the machine needs nobody else's word.
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
        if !may_take(scope, wanted.kind) {
            return Err(ExportFailure::Denied);
        }
        let id = self.db.reader(scope).tx().await?.new_id();
        let written = self.written(scope, wanted, (id, file), progress).await?;
        let mut tx = self.begin(scope).await?;
        noted(&mut tx, wanted, (id, None), &written);
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        Ok(written.rows)
    }

    /// Writes a file from one snapshot.
    pub(super) async fn written(
        &self,
        scope: &Scope,
        wanted: &StartExport,
        (id, file): (ExportId, File),
        progress: &dyn Progress,
    ) -> Result<Written, ExportFailure> {
        let reader = self.db.reader(scope);
        let slices = &self.slices;
        let target = SheetTarget { file, format: wanted.format, mark: id.to_string() };
        match wanted.kind {
            ExportKind::Roster => {
                let part = RosterExport { unit: wanted.unit, at: wanted.at };
                slices.staff.export_roster(scope, &reader, part, target, progress).await
            }
            ExportKind::Cases => {
                slices.cases.export_cases(scope, &reader, &wanted.filter, target, progress).await
            }
            ExportKind::Units => slices.org.export_units(scope, &reader, target, progress).await,
            ExportKind::Grids => slices.org.export_grids(scope, &reader, target, progress).await,
            ExportKind::AuditEntries => {
                slices.audit.export_entries(scope, &reader, &wanted.entries, target, progress).await
            }
        }
    }
}

/// Notes in the audit trail what was taken out, and what for; of people, whom each row is about (requirement P4). A file that waits for
/// somebody's word is noted with it: it was written, and is fetched if that says so.
pub(super) fn noted(
    tx: &mut WriteTx,
    wanted: &StartExport,
    (export, review): (ExportId, Option<ExportReviewId>),
    written: &Written,
) {
    let (kind, format): (&str, &str) = (wanted.kind.into(), wanted.format.into());
    let detail = json!({
        "kind": kind, "format": format, "rows": written.rows, "purpose": wanted.purpose,
        "selection": selection(wanted), "review": review.map(|review| review.to_string()),
    });
    tx.audit("data.exported", &export, detail);
    if !wanted.kind.names_rows() || mutant::active(Mutant::UnnamedRows) {
        return;
    }
    let parts = written.ids.len().div_ceil(NAMED);
    for (part, ids) in (1..).zip(written.ids.chunks(NAMED)) {
        let ids: Vec<String> = ids.iter().map(|id| named(wanted.kind, *id)).collect();
        tx.audit("export.rows", &export, json!({ "part": part, "parts": parts, "ids": ids }));
    }
}

/// What a row is about, as everything else names it.
fn named(kind: ExportKind, id: Uuid) -> String {
    match kind {
        ExportKind::Roster => StaffMemberId::from_uuid(id).to_string(),
        ExportKind::Cases => CaseId::from_uuid(id).to_string(),
        ExportKind::Units => UnitId::from_uuid(id).to_string(),
        ExportKind::Grids => GridId::from_uuid(id).to_string(),
        ExportKind::AuditEntries => AuditId::from_uuid(id).to_string(),
    }
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
