//! What a resolver finds in its context: who asks, the request's snapshot and its loaders.

use std::sync::Arc;

use async_graphql::Context;
use fengqiao_domain::audit::AuditService;
use fengqiao_domain::calendars::CalendarService;
use fengqiao_domain::cases::CaseService;
use fengqiao_domain::catalogue::CategoryService;
use fengqiao_domain::exchange::ExchangeService;
use fengqiao_domain::federation::FederationService;
use fengqiao_domain::fieldwork::FieldworkService;
use fengqiao_domain::files::FileService;
use fengqiao_domain::identity::IdentityService;
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::OrgService;
use fengqiao_domain::oversight::OversightService;
use fengqiao_domain::personal::PersonalService;
use fengqiao_domain::programmes::ProgrammeService;
use fengqiao_domain::sheets::SheetService;
use fengqiao_domain::staff::StaffService;
use fengqiao_domain::webhooks::WebhookService;
use fengqiao_domain::{Db, EventLog, Reader};

use super::kit::batch::Batch;
use super::kit::fault::{Fault, Outcome};
use super::{cases, catalogue, exchange, fieldwork, files, identity, org, programmes, staff};

/// The use cases of all slices.
#[derive(Clone)]
pub struct Services {
    /// The store, for readers and subscriptions.
    pub db: Db,
    /// What happened, now and as long as it is kept.
    pub events: EventLog,
    /// Tenants, units, grids, groups, organisations.
    pub org: OrgService,
    /// Accounts, sessions, grants.
    pub identity: IdentityService,
    /// Whose word counts for who somebody is, and whoever comes by it.
    pub federation: FederationService,
    /// Who of other tenants reads this one.
    pub oversight: OversightService,
    /// People of the force, appointments, rosters, teams.
    pub staff: StaffService,
    /// Categories.
    pub catalogue: CategoryService,
    /// Work calendars.
    pub calendars: CalendarService,
    /// Programmes that cases follow.
    pub programmes: ProgrammeService,
    /// Cases.
    pub cases: CaseService,
    /// Visits, and what was done offline.
    pub fieldwork: FieldworkService,
    /// People read whole.
    pub personal: PersonalService,
    /// Photos and documents that are attached to cases.
    pub files: FileService,
    /// Files of rows.
    pub sheets: SheetService,
    /// Places of integrators that are called.
    pub webhooks: WebhookService,
    /// Other systems that cases are exchanged with.
    pub exchange: ExchangeService,
    /// The audit trail.
    pub audit: AuditService,
}

/// A signed-in caller within one request.
pub struct Member {
    services: Arc<Services>,
    reader: Reader,
    units: Batch<org::UnitLoader>,
    grids: Batch<org::GridLoader>,
    organisations: Batch<org::OrganisationLoader>,
    groups: Batch<org::GroupLoader>,
    staff: Batch<staff::StaffLoader>,
    accounts: Batch<identity::AccountLoader>,
    categories: Batch<catalogue::CategoryLoader>,
    programmes: Batch<programmes::ProgrammeLoader>,
    timelines: Batch<cases::TimelineLoader>,
    attachments: Batch<files::FileLoader>,
    visits: Batch<fieldwork::VisitLoader>,
    told: Batch<exchange::ToldLoader>,
}

impl Member {
    /// A caller with a fresh snapshot and fresh loaders.
    #[must_use]
    pub fn new(services: &Arc<Services>, scope: &Scope) -> Self {
        let reader = services.db.reader(scope);
        let services = Arc::clone(services);
        let units = org::UnitLoader { service: services.org.clone(), reader: loader_reader(&reader) };
        let grids = org::GridLoader { service: services.org.clone(), reader: loader_reader(&reader) };
        let organisations =
            org::OrganisationLoader { service: services.org.clone(), reader: loader_reader(&reader) };
        let groups = org::GroupLoader { service: services.org.clone(), reader: loader_reader(&reader) };
        let staff = staff::StaffLoader { service: services.staff.clone(), reader: loader_reader(&reader) };
        let accounts =
            identity::AccountLoader { service: services.identity.clone(), reader: loader_reader(&reader) };
        let categories =
            catalogue::CategoryLoader { service: services.catalogue.clone(), reader: loader_reader(&reader) };
        let programmes = programmes::ProgrammeLoader {
            service: services.programmes.clone(),
            reader: loader_reader(&reader),
        };
        let timelines =
            cases::TimelineLoader { service: services.cases.clone(), reader: loader_reader(&reader) };
        let attachments =
            files::FileLoader { service: services.files.clone(), reader: loader_reader(&reader) };
        let visits =
            fieldwork::VisitLoader { service: services.fieldwork.clone(), reader: loader_reader(&reader) };
        let told =
            exchange::ToldLoader { service: services.webhooks.clone(), reader: loader_reader(&reader) };
        Self {
            services,
            reader,
            units: Batch::new(units),
            grids: Batch::new(grids),
            organisations: Batch::new(organisations),
            groups: Batch::new(groups),
            staff: Batch::new(staff),
            accounts: Batch::new(accounts),
            categories: Batch::new(categories),
            programmes: Batch::new(programmes),
            timelines: Batch::new(timelines),
            attachments: Batch::new(attachments),
            visits: Batch::new(visits),
            told: Batch::new(told),
        }
    }

