//! `caseReturnVisit`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::enums::{CaseContactState, CaseRatingKind, CaseVisitChannelKind};
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `caseReturnVisit`.
#[derive(InputObject)]
pub struct CaseReturnVisitInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// How it was made.
    channel: CaseVisitChannelKind,
    /// Whether anybody was reached.
    contact: CaseContactState,
    /// What they make of the result: demanded of somebody who was reached, and refused otherwise.
    rating: Option<CaseRatingKind>,
    /// What was said, at most 1,000 characters; demanded when nobody was reached, and of dissatisfaction.
    note: Option<String>,
}

/// Outcome of `caseReturnVisit`.
#[derive(SimpleObject)]
pub struct CaseReturnVisitPayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Write down a return visit to the reporter of a case (回访).
pub(super) async fn run(ctx: &Context<'_>, input: CaseReturnVisitInput) -> Outcome<CaseReturnVisitPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseReturnVisit")?;
    let command = domain::ReturnVisitCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        channel: input.channel.into(),
        contact: input.contact.into(),
        rating: input.rating.map(Into::into),
        note: input.note,
    };
    let outcome = member.services().cases.return_visit(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseReturnVisitPayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => {
            CaseReturnVisitPayload { case: None, user_errors: CaseUserError::all(ctx, problems) }
        }
    })
}
