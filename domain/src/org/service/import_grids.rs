//! Import grids from a file: everything or nothing, and the same file twice changes nothing.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ColumnTrait;
use sea_orm::sea_query::Expr;

use fengqiao_entity::org::{grid, unit};

use crate::kernel::id::{TenantId, UnitId};
use crate::kernel::scope::PlatformScope;
use crate::org::command::GRID_SERIALS;
use crate::org::import::{self, BadRow, GridRow, ImportReport};
use crate::org::model::{Grid, GridState};
use crate::org::service::create_grid::serial_name;
use crate::org::service::import_failure::ImportFailure;
use crate::org::service::{OrgService, recorded};
use crate::org::store;
use crate::store::{Done, StoreError, Tx, WriteTx};

impl OrgService {
    /// Imports grids from CSV or GeoJSON. A row without a code is given the next one of its village.
    ///
    /// # Errors
    /// [`ImportFailure::Rows`] with every row at fault; nothing is written then.
    pub async fn import_grids(
        &self,
        platform: &PlatformScope,
        bytes: &[u8],
    ) -> Result<ImportReport, ImportFailure> {
        let rows = import::read_grids(bytes).map_err(ImportFailure::Rows)?;
        let mut by_tenant: BTreeMap<TenantId, Vec<GridRow>> = BTreeMap::new();
        let tenants = self.tenants_by_code().await?;
        let mut bad = vec![];
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
        let Some(first) = by_tenant.keys().next().copied() else {
            return if bad.is_empty() { Ok(ImportReport::default()) } else { Err(ImportFailure::Rows(bad)) };
        };
        let mut report = ImportReport::default();
        let mut tx = self.db.begin_platform(platform, first).await?;
        for (tenant, rows) in by_tenant {
            tx.act_in(&platform.enter(tenant)).await?;
            import_grids_of(&mut tx, rows, &mut report, &mut bad).await?;
        }
        if !bad.is_empty() {
            return Err(ImportFailure::Rows(bad));
        }
        tx.commit(Done { id: first.uuid(), version: 1 }).await?;
        Ok(report)
    }
}

async fn import_grids_of(
    tx: &mut WriteTx,
    rows: Vec<GridRow>,
    report: &mut ImportReport,
    bad: &mut Vec<BadRow>,
) -> Result<(), StoreError> {
    let villages: HashMap<String, (UnitId, UnitId)> = tx
        .select::<unit::Entity>()
        .filter(unit::Column::Level.eq("village"))
        .all()
        .await?
        .into_iter()
        .filter_map(|row| Some((row.code, (row.id, row.town_id?))))
        .collect();
    let known = KnownGrids(tx.select::<grid::Entity>().all().await?);
    note_serials(tx, &rows).await?;
    let mut grids = vec![];
    for row in rows {
        let Some((village, town)) = villages.get(&row.village_code).copied() else {
            bad.push(BadRow::new(row.row, "village_code", &row.village_code, "no village has this code"));
            continue;
        };
        if let Some(old) = known.same(&row, village) {
            compare_grid(tx, old, village, &row, report, bad).await?;
            continue;
        }
        let Some(code) = code_for(tx, &row).await? else {
            let reason = "has given out all of its 999 serials";
            bad.push(BadRow::new(row.row, "village_code", &row.village_code, reason));
            continue;
        };
        let grid = Grid {
            id: tx.new_id(),
            town,
            village,
            code,
            name: row.name,
            kind: row.kind,
            state: GridState::Live,
            boundary: row.boundary,
            version: 1,
        };
        grids.push(store::grid_row(tx, &grid));
        report.created += 1;
    }
    if !bad.is_empty() {
        return Ok(());
    }
    let created = grids.len();
    tx.insert_all(grids).await?;
    let tenant = tx.scope().tenant();
    tx.audit("grid.imported", &tenant, serde_json::json!({ "created": created }));
    Ok(())
}

/// The grids of a tenant.
struct KnownGrids(Vec<grid::Model>);

impl KnownGrids {
    /// The grid that a row is about: by its code, or without one by its name in its village.
    fn same(&self, row: &GridRow, village: UnitId) -> Option<&grid::Model> {
        if row.code.is_empty() {
            return self.0.iter().find(|grid| grid.village_id == village && grid.name == row.name);
        }
        self.0.iter().find(|grid| grid.code == row.code)
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

/// Brings a grid that is there to what its row says; its village never changes by import.
async fn compare_grid(
    tx: &mut WriteTx,
    old: &grid::Model,
    village: UnitId,
    row: &GridRow,
    report: &mut ImportReport,
    bad: &mut Vec<BadRow>,
) -> Result<(), StoreError> {
    if old.village_id != village {
        bad.push(BadRow::new(row.row, "code", &row.code, "belongs to another village"));
        return Ok(());
    }
    let old = store::grid(old.clone())?;
    let boundary = row.boundary.clone().or_else(|| old.boundary.clone());
    if old.name == row.name && old.kind == row.kind && old.boundary == boundary {
        report.unchanged += 1;
        return Ok(());
    }
    let version = old.version + 1;
    tx.update::<grid::Entity>()
        .set(grid::Column::Name, Expr::val(row.name.clone()))
        .set(grid::Column::Kind, Expr::val(store::text(row.kind)))
        .set(grid::Column::Boundary, Expr::val(boundary.as_ref().map(|boundary| boundary.geojson.clone())))
        .set(
            grid::Column::BoundarySystem,
            Expr::val(boundary.as_ref().map(|boundary| store::text(boundary.system))),
        )
        .set(grid::Column::Version, Expr::val(version))
        .filter(grid::Column::Id.eq(old.id))
        .run()
        .await?;
    recorded(tx, "grid.imported", "grid", &old.id, old.id.uuid(), version);
    report.changed += 1;
    Ok(())
}
