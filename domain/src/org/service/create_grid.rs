//! Create a grid; the allocator of its village gives the code.

use crate::kernel::failure::Failure;
use crate::kernel::id::GridId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::command::{self, CreateGrid, GRID_SERIALS};
use crate::org::error::OrgError;
use crate::org::import;
use crate::org::model::{Boundary, Grid, GridState, Unit, UnitLevel, UnitState};
use crate::org::service::create_unit::code_taken;
use crate::org::service::{Answer, OrgService, governed_unit, recorded};
use crate::org::store;
use crate::store::{Begun, Done, Tx};

impl OrgService {
    /// Creates a grid. Needs `GRID_MANAGE` over its village.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `WRONG_LEVEL` unless the parent is a village, `DISSOLVED`,
    /// `SERIALS_EXHAUSTED`, `INVALID_BOUNDARY`, `REQUIRED`, `TOO_LONG`.
    pub async fn create_grid(&self, scope: &Scope, command: CreateGrid) -> Answer<Grid> {
        if !scope.permits(Permission::GridManage) {
            return Err(Failure::Denied);
        }
        let name = command::name(&command.name, "name").map_err(|problem| Failure::User(vec![problem]))?;
        let boundary = command.boundary.as_ref().map(checked).transpose()?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.grid_done(scope, done).await,
        };
        let village = governed_unit(&tx, Permission::GridManage, command.village, "villageId").await?;
        let (town, code) = allocate(&tx, &village).await?;
        let grid = Grid {
            id: tx.new_id(),
            town,
            village: village.id,
            code,
            name,
            kind: command.kind,
            state: GridState::Live,
            boundary,
            version: 1,
        };
        tx.insert(store::grid_row(&tx, &grid)).await.map_err(code_taken)?;
        recorded(&mut tx, "grid.created", "grid", &grid.id, grid.id.uuid(), grid.version);
        tx.commit(Done { id: grid.id.uuid(), version: grid.version }).await?;
        Ok(grid)
    }

    async fn grid_done(&self, scope: &Scope, done: Done) -> Answer<Grid> {
        let reader = self.db.reader(scope);
        let grid = store::grid_by_id(&*reader.tx().await?, GridId::from_uuid(done.id)).await?;
        grid.ok_or_else(|| Failure::user("", OrgError::NotFound))
    }
}

fn checked(boundary: &Boundary) -> Answer<Boundary> {
    let geojson = import::polygon_text(&boundary.geojson)
        .ok_or_else(|| Failure::user("boundary.geojson", OrgError::InvalidBoundary))?;
    Ok(Boundary { geojson, system: boundary.system })
}

/// The town of a village and the village's next grid code.
async fn allocate(tx: &Tx, village: &Unit) -> Answer<(crate::kernel::id::UnitId, String)> {
    let (UnitLevel::Village, Some(town)) = (village.level, village.town) else {
        return Err(Failure::user("villageId", OrgError::WrongLevel));
    };
    if village.state == UnitState::Dissolved {
        return Err(Failure::user("villageId", OrgError::Dissolved));
    }
    let serial = tx.take_serials(&serial_name(&village.code), 1).await?;
    if serial > GRID_SERIALS {
        return Err(Failure::user("villageId", OrgError::SerialsExhausted));
    }
    Ok((town, format!("{}{serial:03}", village.code)))
}

/// The name under which a village's grid serials are counted.
pub(super) fn serial_name(village_code: &str) -> String {
    format!("grid/{village_code}")
}
