//! `caseVerify`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseVerify`.
#[derive(InputObject)]
pub struct CaseVerifyInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// What is to be said, at most 1,000 characters.
    note: Option<String>,
    /// How well it was settled (评分), 1 to 5, 5 for the best; read by staff alone. What the reporter makes of it is another thing:
    /// `caseEvaluate`.
    score: Option<i32>,
}

/// Outcome of `caseVerify`.
#[derive(SimpleObject)]
pub struct CaseVerifyPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Confirm the result that somebody else reported (核查、评分).
pub(super) async fn run(ctx: &Context<'_>, input: CaseVerifyInput) -> Outcome<CaseVerifyPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseVerify")?;
    let command = domain::VerifyCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        note: input.note,
        // What is no score at all counts as none of those that are.
        score: input.score.map(|score| u8::try_from(score).unwrap_or_default()),
    };
    let outcome = member.services().cases.verify(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseVerifyPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseVerifyPayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
