//! GraphQL of the identity slice: sessions, accounts, roles and role grants.

mod client;
mod enums;
mod error;
mod loaders;
mod mutation;
mod password;
mod query;
mod second_factor;
mod sessions;
mod types;

pub use enums::{AccountState, RoleKind, RoleTargetKind};
pub use error::IdentityUserError;
pub(crate) use error::told;
pub use loaders::AccountLoader;
pub use mutation::IdentityMutation;
pub use query::IdentityQuery;
pub use types::{Account, MaskedText, RoleGrant, Session, Viewer, account_of};
