//! Carry out what was done without a network (离线批量同步): one operation after the other, each as if it had been sent alone.
//!
//! Each operation is a use case of its own, in a transaction of its own and under a key of its own, which is what the device
//! calls it: a batch that broke off is sent again whole, and nothing of it happens twice. The order of what concerns one case is
//! kept: after one that was not carried out the others on the same case are not either.

use crate::cases::command::{CommentCase, CompleteCase, NoteCase, ReportCase, Seen};
use crate::cases::error::CaseError;
use crate::cases::field::{
    Batch, Concerned, FieldAct, FieldActKind, FieldOperation, FieldOutcome, FieldWork, MOST_OPERATIONS,
    MUTATION,
};
use crate::cases::model::Case;
use crate::cases::service::{Answer, CaseService};
use crate::cases::store;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::CaseId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::{Claim, Scope};
use crate::store::StoreError;

impl CaseService {
    /// Carries out what was done offline, in the order given. Each operation needs what its own use case needs.
    ///
    /// # Errors
    /// `TOO_MANY_OPERATIONS`; whatever is not the caller's mistake ends the batch, which is to be sent again whole.
    pub async fn sync_field(
        &self,
        scope: &Scope,
        operations: &[FieldOperation],
    ) -> Answer<Vec<FieldOutcome>> {
        if operations.len() > MOST_OPERATIONS {
            let error = CaseError::TooManyOperations { limit: MOST_OPERATIONS };
            return Err(Failure::user("operations", error));
        }
        let (mut batch, mut outcomes) = (Batch::default(), vec![]);
        for (index, operation) in operations.iter().enumerate() {
            let concerned = batch.concerned(operation);
            let outcome = self.carried_out(scope, operation, concerned).await?;
            batch.note(operation, concerned, &outcome);
            outcomes.push(placed(outcome, index));
        }
        Ok(outcomes)
    }

    async fn carried_out(
        &self,
        scope: &Scope,
        operation: &FieldOperation,
        concerned: Concerned,
    ) -> Answer<FieldOutcome> {
        let problems = operation.problems(self.db.now());
        if !problems.is_empty() {
            return Ok(FieldOutcome::Refused(problems));
        }
        let scope = &claimed(scope, operation);
        let answer = match (&operation.work, concerned) {
            (_, Concerned::Halted) => return Ok(FieldOutcome::Skipped),
            (FieldWork::Report(command), _) => self.report(scope, self.dated(command, operation)).await,
            (FieldWork::Act(act), Concerned::Case(case)) => self.act(scope, case, act).await,
            (FieldWork::Act(_), Concerned::New | Concerned::Nothing) => {
                Err(Failure::user("caseId", CaseError::NotFound))
            }
        };
        let place = operation.place();
        Ok(match answer {
            Ok(case) if scope.was_replayed() => FieldOutcome::Replayed(Some(Box::new(case))),
            Ok(case) => FieldOutcome::Done(Box::new(case)),
            Err(Failure::User(_)) if scope.was_replayed() => FieldOutcome::Replayed(None),
            Err(Failure::User(problems)) => match (is_conflict(&problems), concerned) {
                (true, Concerned::Case(case)) => FieldOutcome::Conflict(self.present(scope, case).await?),
                _ => FieldOutcome::Refused(within(problems, place)),
            },
            Err(Failure::Denied) => {
                FieldOutcome::Refused(within(vec![Problem::at("", CaseError::NotPermitted)], place))
            }
            Err(Failure::KeyReused) => {
                FieldOutcome::Refused(vec![Problem::at("operationKey", CaseError::OperationReused)])
            }
            Err(failure) => return Err(failure),
        })
    }

    /// A report with the time at which it was made: the device's, unless that is to come or the report says another.
    fn dated(&self, command: &ReportCase, operation: &FieldOperation) -> ReportCase {
        let made = Some(operation.at).filter(|at| *at <= self.db.now());
        ReportCase { reported_at: command.reported_at.or(made), ..command.clone() }
    }

    async fn act(&self, scope: &Scope, case: CaseId, act: &FieldAct) -> Answer<Case> {
        let seen = Seen {
            case,
            version: act.version,
            values: act.values.clone(),
            attachments: act.attachments.clone(),
        };
        match act.kind.clone() {
            FieldActKind::Comment { text, audience } => {
                self.comment(scope, CommentCase { seen, text, audience }).await
            }
            FieldActKind::Start { note } => self.start(scope, NoteCase { seen, note }).await,
            FieldActKind::Complete { result } => self.complete(scope, CompleteCase { seen, result }).await,
        }
    }

    /// The case as the caller sees it now.
    async fn present(&self, scope: &Scope, case: CaseId) -> Result<Option<Box<Case>>, StoreError> {
        let reader = self.db.reader(scope);
        let case = store::by_id(&*reader.tx().await?, case).await?;
        Ok(case.map(Box::new))
    }
}

/// The scope of one operation: with its own key, whatever key the batch came with.
fn claimed(scope: &Scope, operation: &FieldOperation) -> Scope {
    if mutant::active(Mutant::FieldWithoutClaim) {
        return scope.clone();
    }
    let key = format!("field/{}", operation.id);
    scope.with_claim(Claim { key, field: MUTATION, input_hash: operation.content.clone() })
}

fn is_conflict(problems: &[Problem<CaseError>]) -> bool {
    problems.iter().any(|problem| matches!(problem.error, CaseError::Conflict { .. }))
}

/// The mistakes of a use case where its input stands in the operation.
fn within(problems: Vec<Problem<CaseError>>, place: &str) -> Vec<Problem<CaseError>> {
    let below = |problem: Problem<CaseError>| {
        let mut path = vec!["work".to_owned(), place.to_owned()];
        path.extend(
            problem.path.into_iter().map(|part| if part == "caseId" { "case".to_owned() } else { part }),
        );
        Problem { error: problem.error, path }
    };
    problems.into_iter().map(below).collect()
}

/// The outcome with its mistakes where the operation stands in the input.
fn placed(outcome: FieldOutcome, index: usize) -> FieldOutcome {
    let FieldOutcome::Refused(problems) = outcome else { return outcome };
    let below = |problem: Problem<CaseError>| {
        let mut path = vec!["operations".to_owned(), index.to_string()];
        path.extend(problem.path);
        Problem { error: problem.error, path }
    };
    FieldOutcome::Refused(problems.into_iter().map(below).collect())
}
