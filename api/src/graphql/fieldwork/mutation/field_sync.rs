//! `fieldSync`.

use async_graphql::{Context, Enum, ID, InputObject, OneofObject, SimpleObject};
use fengqiao_domain::fieldwork as domain;

use super::visit_record::VisitRecordInput;
use crate::graphql::cases::{
    Case, CaseAttachmentInput, CaseAudienceKind, CaseFieldInput, CaseReportInput, CaseUserError,
};
use crate::graphql::context::member;
use crate::graphql::fieldwork::Visit;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{hashes_of, settled};
use crate::graphql::kit::refused;
use crate::graphql::kit::scalars::DateTime;

/// Input of `fieldSync`.
#[derive(InputObject)]
pub struct FieldSyncInput {
    /// What was done offline, in the order in which it was done, at most 100. A batch that broke off is sent again whole.
    operations: Vec<FieldOperationInput>,
}

/// Something that was done offline.
#[derive(InputObject)]
pub struct FieldOperationInput {
    /// What the device calls it, such as a UUID: 1 to 64 visible ASCII characters. The same again with the same content is a repeat.
    operation_key: String,
    /// When it was done, by the device's clock: at most 30 days ago and a day ahead. It is when a case was reported or a visit made,
    /// unless the report or the visit says another time, and decides nothing else: between two who acted on one case only `expectedVersion` does.
    done_at: DateTime,
    /// What was done.
    work: FieldWorkInput,
}

/// What was done offline: exactly one of them.
#[derive(OneofObject)]
pub enum FieldWorkInput {
    /// A case was reported, as by `caseReport`.
    Report(CaseReportInput),
    /// Something was said about a case, as by `caseComment`.
    Comment(FieldCommentInput),
    /// Work on a case began, as by `caseStart`.
    Start(FieldStartInput),
    /// The result was reported, as by `caseComplete`.
    Complete(FieldCompleteInput),
    /// Somebody was visited, as by `visitRecord`.
    Visit(FieldVisitInput),
}

/// Somebody was visited.
#[derive(InputObject)]
pub struct FieldVisitInput {
    /// What happened.
    record: VisitRecordInput,
    /// In place of `record.caseId` the case that an earlier operation of the same batch reported: its `operationKey`, at most 64
    /// characters.
    reported_by: Option<String>,
}

/// A case, as a device knows it: exactly one of them.
#[derive(OneofObject)]
pub enum FieldCaseInput {
    /// One that it has seen.
    CaseId(ID),
    /// The one that an earlier operation of the same batch reported: its `operationKey`, at most 64 characters.
    ReportedBy(String),
}

impl FieldCaseInput {
    fn parsed(self) -> Outcome<domain::FieldCase> {
        Ok(match self {
            Self::CaseId(case) => domain::FieldCase::Known(id::parse(&case)?),
            Self::ReportedBy(operation) => domain::FieldCase::ReportedBy(operation),
        })
    }
}

/// Something was said about a case.
#[derive(InputObject)]
pub struct FieldCommentInput {
    /// Which case.
    case: FieldCaseInput,
    /// The version the caller saw, raised by one for each own operation before; needed where fields are given.
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

/// Work on a case began.
#[derive(InputObject)]
pub struct FieldStartInput {
    /// Which case.
    case: FieldCaseInput,
    /// The version the caller saw, raised by one for each own operation before.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// What is to be said, at most 1,000 characters.
    note: Option<String>,
}

/// The result was reported.
#[derive(InputObject)]
pub struct FieldCompleteInput {
    /// Which case.
    case: FieldCaseInput,
    /// The version the caller saw, raised by one for each own operation before.
    expected_version: i64,
    /// Values of the fields that the case's programme takes with it, at most 60.
    fields: Option<Vec<CaseFieldInput>>,
    /// Photos and documents that come with it, which the caller brought before, at most 9.
    attachments: Option<Vec<CaseAttachmentInput>>,
    /// What was done, 1 to 1,000 characters.
    result: String,
}

impl FieldWorkInput {
    fn expected_version(&self) -> Option<i64> {
        match self {
            Self::Report(_) | Self::Visit(_) => None,
            Self::Comment(comment) => comment.expected_version,
            Self::Start(start) => Some(start.expected_version),
            Self::Complete(complete) => Some(complete.expected_version),
        }
    }

