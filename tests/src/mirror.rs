//! Two tenants of one structure, full of people and cases: apart from ids, codes and two marks in every
//! text they are the same, so that whatever crosses the wall between them is seen at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use fengqiao_domain::audit::{AuditService, REFUSALS};
use fengqiao_domain::calendars::CalendarService;
use fengqiao_domain::cases::{CaseService, CaseSettings};
use fengqiao_domain::catalogue::{CategoryRow, CategoryService, CreateDuty};
use fengqiao_domain::exchange::{ExchangeService, ExchangeSettings};
use fengqiao_domain::fieldwork::FieldworkService;
use fengqiao_domain::files::{FileService, FileSettings, Storage, StoragePlace};
use fengqiao_domain::identity::{
    GrantTarget, IdentityService, IdentitySettings, Role, SeedAccount, SeedGrant, TokenKeys,
};
use fengqiao_domain::kernel::id::{
    AccountId, AttachmentId, CaseSampleId, CategoryId, DutyId, ExchangePartnerId, GridId, OrganisationId,
    ProgrammeId, TenantId, UnitGroupId, UnitId, WebhookId,
};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::kernel::sheet::SheetLimits;
use fengqiao_domain::org::{Codes, CreateOrganisation, GroupByCodes, GroupKind};
use fengqiao_domain::programmes::ProgrammeService;
use fengqiao_domain::sheets::{ExportSettings, SheetService, SheetServices, SheetSettings};
use fengqiao_domain::staff::StaffService;
use fengqiao_domain::webhooks::{WebhookService, WebhookSettings};
use tempfile::TempDir;

use crate::mirror_calendars;
use crate::mirror_cases::{self, Laid};
use crate::mirror_exchange;
use crate::mirror_files;
use crate::mirror_programmes;
use crate::mirror_staff::{self, Force};
use crate::mirror_visits::{self, LaidVisit};
use crate::mirror_webhooks;
use crate::{Answered as _, World};

/// Two mirrored tenants with the services that laid them.
#[derive(Debug)]
pub struct Mirror {
    /// Accounts, sessions, grants.
    pub identity: IdentityService,
    /// Categories.
    pub catalogue: CategoryService,
    /// Programmes that cases follow.
    pub programmes: ProgrammeService,
    /// Cases.
    pub cases: CaseService,
    /// People of the force.
    pub staff: StaffService,
    /// Visits, and what was done offline.
    pub fieldwork: FieldworkService,
    /// Photos and documents that are attached to cases.
    pub files: FileService,
    /// Places of integrators that are called.
    pub webhooks: WebhookService,
    /// Other systems that cases are exchanged with.
    pub exchange: ExchangeService,
    /// The two tenants.
    pub sides: [Side; 2],
    /// Where their bytes lie.
    _folder: TempDir,
}

/// One of two mirrored tenants. Index 0 and 1 are siblings everywhere.
#[derive(Debug)]
pub struct Side {
    /// Tenant.
    pub tenant: TenantId,
    /// Code of the district.
    pub code: &'static str,
    /// Stands in every name, title and text of this tenant and in none of the other.
    pub mark: &'static str,
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
    /// The first village of either town and the first grid of the second village of the first town.
    pub group: UnitGroupId,
    /// Categories by code: `01` disputes with `0101`, `02` sanitation with `0201`.
    pub categories: BTreeMap<&'static str, CategoryId>,
    /// What its police answer for.
    pub duty: Option<DutyId>,
    /// A programme that no case follows.
    pub programme: Option<ProgrammeId>,
    /// A sample of closed cases, drawn from the whole district.
    pub sample: Option<CaseSampleId>,
    /// Accounts by login.
    pub accounts: BTreeMap<&'static str, AccountId>,
    /// People of the force, and what they hold.
    pub force: Force,
    /// Cases.
    pub cases: Vec<Laid>,
    /// Visits.
    pub visits: Vec<LaidVisit>,
    /// Attachments of a case: for everyone, for staff, and one that waits.
    pub attachments: Vec<AttachmentId>,
    /// A webhook of its integrator.
    pub webhook: Option<WebhookId>,
    /// A partner of its integrator.
    pub partner: Option<ExchangePartnerId>,
}

