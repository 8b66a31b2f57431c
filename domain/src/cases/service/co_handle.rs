//! Ask units, organisations or people to assist with a case (协办): it stays with whoever leads (主办).

use crate::cases::assistance::{MOST_ASSISTANTS, MOST_TARGETS, assists};
use crate::cases::command::{self, CoHandleCase};
use crate::cases::error::CaseError;
use crate::cases::model::{Assignee, Audience, Case};
use crate::cases::service::acting::{Acting, Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::target;
use crate::identity;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Asks others to assist with a case. Needs `CASE_CO_HANDLE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `PAUSED`, `TOO_MANY_TARGETS`, `INVALID_TARGET`,
    /// `TOO_LONG`, `REQUIRED`.
    pub async fn co_handle(&self, scope: &Scope, command: CoHandleCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::CoHandle, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        match command.targets.len() {
            0 => return Err(Failure::user("targets", CaseError::Required)),
            1..=MOST_TARGETS => {}
            _ => return Err(Failure::user("targets", CaseError::TooManyTargets { limit: MOST_TARGETS })),
        }
        let acting = match self.open(scope, CaseAct::CoHandle, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        if acting.case.assistants.len() + command.targets.len() > MOST_ASSISTANTS {
            return Err(Failure::user("targets", CaseError::TooManyTargets { limit: MOST_ASSISTANTS }));
        }
        let mut asked: Vec<Assignee> = vec![];
        for (index, target) in command.targets.iter().enumerate() {
            can_assist(&acting, &asked, *target).await.map_err(|failure| placed(failure, index))?;
            asked.push(*target);
        }
        self.settle(
            acting,
            Outcome { assistants: asked, audience: Audience::Staff, ..Outcome::said(Some(reason)) },
        )
        .await
    }
}

/// Whether somebody can be asked: judged as for a dispatch, whatever the level, and neither twice nor while they assist.
async fn can_assist(acting: &Acting, asked: &[Assignee], target: Assignee) -> Answer<()> {
    target::reached(&acting.tx, &acting.case, target, Permission::CaseCoHandle).await?;
    // Assistance is spoken of among staff: a volunteer would not read what they are asked.
    if let Assignee::Account(account) = target {
        let held = identity::directory::held_by(&acting.tx, account).await?.unwrap_or_default();
        if !held.iter().any(|held| held.permissions.holds(Permission::StaffRead)) {
            return Err(Failure::user("target", CaseError::InvalidTarget));
        }
    }
    if asked.contains(&target) || assists(&acting.case.assistants, target) {
        return Err(Failure::user("target", CaseError::InvalidTarget));
    }
    Ok(())
}

/// A mistake in one target, at its place in the list.
fn placed(failure: Failure<CaseError>, index: usize) -> Failure<CaseError> {
    match failure {
        Failure::User(problems) => Failure::User(
            problems
                .into_iter()
                .map(|problem| Problem::at(&format!("targets.{index}"), problem.error))
                .collect(),
        ),
        other => other,
    }
}
