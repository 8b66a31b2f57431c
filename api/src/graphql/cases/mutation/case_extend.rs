//! `caseExtend`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseExtend`.
#[derive(InputObject)]
pub struct CaseExtendInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// So many more of the hours or days of its limit, at least 1; together at most 87,600 hours or 3,650 days.
    amount: i32,
    /// The reason, 1 to 1,000 characters.
    reason: String,
}

/// Outcome of `caseExtend`.
#[derive(SimpleObject)]
pub struct CaseExtendPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Give a case more time, with the reason (延期).
pub(super) async fn run(ctx: &Context<'_>, input: CaseExtendInput) -> Outcome<CaseExtendPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseExtend")?;
    let command = domain::ExtendCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        // Less than nothing is as little as nothing: the use case says so, with the input's path.
        amount: u32::try_from(input.amount).unwrap_or_default(),
        reason: input.reason,
    };
    let outcome = member.services().cases.extend(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseExtendPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseExtendPayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
