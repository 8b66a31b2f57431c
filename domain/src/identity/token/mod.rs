//! Access tokens (signed, short-lived) and refresh tokens (opaque, used once).

mod access;
mod keys;
mod link;
mod refresh;

pub use keys::{KeyError, TokenKeys};
pub use link::LinkUse;

pub(super) use access::{AccessGrant, AccessRules, Bearer};
pub(super) use refresh::{RefreshSecret, Seen, Verdict, hash_of, judge};
