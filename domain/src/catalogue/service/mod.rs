//! Use cases of the catalogue slice, one per file.

mod create_category;
mod create_duty;
mod duties;
mod end_duty;
mod import_categories;
mod query;
mod update_category;

use serde_json::json;

use crate::catalogue::error::CategoryError;
use crate::catalogue::model::{Category, Duty};
use crate::catalogue::store;
use crate::kernel::event::{Event, EventDraft};
use crate::kernel::failure::Failure;
use crate::kernel::id::CategoryId;
use crate::kernel::place::Visibility;
use crate::kernel::scope::Scope;
use crate::store::{Db, Done, StoreError, WriteTx};

pub use duties::DutyFilter;
pub use query::CategoryFilter;

/// Kind of the aggregate in the outbox.
const AGGREGATE: &str = "category";

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<CategoryError>>;

/// Use cases of the category tree.
#[derive(Clone, Debug)]
pub struct CategoryService {
    db: Db,
}

impl CategoryService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Whether what lies below categories may be something else after an event.
    #[must_use]
    pub fn redraws(event: &Event) -> bool {
        event.aggregate == AGGREGATE
    }

    /// The category that a use case with the same idempotency key wrote.
    async fn category_done(&self, scope: &Scope, done: Done) -> Answer<Category> {
        let reader = self.db.reader(scope);
        let category = store::by_id(&*reader.tx().await?, CategoryId::from_uuid(done.id)).await?;
        category.ok_or_else(|| Failure::user("", CategoryError::NotFound))
    }
}

/// Records that a category changed: an event for everyone and an audit row.
fn recorded(tx: &mut WriteTx, name: &'static str, category: &Category) {
    tx.record(EventDraft {
        aggregate: AGGREGATE,
        aggregate_id: category.id.uuid(),
        version: category.version,
        name,
        payload: json!({ "id": category.id.to_string() }),
        before: None,
        after: Visibility::everyone(),
    });
    tx.audit(name, &category.id, json!({ "version": category.version, "code": category.code }));
}

/// Records that a duty was written down or ended: an event for everyone and an audit row.
fn duty_recorded(tx: &mut WriteTx, name: &'static str, (duty, version): (&Duty, i64)) {
    tx.record(EventDraft {
        aggregate: "duty",
        aggregate_id: duty.id.uuid(),
        version,
        name,
        payload: json!({ "id": duty.id.to_string() }),
        before: None,
        after: Visibility::everyone(),
    });
    let detail = json!({
        "category": duty.category.to_string(),
        "organisation": duty.organisation.to_string(),
        "unit": duty.unit.to_string(),
    });
    tx.audit(name, &duty.id, detail);
}

/// The one unique constraint of the table is on the code.
fn code_taken(error: StoreError) -> Failure<CategoryError> {
    match error {
        StoreError::Conflict { .. } => Failure::user("code", CategoryError::CodeTaken),
        other => other.into(),
    }
}
