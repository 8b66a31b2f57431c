//! Create a town or a village.

use chrono::NaiveDate;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::org::unit_name;

use crate::kernel::failure::Failure;
use crate::kernel::id::UnitId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::command::{self, CreateUnit};
use crate::org::error::OrgError;
use crate::org::model::{Unit, UnitLevel, UnitState};
use crate::org::service::{Answer, OrgService, governed_unit, recorded};
use crate::org::store;
use crate::store::{Begun, Done, StoreError, Tx};

impl OrgService {
    /// Creates a unit below another. Needs `UNIT_MANAGE` over the unit above.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `WRONG_LEVEL`, `DISSOLVED`, `INVALID_CODE`, `CODE_TAKEN`,
    /// `INVALID_YEAR`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn create_unit(&self, scope: &Scope, command: CreateUnit) -> Answer<Unit> {
        if !scope.permits(Permission::UnitManage) {
            return Err(Failure::Denied);
        }
        let name = command::name(&command.name, "name").map_err(|problem| Failure::User(vec![problem]))?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.unit_done(scope, done).await,
        };
        let parent = governed_unit(&tx, Permission::UnitManage, command.parent, "parentId").await?;
        let unit = new_unit(&tx, &parent, &command, name)?;
        insert_unit(&tx, &unit).await.map_err(code_taken)?;
        recorded(&mut tx, "unit.created", "unit", &unit.id, unit.id.uuid(), unit.version);
        tx.commit(Done { id: unit.id.uuid(), version: unit.version }).await?;
        Ok(unit)
    }

    /// What a repeated request did before, as the caller may see it now.
    pub(super) async fn unit_done(&self, scope: &Scope, done: Done) -> Answer<Unit> {
        let reader = self.db.reader(scope);
        let unit = store::unit_by_id(&*reader.tx().await?, UnitId::from_uuid(done.id)).await?;
        unit.ok_or_else(|| Failure::user("", OrgError::NotFound))
    }
}

fn new_unit(tx: &Tx, parent: &Unit, command: &CreateUnit, name: String) -> Answer<Unit> {
    if parent.state == UnitState::Dissolved {
        return Err(Failure::user("parentId", OrgError::Dissolved));
    }
    let level = match parent.level {
        UnitLevel::District => UnitLevel::Town,
        UnitLevel::Town => UnitLevel::Village,
        UnitLevel::Village => return Err(Failure::user("parentId", OrgError::WrongLevel)),
    };
    let problem = |problem| Failure::User(vec![problem]);
    let code =
        command::code_below(parent, command.code_system, &command.code, level, "code").map_err(problem)?;
    let code_year = command::code_year(command.code_year, "codeYear").map_err(problem)?;
    let id = tx.new_id();
    Ok(Unit {
        id,
        level,
        parent: Some(parent.id),
        town: if level == UnitLevel::Town { Some(id) } else { Some(parent.id) },
        code,
        code_system: command.code_system,
        code_year,
        name,
        state: command.state,
        pilot: false,
        statistical: false,
        live_on: command.live_on.map(|day| day.to_string()),
        version: 1,
    })
}

/// Inserts a unit with the first entry of its name history.
pub(super) async fn insert_unit(tx: &Tx, unit: &Unit) -> Result<(), StoreError> {
    tx.insert(store::unit_row(tx, unit)).await?;
    tx.insert(first_name(tx, unit)).await
}

/// The first entry of a unit's name history: it bears its name since the edition of its code.
pub(super) fn first_name(tx: &Tx, unit: &Unit) -> unit_name::Model {
    name_row(tx, unit.id, &unit.name, NaiveDate::from_ymd_opt(unit.code_year, 1, 1))
}

/// Adds a name from a day on.
pub(super) async fn insert_name(
    tx: &Tx,
    unit: UnitId,
    name: &str,
    since: Option<NaiveDate>,
) -> Result<(), StoreError> {
    tx.insert(name_row(tx, unit, name, since)).await
}

/// Adds a name from a day on, instead of another that was to begin that day.
pub(super) async fn put_name(tx: &Tx, unit: &Unit, since: NaiveDate) -> Result<(), StoreError> {
    let that_day =
        unit_name::Column::UnitId.eq(unit.id).and(unit_name::Column::SinceOn.eq(since.to_string()));
    let replaced = tx
        .update::<unit_name::Entity>()
        .set(unit_name::Column::Name, Expr::val(unit.name.clone()))
        .filter(that_day)
        .run()
        .await?;
    if replaced == 0 { insert_name(tx, unit.id, &unit.name, Some(since)).await } else { Ok(()) }
}

fn name_row(tx: &Tx, unit: UnitId, name: &str, since: Option<NaiveDate>) -> unit_name::Model {
    unit_name::Model {
        tenant_id: tx.scope().tenant(),
        unit_id: unit,
        since_on: since.unwrap_or_default().to_string(),
        name: name.to_owned(),
    }
}

/// A code's uniqueness is the only constraint that a valid new row of this slice can break.
pub(super) fn code_taken(error: StoreError) -> Failure<OrgError> {
    code_taken_at("code", error)
}

/// The same for a code that stands elsewhere in the input.
pub(super) fn code_taken_at(path: &str, error: StoreError) -> Failure<OrgError> {
    match error {
        StoreError::Conflict { .. } => Failure::user(path, OrgError::CodeTaken),
        other => other.into(),
    }
}
