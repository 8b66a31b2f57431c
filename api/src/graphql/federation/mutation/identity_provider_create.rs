//! `identityProviderCreate`.

use async_graphql::{Context, InputObject, OneofObject, SimpleObject};
use fengqiao_domain::federation as domain;
use zeroize::Zeroizing;

use crate::graphql::context::member;
use crate::graphql::federation::FederationUserError;
use crate::graphql::federation::types::{IdentityProvider, IdentityProviderClaimInput, claims};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};

/// A WeChat mini-program that shall be trusted.
#[derive(InputObject)]
pub struct WechatTrustInput {
    /// Its app id (AppID), such as `wx1234567890abcdef`. It never changes.
    app: String,
    /// Its app secret (AppSecret), at most 128 characters. It is kept sealed and told to nobody.
    app_secret: String,
    /// Whether residents make accounts of their own by it.
    #[graphql(default)]
    is_open_to_residents: bool,
}

/// An OpenID Connect issuer that shall be trusted.
#[derive(InputObject)]
pub struct OidcTrustInput {
    /// The `iss` of its tokens, letter by letter: an `https` address, at most 2000 characters. It never changes.
    issuer: String,
    /// The `aud` of its tokens, which is what the issuer calls the front-end; 1 to 200 characters. It never changes.
    audience: String,
    /// Where its keys are: an `https` address, at most 2000 characters.
    jwks_url: String,
    /// Which claim names somebody, at most 64 characters: `sub`, or the number of an employee, say. It never changes.
    #[graphql(default_with = "String::from(\"sub\")")]
    subject_claim: String,
    /// What every token must say, at most 8 claims.
    #[graphql(default, validator(max_items = 8))]
    required_claims: Vec<IdentityProviderClaimInput>,
}

/// Whom to trust: exactly one of them.
#[derive(OneofObject)]
pub enum IdentityProviderTrustInput {
    /// A WeChat mini-program.
    Wechat(WechatTrustInput),
    /// An OpenID Connect issuer.
    Oidc(OidcTrustInput),
}

/// Input of `identityProviderCreate`.
#[derive(InputObject)]
pub struct IdentityProviderCreateInput {
    /// What people call it, 1 to 60 characters.
    name: String,
    /// Whom to trust.
    trust: IdentityProviderTrustInput,
}

/// Outcome of `identityProviderCreate`.
#[derive(SimpleObject)]
pub struct IdentityProviderCreatePayload {
    /// The provider as it was made; null when `userErrors` says why not.
    identity_provider: Option<IdentityProvider>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

fn trust(input: IdentityProviderTrustInput) -> domain::Trust {
    match input {
        IdentityProviderTrustInput::Wechat(wechat) => domain::Trust::Wechat(domain::TrustWechat {
            app: wechat.app,
            secret: Zeroizing::new(wechat.app_secret),
            registers: wechat.is_open_to_residents,
        }),
        IdentityProviderTrustInput::Oidc(oidc) => domain::Trust::Oidc(domain::TrustOidc {
            issuer: oidc.issuer,
            audience: oidc.audience,
            jwks_url: oidc.jwks_url,
            subject_claim: oidc.subject_claim,
            required_claims: claims(oidc.required_claims),
        }),
    }
}

/// Trust a provider.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: IdentityProviderCreateInput,
) -> Outcome<IdentityProviderCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "identityProviderCreate")?;
    let command = domain::CreateProvider { name: input.name, trust: trust(input.trust) };
    let outcome = member.services().federation.provider_create(&scope, command).await;
    let (identity_provider, problems) = match settled(ctx, member, outcome).await? {
        Ok(provider) => (Some(provider.into()), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(IdentityProviderCreatePayload {
        identity_provider,
        user_errors: FederationUserError::all(ctx, problems),
    })
}
