//! People of the force, kinds of posts and appointments.

use async_graphql::{Context, ID, Object, OneofObject, SimpleObject, Union};
use fengqiao_domain::identity::GrantTarget;
use fengqiao_domain::kernel::id::{AppointmentId, PostKindId, StaffMemberId};
use fengqiao_domain::staff as domain;

use super::enums::{AppointmentKind, EmploymentKind, PostKindState, StaffChangeKind, StaffMemberState};
use super::loaders::HeldBy;
use super::team_types::{Team, team_of};
use crate::graphql::catalogue::Category;
use crate::graphql::context::member;
use crate::graphql::identity::{Account, MaskedText, RoleKind, RoleTargetKind, account_of};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::{Grid, Organisation, Unit, UnitGroup, grid_of, group_of, organisation_of, unit_of};

/// Somebody of the force (队伍人员), with or without an account to sign in.
pub struct StaffMember(pub domain::StaffMember);

/// Somebody of the force (队伍人员), with or without an account to sign in. Only staff and they themselves see
/// them.
#[Object]
impl StaffMember {
    /// Global id: `staff_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Staff number (工号), unique in the tenant.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name: whole, for whoever sees them at all.
    async fn name(&self) -> MaskedText {
        MaskedText { text: self.0.name.clone(), is_masked: false }
    }

    /// Masked telephone number: `138****5678`.
    async fn phone(&self) -> Option<MaskedText> {
        self.0.phone.clone().map(|text| MaskedText { text, is_masked: true })
    }

    /// The unit that keeps their file: the home unit of somebody who is seconded.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.0.unit)).await.map_err(Into::into).transpose()
    }

    /// The organisation they belong to, such as the police.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organisation>> {
        organisation_of(ctx, self.0.organisation).await.map_err(Into::into).transpose()
    }

    /// Their account: it gets the roles of what they hold.
    async fn account(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.account).await.map_err(Into::into).transpose()
    }

    /// Whether they serve.
    async fn state(&self) -> StaffMemberState {
        self.0.state.into()
    }

    /// What they hold now, oldest first; `appointments` tells the past and what is to come.
    async fn posts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Appointment>> {
        let held = member(ctx)?.staff().load_one(HeldBy(self.0.id)).await?;
        Ok(held.unwrap_or_default().into_iter().map(Appointment).collect())
    }

    /// When they were entered into the roster.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// What somebody can be appointed to (岗位): data of the tenant.
pub struct PostKind(pub domain::PostKind);

/// What somebody can be appointed to (岗位): data of the tenant.
#[Object]
impl PostKind {
    /// Global id: `post_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Code, unique in the tenant: `grid_chief`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name in Chinese: 网格长.
    async fn name_zh(&self) -> &str {
        &self.0.name_zh
    }

    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// The role that the accounts of its holders get; null for a post that gives none, such as a building head.
    async fn role(&self) -> Option<RoleKind> {
        self.0.role.map(Into::into)
    }

    /// What it can be held at.
    async fn target_kinds(&self) -> Vec<RoleTargetKind> {
        self.0.targets.iter().copied().map(Into::into).collect()
    }

    /// Whether a target has one holder at a time, stand-ins aside.
    async fn is_exclusive(&self) -> bool {
        self.0.exclusive
    }

    /// How its holders are employed.
    async fn employment_kind(&self) -> EmploymentKind {
        self.0.employment.into()
    }

