//! `caseSampleCreate`.

use async_graphql::{Context, ID, InputObject, OneofObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::CaseUserError;
use crate::graphql::cases::sampling::CaseSample;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::Date;

/// How many cases are drawn: exactly one of them.
#[derive(OneofObject)]
pub enum CaseSampleSizeInput {
    /// So many, or all there are; 1 to 500.
    Cases(u32),
    /// So many of a hundred, at least one and at most 500 altogether; 1 to 100.
    Percent(u32),
}

/// Input of `caseSampleCreate`.
#[derive(InputObject)]
pub struct CaseSampleCreateInput {
    /// What it is called, 1 to 60 characters.
    name: String,
    /// The unit whose cases are drawn from; without one the widest where the caller draws samples.
    unit_id: Option<ID>,
    /// Only of this category, with all below it.
    category_id: Option<ID>,
    /// Only following the programme with this key, whichever version; at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    programme_key: Option<String>,
    /// Only closed on this day or later.
    closed_from_on: Option<Date>,
    /// Only closed on this day or earlier.
    closed_until_on: Option<Date>,
    /// How many.
    size: CaseSampleSizeInput,
}

/// Outcome of `caseSampleCreate`.
#[derive(SimpleObject)]
pub struct CaseSampleCreatePayload {
    /// The sample; null when `userErrors` says why not.
    case_sample: Option<CaseSample>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Draw a sample of closed cases at random (抽查).
pub(super) async fn run(ctx: &Context<'_>, input: CaseSampleCreateInput) -> Outcome<CaseSampleCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseSampleCreate")?;
    let command = domain::DrawSample {
        name: input.name,
        unit: input.unit_id.as_ref().map(id::parse).transpose()?,
        category: input.category_id.as_ref().map(id::parse).transpose()?,
        programme: input.programme_key,
        closed_from: input.closed_from_on.map(|day| day.0),
        closed_until: input.closed_until_on.map(|day| day.0),
        size: match input.size {
            CaseSampleSizeInput::Cases(cases) => domain::SampleSize::Cases(cases),
            CaseSampleSizeInput::Percent(percent) => domain::SampleSize::Percent(percent),
        },
    };
    let outcome = member.services().cases.draw_sample(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(sample) => CaseSampleCreatePayload { case_sample: Some(CaseSample(sample)), user_errors: vec![] },
        Err(problems) => {
            CaseSampleCreatePayload { case_sample: None, user_errors: CaseUserError::all(ctx, problems) }
        }
    })
}
