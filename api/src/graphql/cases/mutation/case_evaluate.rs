//! `caseEvaluate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::cases as domain;

use crate::graphql::cases::attachment::CaseAttachmentInput;
use crate::graphql::cases::enums::CaseRatingKind;
use crate::graphql::cases::judging::CaseQuestionScoreInput;
use crate::graphql::cases::query::bounded;
use crate::graphql::cases::value::CaseFieldInput;
use crate::graphql::cases::{Case, CaseUserError};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Most reasons, and most scores: as many as a form has.
const MOST_ASKED: usize = 20;

/// Input of `caseEvaluate`.
#[derive(InputObject)]
pub struct CaseEvaluateInput {
    /// Which case it is done to.
    case_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// The judgement.
    rating: CaseRatingKind,
    /// Keys of reasons from the form of the case's programme, at most 20; none of whoever is satisfied.
    reasons: Option<Vec<String>>,
    /// Scores of the questions of the form, at most 20.
    answers: Option<Vec<CaseQuestionScoreInput>>,
    /// Why, at most 1,000 characters; whoever is dissatisfied says it, or chooses a reason.
    note: Option<String>,
}

/// Outcome of `caseEvaluate`.
#[derive(SimpleObject)]
pub struct CaseEvaluatePayload {
    /// The case after the act; null when `userErrors` says why not.
    case: Option<Case>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CaseUserError>,
}

/// Judge how a closed case was settled, once per closing (评价).
pub(super) async fn run(ctx: &Context<'_>, input: CaseEvaluateInput) -> Outcome<CaseEvaluatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "caseEvaluate")?;
    let answers = bounded(input.answers, MOST_ASKED)?;
    let answers = answers.into_iter().map(CaseQuestionScoreInput::parsed).collect();
    let command = domain::EvaluateCase {
        seen: domain::Seen {
            case: id::parse(&input.case_id)?,
            version: Some(input.expected_version),
            values: CaseFieldInput::parsed(input.fields)?,
            attachments: CaseAttachmentInput::parsed(input.attachments)?,
        },
        rating: input.rating.into(),
        filled: domain::FilledForm { reasons: bounded(input.reasons, MOST_ASKED)?, answers },
        note: input.note,
    };
    let outcome = member.services().cases.evaluate(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(case) => CaseEvaluatePayload { case: Some(Case(case)), user_errors: vec![] },
        Err(problems) => CaseEvaluatePayload { case: None, user_errors: CaseUserError::all(ctx, problems) },
    })
}
