//! Visits.

use async_graphql::{Context, ID, Object};
use fengqiao_domain::fieldwork as domain;
use fengqiao_domain::kernel::id::VisitId;

use super::enums::{ChildDataBasisKind, VisitOutcomeKind, VisitPurposeKind, VisitState, VisitSubjectKind};
use crate::graphql::cases::{Case, GeoPoint, address_of, case_of};
use crate::graphql::catalogue::Sensitivity;
use crate::graphql::context::member;
use crate::graphql::identity::{Account, MaskedText, account_of};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::{Grid, Unit, grid_of, unit_of};

/// A visit (走访).
pub struct Visit(pub domain::Visit);

/// A visit (走访): somebody called on a person, a household, a business or premises. Seen by whoever reads the cases of its place up
/// to its sensitivity, of every category, and by whoever made it. One to a key person by whoever holds `KEY_PERSON_FOLLOW_UP` over its place,
/// and by whoever made it. One to somebody under fourteen by whoever of these holds `CHILD_READ` over its place too, and by whoever made it.
#[Object]
impl Visit {
    /// Global id: `visit_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Who made it; null for whom the caller may not know.
    async fn account(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, Some(self.0.by)).await.map_err(Into::into).transpose()
    }

    /// Who or what was visited.
    async fn subject(&self) -> VisitSubject<'_> {
        VisitSubject(&self.0)
    }

    /// What it was made for.
    async fn purpose(&self) -> VisitPurposeKind {
        self.0.purpose.into()
    }

    /// What came of it.
    async fn outcome(&self) -> VisitOutcomeKind {
        self.0.outcome.into()
    }

    /// What was seen, heard and said.
    async fn findings(&self) -> Option<&str> {
        self.0.texts.findings.as_deref()
    }

    /// How carefully it must be handled.
    async fn sensitivity(&self) -> Sensitivity {
        self.0.sensitivity.into()
    }

    /// Where it was made.
    async fn place(&self) -> VisitPlace<'_> {
        VisitPlace(&self.0)
    }

    /// The case that it was made for; null without one, and for one that the caller does not see.
    async fn case(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Case>> {
        case_of(ctx, self.0.case?).await.map_err(Into::into).transpose()
    }

    /// When it was made.
    async fn visited_at(&self) -> DateTime {
        DateTime(self.0.visited_at)
    }

    /// When it was recorded, perhaps later: offline, or from paper.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.0.recorded_at)
    }

    /// Whether it counts.
    async fn state(&self) -> VisitState {
        self.0.state().into()
    }

    /// When it was struck off; null while it counts.
    async fn voided_at(&self) -> Option<DateTime> {
        self.0.voided_at.map(DateTime)
    }

    /// Why it was struck off; null while it counts.
    async fn void_reason(&self) -> Option<&str> {
        self.0.texts.void_reason.as_deref()
    }

    /// Version: 1, and 2 from the striking off on.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// Who or what was visited.
pub struct VisitSubject<'a>(&'a domain::Visit);

/// Who or what was visited.
#[Object]
impl VisitSubject<'_> {
    /// What it is.
    async fn kind(&self) -> VisitSubjectKind {
        self.0.subject.into()
    }

    /// Masked name: `张*`.
    async fn name(&self) -> Option<MaskedText> {
        masked(self.0.texts.name.as_ref())
    }

    /// Masked telephone number: `138****5678`.
    async fn phone(&self) -> Option<MaskedText> {
        masked(self.0.texts.phone.as_ref())
    }

    /// Whether it is a key person (重点人员), or who lives with one.
    async fn is_key_person(&self) -> bool {
        self.0.key_person
    }

    /// Whether they count as a child today (不满十四周岁): until the day of the fourteenth birthday, that day included. A person of whom nobody said how old
    /// they are does.
    async fn is_under_fourteen(&self) -> bool {
        self.0.under_fourteen
    }

    /// Whether they count as a child only because nobody said how old they are: who made the visit, or holds `CHILD_READ` there, reads them whole.
    async fn is_under_fourteen_assumed(&self) -> bool {
        self.0.is_age_assumed()
    }

    /// On what ground their data is kept (处理依据); null of whoever was no child when they were visited.
    async fn child_data_basis_kind(&self) -> Option<ChildDataBasisKind> {
        self.0.child_data_basis.map(Into::into)
    }

    /// Masked name of the guardian who consented to that (监护人); null where another ground stands for it.
    async fn guardian_name(&self) -> Option<MaskedText> {
        masked(self.0.texts.guardian.as_ref())
    }
}

fn masked(text: Option<&String>) -> Option<MaskedText> {
    text.map(|text| MaskedText { text: text.clone(), is_masked: true })
}

/// Where a visit was made, as deep in the three tiers as is known.
pub struct VisitPlace<'a>(&'a domain::Visit);

/// Where a visit was made, as deep in the three tiers as is known.
#[Object]
impl VisitPlace<'_> {
    /// The town it lies in, when known.
    async fn town(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, self.0.place.town).await.map_err(Into::into).transpose()
    }

    /// The village it lies in, when known.
    async fn village(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, self.0.place.village).await.map_err(Into::into).transpose()
    }

    /// The grid it lies in, when known.
    async fn grid(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Grid>> {
        grid_of(ctx, self.0.place.grid).await.map_err(Into::into).transpose()
    }

    /// Address, as it was typed: whole for whoever made the visit and whoever goes from door to door in its village, of a child or a key person only
    /// with what reading of them needs; for others it ends there, as in `新地社区***`. `personReveal` tells it to whoever may read it whole.
    async fn address(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<MaskedText>> {
        let member = member(ctx)?;
        let address = self.0.address_for(member.scope());
        Ok(address_of(ctx, &self.0.place, address).await?)
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// Point on the map: null for whoever reads the address to the village.
    async fn point(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<GeoPoint>> {
        let member = member(ctx)?;
        Ok(self.0.point_for(member.scope()).map(Into::into))
    }
}

/// The visit with an id, when the caller sees it.
///
/// # Errors
/// As the database says.
pub async fn visit_of(ctx: &Context<'_>, id: VisitId) -> Outcome<Option<Visit>> {
    Ok(member(ctx)?.visits().load_one(id).await?.map(Visit))
}
