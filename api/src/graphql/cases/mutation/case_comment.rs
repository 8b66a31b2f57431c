//! `caseComment`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::enums::CaseAudienceKind;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseComment`.
#[derive(InputObject)]
pub struct CaseCommentInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw; needed where fields are given, for their values follow those of before.
    expected_version: Option<i64>,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// What is said, 1 to 1,000 characters.
    text: String,
    /// Who may read it.
    audience: CaseAudienceKind,
}

/// Outcome of `caseComment`.
#[derive(SimpleObject)]
pub struct CaseCommentPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Say something about a case (留言).
pub(super) async fn run(ctx: &Context<'_>, input: CaseCommentInput) -> Outcome<CaseCommentPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseComment")?;
    let command = domain::CommentCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: input.expected_version,
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        text: input.text,
        audience: input.audience.into(),
    };
    let outcome = member.services().cases.comment(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseCommentPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseCommentPayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
