//! Bring in a tree of categories at once: all rows or none.

use std::collections::BTreeMap;

use serde_json::json;

use crate::catalogue::command::{self, COLUMNS, CategoryRow};
use crate::catalogue::error::CategoryError;
use crate::catalogue::model::Category;
use crate::catalogue::service::{Answer, CategoryService, code_taken};
use crate::catalogue::store;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::permission::Permission;
use crate::kernel::place::Sensitivity;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{BadRow, ImportFailure, ImportReport, SheetFile};
use crate::org::directory;
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

impl CategoryService {
    /// The same from a file, CSV or XLSX, of which only the rows for the caller's district count.
    ///
    /// # Errors
    /// [`ImportFailure::Denied`], and [`ImportFailure::Rows`] with every row at fault; nothing is written then.
    pub async fn import_category_file(
        &self,
        scope: &Scope,
        file: impl Into<SheetFile>,
    ) -> Result<ImportReport, ImportFailure> {
        let mut bad = vec![];
        let mut lines = CategoryRow::read(file.into(), &mut bad);
        ImportFailure::unless_sound(bad)?;
        let reader = self.db.reader(scope);
        let district = directory::district(&*reader.tx().await?).await?;
        let code = district.map_or_else(String::new, |district| district.code);
        lines.retain(|(_, line)| line.is_for(&code));
        let (numbers, rows): (Vec<usize>, Vec<CategoryRow>) = lines.into_iter().unzip();
        match self.import_categories(scope, &rows).await {
            Ok(created) => {
                Ok(ImportReport { created, changed: 0, unchanged: rows.len().saturating_sub(created) })
            }
            Err(Failure::User(problems)) => {
                let bad = problems.iter().map(|problem| bad_row(problem, &numbers, &rows));
                Err(ImportFailure::Rows(bad.collect()))
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// A mistake at its place in the file.
fn bad_row(problem: &Problem<CategoryError>, numbers: &[usize], rows: &[CategoryRow]) -> BadRow {
    let mut path = problem.path.iter();
    let index = path.next().and_then(|index| index.parse::<usize>().ok()).unwrap_or_default();
    let at = path.next().map_or("", String::as_str);
    let column = COLUMNS.into_iter().find(|column| *column == at).unwrap_or("");
    let value = rows.get(index).map_or("", |row| match column {
        "code" => &row.code,
        "parent_code" => &row.parent_code,
        "name_zh" => &row.name_zh,
        "name_en" => &row.name_en,
        "routing" => &row.routing,
        _ => "",
    });
    let reason: &str = problem.error.code().into();
    BadRow::new(numbers.get(index).copied().unwrap_or(1), column, value, reason)
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
        routing: row.routing()?,
        similar_metres: None,
        similar_hours: None,
        sensitivity: Sensitivity::Normal,
        national_code: command::reference(Some(&row.national_code), "national_code")?,
        active: true,
        version: 1,
        code,
    }))
}
