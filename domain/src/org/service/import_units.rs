//! Import units from a file: everything or nothing, and the same file twice changes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate};
use sea_orm::Order;
use strum::IntoEnumIterator as _;

use fengqiao_entity::org::{unit, unit_name};

use crate::kernel::id::TenantId;
use crate::kernel::idgen;
use crate::kernel::scope::PlatformScope;
use crate::org::import::{self, BadRow, ImportReport, UnitRow};
use crate::org::model::{CodeSystem, TenantKind, Unit, UnitLevel};
use crate::org::service::create_tenant::insert_tenant;
use crate::org::service::create_unit::insert_name;
use crate::org::service::import_failure::ImportFailure;
use crate::org::service::{OrgService, recorded};
use crate::org::store;
use crate::store::{Done, StoreError, Tx, WriteTx};

impl OrgService {
    /// Imports units from CSV. A row of level district creates its tenant.
    ///
    /// # Errors
    /// [`ImportFailure::Rows`] with every row at fault; nothing is written then.
    pub async fn import_units(
        &self,
        platform: &PlatformScope,
        bytes: &[u8],
    ) -> Result<ImportReport, ImportFailure> {
        let rows = import::read_units(bytes).map_err(ImportFailure::Rows)?;
        let by_district = self.by_district(rows).await?;
        let Some(first) = by_district.first().map(|(tenant, _)| *tenant) else {
            return Ok(ImportReport::default());
        };
        let (mut report, mut bad) = (ImportReport::default(), vec![]);
        let mut tx = self.db.begin_platform(platform, first).await?;
        for (tenant, rows) in by_district {
            tx.act_in(&platform.enter(tenant)).await?;
            import_tenant(&mut tx, rows, &mut report, &mut bad).await?;
        }
        if !bad.is_empty() {
            return Err(ImportFailure::Rows(bad));
        }
        tx.commit(Done { id: first.uuid(), version: 1 }).await?;
        Ok(report)
    }

    /// Sorts rows into their districts, parents first; a district new to the platform gets its id here.
    async fn by_district(&self, rows: Vec<UnitRow>) -> Result<Vec<(TenantId, Vec<UnitRow>)>, ImportFailure> {
        let tenants = self.tenants_by_code().await?;
        let parents: HashMap<&str, &str> =
            rows.iter().map(|row| (row.code.as_str(), row.parent_code.as_str())).collect();
        let known: BTreeSet<&str> = rows.iter().map(|row| row.code.as_str()).collect();
        let mut bad = vec![];
        let mut districts: BTreeMap<String, Vec<UnitRow>> = BTreeMap::new();
        for row in &rows {
            let mut top = row.code.as_str();
            while let Some(parent) = parents.get(top).filter(|parent| !parent.is_empty()) {
                top = parent;
            }
            let district = if top.len() == 6 { top } else { top.get(..6).unwrap_or_default() };
            if !known.contains(district) && !tenants.contains_key(district) {
                bad.push(BadRow::new(
                    row.row,
                    "parent_code",
                    &row.parent_code,
                    "no district above it is known",
                ));
            }
            districts.entry(district.to_owned()).or_default().push(row.clone());
        }
        if !bad.is_empty() {
            return Err(ImportFailure::Rows(bad));
        }
        let id_of = |code: &str| {
            tenants
                .get(code)
                .copied()
                .unwrap_or_else(|| TenantId::from_uuid(idgen::uuid_v7(self.db.id_source(), self.db.now())))
        };
        Ok(districts
            .into_iter()
            .map(|(code, mut rows)| {
                rows.sort_by_key(|row| row.level);
                (id_of(&code), rows)
            })
            .collect())
    }
}

