//! Bulk creation of organisations and unit groups, for the demo and for deployments from files.

use fengqiao_entity::org::{organisation, unit_group, unit_group_grid, unit_group_unit};

use crate::kernel::failure::Failure;
use crate::kernel::id::UnitGroupId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::{PlatformScope, Scope};
use crate::org::command::{self, CreateOrganisation};
use crate::org::error::OrgError;
use crate::org::model::{Codes, GroupKind, Tenant, TenantState};
use crate::org::service::create_unit::code_taken;
use crate::org::service::{Answer, OrgService};
use crate::org::{directory, store};
use crate::store::{Begun, Done, Reader};

/// A unit group whose members are named by their codes.
#[derive(Clone, Debug)]
pub struct GroupByCodes {
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub kind: GroupKind,
    /// Codes of units in it.
    pub units: Vec<String>,
    /// Codes of grids in it.
    pub grids: Vec<String>,
}

impl OrgService {
    /// The ids behind all codes of the tenant: some thousand, for loading files that name codes.
    pub async fn codes(&self, _scope: &Scope, reader: &Reader) -> Answer<Codes> {
        Ok(directory::codes(&*reader.tx().await?).await?)
    }

    /// Creates organisations in one transaction. Needs `ORGANISATION_MANAGE` over the whole district.
    ///
    /// # Errors
    /// As [`OrgService::create_organisation`], with the number of the row in the path.
    pub async fn seed_organisations(&self, scope: &Scope, rows: &[CreateOrganisation]) -> Answer<usize> {
        if !scope.permits_district(Permission::OrganisationManage) {
            return Err(Failure::Denied);
        }
        let mut models = vec![];
        let Begun::Fresh(mut tx) = self.db.begin(scope).await? else { return Ok(0) };
        for (index, row) in rows.iter().enumerate() {
            let problem = |problem| Failure::User(vec![problem]);
            models.push(organisation::Model {
                tenant_id: scope.tenant(),
                id: tx.new_id(),
                code: command::short_code(&row.code, &format!("{index}.code")).map_err(problem)?,
                name: command::name(&row.name, &format!("{index}.name")).map_err(problem)?,
                kind: command::short_code(&row.kind, &format!("{index}.kind")).map_err(problem)?,
                version: 1,
            });
        }
        let created = models.len();
        tx.insert_all(models).await.map_err(code_taken)?;
        let tenant = scope.tenant();
        tx.audit("organisation.imported", &tenant, serde_json::json!({ "created": created }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await?;
        Ok(created)
    }

    /// Creates unit groups in one transaction. Needs `GROUP_MANAGE` over the whole district.
    ///
    /// # Errors
    /// As [`OrgService::create_group`], with the number of the row in the path.
    pub async fn seed_groups(&self, scope: &Scope, rows: &[GroupByCodes]) -> Answer<usize> {
        if !scope.permits_district(Permission::GroupManage) {
            return Err(Failure::Denied);
        }
        let codes = self.codes(scope, &self.db.reader(scope)).await?;
        let tenant_id = scope.tenant();
        let Begun::Fresh(mut tx) = self.db.begin(scope).await? else { return Ok(0) };
        let (mut groups, mut units, mut grids) = (vec![], vec![], vec![]);
        for (index, row) in rows.iter().enumerate() {
            let problem = |problem| Failure::User(vec![problem]);
            let missing = || Failure::user(&format!("{index}.members"), OrgError::NotFound);
            let id: UnitGroupId = tx.new_id();
            groups.push(unit_group::Model {
                tenant_id,
                id,
                code: command::short_code(&row.code, &format!("{index}.code")).map_err(problem)?,
                name: command::name(&row.name, &format!("{index}.name")).map_err(problem)?,
                kind: store::text(row.kind),
                version: 1,
            });
            for code in &row.units {
                let unit_id = *codes.units.get(code).ok_or_else(missing)?;
                units.push(unit_group_unit::Model { tenant_id, group_id: id, unit_id });
            }
            for code in &row.grids {
                let grid_id = *codes.grids.get(code).ok_or_else(missing)?;
                grids.push(unit_group_grid::Model { tenant_id, group_id: id, grid_id });
            }
        }
        let created = groups.len();
        tx.insert_all(groups).await.map_err(code_taken)?;
        tx.insert_all(units).await?;
        tx.insert_all(grids).await?;
        tx.audit("unit_group.imported", &tenant_id, serde_json::json!({ "created": created }));
        tx.commit(Done { id: tenant_id.uuid(), version: 1 }).await?;
        Ok(created)
    }

    /// Whether the store has no tenant yet.
    pub async fn is_empty(&self) -> Answer<bool> {
        Ok(self.db.lookup_tenants().await?.is_empty())
    }

    /// The tenants of the deployment that stand open, by code.
    pub async fn tenants(&self, platform: &PlatformScope) -> Answer<Vec<Tenant>> {
        let mut tenants = self.all_tenants(platform).await?;
        tenants.retain(|tenant| tenant.state == TenantState::Open);
        Ok(tenants)
    }

    /// The tenants of the deployment in whatever state, by code.
    pub async fn all_tenants(&self, _platform: &PlatformScope) -> Answer<Vec<Tenant>> {
        let rows = self.db.lookup_tenants().await?;
        rows.into_iter().map(|row| Ok(store::tenant_found(row)?)).collect()
    }
}