    fn parsed(self) -> Outcome<domain::FieldWork> {
        let version = self.expected_version();
        let (case, fields, attachments, kind) = match self {
            Self::Report(report) => return Ok(domain::FieldWork::Report(Box::new(report.parsed()?))),
            Self::Visit(input) => {
                let (visit, reported_by) = (input.record.parsed()?, input.reported_by);
                return Ok(domain::FieldWork::Visit(Box::new(domain::FieldVisit { visit, reported_by })));
            }
            Self::Comment(input) => {
                let (text, audience) = (input.text, input.audience.into());
                let kind = domain::FieldActKind::Comment { text, audience };
                (input.case, input.fields, input.attachments, kind)
            }
            Self::Start(input) => {
                let kind = domain::FieldActKind::Start { note: input.note };
                (input.case, input.fields, input.attachments, kind)
            }
            Self::Complete(input) => {
                let kind = domain::FieldActKind::Complete { result: input.result };
                (input.case, input.fields, input.attachments, kind)
            }
        };
        let (case, values) = (case.parsed()?, CaseFieldInput::parsed(fields)?);
        let attachments = CaseAttachmentInput::parsed(attachments)?;
        Ok(domain::FieldWork::Act(domain::FieldAct { case, version, values, attachments, kind }))
    }
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum FieldOperationState {
    /// It was carried out.
    Done,
    /// It had been carried out before, and nothing more was done.
    Replayed,
    /// The case changed since `expectedVersion`; nothing was done. Whoever decides anew sends it under the same `operationKey`.
    Conflict,
    /// `userErrors` say why it was not carried out.
    Refused,
    /// An earlier operation of the batch on the same case was not carried out, so that this one was not tried.
    Skipped,
}

/// What became of one operation.
#[derive(SimpleObject)]
pub struct FieldOperationResult {
    /// What the device calls it.
    operation_key: String,
    /// What became of it.
    state: FieldOperationState,
    /// With DONE the case right after it, with REPLAYED and CONFLICT the case as it is now. Null otherwise, for a visit, and when
    /// the caller sees it no longer.
    case: Option<Case>,
    /// The visit, with DONE and REPLAYED; null otherwise.
    visit: Option<Visit>,
    /// The version that it was sent with, with CONFLICT: that of `case` is the present one.
    expected_version: Option<i64>,
    /// What the caller can mend, with REFUSED: what the mutation for it alone says.
    user_errors: Vec<CaseUserError>,
}

/// Outcome of `fieldSync`.
#[derive(SimpleObject)]
pub struct FieldSyncPayload {
    /// What became of each operation, in the order sent; none when `userErrors` say why not.
    operations: Vec<FieldOperationResult>,
    /// What the caller can mend of the batch; empty when each operation was looked at.
    user_errors: Vec<CaseUserError>,
}

/// Carry out what was done offline (离线批量同步).
pub(super) async fn run(ctx: &Context<'_>, input: FieldSyncInput) -> Outcome<FieldSyncPayload> {
    let member = member(ctx)?;
    let hashes = hashes_of(ctx, "operations")?;
    if hashes.len() != input.operations.len() {
        return Err(Fault::internal());
    }
    let (mut sent, mut operations) = (vec![], vec![]);
    for (operation, content) in input.operations.into_iter().zip(hashes) {
        sent.push((operation.operation_key.clone(), operation.work.expected_version()));
        let (at, work) = (operation.done_at.0, operation.work.parsed()?);
        operations.push(domain::FieldOperation { id: operation.operation_key, at, content, work });
    }
    let outcome = member.services().fieldwork.sync_field(member.scope(), &operations).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(outcomes) => {
            for outcome in &outcomes {
                if let domain::FieldOutcome::Refused(problems) = outcome
                    && let Some(refused) = refused::of_problems(ctx, problems)
                {
                    refused::note(member, &refused).await;
                }
            }
            let results = sent.into_iter().zip(outcomes).map(|(sent, outcome)| told(ctx, sent, outcome));
            FieldSyncPayload { operations: results.collect(), user_errors: vec![] }
        }
        Err(problems) => {
            FieldSyncPayload { operations: vec![], user_errors: CaseUserError::all(ctx, problems) }
        }
    })
}

fn told(
    ctx: &Context<'_>,
    (operation_key, expected): (String, Option<i64>),
    outcome: domain::FieldOutcome,
) -> FieldOperationResult {
    let of_case = |case: Option<_>| case.map(domain::FieldYield::Case);
    let (state, done, problems) = match outcome {
        domain::FieldOutcome::Done(done) => (FieldOperationState::Done, Some(done), vec![]),
        domain::FieldOutcome::Replayed(done) => (FieldOperationState::Replayed, done, vec![]),
        domain::FieldOutcome::Conflict(case) => (FieldOperationState::Conflict, of_case(case), vec![]),
        domain::FieldOutcome::Refused(problems) => (FieldOperationState::Refused, None, problems),
        domain::FieldOutcome::Skipped => (FieldOperationState::Skipped, None, vec![]),
    };
    let (case, visit) = match done {
        Some(domain::FieldYield::Case(case)) => (Some(Case(*case)), None),
        Some(domain::FieldYield::Visit(visit)) => (None, Some(Visit(*visit))),
        None => (None, None),
    };
    FieldOperationResult {
        operation_key,
        state,
        case,
        visit,
        expected_version: expected.filter(|_| state == FieldOperationState::Conflict),
        user_errors: CaseUserError::all(ctx, problems),
    }
}
