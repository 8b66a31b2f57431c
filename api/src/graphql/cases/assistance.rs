//! Who assists with a case (协办).

use async_graphql::{Context, Object};
use fengqiao_domain::cases as domain;

use super::types::{CaseAssignee, assignee_of};
use crate::graphql::kit::scalars::DateTime;

/// Somebody who assists with a case (协办方).
pub struct CaseAssistant(pub domain::Assistant);

/// Somebody who assists with a case (协办方), while whom it lies with leads (主办).
#[Object]
impl CaseAssistant {
    /// A person, the office of a unit, or an organisation; null for a person whom the caller may not know.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<CaseAssignee>> {
        assignee_of(ctx, self.0.assignee).await.map_err(Into::into).transpose()
    }

    /// When they were asked, for the last time.
    async fn asked_at(&self) -> DateTime {
        DateTime(self.0.asked_at)
    }

    /// When they answered, or the case ended without them; null until then.
    async fn done_at(&self) -> Option<DateTime> {
        self.0.done_at.map(DateTime)
    }
}
