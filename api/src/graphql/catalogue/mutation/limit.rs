//! A limit as mutations take it.

use async_graphql::InputObject;
use fengqiao_domain::kernel::calendar::Limit;

use crate::graphql::catalogue::LimitKind;

/// The time a case may take.
#[derive(InputObject)]
pub struct CaseLimitInput {
    /// Hours, 1 to 87,600, or days, 1 to 3,650.
    amount: i32,
    /// What they are.
    kind: LimitKind,
}

impl From<CaseLimitInput> for Limit {
    fn from(limit: CaseLimitInput) -> Self {
        // Less than nothing is as little a limit as nothing: the use case says so, with the input's path.
        Self { amount: u32::try_from(limit.amount).unwrap_or_default(), kind: limit.kind.into() }
    }
}
