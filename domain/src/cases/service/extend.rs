//! Give a case more time (延期): so many more of the hours or days of its limit, or of its stage's where it has none, and
//! not too often. It answers a request for more time that is open, whatever that asked for.

use crate::cases::clock;
use crate::cases::command::{self, ExtendCase};
use crate::cases::error::CaseError;
use crate::cases::model::Case;
use crate::cases::service::acting::{Acting, Opened, Outcome};
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
        fits(&acting, command.amount)?;
        self.settle(acting, Outcome { more: command.amount, ..Outcome::said(Some(reason)) }).await
    }
}

/// Whether the limit that an extension makes longer can grow by so many of its hours or days.
pub(super) fn fits(acting: &Acting, amount: u32) -> Answer<()> {
    let limit = clock::extended_limit(&acting.case, &acting.programme, acting.calendar.calendar());
    if limit.is_some_and(|limit| limit.can_grow_by(amount)) {
        Ok(())
    } else {
        Err(Failure::user("amount", CaseError::InvalidAmount))
    }
}
