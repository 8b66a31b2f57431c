//! More time that was asked for (延期申请).

use async_graphql::{Context, Object};
use fengqiao_domain::cases as domain;

use crate::graphql::catalogue::LimitKind;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::programmes::outline_of;

/// A request for more time (延期申请) that nobody has answered.
pub struct CaseExtensionRequest {
    request: domain::ExtensionRequest,
    kind: LimitKind,
}

/// A request for more time (延期申请) that nobody has answered; its reason stands in the timeline.
#[Object]
impl CaseExtensionRequest {
    /// So many more.
    async fn amount(&self) -> u32 {
        self.request.amount
    }

    /// Of what: as the limit that would be longer counts, the case's own or that of the stage it is at.
    async fn kind(&self) -> LimitKind {
        self.kind
    }

    /// When it was asked for.
    async fn requested_at(&self) -> DateTime {
        DateTime(self.request.at)
    }

    /// Who asked; null for whom the caller may not know.
    async fn requested_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.request.by).await.map_err(Into::into).transpose()
    }
}

/// The request for more time of a case that is open.
pub(super) async fn request_of(
    ctx: &Context<'_>,
    case: &domain::Case,
) -> Outcome<Option<CaseExtensionRequest>> {
    let Some(request) = case.request else { return Ok(None) };
    let kind = if let Some(limit) = case.limit {
        Some(limit.given.kind)
    } else {
        let programme = outline_of(ctx, case.programme).await?;
        programme.stage(&case.stage).and_then(|stage| stage.limit).map(|limit| limit.limit.kind)
    };
    // Without a limit nothing could be longer, and nothing is asked for.
    Ok(kind.map(|kind| CaseExtensionRequest { request, kind: kind.into() }))
}
