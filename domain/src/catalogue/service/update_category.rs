//! Change a category. Its code and its place in the tree stay.

use std::ops::RangeInclusive;

use crate::catalogue::command::{self, UpdateCategory};
use crate::catalogue::error::CategoryError;
use crate::catalogue::model::Category;
use crate::catalogue::service::{Answer, CategoryService, recorded};
use crate::catalogue::store;
use crate::kernel::change::Change;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl CategoryService {
    /// Changes a category. Needs `CATEGORY_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `INVALID_CODE`, `INVALID_LIMIT`, `REQUIRED`, `TOO_LONG`.
    pub async fn update_category(&self, scope: &Scope, command: UpdateCategory) -> Answer<Category> {
        if !scope.permits(Permission::CategoryManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.category_done(scope, done).await,
        };
        let Some(present) = store::by_id(&tx, command.category).await? else {
            return Err(Failure::user("categoryId", CategoryError::NotFound));
        };
        let conflict = CategoryError::Conflict { current_version: present.version };
        if present.version != command.expected_version && !mutant::active(Mutant::NoVersionCheck) {
            return Err(Failure::user("expectedVersion", conflict));
        }
        let expected = present.version;
        let category = changed(present, command).map_err(|problem| Failure::User(vec![problem]))?;
        if !store::update(&tx, &category, expected).await? {
            return Err(Failure::user("expectedVersion", conflict));
        }
        recorded(&mut tx, "category.updated", &category);
        tx.commit(Done { id: category.id.uuid(), version: category.version }).await?;
        Ok(category)
    }
}

/// Metres or hours as they are to be, within their bounds.
fn nearness(
    change: Change<u32>,
    bounds: &RangeInclusive<u32>,
    path: &str,
) -> Result<Change<u32>, Problem<CategoryError>> {
    Ok(match change {
        Change::Set(number) => Change::Set(command::within(number, bounds, path)?),
        other => other,
    })
}

/// The category after the change.
fn changed(present: Category, command: UpdateCategory) -> Result<Category, Problem<CategoryError>> {
    let name_zh = command.name_zh.map(|name| command::name(&name, "nameZh")).transpose()?;
    let name_en = command.name_en.map(|name| command::name(&name, "nameEn")).transpose()?;
    let limit = match command.limit {
        Change::Set(limit) => Change::Set(command::limit(limit, "limit.amount")?),
        other => other,
    };
    let kind = match command.organisation_kind {
        Change::Set(kind) => Change::Set(command::code(&kind, "organisationKind")?),
        other => other,
    };
    let national_code = match command.national_code {
        Change::Set(code) => {
            command::reference(Some(&code), "nationalCode")?.map_or(Change::Clear, Change::Set)
        }
        other => other,
    };
    let metres = nearness(command.similar_metres, &command::METRES, "similarMetres")?;
    let hours = nearness(command.similar_hours, &command::HOURS, "similarHours")?;
    Ok(Category {
        name_zh: name_zh.unwrap_or(present.name_zh),
        name_en: name_en.unwrap_or(present.name_en),
        limit: limit.applied(present.limit),
        organisation_kind: kind.applied(present.organisation_kind),
        routing: command.routing.applied(present.routing),
        similar_metres: metres.applied(present.similar_metres),
        similar_hours: hours.applied(present.similar_hours),
        sensitivity: command.sensitivity.unwrap_or(present.sensitivity),
        national_code: national_code.applied(present.national_code),
        active: command.active.unwrap_or(present.active),
        version: present.version + 1,
        ..present
    })
}
