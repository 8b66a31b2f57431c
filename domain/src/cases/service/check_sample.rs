//! Say what a case of a sample was found to be (通过、不通过): by somebody who never had a part in settling it. The case itself stays as it
//! is: opening it again is an act of its own.

use serde_json::json;

use crate::cases::command;
use crate::cases::error::CaseError;
use crate::cases::sampling::{CaseSample, CheckSampled, SampleFinding, SampledCase, tally};
use crate::cases::service::samples::territory;
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::store;
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::programmes::{CaseAct, CaseState};
use crate::store::{Begun, Done};

/// What a sample judges: whoever ever did that to a case would judge what they did themselves, be it that somebody else has
/// settled it anew.
const SETTLING: [CaseAct; 3] = [CaseAct::Complete, CaseAct::Verify, CaseAct::Close];

impl CaseService {
    /// Writes down what a case of a sample was found to be, once and for all. Needs `CASE_SAMPLE`.
    ///
    /// # Errors
    /// `NOT_FOUND` for a sample or a case that the caller does not see, `NOT_PERMITTED` to whoever ever reported a result of
    /// it, verified or closed it, and for a case that is not closed any more, `ALREADY_CHECKED`, `TOO_LONG`, `INVALID_TEXT`;
    /// `REQUIRED` for a case that failed without a word.
    pub async fn check_sample(&self, scope: &Scope, command: CheckSampled) -> Answer<CaseSample> {
        if !scope.permits(Permission::CaseSample) {
            return Err(Failure::Denied);
        }
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        if command.finding == SampleFinding::Failed && note.is_none() {
            return Err(Failure::user("note", CaseError::Required));
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => {
                let found = self.sample(scope, &self.db.reader(scope), command.sample).await?;
                return found.ok_or_else(|| Failure::user("caseSampleId", CaseError::NotFound));
            }
        };
        // Held, so that what two people find at once is counted twice.
        let sample = store::sample::held_by_id(&tx, &territory(scope), command.sample).await?;
        let sample = sample.ok_or_else(|| Failure::user("caseSampleId", CaseError::NotFound))?;
        let unseen = || Failure::user("caseId", CaseError::NotFound);
        let item = store::sample::item_of(&tx, sample.id, command.case).await?.ok_or_else(unseen)?;
        let case = store::by_id(&tx, command.case).await?.ok_or_else(unseen)?;
        // Of one that was opened again nobody knows any more what is to be found.
        if case.state != CaseState::Closed {
            return Err(Failure::user("caseId", CaseError::NotPermitted));
        }
        if let Some(account) = scope.account()
            && store::entry::tells_of(&tx, case.id, (account, &SETTLING)).await?
            && !mutant::active(Mutant::OwnSampleCheck)
        {
            return Err(Failure::user("caseId", CaseError::NotPermitted));
        }
        if item.finding.is_some() {
            return Err(Failure::user("caseId", CaseError::AlreadyChecked));
        }
        let (checked, passed) = tally(&sample, command.finding);
        let sample = CaseSample { checked, passed, ..sample };
        let item = SampledCase {
            finding: Some(command.finding),
            note,
            checked_by: scope.account(),
            checked_at: Some(tx.now()),
            ..item
        };
        store::sample::write(&tx, &item, &sample).await?;
        let finding: &'static str = command.finding.into();
        let detail = json!({ "case": case.number, "finding": finding });
        tx.audit("case_sample.check", &sample.id, detail);
        tx.commit(Done { id: sample.id.uuid(), version: i64::from(sample.checked) }).await?;
        Ok(sample)
    }
}
