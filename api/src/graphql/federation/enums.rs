//! Enums of the federation slice, mirrored from the domain.

use async_graphql::Enum;

/// How an identity provider says who somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::federation::ProviderKind")]
pub enum IdentityProviderKind {
    /// A WeChat mini-program (微信小程序): a code of `wx.login` is changed for an open id.
    Wechat,
    /// An OpenID Connect issuer: it signs ID tokens.
    Oidc,
}

/// Whether the word of an identity provider counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::federation::ProviderState")]
pub enum IdentityProviderState {
    /// It does.
    Enabled,
    /// It does not; what was linked by it stays linked.
    Disabled,
}
