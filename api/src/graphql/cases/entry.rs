//! Entries of a case's timeline.

use async_graphql::{Context, ID, Object};
use fengqiao_domain::cases as domain;

use super::enums::{
    CaseActKind, CaseAudienceKind, CaseRatingKind, CaseState, SettlementLevel, SupervisionLevel,
};
use super::types::{CaseAssignee, assignee_of};
use crate::graphql::catalogue::{Category, category_of};
use crate::graphql::files::{Attachment, attachments_of_entry};
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;

/// One entry of a case's timeline (流转记录).
pub struct CaseEntry(pub domain::TimelineEntry);

/// One entry of a case's timeline (流转记录): an act and what it led to.
#[Object]
impl CaseEntry {
    /// Global id: `entry_<uuid>`.
    async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Version of the case after the act.
    async fn case_version(&self) -> i64 {
        self.0.version
    }

    /// When.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// What was done.
    async fn act(&self) -> CaseActKind {
        self.0.act.into()
    }

    /// State before; null for the report.
    async fn from_state(&self) -> Option<CaseState> {
        self.0.from.map(Into::into)
    }

    /// State after.
    async fn to_state(&self) -> CaseState {
        self.0.to.into()
    }

    /// Key of the stage after; null in entries of before stages were kept.
    async fn to_stage(&self) -> Option<&str> {
        self.0.stage.as_deref()
    }

    /// Who acted; null for the system, for an anonymous reporter, and for whom the caller may not know.
    async fn actor(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.account).await.map_err(Into::into).transpose()
    }

    /// Who may read it.
    async fn audience(&self) -> CaseAudienceKind {
        self.0.audience.into()
    }

    /// What was written.
    async fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// The photos and documents that came with it, at most 9, in the order in which whoever acted named them.
    async fn attachments(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Attachment>> {
        Ok(attachments_of_entry(ctx, self.0.id).await?)
    }

    /// Where the case lay after the act; null for a person whom the caller may not know.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<CaseAssignee>> {
        assignee_of(ctx, self.0.assignee).await.map_err(Into::into).transpose()
    }

    /// The level the case was at after the act.
    async fn level(&self) -> SettlementLevel {
        self.0.level.into()
    }

    /// The judgement, for an evaluation and a return visit.
    async fn rating(&self) -> Option<CaseRatingKind> {
        self.0.rating.map(Into::into)
    }

    /// How well it was settled (评分), 1 to 5, for a verification whose author said so; null for whoever is not of the staff.
    async fn score(&self) -> Option<u8> {
        self.0.score
    }

    /// The category that the case had, for a change of it (改类).
    async fn former_category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Category>> {
        let (former, _) = self.0.category?;
        category_of(ctx, Some(former)).await.map_err(Into::into).transpose()
    }

    /// The category that the case has since, for a change of it (改类).
    async fn category(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Category>> {
        let (_, category) = self.0.category?;
        category_of(ctx, Some(category)).await.map_err(Into::into).transpose()
    }

    /// The level, for a supervision (督办).
    async fn supervision_level(&self) -> Option<SupervisionLevel> {
        self.0.supervised.map(|supervised| supervised.level.into())
    }

    /// Points (分) that a supervision cost whom the case lay with.
    async fn supervision_cost(&self) -> Option<u32> {
        self.0.supervised.map(|supervised| supervised.cost)
    }
}
