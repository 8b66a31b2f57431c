//! Whom a case could be given to: the workers of its grid and the organisations that answer for it, those with the fewest open
//! cases first.

use crate::cases::model::{Assignee, Case, Post};
use crate::cases::routing::{Suggestion, SuggestionReason};
use crate::cases::service::{Answer, CaseService};
use crate::cases::{store, target};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::{self, CaseAct};
use crate::store::{Reader, Tx};
use crate::{catalogue, identity};

/// Most workers of one grid that are looked at: a grid has one to three.
const MOST_WORKERS: u64 = 10;

impl CaseService {
    /// Whom a case could be given to. Nobody for whoever cannot dispatch it now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn suggested(&self, scope: &Scope, reader: &Reader, case: &Case) -> Answer<Vec<Suggestion>> {
        if !scope.permits(CaseAct::Dispatch.permission()) {
            return Ok(vec![]);
        }
        let tx = reader.tx().await?;
        let programme = programmes::directory::followed(&tx, case.programme).await?;
        let actions = self.viewer_actions(scope, case, &programme);
        if !actions.iter().any(|action| action.act == CaseAct::Dispatch) {
            return Ok(vec![]);
        }
        let mut suggestions = workers(&tx, case).await?;
        let answering = catalogue::directory::answering(&tx, case.category, &case.place).await?;
        for organisation in answering.organisations {
            let suggested = Assignee::Organisation(organisation);
            let post = Post { assignee: suggested, level: case.level };
            if suggested != case.assignee && target::is_cleared(post, case.sensitivity) {
                let open = store::access::open_with(&tx, suggested.uuid()).await?;
                suggestions.push(Suggestion { assignee: suggested, reason: SuggestionReason::Owner, open });
            }
        }
        suggestions.sort_by_key(|one| (one.reason, one.open, one.assignee));
        Ok(suggestions)
    }
}

/// The workers of a case's grid who may have it.
async fn workers(tx: &Tx, case: &Case) -> Answer<Vec<Suggestion>> {
    let Some(grid) = case.place.grid else { return Ok(vec![]) };
    let mut workers = vec![];
    for account in identity::directory::workers_of_grid(tx, grid, MOST_WORKERS).await? {
        let suggested = Assignee::Account(account);
        match target::worker(tx, case, account).await {
            Ok(post) if post.assignee != case.assignee => {
                let open = store::access::open_with(tx, account.uuid()).await?;
                workers.push(Suggestion { assignee: suggested, reason: SuggestionReason::GridWorker, open });
            }
            Ok(_) | Err(Failure::User(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(workers)
}
