//! Export units and grids, with the columns by which they are imported.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use crate::kernel::id::UnitId;
use crate::kernel::place::Territory;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{ExportFailure, Progress, Shape, SheetFormat, SheetTarget, SheetWriter, Written};
use crate::org::import::{GRID_COLUMNS, UNIT_COLUMNS};
use crate::org::model::{Grid, Unit, UnitLevel};
use crate::org::service::OrgService;
use crate::org::store;
use crate::store::{Reader, StoreError};

impl OrgService {
    /// Writes every unit of the tenant, those above first; on a map each is what its grids cover. Needs
    /// `DATA_EXPORT`.
    ///
    /// # Errors
    /// [`ExportFailure::Denied`] without it.
    pub async fn export_units(
        &self,
        scope: &Scope,
        reader: &Reader,
        target: SheetTarget,
        progress: &dyn Progress,
    ) -> Result<Written, ExportFailure> {
        ExportFailure::unless_permitted(scope)?;
        let tx = reader.tx().await?;
        let units = store::ordered_units(&tx).await?;
        let shapes = match target.format {
            SheetFormat::GeoJson => areas(&store::live_grids(&tx, &everywhere()).await?)?,
            SheetFormat::Csv | SheetFormat::Xlsx => BTreeMap::new(),
        };
        let codes: HashMap<UnitId, &str> = units.iter().map(|unit| (unit.id, unit.code.as_str())).collect();
        let mut writer = SheetWriter::begin(target, &UNIT_COLUMNS)?;
        for unit in &units {
            let parent = unit.parent.and_then(|parent| codes.get(&parent)).copied().unwrap_or_default();
            let key = (unit.level != UnitLevel::District).then_some(unit.id);
            writer.row(unit.id.uuid(), &unit_cells(unit, parent), shapes.get(&key))?;
            progress.rows(1);
        }
        Ok(writer.finish()?)
    }

    /// Writes every grid in use, by code. Needs `DATA_EXPORT`.
    ///
    /// # Errors
    /// [`ExportFailure::Denied`] without it.
    pub async fn export_grids(
        &self,
        scope: &Scope,
        reader: &Reader,
        target: SheetTarget,
        progress: &dyn Progress,
    ) -> Result<Written, ExportFailure> {
        ExportFailure::unless_permitted(scope)?;
        let tx = reader.tx().await?;
        let codes = store::codes_by_id(&tx).await?;
        let mut writer = SheetWriter::begin(target, &GRID_COLUMNS)?;
        for grid in store::live_grids(&tx, &everywhere()).await? {
            let village = codes.units.get(&grid.village).cloned().unwrap_or_default();
            let kind: &str = grid.kind.into();
            let shape = grid.boundary.as_ref().map(store::shape).transpose()?;
            let cells = [grid.code, village, grid.name, kind.to_owned()];
            writer.row(grid.id.uuid(), &cells, shape.as_ref())?;
            progress.rows(1);
        }
        Ok(writer.finish()?)
    }
}

fn everywhere() -> Territory {
    Territory { district: true, ..Territory::default() }
}

fn unit_cells(unit: &Unit, parent: &str) -> [String; 10] {
    let yes = |flag: bool| if flag { "true".to_owned() } else { String::new() };
    let (level, system, state): (&str, &str, &str) =
        (unit.level.into(), unit.code_system.into(), unit.state.into());
    [
        unit.code.clone(),
        unit.name.clone(),
        level.to_owned(),
        parent.to_owned(),
        system.to_owned(),
        unit.code_year.to_string(),
        state.to_owned(),
        unit.live_on.clone().unwrap_or_default(),
        yes(unit.pilot),
        yes(unit.statistical),
    ]
}

/// What the grids of each town and village, and of the district under no id, cover together. Where they
/// are drawn in several systems, nothing: coordinates of two systems make no shape.
fn areas(grids: &[Grid]) -> Result<BTreeMap<Option<UnitId>, Shape>, StoreError> {
    let mut parts: BTreeMap<Option<UnitId>, Vec<Shape>> = BTreeMap::new();
    for grid in grids {
        let Some(boundary) = &grid.boundary else { continue };
        let shape = store::shape(boundary)?;
        for unit in [None, Some(grid.town), Some(grid.village)] {
            parts.entry(unit).or_default().push(shape.clone());
        }
    }
    let whole = |(unit, parts): (Option<UnitId>, Vec<Shape>)| {
        let system = parts.first()?.system;
        let polygons: Vec<&Value> =
            parts.iter().filter_map(|part| part.geometry.get("coordinates")).collect();
        let geometry = json!({ "type": "MultiPolygon", "coordinates": polygons });
        parts.iter().all(|part| part.system == system).then_some((unit, Shape { geometry, system }))
    };
    Ok(parts.into_iter().filter_map(whole).collect())
}
