//! Carry out what was done without a network (离线批量同步): one operation after the other, each as if it had been sent alone.
//!
//! Each operation is a use case of its own, in a transaction of its own and under a key of its own, which is what the device
//! calls it: a batch that broke off is sent again whole, and nothing of it happens twice. The order of what concerns one case is
//! kept: after one that was not carried out the others on the same case are not either.

use crate::cases::{Case, CaseError, CommentCase, CompleteCase, NoteCase, ReportCase, Seen};
use crate::fieldwork::batch::{
    Batch, Concerned, FieldAct, FieldActKind, FieldOperation, FieldOutcome, FieldVisit, FieldWork,
    FieldYield, MOST_OPERATIONS, MUTATION, REPORTED_BY,
};
use crate::fieldwork::command::RecordVisit;
use crate::fieldwork::service::FieldworkService;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::{CaseId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::{Claim, Scope};

/// What a batch answers: in the words of cases.
type Answer<T> = Result<T, Failure<CaseError>>;

impl FieldworkService {
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
            (FieldWork::Report(command), _) => {
                self.cases.report(scope, self.dated(command, operation)).await.map(of_case)
            }
            (FieldWork::Visit(visit), _) => self.visit(scope, visit, operation, concerned).await,
            (FieldWork::Act(act), Concerned::Case(case)) => self.act(scope, case, act).await.map(of_case),
            (FieldWork::Act(_), Concerned::New | Concerned::Nothing) => {
                Err(Failure::user("caseId", CaseError::NotFound))
            }
        };
        Ok(match answer {
            Ok(done) if scope.was_replayed() => FieldOutcome::Replayed(Some(done)),
            Ok(done) => FieldOutcome::Done(done),
            Err(Failure::User(_)) if scope.was_replayed() => FieldOutcome::Replayed(None),
            Err(Failure::User(problems)) => match (is_conflict(&problems), concerned) {
                (true, Concerned::Case(case)) => FieldOutcome::Conflict(self.present(scope, case).await?),
                _ => FieldOutcome::Refused(within(problems, operation)),
            },
            Err(Failure::Denied) => {
                FieldOutcome::Refused(within(vec![Problem::at("", CaseError::NotPermitted)], operation))
            }
            Err(Failure::KeyReused) => {
                FieldOutcome::Refused(vec![Problem::at("operationKey", CaseError::OperationReused)])
            }
            Err(failure) => return Err(failure),
        })
    }

    /// A report with the time at which it was made: the device's, unless the report says another.
    fn dated(&self, command: &ReportCase, operation: &FieldOperation) -> ReportCase {
        ReportCase { reported_at: command.reported_at.or(self.made(operation)), ..command.clone() }
    }

    /// When an operation was done, by the device's clock, unless that is to come.
    fn made(&self, operation: &FieldOperation) -> Option<Timestamp> {
        Some(operation.at).filter(|at| *at <= self.db.now())
    }

    /// Records a visit with the time at which it was made, as a report has it.
    async fn visit(
        &self,
        scope: &Scope,
        FieldVisit { visit, .. }: &FieldVisit,
        operation: &FieldOperation,
        concerned: Concerned,
    ) -> Answer<FieldYield> {
        let case = match concerned {
            Concerned::New => visit.case,
            Concerned::Case(_) if visit.case.is_some() => {
                return Err(Failure::user(REPORTED_BY, CaseError::InvalidValue));
            }
            Concerned::Case(case) => Some(case),
            Concerned::Halted | Concerned::Nothing => {
                return Err(Failure::user(REPORTED_BY, CaseError::NotFound));
            }
        };
        let visited_at = visit.visited_at.or(self.made(operation));
        let command = RecordVisit { visited_at, case, ..visit.clone() };
        let visit = self.record_visit(scope, command).await.map_err(|failure| failure.map(Into::into))?;
        Ok(FieldYield::Visit(Box::new(visit)))
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
                self.cases.comment(scope, CommentCase { seen, text, audience }).await
            }
            FieldActKind::Start { note } => self.cases.start(scope, NoteCase { seen, note }).await,
            FieldActKind::Complete { result } => {
                self.cases.complete(scope, CompleteCase { seen, result }).await
            }
        }
    }

    /// The case as the caller sees it now.
    async fn present(&self, scope: &Scope, case: CaseId) -> Answer<Option<Box<Case>>> {
        let case = self.cases.case(scope, &self.db.reader(scope), case).await?;
        Ok(case.map(Box::new))
    }
}

fn of_case(case: Case) -> FieldYield {
    FieldYield::Case(Box::new(case))
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
fn within(problems: Vec<Problem<CaseError>>, operation: &FieldOperation) -> Vec<Problem<CaseError>> {
    problems.into_iter().map(|problem| operation.placed(problem)).collect()
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
