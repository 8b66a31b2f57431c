//! Who asks, for which tenant, and what they may see and do.
//!
//! There is no `Tx` without a [`Scope`], and no public way to make one: `identity` mints it from a
//! verified token, [`PlatformScope`] from a command line, each time for exactly one tenant.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use crate::kernel::id::{AccountId, CategoryId, OrganisationId, RoleGrantId, SessionId, TenantId, UnitId};
use crate::kernel::meter::Meter;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::{Place, Sensitivity, Territory, Visibility};

/// A role grant as it counts now: in force, its target resolved, its categories expanded.
#[derive(Clone, Debug)]
pub struct Held {
    /// The grant.
    pub grant: RoleGrantId,
    /// Key of its role.
    pub role: &'static str,
    /// What its role allows.
    pub permissions: PermissionSet,
    /// What its target covers; empty for an organisation.
    pub territory: Territory,
    /// The unit whose cases its holder handles: its target, when the role acts for such a unit.
    pub unit: Option<UnitId>,
    /// The organisation whose cases its holder handles.
    pub organisation: Option<OrganisationId>,
    /// The categories it is limited to, with all below them; `None` is every category.
    pub categories: Option<BTreeSet<CategoryId>>,
    /// The most sensitive cases it reaches.
    pub ceiling: Sensitivity,
}

impl Held {
    /// The units whose cases its holder handles: its unit, with those of the same level that the unit
    /// took over from. None unless the role handles cases.
    #[must_use]
    pub fn handled_units(&self) -> Vec<UnitId> {
        let Some(unit) = self.unit.filter(|_| self.permissions.holds(Permission::CaseHandle)) else {
            return vec![];
        };
        let same_level = [&self.territory.towns, &self.territory.villages];
        match same_level.into_iter().find(|units| units.contains(&unit)) {
            Some(units) => units.iter().copied().collect(),
            None => vec![unit],
        }
    }

    /// The organisation whose cases its holder handles. None unless the role handles cases.
    #[must_use]
    pub fn handled_organisation(&self) -> Option<OrganisationId> {
        self.organisation.filter(|_| self.permissions.holds(Permission::CaseHandle))
    }

    fn reaches(&self, place: &Place, category: CategoryId, sensitivity: Sensitivity) -> bool {
        sensitivity <= self.ceiling
            && self.categories.as_ref().is_none_or(|set| set.contains(&category))
            && self.territory.covers(place)
    }
}

/// An idempotency key as one mutation of one request carries it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The key, as the client sent it.
    pub key: String,
    /// The mutation, for example `caseReport`.
    pub field: &'static str,
    /// SHA-256 of its input.
    pub input_hash: Vec<u8>,
}

/// A claim, and what came of it.
#[derive(Debug)]
struct Claimed {
    claim: Claim,
    replayed: AtomicBool,
}

/// The scope of one request: cheap to clone, never widened.
#[derive(Clone, Debug)]
pub struct Scope {
    who: Arc<Who>,
    request_id: Arc<str>,
    claim: Option<Arc<Claimed>>,
    meter: Meter,
}

/// The part of a scope that outlives a request and may be cached for some seconds.
#[derive(Clone, Debug)]
pub(crate) struct Who {
    pub(crate) tenant: TenantId,
    pub(crate) account: Option<AccountId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) held: Vec<Held>,
    pub(crate) system: bool,
    /// Whether whoever it is came from another tenant to read this one, and changes nothing.
    pub(crate) reads_only: bool,
}

impl Scope {
    /// The scope of an account for one request.
    pub(crate) fn new(who: Arc<Who>, request_id: &str) -> Self {
        Self { who, request_id: request_id.into(), claim: None, meter: Meter::default() }
    }

    /// The same scope for one mutation that carries an idempotency key.
    #[must_use]
    pub fn with_claim(&self, claim: Claim) -> Self {
        let claimed = Claimed { claim, replayed: AtomicBool::new(false) };
        Self { claim: Some(Arc::new(claimed)), ..self.clone() }
    }

