//! Record a visit (走访登记).

use crate::cases;
use crate::fieldwork::command::{RecordVisit, given_texts};
use crate::fieldwork::error::{VisitError, misplaced};
use crate::fieldwork::model::{Visit, VisitTexts};
use crate::fieldwork::service::{Answer, FieldworkService, permit, recorded};
use crate::fieldwork::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::CaseId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::Sensitivity;
use crate::kernel::scope::Scope;
use crate::org;
use crate::store::{Begun, Done, Tx};

impl FieldworkService {
    /// Records a visit that the caller made. Needs `VISIT_RECORD`, anywhere: whoever is called to the next street writes down what
    /// they did there too. One to a key person needs `KEY_PERSON_FOLLOW_UP` by the same grant, which covers the place; one to a child a ground.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`, `INVALID_PLACE`, `INVALID_POINT`, `INVALID_TIME`,
    /// `INVALID_BIRTH_DATE`, `CHILD_DATA_UNFOUNDED`.
    pub async fn record_visit(&self, scope: &Scope, command: RecordVisit) -> Answer<Visit> {
        permit(scope)?;
        let by = scope.account().ok_or(Failure::Denied)?;
        let texts = given_texts(&command, self.db.now()).map_err(Failure::User)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.visit_done(scope, done).await,
        };
        let (place, _) = org::located(&tx, command.place, command.point).await.map_err(misplaced)?;
        let of_case = sensitivity_of(&tx, command.case).await?;
        // What is said of a case is no less delicate than the case, nor what is said of a key person or a child than they are.
        let delicate = command.key_person || texts.child.is_child == Some(true);
        let least = if delicate { Sensitivity::Sensitive } else { Sensitivity::Normal };
        let sensitivity = command.sensitivity.max(of_case).max(least);
        let needed =
            PermissionSet::default().with(Permission::VisitRecord).with(Permission::KeyPersonFollowUp);
        let follows_up =
            scope.permits_place(needed, &place, sensitivity) || mutant::active(Mutant::AnybodyFollowsUp);
        if command.key_person && !follows_up {
            return Err(Failure::user("subject.isKeyPerson", VisitError::NotPermitted));
        }
        let visited_at = command.visited_at.unwrap_or(tx.now());
        let visit = Visit {
            id: tx.new_id(),
            by,
            subject: command.subject,
            key_person: command.key_person,
            child: texts.child.is_child,
            under_fourteen: store::under_fourteen(&tx, &texts.child, (command.subject, visited_at)),
            child_data_basis: texts.child.basis,
            purpose: command.purpose,
            outcome: command.outcome,
            sensitivity,
            place,
            point: command.point,
            case: command.case,
            visited_at,
            recorded_at: tx.now(),
            voided_at: None,
            texts: VisitTexts::default(),
            version: 1,
        };
        tx.insert(store::row(&tx, &visit, &texts)?).await?;
        let visit = Visit { texts: store::shown(texts), ..visit };
        recorded(&mut tx, "visit.recorded", &visit);
        tx.commit(Done { id: visit.id.uuid(), version: visit.version }).await?;
        Ok(visit)
    }
}

/// How delicate the case is that a visit is made for. Refuses one that the caller does not see.
async fn sensitivity_of(tx: &Tx, case: Option<CaseId>) -> Answer<Sensitivity> {
    let Some(case) = case else { return Ok(Sensitivity::Normal) };
    match cases::directory::by_ids(tx, &[case]).await?.pop() {
        Some(case) => Ok(case.sensitivity),
        None => Err(Failure::user("caseId", VisitError::NotFound)),
    }
}
