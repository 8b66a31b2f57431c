//! `caseMerge`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseMerge`.
#[derive(InputObject)]
pub struct CaseMergeInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// The case that it becomes part of; where that is part of another itself, it becomes part of the other.
    master_id: ID,
    /// The reason, 1 to 1,000 characters; whoever reported the case reads it.
    reason: String,
}

/// Outcome of `caseMerge`.
#[derive(SimpleObject)]
pub struct CaseMergePayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Make a case part of another, with the reason (并案).
pub(super) async fn run(ctx: &Context<'_>, input: CaseMergeInput) -> Outcome<CaseMergePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseMerge")?;
    let command = domain::MergeCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        master: id::parse(&input.master_id)?,
        reason: input.reason,
    };
    let outcome = member.services().cases.merge(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseMergePayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseMergePayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
