//! Access tokens (signed, short-lived) and refresh tokens (opaque, used once).

mod access;
mod keyring;
mod keys;
mod link;
mod refresh;

pub use keyring::TokenKeys;
pub use keys::{KeyError, TokenKey, TokenKeyFile, TokenKeyState};
pub use link::LinkUse;

pub(super) use access::{AccessGrant, AccessRules, Bearer};
pub(super) use refresh::{RefreshSecret, Seen, Verdict, hash_of, judge};