    /// The same scope for another request: with its id, and its own count of statements.
    #[must_use]
    pub fn for_request(&self, request_id: &str, meter: Meter) -> Self {
        Self { meter, ..Self::new(Arc::clone(&self.who), request_id) }
    }

    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.who.tenant
    }

    /// The account; absent for the system itself.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.who.account
    }

    /// The session the account acts in.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        self.who.session
    }

    /// The grants in force.
    #[must_use]
    pub fn held(&self) -> &[Held] {
        &self.who.held
    }

    /// The id of the request.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The idempotency key of the mutation, if it carries one.
    #[must_use]
    pub fn claim(&self) -> Option<&Claim> {
        self.claim.as_deref().map(|claimed| &claimed.claim)
    }

    /// Takes down that what the key stands for was done before.
    pub(crate) fn note_replay(&self) {
        if let Some(claimed) = &self.claim {
            claimed.replayed.store(true, Ordering::Relaxed);
        }
    }

    /// Whether what the key stands for was done before, as the use case found when it began.
    pub(crate) fn was_replayed(&self) -> bool {
        self.claim.as_ref().is_some_and(|claimed| claimed.replayed.load(Ordering::Relaxed))
    }

    /// Counts statements and rows.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Whether the system itself acts: imports, the demo, migrations of data.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.who.system
    }

    /// Whether the caller came from another tenant to read this one: nothing is written in such a scope.
    #[must_use]
    pub fn reads_only(&self) -> bool {
        self.who.reads_only
    }

    /// The same caller without any grant and without a key: in it they end their own session, and what they were refused is written
    /// down, whatever else they may not write.
    pub(crate) fn without_grants(&self) -> Self {
        let who = Who { held: vec![], reads_only: false, ..Who::clone(&self.who) };
        Self { who: Arc::new(who), claim: None, ..self.clone() }
    }

    /// Everything some grant allows somewhere.
    #[must_use]
    pub fn permissions(&self) -> PermissionSet {
        if self.who.system {
            use strum::IntoEnumIterator as _;
            return Permission::iter().collect();
        }
        self.who.held.iter().fold(PermissionSet::default(), |set, held| set.or(held.permissions))
    }

    /// Whether some grant allows `permission` somewhere.
    #[must_use]
    pub fn permits(&self, permission: Permission) -> bool {
        self.permissions().holds(permission)
    }

    /// Whether a grant that allows `permission` covers a case at this place.
    #[must_use]
    pub fn permits_at(
        &self,
        permission: Permission,
        place: &Place,
        category: CategoryId,
        sensitivity: Sensitivity,
    ) -> bool {
        self.who.system
            || self
                .who
                .held
                .iter()
                .any(|held| held.permissions.holds(permission) && held.reaches(place, category, sensitivity))
    }

    /// Whether one grant that allows all of `needed` covers what has a place and no category: one of every category, or of some if following
    /// up key persons is among it, which is no matter of categories.
    #[must_use]
    pub fn permits_place(&self, needed: PermissionSet, place: &Place, sensitivity: Sensitivity) -> bool {
        self.by_place(needed, sensitivity).any(|held| held.territory.covers(place)) || self.who.system
    }

    /// As [`Self::permits_place`], by a grant of the village or of the grid: whoever goes from door to door there.
    #[must_use]
    pub fn permits_nearby(&self, needed: PermissionSet, place: &Place, sensitivity: Sensitivity) -> bool {
        self.by_place(needed, sensitivity).any(|held| held.territory.is_near(place)) || self.who.system
    }

    /// The grants that allow all of `needed` for what has no category.
    fn by_place(&self, needed: PermissionSet, sensitivity: Sensitivity) -> impl Iterator<Item = &Held> {
        let of_any_category = needed.holds(Permission::KeyPersonFollowUp);
        self.who.held.iter().filter(move |held| {
            held.permissions.covers(needed)
                && (of_any_category || held.categories.is_none())
                && sensitivity <= held.ceiling
        })
    }

    /// Whether a grant that allows `permission` covers the whole district, of every category.
    #[must_use]
    pub fn permits_district(&self, permission: Permission) -> bool {
        self.who.system
            || self.who.held.iter().any(|held| {
                held.permissions.holds(permission) && held.territory.district && held.categories.is_none()
            })
    }

    /// Whether the caller belongs to the staff.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.permits(Permission::StaffRead)
    }

    /// The grants by which cases of a territory are read.
    pub fn reading(&self) -> impl Iterator<Item = &Held> {
        self.who
            .held
            .iter()
            .filter(|held| held.permissions.holds(Permission::CaseRead) && !held.territory.is_empty())
    }

    /// Whom a case can be handed to so that this caller sees it: the account, and the units and
    /// organisations it handles cases for. Whoever holds nothing any more has left, and sees nothing that was ever theirs.
    #[must_use]
    pub fn principals(&self) -> Vec<Uuid> {
        let held = &self.who.held;
        let units = held.iter().flat_map(Held::handled_units).map(UnitId::uuid);
        let organisations = held.iter().filter_map(Held::handled_organisation).map(OrganisationId::uuid);
        let account = self.who.account.filter(|_| !held.is_empty() || mutant::active(Mutant::KeptCases));
        let mut principals: Vec<Uuid> =
            units.chain(organisations).chain(account.map(AccountId::uuid)).collect();
        principals.sort_unstable();
        principals.dedup();
        principals
    }

    /// Whether this is an organisation for which the caller handles cases.
    pub(crate) fn handles_organisation(&self, id: Uuid) -> bool {
        self.who
            .held
            .iter()
            .filter_map(Held::handled_organisation)
            .any(|organisation| organisation.uuid() == id)
    }

    /// Whether a row of this visibility is in reach: the same rule as the store and the policies.
    #[must_use]
    pub fn sees(&self, row: &Visibility) -> bool {
        if row.internal && !self.is_staff() {
            return false;
        }
        let sensitivity = Sensitivity::from_rank(row.sensitivity);
        self.who.system
            || row.everyone
            || self.reading().any(|held| held.reaches(&row.place(), row.category(), sensitivity))
            || self.principals().iter().any(|principal| row.principals.contains(principal))
    }
}

