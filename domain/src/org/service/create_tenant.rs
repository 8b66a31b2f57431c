//! Create a tenant: a district with its own units, people and cases.

use fengqiao_entity::org::{level_name, tenant};

use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::kernel::scope::{PlatformScope, Scope};
use crate::org::command::{self, CreateTenant, REGISTER_YEAR};
use crate::org::error::OrgError;
use crate::org::model::{CodeSystem, Tenant, TenantKind, TenantState, Unit, UnitLevel, UnitState};
use crate::org::service::create_unit::insert_unit;
use crate::org::service::{Answer, OrgService, recorded};
use crate::org::store;
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

/// What a tenant calls its levels until it says otherwise.
const LEVEL_NAMES: [(UnitLevel, &str, &str); 3] = [
    (UnitLevel::District, "区级指挥服务中心", "District command centre"),
    (UnitLevel::Town, "镇街分中心", "Town sub-centre"),
    (UnitLevel::Village, "村社工作站", "Village station"),
];

impl OrgService {
    /// Creates a tenant and its district unit. Needs `TENANT_CREATE`, which only the platform's
    /// operators hold.
    ///
    /// # Errors
    /// `INVALID_CODE`, `CODE_TAKEN`, `REQUIRED`, `TOO_LONG`; denied to everyone else.
    pub async fn create_tenant(&self, scope: &Scope, command: CreateTenant) -> Answer<Tenant> {
        let Some(platform) = PlatformScope::for_operator(scope, "create a tenant") else {
            return Err(Failure::Denied);
        };
        let code = command::area_code(&command.code, UnitLevel::District, "code").map_err(one)?;
        let name = command::name(&command.name, "name").map_err(one)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.created_before(&platform, done).await,
        };
        if self.db.lookup_tenant(&code).await?.is_some() {
            return Err(Failure::user("code", OrgError::CodeTaken));
        }
        let id = tx.new_id();
        tx.act_in(&platform.enter(id)).await?;
        let district = district_unit(&tx, &code, &name);
        let tenant = insert_tenant(&mut tx, TenantKind::District, &district).await.map_err(taken)?;
        tx.act_in(scope).await?;
        tx.commit(Done { id: id.uuid(), version: 1 }).await.map_err(taken)?;
        Ok(tenant)
    }

    /// Creates the tenant of the platform's operators if there is none: code `000000`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn ensure_platform(&self, platform: &PlatformScope) -> Answer<TenantId> {
        if let Some(row) = self.db.lookup_tenant("000000").await? {
            return Ok(TenantId::from_uuid(row.tenant_id));
        }
        let id = TenantId::from_uuid(crate::kernel::idgen::uuid_v7(self.db.id_source(), self.db.now()));
        let mut tx = self.db.begin_platform(platform, id).await?;
        let district = district_unit(&tx, "000000", "平台");
        insert_tenant(&mut tx, TenantKind::Platform, &district).await?;
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        Ok(id)
    }

    async fn created_before(&self, platform: &PlatformScope, done: Done) -> Answer<Tenant> {
        let reader = self.db.reader(&platform.enter(TenantId::from_uuid(done.id)));
        let tenant = store::own_tenant(&*reader.tx().await?).await?;
        tenant.ok_or_else(|| Failure::user("", OrgError::NotFound))
    }
}

fn one(problem: crate::kernel::failure::Problem<OrgError>) -> Failure<OrgError> {
    Failure::User(vec![problem])
}

/// The only constraint that a valid new tenant can break is the code's.
fn taken(error: StoreError) -> Failure<OrgError> {
    match error {
        StoreError::Conflict { .. } => Failure::user("code", OrgError::CodeTaken),
        other => other.into(),
    }
}

/// Inserts a tenant of its district's code and name, that unit and the names of its levels; the
/// transaction acts in the new tenant.
pub(super) async fn insert_tenant(
    tx: &mut WriteTx,
    kind: TenantKind,
    district: &Unit,
) -> Result<Tenant, StoreError> {
    let tenant = Tenant {
        id: tx.scope().tenant(),
        code: district.code.clone(),
        name: district.name.clone(),
        kind,
        state: TenantState::Open,
    };
    tx.insert(tenant::Model {
        tenant_id: tenant.id,
        code: tenant.code.clone(),
        name: tenant.name.clone(),
        kind: store::text(kind),
        created_at: tx.now(),
        state: store::text(tenant.state),
        closed_at: None,
        exported_at: None,
        exported_counts: None,
        erased_at: None,
    })
    .await?;
    tx.make_tenant_key().await?;
    insert_unit(tx, district).await?;
    insert_level_names(tx).await?;
    recorded(tx, "tenant.created", "tenant", &tenant.id, tenant.id.uuid(), 1);
    Ok(tenant)
}

fn district_unit(tx: &Tx, code: &str, name: &str) -> Unit {
    Unit {
        id: tx.new_id(),
        level: UnitLevel::District,
        parent: None,
        town: None,
        code: code.to_owned(),
        code_system: CodeSystem::Nbs,
        code_year: REGISTER_YEAR,
        name: name.to_owned(),
        state: UnitState::Live,
        pilot: false,
        statistical: false,
        live_on: None,
        version: 1,
    }
}

async fn insert_level_names(tx: &Tx) -> Result<(), StoreError> {
    let rows = LEVEL_NAMES.map(|(level, name_zh, name_en)| level_name::Model {
        tenant_id: tx.scope().tenant(),
        level: store::text(level),
        name_zh: name_zh.to_owned(),
        name_en: name_en.to_owned(),
    });
    tx.insert_all(rows.to_vec()).await
}
