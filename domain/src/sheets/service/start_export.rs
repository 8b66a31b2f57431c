//! Take a file out: it is written beside everything else, and fetched by a link.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use serde_json::json;

use crate::audit;
use crate::cases::WantedValue;
use crate::catalogue;
use crate::identity::directory as identity;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::{AccountId, ExportId, Timestamp};
use crate::kernel::meter::Meter;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::org::{PlaceReference, directory};
use crate::programmes::{self, FieldValue};
use crate::sheets::command::{self, StartExport};
use crate::sheets::error::SheetError;
use crate::sheets::model::{Export, ExportKind, ExportReview, ReviewState, WorkState};
use crate::sheets::selection::selection;
use crate::sheets::service::export_now::noted;
use crate::sheets::service::{Answer, SheetService, TELLING, crowded, may_take};
use crate::sheets::store::{self, reviews};
use crate::sheets::work::Counter;
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

/// Bytes of one part: a handful of round trips for a usual file, and little memory.
const PART: usize = 256 * 1024;
const DAY: i64 = 86_400;

impl SheetService {
    /// Begins to write a file of what the caller sees. Needs `DATA_EXPORT`, and `AUDIT_READ` instead for the audit trail.
    ///
    /// # Errors
    /// [`Failure::Denied`] without it, [`Failure::Overloaded`] while too many files wait and when the day's are used up; `NOT_FOUND` for an
    /// unknown unit and the like, and what is wrong with the purpose.
    pub async fn start_export(&self, scope: &Scope, command: StartExport) -> Answer<Export> {
        permit_exporting(scope, command.kind)?;
        let purpose = command::purpose(&command.purpose).map_err(|problem| Failure::User(vec![problem]))?;
        let wanted = StartExport { purpose, ..command };
        let Some(account) = scope.account() else { return Err(Failure::Denied) };
        let place = self.work.place().ok_or_else(crowded)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => {
                let reader = self.db.reader(scope);
                let found = self.exports_by_id(scope, &reader, &[ExportId::from_uuid(done.id)]).await?;
                return found.into_values().next().ok_or_else(|| Failure::user("", SheetError::NotFound));
            }
        };
        check_names(&tx, &wanted).await?;
        self.count(&tx, account).await?;
        let export = Export {
            id: tx.new_id(),
            kind: wanted.kind,
            format: wanted.format,
            purpose: wanted.purpose.clone(),
            state: WorkState::Running,
            rows: 0,
            bytes: 0,
            created_at: tx.now(),
            finished_at: None,
            expires_at: None,
            review: None,
            version: 1,
        };
        tx.insert(store::export_row(&tx, account, &export)).await?;
        let (kind, format): (&str, &str) = (export.kind.into(), export.format.into());
        tx.audit(
            "export.started",
            &export.id,
            json!({ "kind": kind, "format": format, "purpose": export.purpose }),
        );
        tx.commit(Done { id: export.id.uuid(), version: 1 }).await?;
        let (service, id) = (self.clone(), export.id);
        let scope = scope.for_request(scope.request_id(), Meter::default());
        self.work.begin(id.uuid(), move |counter| async move {
            let Some(_turn) = place.turn().await else { return };
            service.export(&scope, id, &wanted, &counter).await;
        });
        Ok(export)
    }

    /// Refuses whoever took out as many files in a day as they may.
    async fn count(&self, tx: &WriteTx, account: AccountId) -> Answer<()> {
        tx.hold_alone(&format!("exports of {account}")).await?;
        let begun = store::exports_since(tx, account, tx.now().plus_seconds(-DAY)).await?;
        let most = self.settings.exports.per_day as usize;
        if begun.len() < most || mutant::active(Mutant::EndlessExports) {
            return Ok(());
        }
        // The one that must be over a day old before there is room.
        let oldest = begun.get(begun.len() - most).copied().unwrap_or_else(|| tx.now());
        Err(Failure::Overloaded { retry_after_seconds: wait(tx.now(), oldest) })
    }

    async fn export(&self, scope: &Scope, id: ExportId, wanted: &StartExport, counter: &Counter) {
        let exporting = self.write_out(scope, id, wanted, counter);
        tokio::pin!(exporting);
        let outcome = loop {
            match tokio::time::timeout(TELLING, &mut exporting).await {
                Ok(outcome) => break outcome,
                Err(_still) => {
                    if let Err(error) = self.tell_of_export(scope, id).await {
                        tracing::debug!(%error, %id, "an export goes on unheard");
                    }
                }
            }
        };
        let Err(error) = outcome else { return };
        tracing::warn!(%error, %id, "an export failed");
        if let Err(error) = self.fail_export(scope, id).await {
            tracing::error!(%error, %id, "the end of an export could not be written");
        }
    }

    /// Writes a file of the disk that has no name, then into the database what was written.
    async fn write_out(
        &self,
        scope: &Scope,
        id: ExportId,
        wanted: &StartExport,
        counter: &Counter,
    ) -> Result<(), StoreError> {
        let unwritable = |error: std::io::Error| StoreError::Internal(format!("no file to write: {error}"));
        let mut file = tempfile::tempfile().map_err(unwritable)?;
        let written =
            self.written(scope, wanted, (id, file.try_clone().map_err(unwritable)?), counter).await?;
        file.rewind().map_err(unwritable)?;
        let mut tx = self.begin(scope).await?;
        let Some(account) = scope.account() else { return Ok(()) };
        let review = self.review(&tx, account, (id, wanted), written.rows);
        let since = review.as_ref().map_or(tx.now(), |review| review.lapses_at);
        let expires_at = since.plus_seconds(self.settings.keep_seconds);
        let mut bytes = 0;
        for number in 0.. {
            let part = next_part(&mut file).map_err(unwritable)?;
            if part.is_empty() {
                break;
            }
            bytes += part.len() as u64;
            store::add_part(&tx, account, id, number, &part, expires_at).await?;
        }
        store::end_export(&tx, id, WorkState::Succeeded, written.rows as usize, bytes).await?;
        if let Some(review) = &review {
            reviews::insert(&tx, review).await?;
        }
        noted(&mut tx, wanted, (id, review.map(|review| review.id)), &written);
        tx.commit(Done { id: id.uuid(), version: 2 }).await.map(drop)
    }

    /// What waits for somebody else's word: a file of more people than whoever takes it may take alone.
    fn review(
        &self,
        tx: &WriteTx,
        account: AccountId,
        (export, wanted): (ExportId, &StartExport),
        rows: u32,
    ) -> Option<ExportReview> {
        let settings = self.settings.exports;
        let alone = !wanted.kind.is_of_people() || rows <= settings.rows_alone;
        if alone || mutant::active(Mutant::UnreviewedExport) {
            return None;
        }
        Some(ExportReview {
            id: tx.new_id(),
            export,
            account,
            kind: wanted.kind,
            format: wanted.format,
            purpose: wanted.purpose.clone(),
            selection: selection(wanted).to_string(),
            grants: tx.scope().held().iter().map(|held| held.grant).collect(),
            rows: rows as usize,
            created_at: tx.now(),
            lapses_at: tx.now().plus_seconds(settings.review_seconds),
            state: ReviewState::Waiting,
            decided_by: None,
            decided_at: None,
            note: None,
            version: 1,
        })
    }

    async fn tell_of_export(&self, scope: &Scope, id: ExportId) -> Result<(), StoreError> {
        let tx = self.begin(scope).await?;
        store::hear_export(&tx, id).await?;
        tx.commit(Done { id: id.uuid(), version: 0 }).await.map(drop)
    }

    async fn fail_export(&self, scope: &Scope, id: ExportId) -> Result<(), StoreError> {
        let tx = self.begin(scope).await?;
        store::end_export(&tx, id, WorkState::Failed, 0, 0).await?;
        tx.commit(Done { id: id.uuid(), version: 2 }).await.map(drop)
    }
}

