//! Whose word counts for who somebody is (联合身份): identity providers that a district trusts, and whoever signs in by them.
//!
//! An identity provider (身份提供方) is an OpenID issuer, or a WeChat mini-program. It says who somebody is, and never what they may do: that is
//! what role grants say of the account that they were linked to.
//!
//! Invariants: nobody is let in by a word that is not signed by the keys of the issuer that the district named, for the district, just now; a word
//! counts once; what WeChat tells for the server alone leaves this slice neither to clients nor to logs; nobody's word stands for a second
//! factor, and none makes an administrator.

mod claims;
mod command;
mod doors;
mod entry;
mod error;
mod keys;
mod model;
mod service;
mod store;

pub use command::{
    CreateProvider, LinkIdentity, OidcSignIn, RegisterResident, Shown, Trust, TrustOidc, TrustWechat,
    UpdateProvider, WechatSignIn,
};
pub use doors::{DoorFault, Doors, Fetching, FreshToken, WechatApp};
pub use error::{FederationError, FederationErrorCode};
pub use model::{IdentityProvider, ProviderKind, ProviderState, RequiredClaim};
pub use service::{FederationService, FederationSettings};