/// The right to act in any tenant, for command lines only. Every use names its reason, which is logged.
#[derive(Debug)]
pub struct PlatformScope {
    reason: String,
}

impl PlatformScope {
    /// Takes the right. Only the command line and the demo do; an architecture test holds this.
    #[must_use]
    pub fn for_command_line(reason: &str) -> Self {
        tracing::warn!(reason, "platform scope taken");
        Self { reason: reason.to_owned() }
    }

    /// Takes the right for the work that a server does beside answering. Only the worker does; an architecture test
    /// holds this.
    #[must_use]
    pub fn for_worker(reason: &str) -> Self {
        Self { reason: reason.to_owned() }
    }

    /// Takes the right for a signed-in platform operator; `None` for everyone else.
    #[must_use]
    pub fn for_operator(scope: &Scope, reason: &str) -> Option<Self> {
        if !scope.permits(Permission::TenantCreate) {
            return None;
        }
        tracing::warn!(reason, operator = ?scope.account(), "platform scope taken");
        Some(Self { reason: reason.to_owned() })
    }

    /// The system's scope in one tenant.
    #[must_use]
    pub fn enter(&self, tenant: TenantId) -> Scope {
        let who = Who { tenant, account: None, session: None, held: vec![], system: true, reads_only: false };
        Scope::new(Arc::new(who), &format!("platform: {}", self.reason))
    }

    /// The same, reaching what is an account's own too: for what is done to every row, whatever it says.
    pub(crate) fn enter_for(&self, tenant: TenantId, account: AccountId) -> Scope {
        let who = Who {
            tenant,
            account: Some(account),
            session: None,
            held: vec![],
            system: true,
            reads_only: false,
        };
        Scope::new(Arc::new(who), &format!("platform: {}", self.reason))
    }
}

#[cfg(feature = "mutants")]
impl Scope {
    /// A scope without a token, so that a test can hold any set of grants. No release has it.
    #[must_use]
    pub fn for_tests(tenant: TenantId, account: AccountId, held: Vec<Held>) -> Self {
        let who =
            Who { tenant, account: Some(account), session: None, held, system: false, reads_only: false };
        Self::new(Arc::new(who), "test")
    }
}