    /// The use cases; who follows events holds on to them.
    #[must_use]
    pub const fn services(&self) -> &Arc<Services> {
        &self.services
    }

    /// What other systems were told of cases.
    #[must_use]
    pub const fn told(&self) -> &Batch<exchange::ToldLoader> {
        &self.told
    }

    /// The caller's scope.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        self.reader.scope()
    }

    /// The request's snapshot.
    #[must_use]
    pub const fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Loads units by id, many at a time.
    #[must_use]
    pub const fn units(&self) -> &Batch<org::UnitLoader> {
        &self.units
    }

    /// Loads grids by id, many at a time.
    #[must_use]
    pub const fn grids(&self) -> &Batch<org::GridLoader> {
        &self.grids
    }

    /// Loads organisations by id, many at a time.
    #[must_use]
    pub const fn organisations(&self) -> &Batch<org::OrganisationLoader> {
        &self.organisations
    }

    /// Loads unit groups by id, many at a time.
    #[must_use]
    pub const fn groups(&self) -> &Batch<org::GroupLoader> {
        &self.groups
    }

    /// Loads people of the force, posts, appointments and teams, many at a time.
    #[must_use]
    pub const fn staff(&self) -> &Batch<staff::StaffLoader> {
        &self.staff
    }

    /// Loads accounts by id, many at a time.
    #[must_use]
    pub const fn accounts(&self) -> &Batch<identity::AccountLoader> {
        &self.accounts
    }

    /// Loads categories by id, many at a time.
    #[must_use]
    pub const fn categories(&self) -> &Batch<catalogue::CategoryLoader> {
        &self.categories
    }

    /// Loads programmes and their versions, many at a time.
    #[must_use]
    pub const fn programmes(&self) -> &Batch<programmes::ProgrammeLoader> {
        &self.programmes
    }

    /// Loads the ends of timelines, many at a time.
    #[must_use]
    pub const fn timelines(&self) -> &Batch<cases::TimelineLoader> {
        &self.timelines
    }

    /// Loads visits, many at a time.
    #[must_use]
    pub const fn visits(&self) -> &Batch<fieldwork::VisitLoader> {
        &self.visits
    }

    /// Loads attachments, many at a time.
    #[must_use]
    pub const fn attachments(&self) -> &Batch<files::FileLoader> {
        &self.attachments
    }
}

/// The snapshot that loaders read from: the request's own, but for the mutant that shares them.
fn loader_reader(reader: &Reader) -> Reader {
    static SHARED: std::sync::OnceLock<Reader> = std::sync::OnceLock::new();
    if mutant::active(Mutant::SharedLoader) {
        return SHARED.get_or_init(|| reader.clone()).clone();
    }
    reader.clone()
}

/// The signed-in caller.
///
/// # Errors
/// `UNAUTHENTICATED` for an anonymous caller.
pub fn member<'a>(ctx: &Context<'a>) -> Outcome<&'a Member> {
    ctx.data_opt::<Arc<Member>>().map(AsRef::as_ref).ok_or_else(Fault::unauthenticated)
}

/// The use cases, for callers who are not signed in yet.
///
/// # Errors
/// `INTERNAL` when the schema was built without them.
pub fn services<'a>(ctx: &Context<'a>) -> Outcome<&'a Services> {
    ctx.data_opt::<Services>().ok_or_else(Fault::internal)
}
