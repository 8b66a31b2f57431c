//! Put a case under supervision (督办), at a level that rises and never falls: whoever it lies with bears what that costs by
//! the case's programme. It stays where it is.

use crate::cases::command::{self, SuperviseCase};
use crate::cases::error::CaseError;
use crate::cases::model::{Audience, Case};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::supervision::{self, Supervised};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Puts a case under supervision. Needs `CASE_SUPERVISE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `LOWER_LEVEL`, `TOO_LONG`, `REQUIRED`.
    pub async fn supervise(&self, scope: &Scope, command: SuperviseCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Supervise, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Supervise, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        if !supervision::rises(acting.case.supervision, command.level) {
            return Err(Failure::user("level", CaseError::LowerLevel));
        }
        let supervised = Supervised::by(&acting.programme, command.level);
        self.settle(
            acting,
            Outcome {
                supervised: Some(supervised),
                audience: Audience::Staff,
                ..Outcome::said(Some(reason))
            },
        )
        .await
    }
}
