//! A limit as mutations take it.

use async_graphql::InputObject;
use fengqiao_domain::catalogue as domain;

use crate::graphql::catalogue::LimitClock;

/// The time a case may take.
#[derive(InputObject)]
pub(super) struct CategoryLimitInput {
    /// Hours, 1 to 87,600.
    hours: u32,
    /// What the hours count.
    clock: LimitClock,
}

impl From<CategoryLimitInput> for domain::Limit {
    fn from(limit: CategoryLimitInput) -> Self {
        Self { hours: limit.hours, clock: limit.clock.into() }
    }
}
