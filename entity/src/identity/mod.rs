//! Tables of the identity slice: accounts, credentials, second factors, secrets of programs, external identities, sessions, refresh tokens, role grants.

pub mod account;
pub mod client_secret;
pub mod credential;
pub mod external_identity;
pub mod refresh_token;
pub mod role_grant;
pub mod role_grant_category;
pub mod second_factor;
pub mod session;
