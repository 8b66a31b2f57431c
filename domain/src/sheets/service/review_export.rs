//! Say whether somebody else's file of many people goes out (导出审批).

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::sheets::command::DecideExport;
use crate::sheets::error::SheetError;
use crate::sheets::model::{Decision, ExportReview, ReviewState};
use crate::sheets::service::{Answer, SheetService};
use crate::sheets::store::reviews;
use crate::store::{Begun, Done, Tx};

impl SheetService {
    /// Lets a file go out, or not. Needs `EXPORT_APPROVE`.
    ///
    /// # Errors
    /// [`Failure::Denied`] without it; `NOT_FOUND`, `OWN_FILE` for whoever takes it, `ALREADY_DECIDED`, also when its time is over; what is wrong
    /// with the note.
    pub async fn review_export(&self, scope: &Scope, command: DecideExport) -> Answer<ExportReview> {
        let by = scope.account().filter(|_| scope.permits(Permission::ExportApprove));
        let Some(by) = by else { return Err(Failure::Denied) };
        let note = command.noted().map_err(|problem| Failure::User(vec![problem]))?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => {
                let tx = self.db.reader(scope).tx().await?;
                return found(reviews::by_id(&tx, command.review).await?);
            }
        };
        let review = found(reviews::held(&tx, command.review).await?)?;
        if review.account == by && !mutant::active(Mutant::OwnReview) {
            return Err(Failure::user("exportReviewId", SheetError::OwnFile));
        }
        if review.state != ReviewState::Waiting && !mutant::active(Mutant::DecidedTwice) {
            return Err(Failure::user("exportReviewId", SheetError::AlreadyDecided));
        }
        reviews::decide(&tx, review.id, by, (command.decision, note.as_deref())).await?;
        let action = match command.decision {
            Decision::Approved => "export.approve",
            Decision::Declined => "export.decline",
        };
        let detail = json!({ "takenBy": review.account.to_string(), "rows": review.rows, "note": note });
        tx.audit(action, &review.export, detail);
        let decided = again(&tx, &review).await?;
        tx.commit(Done { id: review.id.uuid(), version: decided.version }).await?;
        Ok(decided)
    }
}

async fn again(tx: &Tx, review: &ExportReview) -> Answer<ExportReview> {
    found(reviews::by_id(tx, review.id).await?)
}

fn found(review: Option<ExportReview>) -> Answer<ExportReview> {
    review.ok_or_else(|| Failure::user("exportReviewId", SheetError::NotFound))
}
