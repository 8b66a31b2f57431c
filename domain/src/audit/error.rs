//! What a caller can get wrong in the audit slice: nothing that they could mend.

/// There is none: whoever may read the trail reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditError {}
