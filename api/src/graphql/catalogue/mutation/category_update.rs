//! `categoryUpdate`.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, SimpleObject};
use fengqiao_domain::catalogue as domain;

use super::limit::CaseLimitInput;
use crate::graphql::catalogue::{CatalogueUserError, Category, CategoryRoutingKind, Sensitivity};
use crate::graphql::context::member;
use crate::graphql::kit::change::change;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `categoryUpdate`. What is absent stays; null clears where that is said, else it stays too.
#[derive(InputObject)]
pub(super) struct CategoryUpdateInput {
    /// Which category changes.
    category_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Name in Chinese, 1 to 120 characters.
    name_zh: Option<String>,
    /// Name in English, 1 to 120 characters.
    name_en: Option<String>,
    /// Its own limit; null leaves it to the category above.
    limit: MaybeUndefined<CaseLimitInput>,
    /// Kind of responsible organisation: 1 to 32 letters, digits, `-`, `_`, `.`; null leaves it to the
    /// category above.
    organisation_kind: MaybeUndefined<String>,
    /// Who is asked first about its cases; null leaves it to the category above.
    routing: MaybeUndefined<CategoryRoutingKind>,
    /// Metres within which its cases are likely to be one matter, 1 to 5,000; null leaves it to the category above.
    similar_metres: MaybeUndefined<u32>,
    /// Hours within which its cases are likely to be one matter, 1 to 720; null leaves it to the category above.
    similar_hours: MaybeUndefined<u32>,
    /// Least sensitivity of its cases from now on.
    sensitivity: Option<Sensitivity>,
    /// Code of the national standard it answers to, at most 120 characters; null takes it away.
    national_code: MaybeUndefined<String>,
    /// False retires it: no new case may be filed under it.
    is_active: Option<bool>,
}

/// Outcome of `categoryUpdate`.
#[derive(SimpleObject)]
pub(super) struct CategoryUpdatePayload {
    /// The category after the change; null when `userErrors` says why not.
    category: Option<Category>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CatalogueUserError>,
}

/// Change a category's names, terms or whether it is in use; running cases keep the terms they began with.
pub(super) async fn run(ctx: &Context<'_>, input: CategoryUpdateInput) -> Outcome<CategoryUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "categoryUpdate")?;
    let command = domain::UpdateCategory {
        category: id::parse(&input.category_id)?,
        expected_version: input.expected_version,
        name_zh: input.name_zh,
        name_en: input.name_en,
        limit: change(input.limit),
        organisation_kind: change(input.organisation_kind),
        routing: change(input.routing),
        similar_metres: change(input.similar_metres),
        similar_hours: change(input.similar_hours),
        sensitivity: input.sensitivity.map(Into::into),
        national_code: change(input.national_code),
        active: input.is_active,
    };
    let outcome = member.services().catalogue.update_category(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(category) => CategoryUpdatePayload { category: Some(Category(category)), user_errors: vec![] },
        Err(problems) => {
            CategoryUpdatePayload { category: None, user_errors: CatalogueUserError::all(ctx, problems) }
        }
    })
}
