//! Announce a file that is to come in.

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::id::ImportId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::ImportReport;
use crate::sheets::command::{self, StartImport};
use crate::sheets::error::SheetError;
use crate::sheets::model::{Import, ImportKind, WorkState};
use crate::sheets::service::{Answer, SheetService};
use crate::sheets::store;
use crate::store::{Begun, Done};

impl SheetService {
    /// Announces a file, whose bytes follow over its link. Needs `DATA_IMPORT`, and what its rows need.
    ///
    /// # Errors
    /// [`Failure::Denied`] without it; `NOT_PERMITTED` for a kind that the caller changes nowhere; what is wrong
    /// with the name.
    pub async fn start_import(&self, scope: &Scope, command: StartImport) -> Answer<Import> {
        permit_importing(scope)?;
        if !may_bring(scope, command.kind) {
            return Err(Failure::user("kind", SheetError::NotPermitted));
        }
        let name = command::file_name(&command.file_name).map_err(|problem| Failure::User(vec![problem]))?;
        let Some(account) = scope.account() else { return Err(Failure::Denied) };
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => {
                let reader = self.db.reader(scope);
                let found = self.imports_by_id(scope, &reader, &[ImportId::from_uuid(done.id)]).await?;
                return found.into_values().next().ok_or_else(|| Failure::user("", SheetError::NotFound));
            }
        };
        let import = Import {
            id: tx.new_id(),
            kind: command.kind,
            file_name: name,
            state: WorkState::Waiting,
            rows: 0,
            report: ImportReport::default(),
            mistakes: vec![],
            created_at: tx.now(),
            finished_at: None,
            version: 1,
        };
        tx.insert(store::import_row(&tx, account, &import)).await?;
        let kind: &str = import.kind.into();
        tx.audit("import.started", &import.id, json!({ "kind": kind }));
        tx.commit(Done { id: import.id.uuid(), version: 1 }).await?;
        Ok(import)
    }
}

/// Refuses whoever brings in no files anywhere.
pub(super) fn permit_importing(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::DataImport) { Ok(()) } else { Err(Failure::Denied) }
}

/// Whether the caller may change rows of a kind somewhere; each row is judged on its own.
fn may_bring(scope: &Scope, kind: ImportKind) -> bool {
    match kind {
        ImportKind::Staff => {
            scope.permits(Permission::StaffManage) || scope.permits(Permission::AppointmentManage)
        }
        ImportKind::Categories => scope.permits(Permission::CategoryManage),
        ImportKind::CalendarDays => scope.permits(Permission::CalendarManage),
    }
}
