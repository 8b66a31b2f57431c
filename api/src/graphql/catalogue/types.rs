//! Objects of the catalogue slice.
//!
//! Consumers: `code`, names and `children` fill the picker of a report form; the own terms fill the
//! administrator's form; `effectiveTerms` tells a reporter how long a case will take and who answers.

use async_graphql::{Context, ID, Object, SimpleObject};
use fengqiao_domain::catalogue as domain;
use fengqiao_domain::kernel::calendar::Limit;
use fengqiao_domain::kernel::id::CategoryId;

use super::enums::{CategoryRoutingKind, LimitKind, Sensitivity};
use super::loaders::{ChildrenOf, TermsOf};
use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::http::Language;

/// What a case can be about: a node of the tenant's tree of categories.
pub struct Category(pub domain::Category);

impl Category {
    /// Its name in a language.
    pub(crate) fn name_in(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.0.name_zh,
            Language::En => &self.0.name_en,
        }
    }
}

/// What a case can be about (事项分类): a node of the tenant's tree of categories.
#[Object]
impl Category {
    /// Global id: `category_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Code within the tenant; it never changes.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Name in Chinese.
    async fn name_zh(&self) -> &str {
        &self.0.name_zh
    }

    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// Depth in the tree, 1 to 8: 1 for a class (大类) at the root.
    async fn level(&self) -> u32 {
        self.0.level
    }

    /// The category above; none for a class at the root.
    async fn parent(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Category>> {
        category_of(ctx, self.0.parent).await.map_err(Into::into).transpose()
    }

    /// The categories right below, by code, retired ones among them.
    async fn children(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Category>> {
        Ok(children_of(ctx, self.0.id).await?)
    }

    /// The limit it gives itself; null leaves it to the category above.
    async fn limit(&self) -> Option<CaseLimit> {
        self.0.limit.map(CaseLimit::from)
    }

    /// The kind of responsible organisation it gives itself; null leaves it to the category above.
    async fn organisation_kind(&self) -> Option<&str> {
        self.0.organisation_kind.as_deref()
    }

    /// Who it says is asked first; null leaves it to the category above.
    async fn routing(&self) -> Option<CategoryRoutingKind> {
        self.0.routing.map(Into::into)
    }

    /// Metres within which it says that cases are alike; null leaves it to the category above.
    async fn similar_metres(&self) -> Option<u32> {
        self.0.similar_metres
    }

    /// Hours within which it says that cases are alike; null leaves it to the category above.
    async fn similar_hours(&self) -> Option<u32> {
        self.0.similar_hours
    }

    /// The least sensitivity it gives its cases and the categories below.
    async fn sensitivity(&self) -> Sensitivity {
        self.0.sensitivity.into()
    }

    /// What counts for a case filed under it now: its own terms, else those of the nearest category above.
    async fn effective_terms(&self, ctx: &Context<'_>) -> async_graphql::Result<CategoryTerms> {
        Ok(terms_of(ctx, self.0.id).await?)
    }

    /// Code of the national standard it answers to, for example `GB/T 30428.2:01`.
    async fn national_code(&self) -> Option<&str> {
        self.0.national_code.as_deref()
    }

    /// Whether new cases may be filed under it.
    async fn is_active(&self) -> bool {
        self.0.active
    }

    /// Version, to be sent back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// The time a case may take.
#[derive(SimpleObject)]
pub struct CaseLimit {
    /// Hours or days from the report to the closing.
    amount: u32,
    /// What they are.
    kind: LimitKind,
}

impl From<Limit> for CaseLimit {
    fn from(limit: Limit) -> Self {
        Self { amount: limit.amount, kind: limit.kind.into() }
    }
}

/// What counts for the cases of a category; running cases keep the terms they began with.
#[derive(SimpleObject)]
pub(super) struct CategoryTerms {
    /// Time a case may take; null when no category on the way to the root gives one.
    limit: Option<CaseLimit>,
    /// Kind of the organisation that answers for it; null when no category on the way to the root gives one.
    organisation_kind: Option<String>,
    /// Who is asked first; `TERRITORY_FIRST` when no category on the way to the root says.
    routing: CategoryRoutingKind,
    /// Metres between points within which cases are likely to be one matter; 50 when no category on the way to the root says.
    similar_metres: u32,
    /// Hours between reports within which cases are likely to be one matter; 24 when no category on the way to the root says.
    similar_hours: u32,
    /// Least sensitivity of its cases: the highest on the way to the root.
    sensitivity: Sensitivity,
}

impl From<domain::EffectiveTerms> for CategoryTerms {
    fn from(terms: domain::EffectiveTerms) -> Self {
        Self {
            limit: terms.limit.map(|(limit, _)| limit.into()),
            organisation_kind: terms.organisation_kind,
            routing: terms.routing.into(),
            similar_metres: terms.nearness.metres,
            similar_hours: terms.nearness.hours,
            sensitivity: terms.sensitivity.into(),
        }
    }
}

/// The category with an id, through the request's loader.
///
/// # Errors
/// As the database says.
pub async fn category_of(ctx: &Context<'_>, id: Option<CategoryId>) -> Outcome<Option<Category>> {
    let Some(id) = id else { return Ok(None) };
    Ok(member(ctx)?.categories().load_one(id).await?.map(Category))
}

async fn children_of(ctx: &Context<'_>, id: CategoryId) -> Outcome<Vec<Category>> {
    let children = member(ctx)?.categories().load_one(ChildrenOf(id)).await?;
    Ok(children.into_iter().flatten().map(Category).collect())
}

/// The row is there, so its terms are too: one snapshot holds both.
async fn terms_of(ctx: &Context<'_>, id: CategoryId) -> Outcome<CategoryTerms> {
    let terms = member(ctx)?.categories().load_one(TermsOf(id)).await?;
    terms.map(CategoryTerms::from).ok_or_else(Fault::internal)
}
