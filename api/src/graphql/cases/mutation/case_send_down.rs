//! `caseSendDown`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::inputs::CaseAssigneeInput;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseSendDown`.
#[derive(InputObject)]
pub struct CaseSendDownInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// To whom.
    target: CaseAssigneeInput,
    /// Why, at most 1,000 characters.
    reason: Option<String>,
}

/// Outcome of `caseSendDown`.
#[derive(SimpleObject)]
pub struct CaseSendDownPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Send a case to a level below (下派、交办).
pub(super) async fn run(ctx: &Context<'_>, input: CaseSendDownInput) -> Outcome<CaseSendDownPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseSendDown")?;
    let command = domain::GiveCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        target: input.target.parsed()?,
        reason: input.reason,
    };
    let outcome = member.services().cases.send_down(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseSendDownPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseSendDownPayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
