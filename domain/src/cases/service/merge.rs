//! Make a case part of another (并案): it ends, the other one goes on, and what was part of it becomes part of the other.

use std::collections::HashMap;

use crate::cases::command::{self, MergeCase};
use crate::cases::error::CaseError;
use crate::cases::follower::{self, MasterProgress};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome, conflict};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::store::{self, merging};
use crate::kernel::failure::Failure;
use crate::kernel::id::CaseId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::programmes::{CaseAct, CaseState};
use crate::store::{Begun, Reader, StoreError, Tx};

impl CaseService {
    /// Merges a case into another, or into what that one is part of. Needs `CASE_MERGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `INVALID_MASTER`, `TOO_LONG`, `REQUIRED`.
    pub async fn merge(&self, scope: &Scope, command: MergeCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Merge, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.replayed(scope, done).await,
        };
        let root = merging::root(&tx, command.master).await?;
        let (case, master) = both(&tx, command.seen.case, root).await?;
        let Some(case) = case else { return Err(Failure::user("caseId", CaseError::NotFound)) };
        let mut acting = match self.judged(tx, case, (CaseAct::Merge, None), command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let Some(master) = master else { return Err(Failure::user("masterId", CaseError::NotFound)) };
        fits(&acting.case, &master)?;
        merging::move_along(&acting.tx, acting.case.id, master.id).await?;
        let joining = follower::joining(&master, &acting.case);
        store::follower::join(&mut acting.tx, &master, joining).await?;
        self.settle(acting, Outcome { master: Some(master.id), ..Outcome::said(Some(reason)) }).await
    }

    /// How the cases stand that some of the caller's own cases are part of, as they were told last.
    ///
    /// # Errors
    /// As the database says.
    pub async fn progress_of_masters(
        &self,
        _scope: &Scope,
        reader: &Reader,
        cases: &[CaseId],
    ) -> Answer<HashMap<CaseId, MasterProgress>> {
        Ok(store::follower::last_told(&*reader.tx().await?, cases).await?)
    }

    /// The cases that are part of others, newest first, as far as the caller sees them: at most a hundred of each.
    ///
    /// # Errors
    /// As the database says.
    pub async fn duplicates_of(
        &self,
        _scope: &Scope,
        reader: &Reader,
        masters: &[CaseId],
    ) -> Answer<HashMap<CaseId, Vec<Case>>> {
        Ok(merging::duplicates(&*reader.tx().await?, masters).await?)
    }
}

/// Both cases, kept from changing: always the one with the lesser id first, so that two mergers do not wait for each other.
async fn both(
    tx: &Tx,
    case: CaseId,
    master: Option<CaseId>,
) -> Result<(Option<Case>, Option<Case>), StoreError> {
    let Some(master) = master else { return Ok((store::held_by_id(tx, case).await?, None)) };
    if master < case {
        let master = store::held_by_id(tx, master).await?;
        return Ok((store::held_by_id(tx, case).await?, master));
    }
    let held = store::held_by_id(tx, case).await?;
    let master = if master == case { held.clone() } else { store::held_by_id(tx, master).await? };
    Ok((held, master))
}

/// Whether a case can become part of another that is part of none.
fn fits(case: &Case, master: &Case) -> Answer<()> {
    let wrong = || Failure::user("masterId", CaseError::InvalidMaster);
    if case.id == master.id {
        return if mutant::active(Mutant::NoMergeCycleCheck) { Ok(()) } else { Err(wrong()) };
    }
    match master.state {
        CaseState::Reported
        | CaseState::Accepted
        | CaseState::Dispatched
        | CaseState::Handling
        | CaseState::Resolved
        | CaseState::Verified
        | CaseState::Closed => Ok(()),
        CaseState::Rejected | CaseState::Withdrawn | CaseState::Voided => Err(wrong()),
        // It was merged between the look and the hold.
        CaseState::Merged => Err(conflict(case)),
    }
}
