//! Plain values of the audit slice.

use crate::kernel::chain::Link;
use crate::kernel::id::{AccountId, AuditId, Timestamp};

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Id.
    pub id: AuditId,
    /// When the change was made.
    pub at: Timestamp,
    /// Who made it; absent for the system itself.
    pub account: Option<AccountId>,
    /// What was done, for example `case.hand_up`.
    pub action: String,
    /// Text form of the id of what it was done to.
    pub target: String,
    /// Id of the request.
    pub request_id: String,
    /// Facts as JSON.
    pub detail: String,
    /// Its place in the chain; absent for some seconds after the change.
    pub seal: Option<AuditSeal>,
}

/// The place of an entry in the chain of its tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSeal {
    /// From 1 without gaps.
    pub sequence: i64,
    /// SHA-256 of the hash before and of the entry.
    pub hash: Link,
    /// When it was sealed.
    pub at: Timestamp,
}

impl AuditSeal {
    /// The hash in hexadecimal digits.
    #[must_use]
    pub fn hash_text(&self) -> String {
        hex::encode(self.hash)
    }
}

/// Something that somebody asked for and may not have (越权).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The root field that they asked, as the schema calls it.
    pub field: String,
    /// The code that they were told.
    pub code: &'static str,
    /// Text form of the id of what they asked it for, if they named one.
    pub target: Option<String>,
}

/// Which entries are wanted: all conditions at once.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// With just this action.
    pub action: Option<String>,
    /// About what has this id, as text.
    pub target: Option<String>,
    /// Done by this account.
    pub account: Option<AccountId>,
    /// Of this instant or later.
    pub from: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}