/// Codes and names of categories: code, code above, name.
const CATEGORIES: [(&str, &str, &str); 4] =
    [("01", "", "矛盾纠纷"), ("0101", "01", "邻里纠纷"), ("02", "", "环境卫生"), ("0201", "02", "垃圾清运")];

/// Whoever plays here comes from one address.
fn from_one_address() -> IdentitySettings {
    let mut settings = IdentitySettings::default();
    settings.sign_in.address.burst = 1_000;
    settings
}

impl Mirror {
    /// Files of rows over the same slices.
    #[must_use]
    pub fn sheets(&self, world: &World) -> SheetService {
        let slices = SheetServices {
            calendars: CalendarService::new(world.db.clone()),
            org: world.org(),
            staff: self.staff.clone(),
            catalogue: self.catalogue.clone(),
            cases: self.cases.clone(),
            audit: AuditService::new(world.db.clone(), REFUSALS),
        };
        let limits = SheetLimits::default();
        let exports = ExportSettings::default();
        let settings = SheetSettings { limits, link_seconds: 900, keep_seconds: 86_400, at_once: 2, exports };
        SheetService::new(world.db.clone(), slices, settings)
    }

    /// Lays both tenants.
    ///
    /// # Errors
    /// As the database says.
    pub async fn lay(world: &World) -> anyhow::Result<Self> {
        let keys = Arc::new(TokenKeys::for_tests()?);
        let identity = IdentityService::new(world.db.clone(), keys, from_one_address())?;
        let staff = StaffService::new(world.db.clone(), identity.clone());
        let catalogue = CategoryService::new(world.db.clone());
        let programmes = ProgrammeService::new(world.db.clone());
        let calendars = CalendarService::new(world.db.clone());
        let cases = CaseService::new(world.db.clone(), CaseSettings::default());
        let folder = TempDir::new()?;
        let storage = Storage::open(&StoragePlace::Folder(folder.path().to_owned()))?;
        let files = FileService::new(world.db.clone(), storage, FileSettings::default());
        let webhooks = WebhookService::new(world.db.clone(), WebhookSettings::default());
        let mut sides = vec![];
        for (code, mark) in [("150302", "甲区"), ("150303", "乙区")] {
            let mut side = ground(world, code, mark).await?;
            side.categories = categories(world, &catalogue, &side).await?;
            let seeds = people(&side);
            let logins: Vec<&'static str> = seeds.iter().map(|(login, _)| *login).collect();
            let seeds = seeds.into_iter().map(|(_, seed)| seed).collect();
            let ids = identity.seed_accounts(&side.system, seeds).await.done()?;
            side.accounts = logins.into_iter().filter_map(|login| Some((login, *ids.get(login)?))).collect();
            side.duty = Some(duty(&catalogue, &side).await?);
            mirror_calendars::lay(&calendars, &side).await?;
            side.force = mirror_staff::lay(world, &staff, &side).await?;
            side.programme = Some(mirror_programmes::lay(&programmes, &side).await?);
            side.cases = mirror_cases::lay(world, &cases, &side).await?;
            side.sample = Some(mirror_cases::draw(&cases, &side).await?);
            sides.push(side);
        }
        let sides = <[Side; 2]>::try_from(sides).ok().context("two sides")?;
        let exchange = ExchangeService::new(world.db.clone(), cases.clone(), ExchangeSettings::default());
        let fieldwork = FieldworkService::new(world.db.clone(), cases.clone());
        let mut mirror = Self {
            fieldwork,
            identity,
            catalogue,
            programmes,
            cases,
            staff,
            files,
            webhooks,
            exchange,
            sides,
            _folder: folder,
        };
        for at in [0, 1] {
            let chief = mirror.scope(world, at, "chief").await?;
            let side = &mirror.sides[at];
            let laid = mirror_files::lay(&mirror.files, &mirror.cases, side, &chief).await?;
            mirror.sides[at].attachments = laid.to_vec();
            mirror.visit(world, at).await?;
            let api = mirror.scope(world, at, "api").await?;
            mirror.sides[at].webhook =
                Some(mirror_webhooks::lay(&mirror.webhooks, &mirror.sides[at], &api).await?);
            mirror.sides[at].partner =
                Some(mirror_exchange::lay(&mirror.exchange, &mirror.sides[at], &api).await?);
        }
        // What was told of them is of before anybody follows.
        world.relay().await?;
        Ok(mirror)
    }

