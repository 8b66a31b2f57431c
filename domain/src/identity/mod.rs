//! Who someone is and what they may do: accounts, sessions, roles and role grants.
//!
//! An account (账号) belongs to one tenant and is written `login@district`. A role (角色) is a named set
//! of permissions: one column of `roles.csv`. A role grant (授权) gives an account a role at a target
//! for a period, narrowed by categories and a ceiling of sensitivity.
//!
//! Invariants: a grant never exceeds its grantor's scope; no account holds two of the three separated
//! administrators; a refresh token used twice ends its session; a code of a second
//! factor counts once, and so does a request that a program signed; a scope is minted here and nowhere else.

mod administered;
mod cache;
mod client;
mod command;
pub(crate) mod directory;
mod entry;
mod error;
mod external;
mod granting;
mod limit;
mod lookup;
mod mask;
mod model;
mod password;
mod password_rules;
mod phone;
mod proving;
mod resolve;
mod role;
mod service;
mod settings;
mod store;
mod telling;
mod token;
mod totp;
mod visiting;

pub use client::{
    ClientProof, ClientSecret, ClientSignIn, ClientToken, CreateClientSecret, IssuedClientSecret,
    SignedRequest, Signer,
};
pub use command::{CreateAccount, GrantRole, SeedAccount, SeedGrant, SignIn};
pub(crate) use entry::Visit;
pub(crate) use entry::external::Admitted;
pub use entry::{Authenticated, Linked};
pub use error::{IdentityError, IdentityErrorCode};
pub use external::ExternalIdentity;
pub(crate) use external::{Refusal, Registration, Vouched};
pub use mask::{masked_name, masked_phone};
pub use model::{
    Account, AccountState, FirstPassword, GrantTarget, NewSecondFactor, OpenSession, PasswordStanding,
    RoleGrant, SecondFactor, SecondFactorState, SessionTokens, Viewer,
};
pub use password::PasswordDigest;
pub use password_rules::{PasswordProfile, PasswordRules};
pub use phone::{BadPhone, Phone};
pub use role::{Role, TargetKind, is_program};
pub use service::{AccountFilter, GrantFilter, IdentityService, SetupError};
pub use settings::{BadSetting, ClientRules, IdentitySettings, SecondFactorRules, SignInLimits};
pub use token::{KeyError, LinkUse, TokenKey, TokenKeyFile, TokenKeyState, TokenKeys};
pub(crate) use visiting::{Guest, admit, dismiss};
