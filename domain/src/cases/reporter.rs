//! What a reader of a case learns of its reporter: masked, and nothing when the report is anonymous.

use crate::kernel::id::AccountId;

/// The reporter as one reader sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reporter {
    /// Account, when the reporter has one.
    pub account: Option<AccountId>,
    /// Name, masked: `张*`.
    pub name: Option<String>,
    /// Telephone number, masked: `138****5678`.
    pub phone: Option<String>,
}
