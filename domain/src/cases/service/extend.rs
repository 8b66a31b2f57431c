//! Give a case more time (延期): so many more of the hours or days of its limit, or of its stage's where it has none, and
//! not too often.

use crate::cases::clock;
use crate::cases::command::{self, ExtendCase};
use crate::cases::error::CaseError;
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Gives a case more time. Needs `CASE_EXTEND`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `NO_LIMIT`, `EXTENSIONS_OVER`, `INVALID_AMOUNT`,
    /// `TOO_LONG`, `REQUIRED`.
    pub async fn extend(&self, scope: &Scope, command: ExtendCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Extend, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Extend, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let limit = clock::extended_limit(&acting.case, &acting.programme, acting.calendar.calendar());
        let fits = limit.is_some_and(|limit| limit.can_grow_by(command.amount));
        if !fits {
            return Err(Failure::user("amount", CaseError::InvalidAmount));
        }
        self.settle(acting, Outcome { more: command.amount, ..Outcome::said(Some(reason)) }).await
    }
}
