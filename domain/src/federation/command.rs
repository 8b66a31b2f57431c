//! Inputs of the federation slice's use cases, and what they are after parsing.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

use url::Url;
use zeroize::Zeroizing;

use crate::federation::error::FederationError;
use crate::federation::model::{AppSecret, OidcTrust, ProviderKind, RequiredClaim};
use crate::kernel::address::URL_LIMIT;
use crate::kernel::failure::Problem;
use crate::kernel::id::{IdentityProviderId, UnitId};
use crate::kernel::text;

/// Most characters of a name.
const NAME_LIMIT: usize = 60;
/// Most characters of an audience or of a claim's value.
const VALUE_LIMIT: usize = 200;
/// Most characters of a claim's name.
const CLAIM_LIMIT: usize = 64;
/// Most claims that a token must have.
const MOST_CLAIMS: usize = 8;
/// Characters of an app secret of WeChat are 32; some room.
const SECRET_LIMIT: usize = 128;
/// Most characters of an app id: WeChat's have 18.
const APP_LIMIT: usize = 32;
/// What WeChat calls itself in the column of issuers.
pub(super) const WECHAT: &str = "wechat";

/// Trust a WeChat mini-program.
#[derive(Clone)]
pub struct TrustWechat {
    /// Its app id.
    pub app: String,
    /// Its app secret.
    pub secret: Zeroizing<String>,
    /// Whether residents make accounts of their own by it.
    pub registers: bool,
}

impl fmt::Debug for TrustWechat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustWechat").field("app", &self.app).finish_non_exhaustive()
    }
}

/// Trust an OpenID issuer.
#[derive(Clone, Debug)]
pub struct TrustOidc {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The `aud` of its tokens.
    pub audience: String,
    /// Where its keys are.
    pub jwks_url: String,
    /// Which claim names somebody.
    pub subject_claim: String,
    /// What every token must say.
    pub required_claims: Vec<RequiredClaim>,
}

/// Whom to trust.
#[derive(Clone, Debug)]
pub enum Trust {
    /// A WeChat mini-program.
    Wechat(TrustWechat),
    /// An OpenID issuer.
    Oidc(TrustOidc),
}

/// Trust a provider.
#[derive(Clone, Debug)]
pub struct CreateProvider {
    /// What people call it.
    pub name: String,
    /// Whom to trust.
    pub trust: Trust,
}

/// [`CreateProvider`], parsed.
pub(super) struct NewProvider {
    pub(super) name: String,
    pub(super) kind: ProviderKind,
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) oidc: Option<OidcTrust>,
    pub(super) secret: Option<AppSecret>,
    pub(super) registers: bool,
}

/// Change what may be changed of a provider: who it is stays.
#[derive(Clone)]
pub struct UpdateProvider {
    /// Which.
    pub provider: IdentityProviderId,
    /// The version that the caller read.
    pub expected_version: i64,
    /// Another name.
    pub name: Option<String>,
    /// Another app secret of a mini-program.
    pub secret: Option<Zeroizing<String>>,
    /// Whether residents make accounts of their own by a mini-program.
    pub registers: Option<bool>,
    /// Another address of an issuer's keys.
    pub jwks_url: Option<String>,
    /// What every token of an issuer must say, instead of what it had to.
    pub required_claims: Option<Vec<RequiredClaim>>,
}

impl fmt::Debug for UpdateProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpdateProvider").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// Sign in with a code of a mini-program.
#[derive(Clone)]
pub struct WechatSignIn {
    /// Code of the district.
    pub district: String,
    /// App id of the mini-program.
    pub app: String,
    /// What `wx.login` gave it.
    pub code: String,
    /// Where it comes from.
    pub from: IpAddr,
}

impl fmt::Debug for WechatSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WechatSignIn").finish_non_exhaustive()
    }
}

/// Sign in with an ID token.
#[derive(Clone)]
pub struct OidcSignIn {
    /// Code of the district.
    pub district: String,
    /// The token.
    pub id_token: String,
    /// Where it comes from.
    pub from: IpAddr,
}

impl fmt::Debug for OidcSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSignIn").finish_non_exhaustive()
    }
}

/// Make an account of one's own.
#[derive(Clone, Debug)]
pub struct RegisterResident {
    /// By whom they sign in.
    pub sign_in: WechatSignIn,
    /// What the button for the telephone number gave the mini-program.
    pub phone_code: Zeroizing<String>,
    /// What they are called.
    pub name: String,
    /// The village in which they live.
    pub home: UnitId,
}

/// What somebody who is signed in shows of themselves.
#[derive(Clone)]
pub enum Shown {
    /// A code of a mini-program.
    Wechat {
        /// App id of the mini-program.
        app: String,
        /// What `wx.login` gave it.
        code: String,
    },
    /// An ID token.
    Oidc {
        /// The token.
        id_token: String,
    },
}

/// Link whoever is shown to the caller's account.
#[derive(Clone)]
pub struct LinkIdentity {
    /// The caller's password.
    pub password: String,
    /// Who they are elsewhere.
    pub shown: Shown,
}

impl fmt::Debug for LinkIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkIdentity").finish_non_exhaustive()
    }
}

type Parsed<T> = Result<T, Problem<FederationError>>;

