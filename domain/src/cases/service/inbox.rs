//! Reading the inbox: what waits for me (待办), what I work on (在办), what I have passed on (已办).

use std::collections::HashMap;

use crate::cases::access::Inbox;
use crate::cases::model::Case;
use crate::cases::service::{Answer, CaseService};
use crate::cases::store;
use crate::kernel::id::CaseId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::Reader;

/// How many cases lie in each box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InboxCounts {
    /// Waiting.
    pub todo: u64,
    /// Begun.
    pub doing: u64,
    /// Passed on or finished.
    pub done: u64,
}

impl CaseService {
    /// A page of the caller's inbox, what came last first: the account's own cases and those of the
    /// units and organisations it handles cases for.
    ///
    /// # Errors
    /// As the database says.
    pub async fn inbox(
        &self,
        scope: &Scope,
        reader: &Reader,
        inbox: Inbox,
        page: &PageRequest,
    ) -> Answer<Page<Case>> {
        let tx = reader.tx().await?;
        let Page { rows, has_previous, has_next } =
            store::access::page(&tx, &scope.principals().into_iter().collect(), inbox, page).await?;
        let ids: Vec<CaseId> = rows.iter().map(|(_, id)| *id).collect();
        let cases = store::by_ids(&tx, &ids).await?;
        let mut cases: HashMap<CaseId, Case> = cases.into_iter().map(|case| (case.id, case)).collect();
        let rows = rows.into_iter().filter_map(|(cursor, id)| Some((cursor, cases.remove(&id)?))).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// How many cases lie in one box of the caller's inbox, counted no further than the page limit of
    /// counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_inbox(&self, scope: &Scope, reader: &Reader, inbox: Inbox) -> Answer<u64> {
        Ok(store::access::count(&*reader.tx().await?, &scope.principals().into_iter().collect(), inbox)
            .await?)
    }

    /// How many cases lie in each box of the caller's inbox.
    ///
    /// # Errors
    /// As the database says.
    pub async fn inbox_counts(&self, scope: &Scope, reader: &Reader) -> Answer<InboxCounts> {
        Ok(InboxCounts {
            todo: self.count_inbox(scope, reader, Inbox::Todo).await?,
            doing: self.count_inbox(scope, reader, Inbox::Doing).await?,
            done: self.count_inbox(scope, reader, Inbox::Done).await?,
        })
    }
}
