//! Create a category, at the root or below another.

use crate::catalogue::command::{self, CreateCategory, LEVEL_LIMIT};
use crate::catalogue::error::CategoryError;
use crate::catalogue::model::Category;
use crate::catalogue::service::{Answer, CategoryService, code_taken, recorded};
use crate::catalogue::store;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, Tx};

impl CategoryService {
    /// Creates a category. Needs `CATEGORY_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown parent, `CODE_TAKEN`, `INVALID_CODE`, `INVALID_LIMIT`, `INVALID_NEARNESS`,
    /// `TOO_DEEP`, `REQUIRED`, `TOO_LONG`.
    pub async fn create_category(&self, scope: &Scope, command: CreateCategory) -> Answer<Category> {
        if !scope.permits(Permission::CategoryManage) {
            return Err(Failure::Denied);
        }
        let command = checked(&command).map_err(Failure::User)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.category_done(scope, done).await,
        };
        let level = level_below(&tx, &command).await?;
        let category = Category {
            id: tx.new_id(),
            parent: command.parent,
            level,
            code: command.code,
            name_zh: command.name_zh,
            name_en: command.name_en,
            limit: command.limit,
            organisation_kind: command.organisation_kind,
            routing: command.routing,
            similar_metres: command.similar_metres,
            similar_hours: command.similar_hours,
            sensitivity: command.sensitivity,
            national_code: command.national_code,
            active: true,
            version: 1,
        };
        tx.insert(store::row(&tx, &category)).await.map_err(code_taken)?;
        recorded(&mut tx, "category.created", &category);
        tx.commit(Done { id: category.id.uuid(), version: category.version }).await?;
        Ok(category)
    }
}

async fn level_below(tx: &Tx, command: &CreateCategory) -> Answer<u32> {
    let Some(parent) = command.parent else { return Ok(1) };
    let Some(parent) = store::by_id(tx, parent).await? else {
        return Err(Failure::user("parentId", CategoryError::NotFound));
    };
    if parent.level >= LEVEL_LIMIT {
        return Err(Failure::user("parentId", CategoryError::TooDeep { limit: LEVEL_LIMIT }));
    }
    Ok(parent.level + 1)
}

/// The command with every text trimmed, or everything that is wrong with it.
fn checked(command: &CreateCategory) -> Result<CreateCategory, Vec<Problem<CategoryError>>> {
    let near = |number: Option<u32>, bounds, path| {
        number.map(|number| command::within(number, bounds, path)).transpose()
    };
    let code = command::code(&command.code, "code");
    let name_zh = command::name(&command.name_zh, "nameZh");
    let name_en = command::name(&command.name_en, "nameEn");
    let limit = command.limit.map(|limit| command::limit(limit, "limit.amount")).transpose();
    let kind =
        command.organisation_kind.as_deref().map(|kind| command::code(kind, "organisationKind")).transpose();
    let metres = near(command.similar_metres, &command::METRES, "similarMetres");
    let hours = near(command.similar_hours, &command::HOURS, "similarHours");
    let national = command::reference(command.national_code.as_deref(), "nationalCode");
    let problems = [metres.err(), hours.err()].into_iter().flatten();
    match (code, name_zh, name_en, limit, kind, national) {
        (Ok(code), Ok(name_zh), Ok(name_en), Ok(limit), Ok(organisation_kind), Ok(national_code)) => {
            let problems: Vec<_> = problems.collect();
            let CreateCategory { parent, routing, similar_metres, similar_hours, sensitivity, .. } = *command;
            let sound = CreateCategory {
                parent,
                code,
                name_zh,
                name_en,
                limit,
                organisation_kind,
                routing,
                similar_metres,
                similar_hours,
                sensitivity,
                national_code,
            };
            if problems.is_empty() { Ok(sound) } else { Err(problems) }
        }
        (code, name_zh, name_en, limit, kind, national) => {
            let others = [code.err(), name_zh.err(), name_en.err(), limit.err(), kind.err(), national.err()];
            Err(others.into_iter().flatten().chain(problems).collect())
        }
    }
}