async fn import_tenant(
    tx: &mut WriteTx,
    rows: Vec<UnitRow>,
    report: &mut ImportReport,
    bad: &mut Vec<BadRow>,
) -> Result<(), StoreError> {
    let mut known = Known::load(tx).await?;
    let (mut units, mut names) = (vec![], vec![]);
    for row in rows {
        if row.level == UnitLevel::District && known.0.is_empty() {
            let (_, district) = insert_tenant(tx, &row.code, &row.name, TenantKind::District).await?;
            known.put(district);
            report.created += 1;
            continue;
        }
        if let Some(unit) = known.same(&row).cloned() {
            known.put(compare(tx, unit, &row, report).await?);
            continue;
        }
        let Some(parent) = known.parent(&row) else {
            bad.push(BadRow::new(row.row, "parent_code", &row.parent_code, "no such unit one level above"));
            continue;
        };
        let unit = new_unit(tx, parent, &row);
        names.push(first_name(tx, &unit));
        units.push(store::unit_row(tx, &unit));
        known.put(unit);
        report.created += 1;
    }
    if !bad.is_empty() {
        return Ok(());
    }
    let created = units.len();
    tx.insert_all(units).await?;
    tx.insert_all(names).await?;
    let tenant = tx.scope().tenant();
    tx.audit("unit.imported", &tenant, serde_json::json!({ "created": created }));
    Ok(())
}

/// The units of a tenant by register and code; of several editions the newest.
struct Known(HashMap<(CodeSystem, String), Unit>);

impl Known {
    async fn load(tx: &Tx) -> Result<Self, StoreError> {
        let mut known = Self(HashMap::new());
        for row in tx.select::<unit::Entity>().order_by(unit::Column::CodeYear, Order::Asc).all().await? {
            known.put(store::unit(row)?);
        }
        Ok(known)
    }

    fn put(&mut self, unit: Unit) {
        self.0.insert((unit.code_system, unit.code.clone()), unit);
    }

    /// The unit that a row is about: the same digits in another register are another unit, but there
    /// is only one district.
    fn same(&self, row: &UnitRow) -> Option<&Unit> {
        if row.level == UnitLevel::District {
            return self.of_level(&row.code, row.code_system, row.level);
        }
        self.0.get(&(row.code_system, row.code.clone()))
    }

    /// The unit above a row, in its own register or else in the other one.
    fn parent(&self, row: &UnitRow) -> Option<&Unit> {
        self.of_level(&row.parent_code, row.code_system, row.level.above()?)
    }

    fn of_level(&self, code: &str, system: CodeSystem, level: UnitLevel) -> Option<&Unit> {
        std::iter::once(system)
            .chain(CodeSystem::iter())
            .filter_map(|system| self.0.get(&(system, code.to_owned())))
            .find(|unit| unit.level == level)
    }
}

fn new_unit(tx: &Tx, parent: &Unit, row: &UnitRow) -> Unit {
    let id = tx.new_id();
    Unit {
        id,
        level: row.level,
        parent: Some(parent.id),
        town: if row.level == UnitLevel::Town { Some(id) } else { Some(parent.id) },
        code: row.code.clone(),
        code_system: row.code_system,
        code_year: row.code_year,
        name: row.name.clone(),
        state: row.state,
        pilot: row.pilot,
        statistical: row.statistical,
        live_on: row.live_on.clone(),
        version: 1,
    }
}

fn first_name(tx: &Tx, unit: &Unit) -> unit_name::Model {
    unit_name::Model {
        tenant_id: tx.scope().tenant(),
        unit_id: unit.id,
        since_on: NaiveDate::from_ymd_opt(unit.code_year, 1, 1).unwrap_or_default().to_string(),
        name: unit.name.clone(),
    }
}

/// Brings a unit that is there to what its row says.
async fn compare(
    tx: &mut WriteTx,
    old: Unit,
    row: &UnitRow,
    report: &mut ImportReport,
) -> Result<Unit, StoreError> {
    let new = Unit {
        name: row.name.clone(),
        state: row.state,
        pilot: row.pilot,
        statistical: row.statistical,
        live_on: row.live_on.clone(),
        ..old.clone()
    };
    if new == old {
        report.unchanged += 1;
        return Ok(old);
    }
    let new = Unit { version: old.version + 1, ..new };
    store::update_unit(tx, &new, old.version).await?;
    if new.name != old.name {
        let today = DateTime::from_timestamp_micros(tx.now().micros()).map(|at| at.date_naive());
        insert_name(tx, new.id, &new.name, today).await?;
    }
    recorded(tx, "unit.imported", "unit", &new.id, new.id.uuid(), new.version);
    report.changed += 1;
    Ok(new)
}
