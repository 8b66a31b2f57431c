//! Give a case to a worker, a station, a town or an organisation (分流、派遣).

use crate::cases::actor::acting_post;
use crate::cases::command::{self, GiveCase};
use crate::cases::model::{Assignee, Case, Handover, Post};
use crate::cases::progress;
use crate::cases::service::acting::{Acting, Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::target;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::programmes::{CaseAct, Relation};

impl CaseService {
    /// Dispatches a case. Needs `CASE_DISPATCH`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `INVALID_TARGET`.
    pub async fn dispatch(&self, scope: &Scope, command: GiveCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Dispatch, command.seen.case).await?;
        let reason = command::note(command.reason.as_deref(), "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Dispatch, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let to = target::given_to(&acting.tx, &acting.case, command.target, Permission::CaseDispatch).await?;
        let handover = given_on(&acting, scope, to);
        self.settle(acting, Outcome::said(reason).going(handover)).await
    }
}

/// Gives a case on: whoever it lies with waits for it, or the office of a supervisor who intervenes. A
/// supervisor without an office leaves the way back as it is.
pub(super) fn given_on(acting: &Acting, scope: &Scope, to: Post) -> Handover {
    let case = &acting.case;
    let giver = if acting.actor.is(Relation::Assignee) {
        Some(progress::post(case))
    } else {
        acting_post(scope, &acting.verdict.rule, case)
            .filter(|post| matches!(post.assignee, Assignee::Unit(_)))
    };
    // An organisation has no level of its own: it works at that of whoever called it.
    let level = match (to.assignee, giver) {
        (Assignee::Organisation(_), Some(giver)) => giver.level,
        _ => to.level,
    };
    Handover { to: Post { level, ..to }, giver }
}