    /// Lays the visits of a side, each by whoever made it.
    async fn visit(&mut self, world: &World, at: usize) -> anyhow::Result<()> {
        for made in mirror_visits::MADE {
            let scope = self.scope(world, at, made.0).await?;
            let visit = mirror_visits::lay(&self.fieldwork, &self.sides[at], &scope, made).await?;
            self.sides[at].visits.push(visit);
        }
        Ok(())
    }

    /// The scope of a new session of an account, as a request with its token has it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn scope(&self, world: &World, side: usize, login: &str) -> anyhow::Result<Scope> {
        let account = format!("{login}@{}", self.sides[side].code);
        let token = self.identity.token_for(world.platform(), &account).await.done()?;
        Ok(self.identity.authenticate(&token, "sweep").await.done()?.scope)
    }
}

async fn ground(world: &World, code: &'static str, mark: &'static str) -> anyhow::Result<Side> {
    let (org, platform) = (world.org(), world.platform());
    org.import_units(platform, units_csv(code, mark).as_bytes()).await.done()?;
    org.import_grids(platform, grids_csv(code, mark).as_bytes()).await.done()?;
    let tenants = org.tenants(platform).await.done()?;
    let tenant = tenants.into_iter().find(|tenant| tenant.code == code).context("the tenant")?.id;
    let system = platform.enter(tenant);
    let organisations = [("police", "公安分局"), ("justice", "司法局")].map(|(code, name)| {
        CreateOrganisation { code: code.to_owned(), name: format!("{name}{mark}"), kind: code.to_owned() }
    });
    org.seed_organisations(&system, &organisations).await.done()?;
    let group = GroupByCodes {
        code: "area-1".to_owned(),
        name: format!("第一片区{mark}"),
        kind: GroupKind::Area,
        units: vec![village(code, 0, 0), village(code, 1, 0)],
        grids: vec![format!("{}001", village(code, 0, 1))],
    };
    org.seed_groups(&system, &[group]).await.done()?;
    let codes = org.codes(&system, &world.db.reader(&system)).await.done()?;
    found(code, mark, tenant, system, &codes)
}

fn found(
    code: &'static str,
    mark: &'static str,
    tenant: TenantId,
    system: Scope,
    codes: &Codes,
) -> anyhow::Result<Side> {
    let unit = |code: &str| codes.units.get(code).copied().with_context(|| format!("unit {code}"));
    let grid = |code: &str| codes.grids.get(code).copied().with_context(|| format!("grid {code}"));
    let organisation =
        |code: &str| codes.organisations.get(code).copied().with_context(|| format!("organisation {code}"));
    let grids = |at: usize, below: usize| -> anyhow::Result<[GridId; 2]> {
        let village = village(code, at, below);
        Ok([grid(&format!("{village}001"))?, grid(&format!("{village}002"))?])
    };
    Ok(Side {
        tenant,
        code,
        mark,
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
        categories: BTreeMap::new(),
        duty: None,
        programme: None,
        sample: None,
        accounts: BTreeMap::new(),
        force: Force::default(),
        cases: vec![],
        visits: vec![],
        attachments: vec![],
        webhook: None,
        partner: None,
    })
}

async fn categories(
    world: &World,
    catalogue: &CategoryService,
    side: &Side,
) -> anyhow::Result<BTreeMap<&'static str, CategoryId>> {
    let rows = CATEGORIES.map(|(code, parent, name)| CategoryRow {
        code: code.to_owned(),
        parent_code: parent.to_owned(),
        name_zh: format!("{name}{}", side.mark),
        name_en: format!("{code} {}", side.mark),
        limit_amount: Some(48),
        limit_kind: "urgent_hour".to_owned(),
        organisation_kind: "justice".to_owned(),
        routing: String::new(),
        national_code: String::new(),
        districts: String::new(),
    });
    catalogue.import_categories(&side.system, &rows).await.done()?;
    let reader = world.db.reader(&side.system);
    let mut found = BTreeMap::new();
    for (code, ..) in CATEGORIES {
        let category = catalogue.category_by_code(&side.system, &reader, code).await.done()?;
        found.insert(code, category.with_context(|| format!("category {code}"))?.id);
    }
    Ok(found)
}

