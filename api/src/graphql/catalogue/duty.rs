//! Who answers for what (权责清单).

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use fengqiao_domain::catalogue as domain;
use fengqiao_domain::kernel::page::PageRequest;

use super::types::{Category, category_of};
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::{Organisation, Unit, organisation_of, unit_of};

/// An organisation answers for a category, and all below it, within a unit (权责).
pub struct Duty(pub domain::Duty);

/// An organisation answers for a category, and all below it, within a unit (权责).
#[Object]
impl Duty {
    /// Global id: `duty_<uuid>`.
    async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// The category, with all below it.
    async fn category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Category>> {
        category_of(ctx, Some(self.0.category)).await.map_err(Into::into).transpose()
    }

    /// Who answers for it.
    async fn organisation(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Organisation>> {
        organisation_of(ctx, Some(self.0.organisation)).await.map_err(Into::into).transpose()
    }

    /// Within which unit: the district, a town or a village.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.0.unit)).await.map_err(Into::into).transpose()
    }

    /// Since when.
    async fn since_at(&self) -> DateTime {
        DateTime(self.0.since)
    }

    /// Until when; null while it lasts.
    async fn until_at(&self) -> Option<DateTime> {
        self.0.until.map(DateTime)
    }
}

/// Which duties are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub(super) struct DutyFilter {
    /// Only for just this category.
    category_id: Option<ID>,
    /// Only of this organisation.
    organisation_id: Option<ID>,
}

/// A page of the duties that last.
pub(super) async fn duties(
    ctx: &Context<'_>,
    filter: Option<DutyFilter>,
    page: &PageRequest,
) -> Outcome<Paged<Duty>> {
    let member = member(ctx)?;
    let filter = filter.unwrap_or_default();
    let filter = domain::DutyFilter {
        category: id::parse_optional(filter.category_id.as_ref())?,
        organisation: id::parse_optional(filter.organisation_id.as_ref())?,
    };
    let (service, reader) = (Arc::new(member.services().catalogue.clone()), member.reader().clone());
    let rows = service.duties(reader.scope(), &reader, filter, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (Arc::clone(&service), reader.clone());
        async move { Ok(service.count_duties(reader.scope(), &reader, filter).await?) }
    });
    Ok(connection(rows, Duty, total))
}
