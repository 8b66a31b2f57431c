//! Strike a visit off as a mistake (作废): it stays, and does not count.

use crate::fieldwork::command::{self, VoidVisit};
use crate::fieldwork::error::VisitError;
use crate::fieldwork::model::{Visit, VisitState, VisitTexts};
use crate::fieldwork::service::{Answer, FieldworkService, permit, recorded};
use crate::fieldwork::store;
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl FieldworkService {
    /// Strikes off a visit that the caller made. Needs `VISIT_RECORD`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED` of a visit that somebody else made, `ALREADY_VOIDED`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn void_visit(&self, scope: &Scope, command: VoidVisit) -> Answer<Visit> {
        permit(scope)?;
        let reason = command::reason(&command.reason).map_err(|problem| Failure::User(vec![problem]))?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.visit_done(scope, done).await,
        };
        let Some(visit) = store::locked(&tx, command.visit).await? else {
            return Err(Failure::user("visitId", VisitError::NotFound));
        };
        if Some(visit.by) != scope.account() && !mutant::active(Mutant::AnybodyVoids) {
            return Err(Failure::user("visitId", VisitError::NotPermitted));
        }
        if visit.state() == VisitState::Voided {
            return Err(Failure::user("visitId", VisitError::AlreadyVoided));
        }
        let voided = Visit { voided_at: Some(tx.now()), version: visit.version + 1, ..visit };
        store::void(&tx, &voided, &reason).await?;
        recorded(&mut tx, "visit.voided", &voided);
        tx.commit(Done { id: voided.id.uuid(), version: voided.version }).await?;
        Ok(Visit { texts: VisitTexts { void_reason: Some(reason), ..voided.texts }, ..voided })
    }
}
