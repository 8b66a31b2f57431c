//! `categoryCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::catalogue as domain;

use super::limit::CaseLimitInput;
use crate::graphql::catalogue::{CatalogueUserError, Category, CategoryRoutingKind, Sensitivity};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `categoryCreate`.
#[derive(InputObject)]
pub(super) struct CategoryCreateInput {
    /// The category above; absent for a class at the root. The tree has at most 8 levels.
    parent_id: Option<ID>,
    /// Code within the tenant: 1 to 32 letters, digits, `-`, `_`, `.`.
    code: String,
    /// Name in Chinese, 1 to 120 characters.
    name_zh: String,
    /// Name in English, 1 to 120 characters.
    name_en: String,
    /// Its own limit; absent leaves it to the category above.
    limit: Option<CaseLimitInput>,
    /// Kind of responsible organisation: 1 to 32 letters, digits, `-`, `_`, `.`; absent leaves it to the
    /// category above.
    organisation_kind: Option<String>,
    /// Who is asked first about its cases; absent leaves it to the category above.
    routing: Option<CategoryRoutingKind>,
    /// Metres within which its cases are likely to be one matter, 1 to 5,000; absent leaves it to the category above.
    similar_metres: Option<u32>,
    /// Hours within which its cases are likely to be one matter, 1 to 720; absent leaves it to the category above.
    similar_hours: Option<u32>,
    /// Least sensitivity of its cases.
    sensitivity: Sensitivity,
    /// Code of the national standard it answers to, at most 120 characters.
    national_code: Option<String>,
}

/// Outcome of `categoryCreate`.
#[derive(SimpleObject)]
pub(super) struct CategoryCreatePayload {
    /// The category as it was created; null when `userErrors` says why not.
    category: Option<Category>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CatalogueUserError>,
}

/// Create a category at the root or below another; new cases may be filed under it at once.
pub(super) async fn run(ctx: &Context<'_>, input: CategoryCreateInput) -> Outcome<CategoryCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "categoryCreate")?;
    let command = domain::CreateCategory {
        parent: id::parse_optional(input.parent_id.as_ref())?,
        code: input.code,
        name_zh: input.name_zh,
        name_en: input.name_en,
        limit: input.limit.map(Into::into),
        organisation_kind: input.organisation_kind,
        routing: input.routing.map(Into::into),
        similar_metres: input.similar_metres,
        similar_hours: input.similar_hours,
        sensitivity: input.sensitivity.into(),
        national_code: input.national_code,
    };
    let outcome = member.services().catalogue.create_category(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(category) => CategoryCreatePayload { category: Some(Category(category)), user_errors: vec![] },
        Err(problems) => {
            CategoryCreatePayload { category: None, user_errors: CatalogueUserError::all(ctx, problems) }
        }
    })
}
