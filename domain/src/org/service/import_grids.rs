//! Import grids from a file: everything or nothing, and the same file twice changes nothing.

use std::collections::{BTreeMap, HashMap};

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::org::{grid, unit};

use crate::kernel::id::{TenantId, UnitId};
use crate::kernel::scope::PlatformScope;
use crate::kernel::sheet::{BadRow, ImportFailure, ImportReport, SheetFile};
use crate::org::command::GRID_SERIALS;
use crate::org::import::{self, GridRow};
use crate::org::model::{Grid, GridKind, GridState, Unit, UnitState};
use crate::org::service::create_grid::serial_name;
use crate::org::service::{OrgService, recorded};
use crate::org::store;
use crate::org::succession::Successions;
use crate::store::{Done, StoreError, Tx, WriteTx};

impl OrgService {
    /// Imports grids from a file, CSV, XLSX or GeoJSON. A row without a code is given the next one of its village.
    ///
    /// # Errors
    /// [`ImportFailure::Rows`] with every row at fault; nothing is written then.
    pub async fn import_grids(
        &self,
        platform: &PlatformScope,
        file: impl Into<SheetFile>,
    ) -> Result<ImportReport, ImportFailure> {
        let mut bad = vec![];
        let rows = import::read_grids(file.into(), &mut bad);
        let by_tenant = self.by_tenant(rows, &mut bad).await?;
        let Some(first) = by_tenant.keys().next().copied() else {
            return ImportFailure::unless_sound(bad).map(|()| ImportReport::default());
        };
        let mut report = ImportReport::default();
        let mut tx = self.db.begin_platform(platform, first).await?;
        for (tenant, rows) in by_tenant {
            tx.act_in(&platform.enter(tenant)).await?;
            import_grids_of(&mut tx, rows, &mut report, &mut bad).await?;
        }
        ImportFailure::unless_sound(bad)?;
        tx.commit(Done { id: first.uuid(), version: 1 }).await?;
        Ok(report)
    }

    async fn by_tenant(
        &self,
        rows: Vec<GridRow>,
        bad: &mut Vec<BadRow>,
    ) -> Result<BTreeMap<TenantId, Vec<GridRow>>, StoreError> {
        let (tenants, _closed) = self.tenants_by_code().await?;
        let mut by_tenant: BTreeMap<TenantId, Vec<GridRow>> = BTreeMap::new();
        for row in rows {
            match tenants.get(row.village_code.get(..6).unwrap_or_default()) {
                Some(tenant) => by_tenant.entry(*tenant).or_default().push(row),
                None => bad.push(BadRow::new(
                    row.row,
                    "village_code",
                    &row.village_code,
                    "no district has this code",
                )),
            }
        }
        Ok(by_tenant)
    }
}

async fn import_grids_of(
    tx: &mut WriteTx,
    rows: Vec<GridRow>,
    report: &mut ImportReport,
    bad: &mut Vec<BadRow>,
) -> Result<(), StoreError> {
    let ground = Ground::load(tx).await?;
    note_serials(tx, &rows).await?;
    let (mut created, mut changed) = (vec![], vec![]);
    for row in rows {
        match ground.meaning(&row) {
            Ok(Meaning::New { village, town }) => match code_for(tx, &row).await? {
                Some(code) => created.push(new_grid(tx, (village, town), code, row)),
                None => bad.push(of_village(&row, "has given out all of its 999 serials")),
            },
            Ok(Meaning::Change(old)) => match changed_grid(old.clone(), &row)? {
                Some(grid) => changed.push(grid),
                None => report.unchanged += 1,
            },
            Ok(Meaning::History) => report.unchanged += 1,
            Err(mistake) => bad.push(mistake),
        }
    }
    if !bad.is_empty() {
        return Ok(());
    }
    report.created += created.len();
    report.changed += changed.len();
    for grid in &changed {
        update_grid(tx, grid).await?;
    }
    let tenant = tx.scope().tenant();
    tx.audit("grid.imported", &tenant, serde_json::json!({ "created": created.len() }));
    tx.insert_all(created.iter().map(|grid| store::grid_row(tx, grid)).collect()).await
}

/// What a row is about.
enum Meaning<'a> {
    /// A grid that there is not yet.
    New { village: UnitId, town: UnitId },
    /// A grid of the row's village.
    Change(&'a grid::Model),
    /// A grid that has gone to a village that took the row's village over: what the file says of it is
    /// history.
    History,
}

/// What a tenant has, to compare rows with.
struct Ground {
    villages: HashMap<String, Unit>,
    grids: Vec<grid::Model>,
    successions: Successions,
}

impl Ground {
    async fn load(tx: &Tx) -> Result<Self, StoreError> {
        let villages = tx
            .select::<unit::Entity>()
            .filter(unit::Column::Level.eq("village"))
            // Of several editions of a code the newest.
            .order_by(unit::Column::CodeYear, Order::Asc)
            .all()
            .await?;
        let villages = villages.into_iter().map(|row| Ok((row.code.clone(), store::unit(row)?)));
        Ok(Self {
            villages: villages.collect::<Result<_, StoreError>>()?,
            grids: tx.select::<grid::Entity>().all().await?,
            successions: Successions::load(tx).await?,
        })
    }

