//! What a resolver finds in its context: who asks, the request's snapshot and its loaders.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use fengqiao_domain::cases::CaseService;
use fengqiao_domain::catalogue::CategoryService;
use fengqiao_domain::identity::IdentityService;
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::OrgService;
use fengqiao_domain::sheets::SheetService;
use fengqiao_domain::staff::StaffService;
use fengqiao_domain::{Db, Reader};

use super::kit::fault::{Fault, Outcome};
use super::{cases, catalogue, identity, org, staff};

/// The use cases of all slices.
#[derive(Clone)]
pub struct Services {
    /// The store, for readers and subscriptions.
    pub db: Db,
    /// Tenants, units, grids, groups, organisations.
    pub org: OrgService,
    /// Accounts, sessions, grants.
    pub identity: IdentityService,
    /// People of the force, appointments, rosters, teams.
    pub staff: StaffService,
    /// Categories.
    pub catalogue: CategoryService,
    /// Cases.
    pub cases: CaseService,
    /// Files of rows.
    pub sheets: SheetService,
}

/// A signed-in caller within one request.
pub struct Member {
    services: Services,
    reader: Reader,
    units: DataLoader<org::UnitLoader>,
    grids: DataLoader<org::GridLoader>,
    organisations: DataLoader<org::OrganisationLoader>,
    groups: DataLoader<org::GroupLoader>,
    staff: DataLoader<staff::StaffLoader>,
    accounts: DataLoader<identity::AccountLoader>,
    categories: DataLoader<catalogue::CategoryLoader>,
    timelines: DataLoader<cases::TimelineLoader>,
}

impl Member {
    /// A caller with a fresh snapshot and fresh loaders.
    #[expect(clippy::disallowed_methods, reason = "the loaders' tasks end with the request that awaits them")]
    #[must_use]
    pub fn new(services: &Services, scope: &Scope) -> Self {
        let reader = services.db.reader(scope);
        let services = services.clone();
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
        let timelines =
            cases::TimelineLoader { service: services.cases.clone(), reader: loader_reader(&reader) };
        Self {
            services,
            reader,
            units: DataLoader::new(units, tokio::spawn),
            grids: DataLoader::new(grids, tokio::spawn),
            organisations: DataLoader::new(organisations, tokio::spawn),
            groups: DataLoader::new(groups, tokio::spawn),
            staff: DataLoader::new(staff, tokio::spawn),
            accounts: DataLoader::new(accounts, tokio::spawn),
            categories: DataLoader::new(categories, tokio::spawn),
            timelines: DataLoader::new(timelines, tokio::spawn),
        }
    }

    /// The use cases.
    #[must_use]
    pub const fn services(&self) -> &Services {
        &self.services
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
    pub const fn units(&self) -> &DataLoader<org::UnitLoader> {
        &self.units
    }

    /// Loads grids by id, many at a time.
    #[must_use]
    pub const fn grids(&self) -> &DataLoader<org::GridLoader> {
        &self.grids
    }

    /// Loads organisations by id, many at a time.
    #[must_use]
    pub const fn organisations(&self) -> &DataLoader<org::OrganisationLoader> {
        &self.organisations
    }

    /// Loads unit groups by id, many at a time.
    #[must_use]
    pub const fn groups(&self) -> &DataLoader<org::GroupLoader> {
        &self.groups
    }

    /// Loads people of the force, posts, appointments and teams, many at a time.
    #[must_use]
    pub const fn staff(&self) -> &DataLoader<staff::StaffLoader> {
        &self.staff
    }

    /// Loads accounts by id, many at a time.
    #[must_use]
    pub const fn accounts(&self) -> &DataLoader<identity::AccountLoader> {
        &self.accounts
    }

    /// Loads categories by id, many at a time.
    #[must_use]
    pub const fn categories(&self) -> &DataLoader<catalogue::CategoryLoader> {
        &self.categories
    }

    /// Loads the ends of timelines, many at a time.
    #[must_use]
    pub const fn timelines(&self) -> &DataLoader<cases::TimelineLoader> {
        &self.timelines
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
