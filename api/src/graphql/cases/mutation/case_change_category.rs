//! `caseChangeCategory`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseChangeCategory`.
#[derive(InputObject)]
pub struct CaseChangeCategoryInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// What it is about from now on.
    category_id: ID,
    /// The reason, 1 to 1,000 characters; whoever reported the case reads it.
    reason: String,
}

/// Outcome of `caseChangeCategory`.
#[derive(SimpleObject)]
pub struct CaseChangeCategoryPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Give a case another category, with the reason (改类).
pub(super) async fn run(
    ctx: &Context<'_>,
    input: CaseChangeCategoryInput,
) -> Outcome<CaseChangeCategoryPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseChangeCategory")?;
    let command = domain::ChangeCategory {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        category: id::parse(&input.category_id)?,
        reason: input.reason,
    };
    let outcome = member.services().cases.change_category(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseChangeCategoryPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => {
            CaseChangeCategoryPayload { case: None, user_errors: CaseUserError::all(ctx, problems) }
        }
    })
}