impl CreateProvider {
    /// The command with every value parsed, or every mistake in them; `admits` says whether keys may be fetched from an address.
    pub(super) fn parsed(
        &self,
        admits: impl Fn(&str) -> bool,
    ) -> Result<NewProvider, Vec<Problem<FederationError>>> {
        let mut problems = vec![];
        let mut taken =
            |value: Parsed<String>| value.map_err(|problem| problems.push(problem)).unwrap_or_default();
        let name = taken(line("name", &self.name, NAME_LIMIT));
        let new = match &self.trust {
            Trust::Wechat(trust) => NewProvider {
                name,
                kind: ProviderKind::Wechat,
                issuer: WECHAT.to_owned(),
                audience: taken(app("trust.wechat.app", &trust.app)),
                oidc: None,
                secret: Some(AppSecret(Zeroizing::new(taken(secret(
                    "trust.wechat.appSecret",
                    &trust.secret,
                ))))),
                registers: trust.registers,
            },
            Trust::Oidc(trust) => {
                let issuer = taken(issuer(&trust.issuer));
                let audience = taken(line("trust.oidc.audience", &trust.audience, VALUE_LIMIT));
                let jwks_url = taken(jwks_url("trust.oidc.jwksUrl", &trust.jwks_url, admits));
                let subject_claim = taken(line("trust.oidc.subjectClaim", &trust.subject_claim, CLAIM_LIMIT));
                let required = claims("trust.oidc.requiredClaims", &trust.required_claims);
                let required = required.map_err(|problem| problems.push(problem)).unwrap_or_default();
                let oidc = Some(OidcTrust { jwks_url, subject_claim, required });
                let kind = ProviderKind::Oidc;
                NewProvider { name, kind, issuer, audience, oidc, secret: None, registers: false }
            }
        };
        if problems.is_empty() { Ok(new) } else { Err(problems) }
    }
}

/// [`UpdateProvider`], parsed.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) name: Option<String>,
    pub(super) secret: Option<AppSecret>,
    pub(super) jwks_url: Option<String>,
    pub(super) required: Option<Vec<RequiredClaim>>,
}

impl UpdateProvider {
    /// The command with every value parsed, or every mistake in them, for a provider of this kind.
    pub(super) fn parsed(
        &self,
        kind: ProviderKind,
        admits: impl Fn(&str) -> bool,
    ) -> Result<Changed, Vec<Problem<FederationError>>> {
        let mut problems = vec![];
        let wechat = [("appSecret", self.secret.is_some()), ("isOpenToResidents", self.registers.is_some())];
        let oidc = [("jwksUrl", self.jwks_url.is_some()), ("requiredClaims", self.required_claims.is_some())];
        let foreign = if kind == ProviderKind::Wechat { oidc } else { wechat };
        let foreign = foreign.into_iter().filter(|(_, given)| *given);
        problems.extend(foreign.map(|(path, _)| Problem::at(path, FederationError::WrongKind)));
        let mut changed = Changed::default();
        let texts = [
            (&mut changed.name, self.name.as_deref().map(|name| line("name", name, NAME_LIMIT))),
            (&mut changed.jwks_url, self.jwks_url.as_deref().map(|url| jwks_url("jwksUrl", url, &admits))),
        ];
        for (into, parsed) in texts {
            match parsed.transpose() {
                Ok(value) => *into = value,
                Err(problem) => problems.push(problem),
            }
        }
        match self.secret.as_ref().map(|text| secret("appSecret", text)).transpose() {
            Ok(value) => changed.secret = value.map(|text| AppSecret(Zeroizing::new(text))),
            Err(problem) => problems.push(problem),
        }
        match self.required_claims.as_ref().map(|some| claims("requiredClaims", some)).transpose() {
            Ok(value) => changed.required = value,
            Err(problem) => problems.push(problem),
        }
        if problems.is_empty() { Ok(changed) } else { Err(problems) }
    }
}

fn line(path: &str, value: &str, limit: usize) -> Parsed<String> {
    text::line(value, limit).map_err(|bad| Problem::at(path, bad.into()))
}

fn app(path: &str, value: &str) -> Parsed<String> {
    let value = line(path, value, APP_LIMIT)?;
    let plain = value.starts_with("wx") && value.chars().all(|c| c.is_ascii_alphanumeric());
    if plain { Ok(value) } else { Err(Problem::at(path, FederationError::InvalidText)) }
}

fn secret(path: &str, value: &str) -> Parsed<String> {
    let value = line(path, value, SECRET_LIMIT)?;
    let plain = value.chars().all(|c| c.is_ascii_graphic());
    if plain { Ok(value) } else { Err(Problem::at(path, FederationError::InvalidText)) }
}

/// An issuer is an `https` address without a query (`OpenID Connect Core 1.0`, §2). Nobody calls it; it is compared letter by letter.
fn issuer(value: &str) -> Parsed<String> {
    let path = "trust.oidc.issuer";
    let value = line(path, value, URL_LIMIT)?;
    let url = Url::parse(&value).ok();
    let fits = |url: &Url| url.scheme() == "https" && url.query().is_none() && url.fragment().is_none();
    if url.as_ref().is_some_and(fits) {
        Ok(value)
    } else {
        Err(Problem::at(path, FederationError::InvalidUrl))
    }
}

fn jwks_url(path: &str, value: &str, admits: impl Fn(&str) -> bool) -> Parsed<String> {
    let value = line(path, value, URL_LIMIT)?;
    if admits(&value) { Ok(value) } else { Err(Problem::at(path, FederationError::InvalidUrl)) }
}

fn claims(path: &str, some: &[RequiredClaim]) -> Parsed<Vec<RequiredClaim>> {
    if some.len() > MOST_CLAIMS {
        return Err(Problem::at(path, FederationError::TooMany { limit: MOST_CLAIMS }));
    }
    let mut names = BTreeSet::new();
    let mut parsed = vec![];
    for claim in some {
        let name = line(path, &claim.name, CLAIM_LIMIT)?;
        let value = line(path, &claim.value, VALUE_LIMIT)?;
        if !names.insert(name.clone()) {
            return Err(Problem::at(path, FederationError::InvalidText));
        }
        parsed.push(RequiredClaim { name, value });
    }
    // In the order in which they are kept.
    parsed.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(parsed)
}