    fn meaning(&self, row: &GridRow) -> Result<Meaning<'_>, BadRow> {
        let Some(village) = self.villages.get(&row.village_code) else {
            return Err(of_village(row, "no village has this code"));
        };
        match (self.same(row, village.id), village.town) {
            (Some(grid), _) if grid.village_id == village.id => Ok(Meaning::Change(grid)),
            (Some(grid), _) if self.took_over(grid.village_id, village.id) => Ok(Meaning::History),
            (Some(_), _) => Err(BadRow::new(row.row, "code", &row.code, "belongs to another village")),
            (None, Some(town)) if village.state != UnitState::Dissolved => {
                Ok(Meaning::New { village: village.id, town })
            }
            (None, _) => Err(of_village(row, "is dissolved and gets no new grids")),
        }
    }

    /// The grid that a row is about: by its code; without one by its name in its village, those first
    /// that were made there, wherever they are now.
    fn same(&self, row: &GridRow, village: UnitId) -> Option<&grid::Model> {
        if !row.code.is_empty() {
            return self.grids.iter().find(|grid| grid.code == row.code);
        }
        let mut named = self.grids.iter().filter(|grid| grid.name == row.name);
        let made_here = |grid: &&grid::Model| {
            grid.code.starts_with(&row.village_code) && self.took_over(grid.village_id, village)
        };
        named.clone().find(made_here).or_else(|| named.find(|grid| grid.village_id == village))
    }

    /// Whether a village is another one or took it over, directly or through others.
    fn took_over(&self, village: UnitId, other: UnitId) -> bool {
        self.successions.with_predecessors(village).contains(&other)
    }
}

fn of_village(row: &GridRow, reason: &str) -> BadRow {
    BadRow::new(row.row, "village_code", &row.village_code, reason)
}

fn new_grid(tx: &Tx, (village, town): (UnitId, UnitId), code: String, row: GridRow) -> Grid {
    Grid {
        id: tx.new_id(),
        town,
        village,
        code,
        name: row.name,
        kind: row.kind.unwrap_or(GridKind::Basic),
        state: GridState::Live,
        boundary: row.boundary,
        version: 1,
    }
}

/// Takes note of the serials that a file names, before the allocator gives any to its other rows.
async fn note_serials(tx: &Tx, rows: &[GridRow]) -> Result<(), StoreError> {
    let mut serials: BTreeMap<&str, i64> = BTreeMap::new();
    for row in rows {
        if let Some(serial) = row.code.get(12..).and_then(|serial| serial.parse().ok()) {
            let last = serials.entry(&row.village_code).or_default();
            *last = Ord::max(serial, *last);
        }
    }
    for (village, last) in serials {
        tx.note_serial(&serial_name(village), last).await?;
    }
    Ok(())
}

/// The code of a new grid; `None` when its village has given out all serials.
async fn code_for(tx: &Tx, row: &GridRow) -> Result<Option<String>, StoreError> {
    if !row.code.is_empty() {
        return Ok(Some(row.code.clone()));
    }
    let serial = tx.take_serials(&serial_name(&row.village_code), 1).await?;
    Ok((serial <= GRID_SERIALS).then(|| format!("{}{serial:03}", row.village_code)))
}

/// A grid after its row; none when the row says what is there. Its village never changes by a file, and
/// what the file does not have stays.
fn changed_grid(old: grid::Model, row: &GridRow) -> Result<Option<Grid>, StoreError> {
    let old = store::grid(old)?;
    let new = Grid {
        name: row.name.clone(),
        kind: row.kind.unwrap_or(old.kind),
        boundary: row.boundary.clone().or_else(|| old.boundary.clone()),
        ..old.clone()
    };
    Ok((new != old).then(|| Grid { version: old.version + 1, ..new }))
}

async fn update_grid(tx: &mut WriteTx, grid: &Grid) -> Result<(), StoreError> {
    let row = store::grid_row(tx, grid);
    tx.update::<grid::Entity>()
        .set(grid::Column::Name, Expr::val(row.name))
        .set(grid::Column::Kind, Expr::val(row.kind))
        .set(grid::Column::Boundary, Expr::val(row.boundary))
        .set(grid::Column::BoundarySystem, Expr::val(row.boundary_system))
        .set(grid::Column::West, Expr::val(row.west))
        .set(grid::Column::South, Expr::val(row.south))
        .set(grid::Column::East, Expr::val(row.east))
        .set(grid::Column::North, Expr::val(row.north))
        .set(grid::Column::Version, Expr::val(row.version))
        .filter(grid::Column::Id.eq(grid.id))
        .run()
        .await?;
    recorded(tx, "grid.imported", "grid", &grid.id, grid.id.uuid(), grid.version);
    Ok(())
}
