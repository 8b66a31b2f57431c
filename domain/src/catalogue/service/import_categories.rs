//! Bring in a tree of categories at once: all rows or none.

use std::collections::BTreeMap;

use serde_json::json;

use crate::catalogue::command::{self, CategoryRow};
use crate::catalogue::error::CategoryError;
use crate::catalogue::model::Category;
use crate::catalogue::service::{Answer, CategoryService, code_taken};
use crate::catalogue::store;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::permission::Permission;
use crate::kernel::place::Sensitivity;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, Tx};

impl CategoryService {
    /// Creates the categories of these rows that do not exist yet: how many. A parent stands before
    /// its children. Codes that exist stay as they are, so that a repeat changes nothing. Paths of
    /// problems begin with the index of the row. Needs `CATEGORY_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND` for an unknown parent code; else as for creating one.
    pub async fn import_categories(&self, scope: &Scope, rows: &[CategoryRow]) -> Answer<usize> {
        if !scope.permits(Permission::CategoryManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            // An import of the command line carries no key; with one, the rows are there already.
            Begun::Replay(_) => return Ok(0),
        };
        let present = store::all(&tx).await?;
        let mut known: BTreeMap<String, Category> =
            present.into_iter().map(|category| (category.code.clone(), category)).collect();
        let mut fresh = vec![];
        let mut problems = vec![];
        for (index, row) in rows.iter().enumerate() {
            match read(&tx, &known, row) {
                Ok(None) => {}
                Ok(Some(category)) => {
                    known.insert(category.code.clone(), category.clone());
                    fresh.push(category);
                }
                Err(mut problem) => {
                    problem.path.insert(0, index.to_string());
                    problems.push(problem);
                }
            }
        }
        if !problems.is_empty() {
            return Err(Failure::User(problems));
        }
        let count = fresh.len();
        tx.insert_all(fresh.iter().map(|category| store::row(&tx, category)).collect())
            .await
            .map_err(code_taken)?;
        let tenant = scope.tenant();
        tx.audit("category.imported", &tenant, json!({ "created": count }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
        Ok(count)
    }
}

/// The category of a row; none when its code exists.
fn read(
    tx: &Tx,
    known: &BTreeMap<String, Category>,
    row: &CategoryRow,
) -> Result<Option<Category>, Problem<CategoryError>> {
    let code = command::code(&row.code, "code")?;
    if known.contains_key(&code) {
        return Ok(None);
    }
    let parent = match row.parent_code.trim() {
        "" => None,
        parent => {
            let missing = || Problem::at("parent_code", CategoryError::NotFound);
            Some(known.get(parent).ok_or_else(missing)?)
        }
    };
    let kind = Some(row.organisation_kind.as_str()).filter(|kind| !kind.trim().is_empty());
    Ok(Some(Category {
        id: tx.new_id(),
        parent: parent.map(|parent| parent.id),
        level: parent.map_or(1, |parent| parent.level + 1),
        name_zh: command::name(&row.name_zh, "name_zh")?,
        name_en: command::name(&row.name_en, "name_en")?,
        limit: row.limit()?,
        organisation_kind: kind.map(|kind| command::code(kind, "organisation_kind")).transpose()?,
        sensitivity: Sensitivity::Normal,
        national_code: command::reference(Some(&row.national_code), "national_code")?,
        active: true,
        version: 1,
        code,
    }))
}
