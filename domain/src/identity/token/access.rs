//! Access tokens: Ed25519-signed JWTs of type `at+jwt`, read strictly.
//!
//! The library checks the signature only. Header and claims are read into closed types, so that an
//! unknown header, a claim of another type or a missing one refuses the token; the times are compared
//! with the server's own clock.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::identity::settings::MOST_ACCESS_SECONDS;
use crate::identity::token::TokenKeys;
use crate::kernel::id::{AccountId, SessionId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};

/// Ours have some 500 characters; a longer text is not read at all.
const MOST_CHARACTERS: usize = 2_048;
const TYPE: &str = "at+jwt";
const VERSION: u32 = 1;

/// What every token must say about where it is from and for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccessRules<'a> {
    /// `iss`.
    pub(crate) issuer: &'a str,
    /// `aud`.
    pub(crate) audience: &'a str,
    /// Seconds by which clocks may differ.
    pub(crate) leeway_seconds: i64,
}

/// What a new token shall say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccessGrant {
    pub(crate) tenant: TenantId,
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
    /// Unique id of the token.
    pub(crate) token: Uuid,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

/// Whom a verified token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) tenant: TenantId,
    pub(crate) account: AccountId,
    pub(crate) session: SessionId,
    pub(crate) expires_at: Timestamp,
}

/// The token is refused; why is not told to anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refused;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    tid: String,
    sid: String,
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    ver: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StrictHeader {
    typ: String,
    alg: String,
    kid: String,
}

impl TokenKeys {
    /// Signs a token.
    pub(crate) fn sign(
        &self,
        rules: &AccessRules<'_>,
        grant: &AccessGrant,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let issued_at = seconds(grant.issued_at);
        let claims = Claims {
            iss: rules.issuer.to_owned(),
            aud: rules.audience.to_owned(),
            sub: grant.account.to_string(),
            tid: grant.tenant.to_string(),
            sid: grant.session.to_string(),
            jti: grant.token.to_string(),
            iat: issued_at,
            nbf: issued_at,
            exp: seconds(grant.expires_at),
            ver: VERSION,
        };
        self.sign_claims(TYPE, &claims)
    }

    /// Signs the claims of a token of some type.
    pub(super) fn sign_claims(
        &self,
        typ: &str,
        claims: &impl Serialize,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let set = self.present();
        let (kid, key) = set.signing();
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(typ.to_owned());
        header.kid = Some(kid.to_owned());
        jsonwebtoken::encode(&header, claims, key)
    }

    /// Whom a token speaks for at this instant.
    pub(crate) fn verify(
        &self,
        rules: &AccessRules<'_>,
        token: &str,
        now: Timestamp,
    ) -> Result<Bearer, Refused> {
        bearer(&self.verify_claims(TYPE, token)?, rules, now)
    }

    /// The claims of a token of some type whose signature is ours.
    pub(super) fn verify_claims<T: serde::de::DeserializeOwned>(
        &self,
        typ: &str,
        token: &str,
    ) -> Result<T, Refused> {
        if token.len() > MOST_CHARACTERS {
            return Err(Refused);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refused)?;
        let (header, claims) = message.split_once('.').ok_or(Refused)?;
        let header: StrictHeader = decoded(header)?;
        let typed = header.typ == typ || mutant::active(Mutant::AnyTokenType);
        let known = header.alg == "EdDSA" || mutant::active(Mutant::AnyAlgorithm);
        if !typed || !known {
            return Err(Refused);
        }
        let set = self.knowing(&header.kid);
        let key = set.verifying(&header.kid).ok_or(Refused)?;
        let signed = jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, Algorithm::EdDSA);
        if !matches!(signed, Ok(true)) {
            return Err(Refused);
        }
        decoded(claims)
    }
}

fn bearer(claims: &Claims, rules: &AccessRules<'_>, now: Timestamp) -> Result<Bearer, Refused> {
    let now = seconds(now);
    let leeway = rules.leeway_seconds;
    let life = claims.exp.checked_sub(claims.iat).ok_or(Refused)?;
    let over = now >= claims.exp.saturating_add(leeway) && !mutant::active(Mutant::EndlessToken);
    let timely = claims.nbf <= now + leeway
        && claims.iat <= now + leeway
        && !over
        && (1..=MOST_ACCESS_SECONDS).contains(&life);
    let for_us = claims.aud == rules.audience || mutant::active(Mutant::AnyAudience);
    let ours = claims.iss == rules.issuer && for_us && claims.ver == VERSION;
    if !timely || !ours || Uuid::try_parse(&claims.jti).is_err() {
        return Err(Refused);
    }
    Ok(Bearer {
        tenant: claims.tid.parse().map_err(|_| Refused)?,
        account: claims.sub.parse().map_err(|_| Refused)?,
        session: claims.sid.parse().map_err(|_| Refused)?,
        expires_at: Timestamp(claims.exp.saturating_mul(1_000_000)),
    })
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused)?;
    serde_json::from_slice(&bytes).map_err(|_| Refused)
}

pub(super) const fn seconds(at: Timestamp) -> i64 {
    at.micros().div_euclid(1_000_000)
}

#[cfg(test)]
mod tests;
