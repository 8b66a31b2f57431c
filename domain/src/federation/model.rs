//! An identity provider as it is read.

use std::fmt;

use strum::{EnumIter, EnumString, IntoStaticStr};
use zeroize::Zeroizing;

use crate::kernel::id::{IdentityProviderId, Timestamp};

/// How a provider says who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ProviderKind {
    /// A WeChat mini-program: a code of it is changed for an open id (微信小程序登录).
    Wechat,
    /// An OpenID issuer: it signs ID tokens (`OpenID Connect Core 1.0`, §2).
    Oidc,
}

/// Whether a provider's word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ProviderState {
    /// It does.
    Enabled,
    /// It does not; what was linked by it stays linked.
    Disabled,
}

/// A claim that an ID token must have, with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredClaim {
    /// Name.
    pub name: String,
    /// Value; of a list, one of it.
    pub value: String,
}

/// What is kept of an OpenID issuer besides its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OidcTrust {
    /// Where its keys are.
    pub(super) jwks_url: String,
    /// Which claim names somebody.
    pub(super) subject_claim: String,
    /// What every token must say.
    pub(super) required: Vec<RequiredClaim>,
}

/// An identity provider (身份提供方), without what is secret of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Id.
    pub id: IdentityProviderId,
    /// What people call it.
    pub name: String,
    /// How it says who somebody is.
    pub kind: ProviderKind,
    /// The `iss` of its tokens; `wechat` for WeChat.
    pub issuer: String,
    /// The `aud` of its tokens; the app id for WeChat.
    pub audience: String,
    /// The rest of an OpenID issuer.
    pub(super) oidc: Option<OidcTrust>,
    /// Whether residents make accounts of their own by it.
    pub registers: bool,
    /// Whether its word counts.
    pub state: ProviderState,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts changes.
    pub version: i64,
}

impl IdentityProvider {
    /// Where its keys are; none for WeChat.
    #[must_use]
    pub fn jwks_url(&self) -> Option<&str> {
        self.oidc.as_ref().map(|oidc| oidc.jwks_url.as_str())
    }

    /// Which claim names somebody; none for WeChat.
    #[must_use]
    pub fn subject_claim(&self) -> Option<&str> {
        self.oidc.as_ref().map(|oidc| oidc.subject_claim.as_str())
    }

    /// What every token must say; nothing for WeChat.
    #[must_use]
    pub fn required_claims(&self) -> &[RequiredClaim] {
        self.oidc.as_ref().map_or(&[], |oidc| &oidc.required)
    }
}

/// The app secret of a mini-program.
#[derive(Clone)]
pub(super) struct AppSecret(pub(super) Zeroizing<String>);

impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSecret(…)")
    }
}
