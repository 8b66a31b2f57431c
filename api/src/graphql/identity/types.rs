//! Objects of the identity slice.

use async_graphql::{Context, ID, Object, OneofObject, SimpleObject, Union};
use fengqiao_domain::identity as domain;
use fengqiao_domain::identity::GrantTarget;
use fengqiao_domain::kernel::id::AccountId;

use super::enums::{AccountState, RoleKind, RoleTargetKind};
use crate::graphql::catalogue::{Category, Sensitivity};
use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::requires::Permission;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::{Grid, Organisation, Unit, UnitGroup, grid_of, group_of, organisation_of, unit_of};

/// An account of the tenant, as the caller sees it.
pub struct Account(pub domain::Account);

/// An account of the tenant, as the caller sees it: a resident's name and every telephone number is
/// masked.
#[Object]
impl Account {
    /// Global id: `account_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Login within the tenant; `login@tenantcode` signs in.
    async fn login(&self) -> &str {
        &self.0.login
    }

    /// Name: whole to oneself and, for staff, to staff; `张*` to everyone else.
    async fn name(&self) -> MaskedText {
        MaskedText { text: self.0.name.clone(), is_masked: self.0.name_masked }
    }

    /// Masked telephone number: `138****5678`.
    async fn phone(&self) -> Option<MaskedText> {
        self.0.phone.clone().map(|text| MaskedText { text, is_masked: true })
    }

    /// Whether it holds a role of the staff now.
    async fn is_staff(&self) -> bool {
        self.0.staff
    }