/// The police of a side answer for sanitation.
async fn duty(catalogue: &CategoryService, side: &Side) -> anyhow::Result<DutyId> {
    let category = *side.categories.get("02").context("sanitation")?;
    let command = CreateDuty { category, organisation: side.organisations[0], unit: side.unit };
    Ok(catalogue.create_duty(&side.system, command).await.done()?.id)
}

/// One account per role that matters, and per interesting target.
fn people(side: &Side) -> Vec<(&'static str, SeedAccount)> {
    let unit = GrantTarget::Unit;
    let disputes = side.categories.get("01").copied();
    let grants: [(&'static str, &str, Role, GrantTarget); 20] = [
        ("resident", "居民", Role::Resident, unit(side.villages[0][0])),
        ("neighbour", "邻居", Role::Resident, unit(side.villages[0][1])),
        ("volunteer", "志愿者", Role::Volunteer, unit(side.villages[0][0])),
        ("worker", "网格员", Role::FullTimeWorker, GrantTarget::Grid(side.grids[0][0][0])),
        ("sibling", "邻村网格员", Role::FullTimeWorker, GrantTarget::Grid(side.grids[0][1][0])),
        ("far", "外镇网格员", Role::FullTimeWorker, GrantTarget::Grid(side.grids[1][1][1])),
        ("chief", "站长", Role::StationChief, unit(side.villages[0][0])),
        ("chief2", "邻村站长", Role::StationChief, unit(side.villages[0][1])),
        ("town", "镇调度员", Role::TownDispatcher, unit(side.towns[0])),
        ("townadmin", "镇管理员", Role::TownAdministrator, unit(side.towns[0])),
        ("patrol", "驻派警员", Role::EmbeddedPolice, GrantTarget::Group(side.group)),
        ("handler", "承办员", Role::DepartmentHandler, GrantTarget::Organisation(side.organisations[0])),
        ("mediator", "调解员", Role::Mediator, GrantTarget::Organisation(side.organisations[1])),
        ("commander", "指挥长", Role::DistrictCommander, unit(side.unit)),
        ("leader", "区领导", Role::DistrictLeader, unit(side.unit)),
        ("operator", "运维员", Role::PlatformOperator, GrantTarget::Platform),
        ("system", "系统管理员", Role::SystemAdministrator, unit(side.unit)),
        ("security", "安全管理员", Role::SecurityAdministrator, unit(side.unit)),
        ("auditor", "审阅员", Role::Auditor, unit(side.unit)),
        ("api", "接口", Role::ApiClient, unit(side.unit)),
    ];
    let seed = |(number, (login, name, role, target)): (usize, (&'static str, &str, Role, GrantTarget))| {
        let limited = role == Role::EmbeddedPolice;
        let categories = if limited { disputes.into_iter().collect() } else { vec![] };
        let seed = SeedAccount {
            login: login.to_owned(),
            name: format!("{}{name}", side.mark),
            phone: Some(format!("138000010{number:02}")),
            password: None,
            grants: vec![SeedGrant { role, target, categories }],
        };
        (login, seed)
    };
    grants.into_iter().enumerate().map(seed).collect()
}

fn town(district: &str, at: usize) -> String {
    format!("{district}{:03}", at + 1)
}

fn village(district: &str, at: usize, below: usize) -> String {
    format!("{}{:03}", town(district, at), below + 1)
}

fn units_csv(code: &str, mark: &str) -> String {
    let mut csv = format!("code,name,level,parent_code\n{code},{mark},district,\n");
    for (at, name) in ["凤凰岭街道", "千里山镇"].iter().enumerate() {
        let town = town(code, at);
        let _ = writeln!(csv, "{town},{name}{mark},town,{code}");
        for (below, name) in ["新地村", "团结新村"].iter().enumerate() {
            let _ = writeln!(csv, "{},{name}{mark},village,{town}", village(code, at, below));
        }
    }
    csv
}

fn grids_csv(code: &str, mark: &str) -> String {
    let mut csv = "village_code,name,kind\n".to_owned();
    for (at, below) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let village = village(code, at, below);
        let _ = write!(csv, "{village},第一网格{mark},basic\n{village},农贸市场网格{mark},dedicated\n");
    }
    csv
}
