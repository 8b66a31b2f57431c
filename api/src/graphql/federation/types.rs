//! Types of the federation slice.

use async_graphql::{ID, InputObject, OneofObject, SimpleObject};
use fengqiao_domain::federation as domain;
use fengqiao_domain::identity as own;

use super::enums::{IdentityProviderKind, IdentityProviderState};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;

/// A claim that an ID token must have.
#[derive(SimpleObject)]
pub struct IdentityProviderClaim {
    /// What the issuer calls it.
    name: String,
    /// Value; of a list, one of it.
    value: String,
}

/// A claim that an ID token must have.
#[derive(InputObject)]
pub struct IdentityProviderClaimInput {
    /// Name, 1 to 64 characters.
    name: String,
    /// Value, 1 to 200 characters; of a list, one of it. Numbers and yes and no are written as JSON writes them.
    value: String,
}

/// Claims as the domain takes them.
pub(super) fn claims(some: Vec<IdentityProviderClaimInput>) -> Vec<domain::RequiredClaim> {
    let claim =
        |claim: IdentityProviderClaimInput| domain::RequiredClaim { name: claim.name, value: claim.value };
    some.into_iter().map(claim).collect()
}

/// An identity provider that the district trusts (身份提供方), without what is secret of it.
#[derive(SimpleObject)]
pub struct IdentityProvider {
    /// Global id: `identityprovider_<uuid>`.
    id: ID,
    /// What people call it.
    name: String,
    /// How it says who somebody is.
    kind: IdentityProviderKind,
    /// The `iss` of its tokens; null for WeChat.
    issuer: Option<String>,
    /// The `aud` of its tokens; the app id (AppID) for WeChat.
    audience: String,
    /// Where its keys are; null for WeChat.
    jwks_url: Option<String>,
    /// Which claim names somebody; null for WeChat.
    subject_claim: Option<String>,
    /// What every token must say; empty for WeChat.
    required_claims: Vec<IdentityProviderClaim>,
    /// Whether residents make accounts of their own by it.
    is_open_to_residents: bool,
    /// Whether its word counts.
    state: IdentityProviderState,
    /// When it was made.
    created_at: DateTime,
    /// Counts changes, for `expectedVersion`.
    version: i64,
}

impl From<domain::IdentityProvider> for IdentityProvider {
    fn from(provider: domain::IdentityProvider) -> Self {
        let claim = |claim: &domain::RequiredClaim| IdentityProviderClaim {
            name: claim.name.clone(),
            value: claim.value.clone(),
        };
        Self {
            id: id::text(provider.id),
            jwks_url: provider.jwks_url().map(str::to_owned),
            subject_claim: provider.subject_claim().map(str::to_owned),
            required_claims: provider.required_claims().iter().map(claim).collect(),
            issuer: (provider.kind == domain::ProviderKind::Oidc).then_some(provider.issuer),
            name: provider.name,
            kind: provider.kind.into(),
            audience: provider.audience,
            is_open_to_residents: provider.registers,
            state: provider.state.into(),
            created_at: DateTime(provider.created_at),
            version: provider.version,
        }
    }
}

/// Whom an identity provider knows the viewer's account as (外部身份). What it calls them is told to nobody.
#[derive(SimpleObject)]
pub struct ExternalIdentity {
    /// Global id: `externalidentity_<uuid>`.
    id: ID,
    /// What people call the provider.
    provider_name: String,
    /// How the provider says who somebody is.
    provider_kind: IdentityProviderKind,
    /// When it was linked.
    created_at: DateTime,
    /// When somebody signed in by it last; null when nobody has.
    used_at: Option<DateTime>,
}

impl From<(own::ExternalIdentity, domain::IdentityProvider)> for ExternalIdentity {
    fn from((identity, provider): (own::ExternalIdentity, domain::IdentityProvider)) -> Self {
        Self {
            id: id::text(identity.id),
            provider_name: provider.name,
            provider_kind: provider.kind.into(),
            created_at: DateTime(identity.created_at),
            used_at: identity.used_at.map(DateTime),
        }
    }
}

/// What a mini-program shows of somebody.
#[derive(InputObject)]
pub struct WechatProofInput {
    /// App id of the mini-program (AppID), at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    app: String,
    /// What `wx.login` gave it, at most 128 characters; it counts once, for five minutes.
    #[graphql(validator(chars_max_length = 128))]
    code: String,
}

/// What an OpenID issuer says of somebody.
#[derive(InputObject)]
pub struct OidcProofInput {
    /// The ID token, at most 8192 characters; it counts once, for some minutes after it was made.
    #[graphql(validator(chars_max_length = 8192))]
    id_token: String,
}

/// What somebody who is signed in shows of who they are elsewhere: exactly one of them.
#[derive(OneofObject)]
pub enum ExternalIdentityProofInput {
    /// A code of a WeChat mini-program.
    Wechat(WechatProofInput),
    /// An ID token.
    Oidc(OidcProofInput),
}

impl From<ExternalIdentityProofInput> for domain::Shown {
    fn from(proof: ExternalIdentityProofInput) -> Self {
        match proof {
            ExternalIdentityProofInput::Wechat(shown) => Self::Wechat { app: shown.app, code: shown.code },
            ExternalIdentityProofInput::Oidc(shown) => Self::Oidc { id_token: shown.id_token },
        }
    }
}
