//! How a case is supervised (督办).

use async_graphql::SimpleObject;
use fengqiao_domain::cases::Supervision;

use super::enums::SupervisionLevel;
use crate::graphql::kit::scalars::DateTime;

/// How a case is supervised (督办).
#[derive(SimpleObject)]
pub struct CaseSupervision {
    /// The sternest level that it came to.
    level: SupervisionLevel,
    /// When it was supervised for the first time.
    supervised_at: DateTime,
    /// Points (分) that it cost whomever the case lay with, all times together; the timeline tells each.
    cost: u32,
}

impl From<Supervision> for CaseSupervision {
    fn from(supervision: Supervision) -> Self {
        Self {
            level: supervision.level.into(),
            supervised_at: DateTime(supervision.since),
            cost: supervision.cost,
        }
    }
}