/// Seconds until an instant is a day ago.
fn wait(now: Timestamp, instant: Timestamp) -> u32 {
    let left = instant.plus_seconds(DAY).micros() - now.micros();
    u32::try_from(left.div_euclid(1_000_000) + 1).unwrap_or(1)
}

/// Refuses whoever takes nothing of a kind out anywhere.
fn permit_exporting(scope: &Scope, kind: ExportKind) -> Answer<()> {
    if may_take(scope, kind) { Ok(()) } else { Err(Failure::Denied) }
}

/// Refuses what names a unit, grid, category, person or programme that does not exist, or of whom the trail knows nothing: the file would be
/// empty without a word.
async fn check_names(tx: &Tx, wanted: &StartExport) -> Answer<()> {
    let missing = |path: &[&str]| {
        let path = path.iter().map(|part| (*part).to_owned()).collect();
        Err(Failure::User(vec![Problem { path, error: SheetError::NotFound }]))
    };
    if let Some(unit) = wanted.unit
        && directory::unit(tx, unit).await?.is_none()
    {
        return missing(&["unitId"]);
    }
    let missed = audit::directory::missed(tx, &wanted.entries).await?;
    if let Some(name) = missed {
        return missing(&["auditEntryFilter", name]);
    }
    let known = match wanted.filter.place {
        Some(PlaceReference::Unit(id)) => directory::unit(tx, id).await?.is_some(),
        Some(PlaceReference::Grid(id)) => directory::grid(tx, id).await?.is_some(),
        None => true,
    };
    if !known {
        return missing(&["caseFilter", "place"]);
    }
    for value in &wanted.filter.values {
        let known = match &value.wanted {
            WantedValue::Exactly(FieldValue::Person(account)) => identity::is_known(tx, *account).await?,
            WantedValue::Exactly(FieldValue::Unit(unit)) => directory::unit(tx, *unit).await?.is_some(),
            _ => true,
        };
        if !known {
            return missing(&["caseFilter", "fields"]);
        }
    }
    if let Some(key) = &wanted.filter.programme
        && programmes::directory::versions(tx, key).await?.is_none()
    {
        return missing(&["caseFilter", "programmeKey"]);
    }
    let categories = &wanted.filter.categories;
    let known = catalogue::directory::with_descendants(tx, categories).await?;
    if !categories.iter().all(|category| known.contains(category)) {
        return missing(&["caseFilter", "categoryIds"]);
    }
    Ok(())
}

fn next_part(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut part = Vec::with_capacity(PART);
    file.take(PART as u64).read_to_end(&mut part)?;
    Ok(part)
}
