//! A limit as mutations take it.

use async_graphql::InputObject;
use fengqiao_domain::catalogue as domain;

use crate::graphql::catalogue::LimitClock;

/// The time a case may take.
#[derive(InputObject)]
pub(super) struct CategoryLimitInput {
    /// Hours, 1 to 87,600.
    hours: i32,
    /// What the hours count.
    clock: LimitClock,
}

impl From<CategoryLimitInput> for domain::Limit {
    fn from(limit: CategoryLimitInput) -> Self {
        // Less than nothing is as little a limit as nothing: the use case says so, with the input's path.
        Self { hours: u32::try_from(limit.hours).unwrap_or_default(), clock: limit.clock.into() }
    }
}