    /// Whether it may sign in.
    async fn state(&self) -> AccountState {
        self.0.state.into()
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Version of the account.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What it holds, will hold or held, as far as the caller may know; revoked grants are left out.
    async fn role_grants(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<RoleGrant>> {
        Ok(grants_of(ctx, self.0.id).await?)
    }
}

/// A text of a person that may be masked.
#[derive(Clone, Debug, SimpleObject)]
pub struct MaskedText {
    /// The text, perhaps with `*` in place of what the caller may not read. Never accepted as input.
    pub text: String,
    /// Whether something was masked.
    pub is_masked: bool,
}

/// A role held by an account at a target for a period.
pub struct RoleGrant(pub domain::RoleGrant);

/// A role held by an account at a target for a period.
#[Object]
impl RoleGrant {
    /// Global id: `grant_<uuid>`.
    async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Who holds it.
    async fn account(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, Some(self.0.account)).await.map_err(Into::into).transpose()
    }

    /// What the account is there.
    async fn role(&self) -> RoleKind {
        self.0.role.into()
    }

    /// Where it is held; null for the platform itself.
    async fn target(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<RoleGrantTarget>> {
        target_of(ctx, self.0.target).await.map_err(Into::into).transpose()
    }

    /// First instant.
    async fn since_at(&self) -> DateTime {
        DateTime(self.0.since)
    }

    /// First instant after it; null when open-ended.
    async fn until_at(&self) -> Option<DateTime> {
        self.0.until.map(DateTime)
    }

    /// The categories it is limited to, each with all below it; empty for every category.
    async fn categories(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Category>> {
        let found = member(ctx)?.categories().load_many(self.0.categories.iter().copied()).await?;
        let mut found: Vec<_> = found.into_values().collect();
        found.sort_by(|left, right| left.code.cmp(&right.code));
        Ok(found.into_iter().map(Category).collect())
    }

    /// The most sensitive cases it reaches.
    async fn ceiling(&self) -> Sensitivity {
        self.0.ceiling.into()
    }

    /// When it was revoked.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }

    /// Version of the grant.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// Where a role is held.
#[derive(Union)]
pub enum RoleGrantTarget {
    /// A unit of the three tiers.
    Unit(Unit),
    /// A grid.
    Grid(Grid),
    /// A unit group.
    UnitGroup(UnitGroup),
    /// An organisation.
    Organisation(Organisation),
}

/// Where a role shall be held: exactly one of them.
#[derive(OneofObject)]
#[expect(clippy::enum_variant_names, reason = "the fields of a one-of input")]
pub enum RoleGrantTargetInput {
    /// A unit of the three tiers.
    UnitId(ID),
    /// A single grid.
    GridId(ID),
    /// A management area, area or police grid.
    UnitGroupId(ID),
    /// A department or partner.
    OrganisationId(ID),
}

impl RoleGrantTargetInput {
    /// The target with its id parsed.
    pub fn parsed(&self) -> Outcome<GrantTarget> {
        Ok(match self {
            Self::UnitId(unit) => GrantTarget::Unit(id::parse(unit)?),
            Self::GridId(grid) => GrantTarget::Grid(id::parse(grid)?),
            Self::UnitGroupId(group) => GrantTarget::Group(id::parse(group)?),
            Self::OrganisationId(organisation) => GrantTarget::Organisation(id::parse(organisation)?),
        })
    }
}

/// What a role allows, where it can be held and how far it sees: one column of the role matrix.
#[derive(SimpleObject)]
pub struct Role {
    /// Which role it is.
    kind: RoleKind,
    /// Name in Chinese.
    name_zh: String,
    /// Name in English.
    name_en: String,
    /// What it allows at its grant's target.
    permissions: Vec<Permission>,
    /// What it can be held at.
    target_kinds: Vec<RoleTargetKind>,
    /// The ceiling of a grant that names none.
    ceiling: Sensitivity,
}

impl From<domain::Role> for Role {
    fn from(role: domain::Role) -> Self {
        let kinds = domain::TargetKind::all().filter(|kind| role.fits(*kind));
        Self {
            kind: role.into(),
            name_zh: role.name_zh().to_owned(),
            name_en: role.name_en().to_owned(),
            permissions: role.permissions().iter().map(Into::into).collect(),
            target_kinds: kinds.map(Into::into).collect(),
            ceiling: role.ceiling().into(),
        }
    }
}

/// Whoever asks, and what they may do.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Viewer {
    /// Their account.
    account: Account,
    /// Everything some grant allows somewhere; `case { viewerActions }` tells what is possible there.
    permissions: Vec<Permission>,
    /// Their grants in force, oldest first.
    grants: Vec<RoleGrant>,
    /// The units that are targets of these grants, by code.
    units: Vec<Unit>,
    /// The grids that are targets of these grants, by code.
    grids: Vec<Grid>,
    /// The organisations that are targets of these grants, by code.
    organisations: Vec<Organisation>,
}

/// A pair of tokens. Keep the refresh token where no script of another page reads it.
#[derive(SimpleObject)]
#[expect(clippy::struct_field_names, reason = "the schema's own names")]
pub struct Session {
    /// Sent as `Authorization: Bearer …`; lives some minutes.
    access_token: String,
    /// Good for one `sessionRefresh`.
    refresh_token: String,
    /// When the access token ends.
    expires_at: DateTime,
    /// When the session ends, however often it is refreshed.
    session_expires_at: DateTime,
}

impl From<domain::SessionTokens> for Session {
    fn from(tokens: domain::SessionTokens) -> Self {
        Self {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_at: DateTime(tokens.expires_at),
            session_expires_at: DateTime(tokens.session_expires_at),
        }
    }
}

/// The account with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn account_of(ctx: &Context<'_>, id: Option<AccountId>) -> Outcome<Option<Account>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.accounts().load_one(id).await?.map(Account))
}

async fn grants_of(ctx: &Context<'_>, account: AccountId) -> Outcome<Vec<RoleGrant>> {
    let member = member(ctx)?;
    let service = &member.services().identity;
    let mut grants = service.role_grants_of(member.scope(), member.reader(), &[account]).await?;
    Ok(grants.remove(&account).unwrap_or_default().into_iter().map(RoleGrant).collect())
}

async fn target_of(ctx: &Context<'_>, target: GrantTarget) -> Outcome<Option<RoleGrantTarget>> {
    Ok(match target {
        GrantTarget::Platform => None,
        GrantTarget::Unit(id) => unit_of(ctx, Some(id)).await?.map(RoleGrantTarget::Unit),
        GrantTarget::Grid(id) => grid_of(ctx, Some(id)).await?.map(RoleGrantTarget::Grid),
        GrantTarget::Organisation(id) => {
            organisation_of(ctx, Some(id)).await?.map(RoleGrantTarget::Organisation)
        }
        GrantTarget::Group(id) => group_of(ctx, Some(id)).await?.map(RoleGrantTarget::UnitGroup),
    })
}

/// The caller, with the targets of their grants.
pub(super) async fn viewer(ctx: &Context<'_>) -> Outcome<Viewer> {
    let member = member(ctx)?;
    let found = member.services().identity.viewer(member.scope(), member.reader()).await;
    let found = found.map_err(Fault::from_failure)?;
    let (mut units, mut grids, mut organisations) = (vec![], vec![], vec![]);
    for target in found.targets {
        match target_of(ctx, target).await? {
            Some(RoleGrantTarget::Unit(unit)) => units.push(unit),
            Some(RoleGrantTarget::Grid(grid)) => grids.push(grid),
            Some(RoleGrantTarget::Organisation(organisation)) => organisations.push(organisation),
            Some(RoleGrantTarget::UnitGroup(group)) => {
                let service = &member.services().org;
                let (of_group, in_group) =
                    service.group_members(member.scope(), member.reader(), group.0.id).await?;
                units.extend(of_group.into_iter().map(Unit));
                grids.extend(in_group.into_iter().map(Grid));
            }
            None => {}
        }
    }
    units.sort_by(|left, right| left.0.code.cmp(&right.0.code));
    grids.sort_by(|left, right| left.0.code.cmp(&right.0.code));
    organisations.sort_by(|left, right| left.0.code.cmp(&right.0.code));
    Ok(Viewer {
        account: Account(found.account),
        permissions: found.permissions.iter().map(Into::into).collect(),
        grants: found.grants.into_iter().map(RoleGrant).collect(),
        units,
        grids,
        organisations,
    })
}
