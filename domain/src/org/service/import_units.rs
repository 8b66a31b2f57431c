//! Import units from a file: everything or nothing, and the same file twice changes nothing.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::DateTime;

use fengqiao_entity::org::unit;

use crate::kernel::id::TenantId;
use crate::kernel::idgen;
use crate::kernel::scope::PlatformScope;
use crate::kernel::sheet::{BadRow, ImportFailure, ImportReport, SheetFile};
use crate::org::import::{self, Aside, UnitChange, UnitFile, UnitPlan, UnitRow};
use crate::org::model::{TenantKind, Unit, UnitLevel};
use crate::org::service::create_tenant::insert_tenant;
use crate::org::service::create_unit::{first_name, put_name};
use crate::org::service::{OrgService, recorded};
use crate::org::store;
use crate::org::succession::Successions;
use crate::store::{Done, StoreError, Tx, WriteTx};

impl OrgService {
    /// Imports units from a file, CSV or XLSX. A row of level district creates its tenant.
    ///
    /// # Errors
    /// [`ImportFailure::Rows`] with every row at fault; nothing is written then.
    pub async fn import_units(
        &self,
        platform: &PlatformScope,
        file: impl Into<SheetFile>,
    ) -> Result<ImportReport, ImportFailure> {
        let mut bad = vec![];
        let file = import::read_units(file.into(), &mut bad);
        let by_district = self.by_district(&file, &mut bad).await?;
        let Some(first) = by_district.first().map(|(tenant, _)| *tenant) else {
            return ImportFailure::unless_sound(bad).map(|()| ImportReport::default());
        };
        let mut tx = self.db.begin_platform(platform, first).await?;
        let mut plans = vec![];
        for (tenant, rows) in by_district {
            tx.act_in(&platform.enter(tenant)).await?;
            plans.push((tenant, planned(&tx, &rows, &file.faulty, &mut bad).await?));
        }
        ImportFailure::unless_sound(bad)?;
        let mut report = ImportReport::default();
        for (tenant, plan) in plans {
            tx.act_in(&platform.enter(tenant)).await?;
            carry_out(&mut tx, plan, &mut report).await?;
        }
        tx.commit(Done { id: first.uuid(), version: 1 }).await?;
        Ok(report)
    }

    /// Sorts rows into their districts, parents first; a district new to the platform gets its id here.
    async fn by_district(
        &self,
        file: &UnitFile,
        bad: &mut Vec<BadRow>,
    ) -> Result<Vec<(TenantId, Vec<UnitRow>)>, StoreError> {
        let (tenants, closed) = self.tenants_by_code().await?;
        let parents = parents(&file.rows);
        let mut districts: BTreeMap<&str, Vec<UnitRow>> = BTreeMap::new();
        for row in &file.rows {
            let district = district_of(row, &parents);
            if closed.contains(district) {
                bad.push(BadRow::new(row.row, "code", &row.code, "the district is closed"));
            } else if parents.contains_key(district) || tenants.contains_key(district) {
                districts.entry(district).or_default().push(row.clone());
            } else if let Some(parent) = row.parent_code.as_ref().filter(|_| !file.faulty.contains(district))
            {
                bad.push(BadRow::new(row.row, "parent_code", parent, "no district above it is known"));
            }
        }
        let new_id = || TenantId::from_uuid(idgen::uuid_v7(self.db.id_source(), self.db.now()));
        Ok(districts
            .into_iter()
            .map(|(code, mut rows)| {
                rows.sort_by_key(|row| row.level);
                (tenants.get(code).copied().unwrap_or_else(new_id), rows)
            })
            .collect())
    }
}

/// The code above each code of a file; none above a district.
fn parents(rows: &[UnitRow]) -> HashMap<&str, Option<&str>> {
    rows.iter().map(|row| (row.code.as_str(), row.parent_code.as_deref())).collect()
}

/// The code of the district that a row belongs to: that at the top of the file's own order, which need
/// not be the first six digits of the row's code.
fn district_of<'a>(row: &'a UnitRow, parents: &HashMap<&'a str, Option<&'a str>>) -> &'a str {
    let mut top = row.code.as_str();
    while let Some(Some(parent)) = parents.get(top) {
        top = parent;
    }
    top.get(..UnitLevel::District.code_length()).unwrap_or_default()
}

async fn planned(
    tx: &Tx,
    rows: &[UnitRow],
    faulty: &HashSet<String>,
    bad: &mut Vec<BadRow>,
) -> Result<UnitPlan, StoreError> {
    let units = tx.select::<unit::Entity>().all().await?;
    let units = units.into_iter().map(store::unit).collect::<Result<Vec<Unit>, _>>()?;
    let merged = Successions::load(tx).await?.merged().collect();
    Ok(UnitPlan::of(rows, units, &Aside { merged, faulty }, || tx.new_id(), bad))
}

async fn carry_out(tx: &mut WriteTx, plan: UnitPlan, report: &mut ImportReport) -> Result<(), StoreError> {
    report.created += plan.created.len() + usize::from(plan.district.is_some());
    report.changed += plan.changed.len();
    report.unchanged += plan.unchanged;
    if let Some(district) = &plan.district {
        insert_tenant(tx, TenantKind::District, district).await?;
    }
    for change in &plan.changed {
        carry_out_change(tx, change).await?;
    }
    let names = plan.created.iter().map(|unit| first_name(tx, unit)).collect();
    tx.insert_all(plan.created.iter().map(|unit| store::unit_row(tx, unit)).collect()).await?;
    tx.insert_all(names).await?;
    let tenant = tx.scope().tenant();
    tx.audit("unit.imported", &tenant, serde_json::json!({ "created": plan.created.len() }));
    Ok(())
}

async fn carry_out_change(tx: &mut WriteTx, change: &UnitChange) -> Result<(), StoreError> {
    let UnitChange { before, after } = change;
    store::update_unit(tx, after, before.version).await?;
    if after.name != before.name {
        let today = DateTime::from_timestamp_micros(tx.now().micros()).unwrap_or_default().date_naive();
        put_name(tx, after, today).await?;
    }
    recorded(tx, "unit.imported", "unit", &after.id, after.id.uuid(), after.version);
    Ok(())
}
