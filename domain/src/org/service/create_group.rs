//! Create a unit group: a management area, an area or a police grid.

use std::collections::BTreeSet;

use fengqiao_entity::org::{unit_group, unit_group_grid, unit_group_unit};

use crate::kernel::failure::Failure;
use crate::kernel::id::{GridId, UnitGroupId, UnitId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::command::{self, CreateGroup};
use crate::org::error::OrgError;
use crate::org::model::UnitGroup;
use crate::org::service::create_unit::code_taken;
use crate::org::service::{Answer, OrgService, governs, recorded};
use crate::org::{directory, store};
use crate::store::{Begun, Done, StoreError, Tx};

/// Most members a request may name: the bound of every input list.
const MOST_MEMBERS: usize = 100;

impl OrgService {
    /// Creates a unit group. Needs `GROUP_MANAGE` over every member. A group is a set: whoever is named
    /// twice is in it once.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `INVALID_CODE`, `CODE_TAKEN`, `REQUIRED`, `TOO_LONG`, `TOO_MANY`.
    pub async fn create_group(&self, scope: &Scope, command: CreateGroup) -> Answer<UnitGroup> {
        if !scope.permits(Permission::GroupManage) {
            return Err(Failure::Denied);
        }
        let problem = |problem| Failure::User(vec![problem]);
        let code = command::short_code(&command.code, "code").map_err(problem)?;
        let name = command::name(&command.name, "name").map_err(problem)?;
        for (list, path) in [(command.units.len(), "unitIds"), (command.grids.len(), "gridIds")] {
            if list > MOST_MEMBERS {
                return Err(Failure::user(path, OrgError::TooMany { limit: MOST_MEMBERS }));
            }
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.group_done(scope, done).await,
        };
        check_members(&tx, &command).await?;
        let group = UnitGroup { id: tx.new_id(), code, name, kind: command.kind, version: 1 };
        insert_group(&tx, &group, &command).await.map_err(code_taken)?;
        recorded(&mut tx, "unit_group.created", "unit_group", &group.id, group.id.uuid(), group.version);
        tx.commit(Done { id: group.id.uuid(), version: group.version }).await?;
        Ok(group)
    }

    async fn group_done(&self, scope: &Scope, done: Done) -> Answer<UnitGroup> {
        let reader = self.db.reader(scope);
        let found = store::groups_by_id(&*reader.tx().await?, &[UnitGroupId::from_uuid(done.id)]).await?;
        found.into_iter().next().ok_or_else(|| Failure::user("", OrgError::NotFound))
    }
}

async fn check_members(tx: &Tx, command: &CreateGroup) -> Answer<()> {
    let units = store::units_by_id(tx, &command.units).await?;
    for (index, id) in command.units.iter().enumerate() {
        let path = format!("unitIds.{index}");
        let Some(unit) = units.iter().find(|unit| unit.id == *id) else {
            return Err(Failure::user(&path, OrgError::NotFound));
        };
        if !governs(tx.scope(), Permission::GroupManage, &directory::place_of_unit(unit)) {
            return Err(Failure::user(&path, OrgError::NotPermitted));
        }
    }
    let grids = store::grids_by_id(tx, &command.grids).await?;
    for (index, id) in command.grids.iter().enumerate() {
        let path = format!("gridIds.{index}");
        let Some(grid) = grids.iter().find(|grid| grid.id == *id) else {
            return Err(Failure::user(&path, OrgError::NotFound));
        };
        if !governs(tx.scope(), Permission::GroupManage, &directory::place_of_grid(grid)) {
            return Err(Failure::user(&path, OrgError::NotPermitted));
        }
    }
    Ok(())
}

async fn insert_group(tx: &Tx, group: &UnitGroup, command: &CreateGroup) -> Result<(), StoreError> {
    let tenant_id = tx.scope().tenant();
    tx.insert(unit_group::Model {
        tenant_id,
        id: group.id,
        code: group.code.clone(),
        name: group.name.clone(),
        kind: store::text(group.kind),
        version: group.version,
    })
    .await?;
    let units: BTreeSet<UnitId> = command.units.iter().copied().collect();
    let units =
        units.into_iter().map(|unit_id| unit_group_unit::Model { tenant_id, group_id: group.id, unit_id });
    tx.insert_all(units.collect()).await?;
    let grids: BTreeSet<GridId> = command.grids.iter().copied().collect();
    let grids =
        grids.into_iter().map(|grid_id| unit_group_grid::Model { tenant_id, group_id: group.id, grid_id });
    tx.insert_all(grids.collect()).await
}
