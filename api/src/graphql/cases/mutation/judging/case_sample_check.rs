//! `caseSampleCheck`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::CaseUserError;
use crate::graphql::cases::sampling::{CaseSample, SampleFindingKind};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseSampleCheck`.
#[derive(InputObject)]
pub struct CaseSampleCheckInput {
    /// Of which sample it is.
    case_sample_id: ID,
    /// Which case of it.
    case_id: ID,
    /// What it was found to be, said once.
    finding: SampleFindingKind,
    /// What was found, at most 1,000 characters; demanded of what failed.
    note: Option<String>,
}

/// Outcome of `caseSampleCheck`.
#[derive(SimpleObject)]
pub struct CaseSampleCheckPayload {
    /// The sample after it; null when `userErrors` says why not.
    case_sample: Option<CaseSample>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Say what a case of a sample was found to be (通过、不通过).
pub(super) async fn run(ctx: &Context<'_>, input: CaseSampleCheckInput) -> Outcome<CaseSampleCheckPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseSampleCheck")?;
    let command = domain::CheckSampled {
        sample: id::parse(&input.case_sample_id)?,
        case: id::parse(&input.case_id)?,
        finding: input.finding.into(),
        note: input.note,
    };
    let outcome = member.services().cases.check_sample(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(sample) => CaseSampleCheckPayload { case_sample: Some(CaseSample(sample)), user_errors: vec![] },
        Err(problems) => {
            CaseSampleCheckPayload { case_sample: None, user_errors: CaseUserError::all(ctx, problems) }
        }
    })
}
