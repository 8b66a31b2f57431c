//! `caseAdvance`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseAdvance`.
#[derive(InputObject)]
pub struct CaseAdvanceInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// Key of the stage that it is to lead to, at most 32 characters.
    to_stage: String,
    /// What is to be said, at most 1,000 characters; some programmes demand it.
    note: Option<String>,
}

/// Outcome of `caseAdvance`.
#[derive(SimpleObject)]
pub struct CaseAdvancePayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Move a case on to another stage of its state (推进).
pub(super) async fn run(ctx: &Context<'_>, input: CaseAdvanceInput) -> Outcome<CaseAdvancePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseAdvance")?;
    let command = domain::StepCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        stage: input.to_stage,
        note: input.note,
    };
    let outcome = member.services().cases.advance(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseAdvancePayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseAdvancePayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
