//! Types of the oversight slice.

use async_graphql::{Context, ID, Object, SimpleObject};
use fengqiao_domain::oversight as domain;

use super::enums::OversightState;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::org::{Unit, unit_of};

/// The leave that a district gives.
pub struct OversightGrant(pub(super) domain::OversightGrant);

/// The leave that the district gives somebody of another one to read it (跨区督查授权): for a time and a reason. They change nothing.
#[Object]
impl OversightGrant {
    /// Global id: `oversightgrant_<uuid>`.
    async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// The account that they have in this district, as long as it lasts; the audit trail names it.
    async fn account(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, Some(self.0.account)).await.map_err(Into::into).transpose()
    }

    /// Code of their own district.
    async fn overseer_district_code(&self) -> &str {
        &self.0.home_code
    }

    /// Their login there when it was given.
    async fn overseer_login(&self) -> &str {
        &self.0.home_login
    }

    /// What they read: the district, or a town of it.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.0.unit)).await.map_err(Into::into).transpose()
    }

    /// Why it was given.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// First instant.
    async fn since_at(&self) -> DateTime {
        DateTime(self.0.since)
    }

    /// First instant after it.
    async fn until_at(&self) -> DateTime {
        DateTime(self.0.until)
    }

    /// Whether they may come by it now.
    async fn state(&self) -> OversightState {
        self.0.state.into()
    }

    /// When it was given.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Who gave it; null for the system.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.created_by).await.map_err(Into::into).transpose()
    }

    /// When it was taken back; null while nobody has.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }

    /// Who took it back; null while nobody has.
    async fn revoked_by(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, self.0.revoked_by).await.map_err(Into::into).transpose()
    }

    /// Version of the grant.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// A district that the viewer may read by its leave, now or later: `sessionCreateForOversight` opens it.
#[derive(SimpleObject)]
pub struct OverseenDistrict {
    /// Global id of the leave: `oversightgrant_<uuid>`.
    id: ID,
    /// Six digits, such as `150302`.
    district_code: String,
    /// What the district is called.
    district_name: String,
    /// First instant.
    since_at: DateTime,
    /// First instant after it.
    until_at: DateTime,
}

impl From<domain::OverseenDistrict> for OverseenDistrict {
    fn from(district: domain::OverseenDistrict) -> Self {
        Self {
            id: id::text(district.grant),
            district_code: district.code,
            district_name: district.name,
            since_at: DateTime(district.since),
            until_at: DateTime(district.until),
        }
    }
}
