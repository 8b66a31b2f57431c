//! The viewer's own password.

use async_graphql::SimpleObject;
use fengqiao_domain::identity as domain;

use crate::graphql::kit::scalars::DateTime;

/// A password as its owner sees it: when it was set, and until when it counts.
#[derive(SimpleObject)]
pub struct PasswordStanding {
    /// When it was set.
    changed_at: DateTime,
    /// From when on it opens a session only together with a new one; null where passwords need no change without a reason. A
    /// session that is open goes on.
    due_at: Option<DateTime>,
}

impl From<domain::PasswordStanding> for PasswordStanding {
    fn from(found: domain::PasswordStanding) -> Self {
        Self { changed_at: DateTime(found.changed_at), due_at: found.due_at.map(DateTime) }
    }
}
