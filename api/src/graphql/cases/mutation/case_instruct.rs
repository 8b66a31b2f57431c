//! `caseInstruct`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseInstruct`.
#[derive(InputObject)]
pub struct CaseInstructInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// What is instructed, 1 to 1,000 characters.
    text: String,
}

/// Outcome of `caseInstruct`.
#[derive(SimpleObject)]
pub struct CaseInstructPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Write an instruction on a case, for staff (批示).
pub(super) async fn run(ctx: &Context<'_>, input: CaseInstructInput) -> Outcome<CaseInstructPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseInstruct")?;
    let command = domain::InstructCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        text: input.text,
    };
    let outcome = member.services().cases.instruct(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseInstructPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseInstructPayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
