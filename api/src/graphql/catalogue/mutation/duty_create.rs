//! `dutyCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::catalogue as domain;

use crate::graphql::catalogue::CatalogueUserError;
use crate::graphql::catalogue::duty::Duty;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `dutyCreate`.
#[derive(InputObject)]
#[expect(clippy::struct_field_names, reason = "the fields of an input")]
pub(super) struct DutyCreateInput {
    /// The category, with all below it.
    category_id: ID,
    /// Who answers for it.
    organisation_id: ID,
    /// Within which unit: the district, a town or a village. Of several duties for one category those of the smallest unit
    /// around the place count.
    unit_id: ID,
}

/// Outcome of `dutyCreate`.
#[derive(SimpleObject)]
pub(super) struct DutyCreatePayload {
    /// The duty as it was written down; null when `userErrors` says why not.
    duty: Option<Duty>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CatalogueUserError>,
}

/// Write down that an organisation answers for a category and all below it within a unit (权责清单); reports go by it at once.
pub(super) async fn run(ctx: &Context<'_>, input: DutyCreateInput) -> Outcome<DutyCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "dutyCreate")?;
    let command = domain::CreateDuty {
        category: id::parse(&input.category_id)?,
        organisation: id::parse(&input.organisation_id)?,
        unit: id::parse(&input.unit_id)?,
    };
    let outcome = member.services().catalogue.create_duty(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(duty) => DutyCreatePayload { duty: Some(Duty(duty)), user_errors: vec![] },
        Err(problems) => {
            DutyCreatePayload { duty: None, user_errors: CatalogueUserError::all(ctx, problems) }
        }
    })
}
