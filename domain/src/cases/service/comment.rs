//! Say something about a case (留言), to everyone who sees it or to staff only.

use crate::cases::command::{self, CommentCase};
use crate::cases::error::CaseError;
use crate::cases::model::{Audience, Case};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Comments on a case. Needs `CASE_COMMENT`; a comment for staff comes from staff.
    ///
    /// # Errors
    /// `NOT_FOUND`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `REQUIRED`, `TOO_LONG`; `REQUIRED` at the version, and `CONFLICT`,
    /// where values are given.
    pub async fn comment(&self, scope: &Scope, command: CommentCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Comment, command.seen.case).await?;
        let text = command::reason(&command.text, "text").map_err(mistake)?;
        if command.audience == Audience::Staff && !scope.is_staff() {
            return Err(Failure::user("audience", CaseError::NotPermitted));
        }
        // A value follows another one: whoever gives it has seen what it follows.
        if !command.seen.values.is_empty() && command.seen.version.is_none() {
            return Err(Failure::user("expectedVersion", CaseError::Required));
        }
        let acting = match self.open(scope, CaseAct::Comment, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome { audience: command.audience, ..Outcome::said(Some(text)) }).await
    }
}
