//! Typed, prefixed, time-ordered ids: `case_01935d3e-…`.
//!
//! In a column an id is the bare `UUIDv7`; the prefix exists only in text, so that an id of the wrong
//! type fails when it is parsed and never reaches a query.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value};
use uuid::Uuid;

/// The kind of thing an [`Id`] names.
pub trait IdKind: 'static {
    /// Text before the underscore, for example `case`.
    const PREFIX: &'static str;
}

/// A `UUIDv7` that names one `K`. Its text form is `<prefix>_<hyphenated lower-case uuid>`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// Why a text is not an id of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadId {
    /// It carries another prefix or none.
    Prefix,
    /// What follows the prefix is not a hyphenated lower-case UUID.
    Uuid,
}

impl<K> Id<K> {
    /// Wraps a UUID that is known to name a `K`.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID, as the column holds it.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", K::PREFIX, self.0.as_hyphenated())
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let rest = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        let rest = rest.ok_or(BadId::Prefix)?;
        let uuid = Uuid::try_parse(rest).map_err(|_| BadId::Uuid)?;
        // Only one text per id: upper case, braces and bare hexadecimal digits are refused.
        if uuid.as_hyphenated().to_string() != rest {
            return Err(BadId::Uuid);
        }
        Ok(Self::from_uuid(uuid))
    }
}

impl<K> From<Id<K>> for Value {
    fn from(id: Id<K>) -> Self {
        Self::from(id.0)
    }
}

impl<K> TryGetable for Id<K> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        Uuid::try_get_by(row, index).map(Self::from_uuid)
    }
}

impl<K: IdKind> ValueType for Id<K> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <Uuid as ValueType>::try_from(value).map(Self::from_uuid)
    }
    fn type_name() -> String {
        format!("Id<{}>", K::PREFIX)
    }
    fn array_type() -> ArrayType {
        ArrayType::Uuid
    }
    fn column_type() -> ColumnType {
        ColumnType::Uuid
    }
}

impl<K> Nullable for Id<K> {
    fn null() -> Value {
        Uuid::null()
    }
}

impl<K> TryFromU64 for Id<K> {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Id"))
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $alias:ident, $kind:ident, $prefix:literal;)*) => {$(
        #[doc = concat!("Marks ids that start with `", $prefix, "_`.")]
        #[derive(Clone, Copy, Debug)]
        pub enum $kind {}
        impl IdKind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

ids! {
    /// A tenant: one district.
    TenantId, TenantKind, "tenant";
    /// A unit of the three tiers.
    UnitId, UnitKind, "unit";
    /// A grid of a village.
    GridId, GridKind, "grid";
    /// A named set of units and grids.
    UnitGroupId, UnitGroupKind, "group";
    /// A department, committee or partner organisation.
    OrganisationId, OrganisationKind, "org";
    /// An account of a tenant.
    AccountId, AccountKind, "account";
    /// A signed-in session.
    SessionId, SessionKind, "session";
    /// A secret by which a program proves who it is.
    ClientSecretId, ClientSecretKind, "clientsecret";
    /// Whose word counts for who somebody is.
    IdentityProviderId, IdentityProviderKind, "identityprovider";
    /// Whom an identity provider knows an account as.
    ExternalIdentityId, ExternalIdentityKind, "externalidentity";
    /// A role held by an account at a target for a period.
    RoleGrantId, RoleGrantKind, "grant";
    /// The leave that a district gives somebody of another tenant to read it.
    OversightGrantId, OversightGrantKind, "oversightgrant";
    /// Somebody of the force.
    StaffMemberId, StaffMemberKind, "staff";
    /// A kind of post of a tenant.
    PostKindId, PostKindKind, "post";
    /// A post held by somebody at a target for a period.
    AppointmentId, AppointmentKind, "appointment";
    /// A planned number of people.
    HeadcountId, HeadcountKind, "headcount";
    /// A version of a tenant's staffing rule.
    StaffingRuleId, StaffingRuleKind, "staffingrule";
    /// A team.
    TeamId, TeamKind, "team";
    /// Somebody's time in a team.
    TeamMembershipId, TeamMembershipKind, "membership";
    /// A line of the change log of the force.
    StaffChangeId, StaffChangeKind, "staffchange";
    /// A file that is brought in.
    ImportId, ImportKind, "import";
    /// A file that is taken out.
    ExportId, ExportKind, "export";
    /// A part of a file that is taken out.
    ExportPartId, ExportPartKind, "exportpart";
    /// Somebody else's word on a file that is taken out.
    ExportReviewId, ExportReviewKind, "exportreview";
    /// A photo or a document that is attached to cases.
    AttachmentId, AttachmentKind, "attachment";
    /// Somebody who was visited.
    VisitId, VisitKind, "visit";
    /// A category of cases.
    CategoryId, CategoryKind, "category";
    /// What an organisation answers for.
    DutyId, DutyKind, "duty";
    /// A programme that cases follow.
    ProgrammeId, ProgrammeKind, "programme";
    /// A published version of a programme.
    ProgrammeVersionId, ProgrammeVersionKind, "programmeversion";
    /// A case.
    CaseId, CaseKind, "case";
    /// One entry of a case's timeline.
    CaseEntryId, CaseEntryKind, "entry";
    /// A sample of closed cases.
    CaseSampleId, CaseSampleKind, "sample";
    /// A case of a sample.
    CaseSampleItemId, CaseSampleItemKind, "sampled";
    /// A value of a field of a case.
    CaseValueId, CaseValueKind, "value";
    /// A state that a case came to, told to somebody who follows it.
    CaseProgressId, CaseProgressKind, "progress";
    /// One row of a case's access list.
    CaseAccessId, CaseAccessKind, "access";
    /// Once that somebody read what is masked of a person.
    RevealId, RevealKind, "reveal";
    /// Where an integrator is told of events.
    WebhookId, WebhookKind, "webhook";
    /// An event that is told to an integrator.
    WebhookDeliveryId, WebhookDeliveryKind, "delivery";
    /// Another system that cases are exchanged with.
    ExchangePartnerId, ExchangePartnerKind, "partner";
    /// A domain event in the outbox.
    EventId, EventKind, "event";
    /// A row of the audit trail.
    AuditId, AuditKind, "audit";
}
