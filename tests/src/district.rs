//! A district to test in: two towns, each with two villages, each with two grids.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Context as _;
use fengqiao_domain::kernel::id::{
    AccountId, GridId, OrganisationId, RoleGrantId, TenantId, UnitGroupId, UnitId,
};
use fengqiao_domain::kernel::permission::{Permission, PermissionSet};
use fengqiao_domain::kernel::place::{Sensitivity, Territory};
use fengqiao_domain::kernel::scope::{Held, Scope};
use fengqiao_domain::org::{Codes, CreateOrganisation, GroupByCodes, GroupKind};
use sea_orm::Iterable as _;
use sqlx::types::Uuid;

use crate::{Answered as _, World};

/// A district as a test refers to it: index 0 and 1 are siblings everywhere.
#[derive(Clone, Debug)]
pub struct District {
    /// Tenant.
    pub tenant: TenantId,
    /// Code of the district.
    pub code: String,
    /// The system itself in this tenant.
    pub system: Scope,
    /// The district unit.
    pub unit: UnitId,
    /// Towns.
    pub towns: [UnitId; 2],
    /// Villages by town.
    pub villages: [[UnitId; 2]; 2],
    /// Grids by town and village.
    pub grids: [[[GridId; 2]; 2]; 2],
    /// Organisations `police` and `justice`.
    pub organisations: [OrganisationId; 2],
    /// A group of the first village of either town and the first grid of the second village of the
    /// first town.
    pub group: UnitGroupId,
}

impl District {
    /// Lays a district by the import, as the command line would.
    pub(crate) async fn lay(world: &World, code: &str, name: &str) -> anyhow::Result<Self> {
        let org = world.org();
        let platform = world.platform();
        org.import_units(platform, units_csv(code, name).as_bytes()).await.done()?;
        org.import_grids(platform, grids_csv(code).as_bytes()).await.done()?;
        let tenants = org.tenants(platform).await.done()?;
        let tenant = tenants.into_iter().find(|tenant| tenant.code == code).context("the tenant")?.id;
        let system = platform.enter(tenant);
        let organisations = [("police", "公安分局"), ("justice", "司法局")].map(|(code, name)| {
            CreateOrganisation { code: code.to_owned(), name: name.to_owned(), kind: code.to_owned() }
        });
        org.seed_organisations(&system, &organisations).await.done()?;
        let group = GroupByCodes {
            code: "area-1".to_owned(),
            name: "第一片区".to_owned(),
            kind: GroupKind::Area,
            units: vec![village(code, 0, 0), village(code, 1, 0)],
            grids: vec![format!("{}001", village(code, 0, 1))],
        };
        org.seed_groups(&system, &[group]).await.done()?;
        let codes = org.codes(&system, &world.db.reader(&system)).await.done()?;
        Self::found(code, tenant, system, &codes)
    }

    fn found(code: &str, tenant: TenantId, system: Scope, codes: &Codes) -> anyhow::Result<Self> {
        let unit = |code: &str| codes.units.get(code).copied().with_context(|| format!("unit {code}"));
        let grid = |code: &str| codes.grids.get(code).copied().with_context(|| format!("grid {code}"));
        let organisation = |code: &str| {
            codes.organisations.get(code).copied().with_context(|| format!("organisation {code}"))
        };
        let grids = |at: usize, below: usize| -> anyhow::Result<[GridId; 2]> {
            let village = village(code, at, below);
            Ok([grid(&format!("{village}001"))?, grid(&format!("{village}002"))?])
        };
        Ok(Self {
            tenant,
            code: code.to_owned(),
            system,
            unit: unit(code)?,
            towns: [unit(&town(code, 0))?, unit(&town(code, 1))?],
            villages: [
                [unit(&village(code, 0, 0))?, unit(&village(code, 0, 1))?],
                [unit(&village(code, 1, 0))?, unit(&village(code, 1, 1))?],
            ],
            grids: [[grids(0, 0)?, grids(0, 1)?], [grids(1, 0)?, grids(1, 1)?]],
            organisations: [organisation("police")?, organisation("justice")?],
            group: codes.groups.get("area-1").copied().context("the group")?,
        })
    }

    /// Code of a village.
    #[must_use]
    pub fn village_code(&self, at: usize, below: usize) -> String {
        village(&self.code, at, below)
    }

    /// An account that may do everything in the whole district; `number` tells accounts apart.
    #[must_use]
    pub fn commander(&self, number: u128) -> Scope {
        let territory = Territory { district: true, ..Territory::default() };
        self.account(number, Permission::iter().collect(), territory)
    }

    /// An account with some permissions over a territory.
    #[must_use]
    pub fn account(&self, number: u128, permissions: PermissionSet, territory: Territory) -> Scope {
        let held = Held {
            grant: RoleGrantId::from_uuid(Uuid::from_u128(number)),
            role: "district_commander",
            permissions,
            territory,
            unit: None,
            organisation: None,
            categories: None,
            ceiling: Sensitivity::Confidential,
        };
        Scope::for_tests(self.tenant, AccountId::from_uuid(Uuid::from_u128(number)), vec![held])
    }

    /// The first village of the first town and nothing else.
    #[must_use]
    pub fn first_village(&self) -> Territory {
        Territory { villages: BTreeSet::from([self.villages[0][0]]), ..Territory::default() }
    }
}

fn town(district: &str, at: usize) -> String {
    format!("{district}{:03}", at + 1)
}

fn village(district: &str, at: usize, below: usize) -> String {
    format!("{}{:03}", town(district, at), below + 1)
}

fn units_csv(code: &str, name: &str) -> String {
    let mut csv = format!("code,name,level,parent_code\n{code},{name},district,\n");
    for (at, name) in ["凤凰岭街道", "千里山镇"].iter().enumerate() {
        let town = town(code, at);
        let _ = writeln!(csv, "{town},{name},town,{code}");
        for (below, name) in ["新地村", "团结新村"].iter().enumerate() {
            let _ = writeln!(csv, "{},{name},village,{town}", village(code, at, below));
        }
    }
    csv
}

fn grids_csv(code: &str) -> String {
    let mut csv = "village_code,name,kind\n".to_owned();
    for (at, below) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let village = village(code, at, below);
        let _ = write!(csv, "{village},第一网格,basic\n{village},农贸市场网格,dedicated\n");
    }
    csv
}
