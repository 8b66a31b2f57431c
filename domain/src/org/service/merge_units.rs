//! Merge units: the predecessors are dissolved, the successor answers for their past.
//!
//! No case is rewritten. The successor's scope grows by its predecessors, and statistics as of an
//! earlier day keep counting by the units of that day.

use chrono::NaiveDate;

use fengqiao_entity::org::unit_succession;

use crate::kernel::failure::Failure;
use crate::kernel::id::UnitId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::command::{self, MergeUnits, Successor};
use crate::org::error::OrgError;
use crate::org::model::{CodeSystem, Unit, UnitLevel, UnitState};
use crate::org::service::create_unit::{code_taken_at, insert_unit};
use crate::org::service::territory::MERGED;
use crate::org::service::{Answer, OrgService, governed_unit, recorded};
use crate::org::store;
use crate::store::{Begun, Done, Tx, WriteTx};

/// Most units merged at once: the district with most mergers took 12 villages into one.
const MOST_PREDECESSORS: usize = 50;

impl OrgService {
    /// Merges units of one level into a new or an existing one. Needs `UNIT_MANAGE` over all of them.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `INVALID_MERGER`, `WRONG_LEVEL`, `DISSOLVED`, `INVALID_CODE`,
    /// `CODE_TAKEN`, `INVALID_YEAR`, `TOO_MANY`.
    pub async fn merge_units(&self, scope: &Scope, command: MergeUnits) -> Answer<Unit> {
        if !scope.permits(Permission::UnitManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.unit_done(scope, done).await,
        };
        let predecessors = predecessors(&tx, &command).await?;
        let successor = successor(&mut tx, &command, &predecessors).await?;
        for predecessor in predecessors {
            dissolve(&mut tx, predecessor, &successor, command.on).await?;
        }
        tx.commit(Done { id: successor.id.uuid(), version: successor.version }).await?;
        Ok(successor)
    }
}

async fn predecessors(tx: &Tx, command: &MergeUnits) -> Answer<Vec<Unit>> {
    let mut ids = command.predecessors.clone();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() != command.predecessors.len() {
        return Err(Failure::user("predecessorIds", OrgError::InvalidMerger));
    }
    if ids.len() > MOST_PREDECESSORS {
        return Err(Failure::user("predecessorIds", OrgError::TooMany { limit: MOST_PREDECESSORS }));
    }
    let mut units: Vec<Unit> = vec![];
    for (index, id) in command.predecessors.iter().enumerate() {
        let path = format!("predecessorIds.{index}");
        let unit = governed_unit(tx, Permission::UnitManage, *id, &path).await?;
        if unit.state == UnitState::Dissolved {
            return Err(Failure::user(&path, OrgError::Dissolved));
        }
        if unit.level == UnitLevel::District || units.first().is_some_and(|first| first.level != unit.level) {
            return Err(Failure::user(&path, OrgError::WrongLevel));
        }
        units.push(unit);
    }
    Ok(units)
}

async fn successor(tx: &mut WriteTx, command: &MergeUnits, predecessors: &[Unit]) -> Answer<Unit> {
    let Some(first) = predecessors.first() else {
        return Err(Failure::user("predecessorIds", OrgError::InvalidMerger));
    };
    match &command.successor {
        Successor::Existing(id) => existing(tx, *id, predecessors, first.level).await,
        Successor::New { code, code_system, code_year, name } => {
            let problem = |problem| Failure::User(vec![problem]);
            let id = tx.new_id();
            let unit = Unit {
                id,
                town: if first.level == UnitLevel::Town { Some(id) } else { first.town },
                code: new_code(tx, first, *code_system, code).await?,
                code_system: *code_system,
                code_year: command::code_year(*code_year, "newUnit.codeYear").map_err(problem)?,
                name: command::name(name, "newUnit.name").map_err(problem)?,
                state: UnitState::Live,
                pilot: false,
                live_on: None,
                version: 1,
                ..first.clone()
            };
            insert_unit(tx, &unit).await.map_err(|error| code_taken_at("newUnit.code", error))?;
            recorded(tx, "unit.created", "unit", &unit.id, unit.id.uuid(), unit.version);
            Ok(unit)
        }
    }
}

/// The code of a new unit beside the first that ends.
async fn new_code(tx: &Tx, first: &Unit, code_system: CodeSystem, code: &str) -> Answer<String> {
    let parent = match first.parent {
        Some(parent) => store::unit_by_id(tx, parent).await?,
        None => None,
    };
    let code = match &parent {
        Some(parent) => command::code_below(parent, code_system, code, first.level, "newUnit.code"),
        None => command::area_code(code, first.level, "newUnit.code"),
    };
    code.map_err(|problem| Failure::User(vec![problem]))
}

async fn existing(tx: &Tx, id: UnitId, predecessors: &[Unit], level: UnitLevel) -> Answer<Unit> {
    let unit = governed_unit(tx, Permission::UnitManage, id, "successorId").await?;
    if predecessors.iter().any(|predecessor| predecessor.id == id) {
        return Err(Failure::user("successorId", OrgError::InvalidMerger));
    }
    if unit.level != level {
        return Err(Failure::user("successorId", OrgError::WrongLevel));
    }
    if unit.state == UnitState::Dissolved {
        return Err(Failure::user("successorId", OrgError::Dissolved));
    }
    Ok(unit)
}

async fn dissolve(tx: &mut WriteTx, mut unit: Unit, successor: &Unit, on: NaiveDate) -> Answer<()> {
    let expected = unit.version;
    unit.state = UnitState::Dissolved;
    unit.version += 1;
    if !store::update_unit(tx, &unit, expected).await? {
        return Err(Failure::user("predecessorIds", OrgError::Conflict { current_version: unit.version }));
    }
    tx.insert(unit_succession::Model {
        tenant_id: tx.scope().tenant(),
        predecessor_id: unit.id,
        successor_id: successor.id,
        on_date: on.to_string(),
    })
    .await?;
    match unit.level {
        UnitLevel::District => {}
        UnitLevel::Town => store::move_villages(tx, unit.id, successor.id).await?,
        UnitLevel::Village => store::move_grids(tx, unit.id, successor).await.map(drop)?,
    }
    recorded(tx, MERGED, "unit", &unit.id, unit.id.uuid(), unit.version);
    Ok(())
}