    /// Whether it takes new holders.
    async fn state(&self) -> PostKindState {
        self.0.state.into()
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// A post held by somebody at a target for a period (任职).
pub struct Appointment(pub domain::Appointment);

/// A post held by somebody at a target for a period (任职). Only staff and its holder see it.
#[Object]
impl Appointment {
    /// Global id: `appointment_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Who holds it.
    async fn staff_member(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<StaffMember>> {
        member_of(ctx, Some(self.0.member)).await.map_err(Into::into).transpose()
    }

    /// What they are appointed to.
    async fn post_kind(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<PostKind>> {
        post_kind_of(ctx, Some(self.0.post_kind)).await.map_err(Into::into).transpose()
    }

    /// How they hold it.
    async fn kind(&self) -> AppointmentKind {
        self.0.kind.into()
    }

    /// Where they hold it.
    async fn target(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<AppointmentTarget>> {
        target_of(ctx, self.0.target).await.map_err(Into::into).transpose()
    }

    /// The appointment whose duty a stand-in takes.
    async fn stands_in_for(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Appointment>> {
        appointment_of(ctx, self.0.stands_in_for).await.map_err(Into::into).transpose()
    }

    /// Whether the holder's account got the role of the post by it: they have an account, and the post a role.
    async fn grants_role(&self) -> bool {
        self.0.grant.is_some()
    }

    /// The categories it is limited to, each with all below it; empty for every category.
    async fn categories(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Category>> {
        let found = member(ctx)?.categories().load_many(self.0.categories.iter().copied()).await?;
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by(|left, right| left.code.cmp(&right.code));
        Ok(found.into_iter().map(Category).collect())
    }

    /// First instant.
    async fn since_at(&self) -> DateTime {
        DateTime(self.0.since)
    }

    /// First instant after it; null when open-ended. The same as `sinceAt` when it was ended before it began.
    async fn until_at(&self) -> Option<DateTime> {
        self.0.until.map(DateTime)
    }

    /// Number of the document of appointment (任命文号).
    async fn document(&self) -> Option<&str> {
        self.0.document.as_deref()
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// Where a post is held.
#[derive(Union)]
pub enum AppointmentTarget {
    /// A unit of the three tiers.
    Unit(Unit),
    /// A grid.
    Grid(Grid),
    /// A unit group.
    UnitGroup(UnitGroup),
    /// An organisation.
    Organisation(Organisation),
}

/// Where a post shall be held: exactly one of them.
#[derive(OneofObject)]
#[expect(clippy::enum_variant_names, reason = "the fields of a one-of input")]
pub enum AppointmentTargetInput {
    /// A unit of the three tiers.
    UnitId(ID),
    /// A single grid.
    GridId(ID),
    /// A management area, area or police grid.
    UnitGroupId(ID),
    /// A department or partner.
    OrganisationId(ID),
}

impl AppointmentTargetInput {
    /// The target with its id parsed.
    pub(super) fn parsed(&self) -> Outcome<GrantTarget> {
        Ok(match self {
            Self::UnitId(unit) => GrantTarget::Unit(id::parse(unit)?),
            Self::GridId(grid) => GrantTarget::Grid(id::parse(grid)?),
            Self::UnitGroupId(group) => GrantTarget::Group(id::parse(group)?),
            Self::OrganisationId(organisation) => GrantTarget::Organisation(id::parse(organisation)?),
        })
    }
}

/// A line of the change log of the force: who changed what about whom, and when.
pub(super) struct StaffChange(pub(super) domain::StaffChange);

/// A line of the change log of the force: who changed what about whom, and when.
#[Object]
impl StaffChange {
    /// Global id: `staffchange_<uuid>`.
    async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// When it happened.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Who did it; null for the system.
    async fn actor(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.by).await.map_err(Into::into).transpose()
    }

    /// About whom it is.
    async fn staff_member(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<StaffMember>> {
        member_of(ctx, Some(self.0.member)).await.map_err(Into::into).transpose()
    }

    /// What happened.
    async fn kind(&self) -> StaffChangeKind {
        self.0.kind.into()
    }

    /// The appointment it is about, if it is about one.
    async fn appointment(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Appointment>> {
        appointment_of(ctx, self.0.appointment).await.map_err(Into::into).transpose()
    }

    /// The team it is about, if it is about one.
    async fn team(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Team>> {
        team_of(ctx, self.0.team).await.map_err(Into::into).transpose()
    }

    /// Names of the values that changed, as `StaffMemberUpdateInput` calls them; never the values.
    async fn fields(&self) -> &[String] {
        &self.0.fields
    }
}

/// How many a unit plans of a kind of post (核定数), from an instant on.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct Headcount {
    #[graphql(skip)]
    pub(super) of: domain::Headcount,
    /// How many are planned, those of the units below left out.
    planned: u32,
    /// First instant; a later plan takes over.
    since_at: DateTime,
}

impl From<domain::Headcount> for Headcount {
    fn from(of: domain::Headcount) -> Self {
        Self { planned: of.planned, since_at: DateTime(of.since), of }
    }
}

#[async_graphql::ComplexObject]
impl Headcount {
    /// The unit that plans.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.of.unit)).await.map_err(Into::into).transpose()
    }

    /// What is planned.
    async fn post_kind(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<PostKind>> {
        post_kind_of(ctx, Some(self.of.post_kind)).await.map_err(Into::into).transpose()
    }
}

/// Somebody of the force, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn member_of(ctx: &Context<'_>, id: Option<StaffMemberId>) -> Outcome<Option<StaffMember>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.staff().load_one(id).await?.map(StaffMember))
}

/// The kind of post with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn post_kind_of(ctx: &Context<'_>, id: Option<PostKindId>) -> Outcome<Option<PostKind>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.staff().load_one(id).await?.map(PostKind))
}

/// The appointment with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn appointment_of(ctx: &Context<'_>, id: Option<AppointmentId>) -> Outcome<Option<Appointment>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.staff().load_one(id).await?.map(Appointment))
}

async fn target_of(ctx: &Context<'_>, target: GrantTarget) -> Outcome<Option<AppointmentTarget>> {
    Ok(match target {
        GrantTarget::Platform => None,
        GrantTarget::Unit(id) => unit_of(ctx, Some(id)).await?.map(AppointmentTarget::Unit),
        GrantTarget::Grid(id) => grid_of(ctx, Some(id)).await?.map(AppointmentTarget::Grid),
        GrantTarget::Group(id) => group_of(ctx, Some(id)).await?.map(AppointmentTarget::UnitGroup),
        GrantTarget::Organisation(id) => {
            organisation_of(ctx, Some(id)).await?.map(AppointmentTarget::Organisation)
        }
    })
}
