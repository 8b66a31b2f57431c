//! What an ID token says (`OpenID Connect Core 1.0`, §2 and §3.1.3.7), read strictly. Pure.
//!
//! The library checks the signature only, with a key that the issuer published for it. Whoever chooses the algorithm is not the token: the key
//! must be of its family.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::federation::model::{IdentityProvider, RequiredClaim};
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};

/// Most characters of a token: those of large issuers have some three thousand.
const MOST_CHARACTERS: usize = 8_192;
/// Most characters of a subject (`OpenID Connect Core 1.0`, §2: 255 ASCII characters).
const SUBJECT_MOST: usize = 255;
/// Algorithms whose keys can be published; whoever shares a key with the issuer could sign as it does.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// The token is refused; why is not told to anyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: Option<String>,
    /// Whatever must be understood is not.
    crit: Option<Value>,
}

/// A token that nobody has checked.
pub(super) struct Unchecked<'a> {
    message: &'a str,
    signature: &'a str,
    algorithm: Algorithm,
    kid: String,
    claims: Map<String, Value>,
}

/// When a token counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// Now.
    pub(super) now: Timestamp,
    /// Seconds by which clocks may differ.
    pub(super) leeway_seconds: i64,
    /// For how many seconds a token is shown after it was made.
    pub(super) most_seconds: i64,
}

/// Whom a token is about, and what counts once of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct About {
    pub(super) subject: String,
    pub(super) once: String,
}

impl<'a> Unchecked<'a> {
    /// Whether it tells somebody who they are. Issuers sign other tokens for the same audience: to call them with (RFC 9068, or with scopes), and
    /// to say that somebody signed out (`OpenID Connect Back-Channel Logout 1.0`, §2.4).
    fn tells_who(&self) -> bool {
        let meant = self.claims.get("typ").is_none_or(|typ| typ == "ID");
        let names = ["events", "scope", "scp"];
        meant && names.iter().all(|name| !self.claims.contains_key(*name)) || mutant::active(Mutant::AnyJwt)
    }

    /// Takes a token apart.
    pub(super) fn read(token: &'a str) -> Result<Self, Refused> {
        if token.len() > MOST_CHARACTERS {
            return Err(Refused);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refused)?;
        let (header, claims) = message.split_once('.').ok_or(Refused)?;
        let header: Header = decoded(header)?;
        let algorithm: Algorithm = header.alg.parse().map_err(|_| Refused)?;
        let is_jwt = header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("JWT"));
        if !ALGORITHMS.contains(&algorithm) || !is_jwt || header.crit.is_some() {
            return Err(Refused);
        }
        Ok(Self { message, signature, algorithm, kid: header.kid, claims: decoded(claims)? })
    }

    /// Which key signed it, as it says.
    pub(super) fn kid(&self) -> &str {
        &self.kid
    }

    /// Whether it is a provider's, as it says: from its issuer, and for its audience and nobody else's.
    pub(super) fn is_of(&self, provider: &IdentityProvider) -> bool {
        let audience = Value::from(provider.audience.as_str());
        let meant = match self.claims.get("aud") {
            // Of several, whom it was made for is said by `azp`, which is looked at below.
            Some(Value::Array(some)) => {
                some.contains(&audience) && (some.len() == 1 || self.claims.contains_key("azp"))
            }
            Some(one) => *one == audience,
            None => false,
        };
        let party = self.claims.get("azp").is_none_or(|party| *party == audience);
        let spoken = self.claims.get("iss").and_then(Value::as_str) == Some(provider.issuer.as_str());
        (spoken && meant && party) || mutant::active(Mutant::UnpinnedIssuer)
    }

    /// Whom it is about, if the key signed it, it counts now, and it says what it must.
    pub(super) fn checked(
        &self,
        key: &Jwk,
        provider: &IdentityProvider,
        timing: Timing,
    ) -> Result<About, Refused> {
        let signed = self.is_signed_by(key) || mutant::active(Mutant::UnsignedIdToken);
        if !signed || !self.is_of(provider) || !self.tells_who() || !self.is_timely(timing) {
            return Err(Refused);
        }
        let says = |claim: &RequiredClaim| {
            self.claims.get(&claim.name).is_some_and(|value| is_or_holds(value, &claim.value))
        };
        if !provider.required_claims().iter().all(says) && !mutant::active(Mutant::AnyClaims) {
            return Err(Refused);
        }
        let subject = provider.subject_claim().and_then(|name| self.claims.get(name)).ok_or(Refused)?;
        let subject = plain(subject).ok_or(Refused)?;
        let length = subject.chars().count();
        if subject.trim().is_empty() || length > SUBJECT_MOST {
            return Err(Refused);
        }
        // Without the signature, of which there can be two for one message.
        let once = hex::encode(digest(&SHA256, self.message.as_bytes()));
        Ok(About { subject, once })
    }

    fn is_signed_by(&self, key: &Jwk) -> bool {
        let family = match &key.algorithm {
            AlgorithmParameters::RSA(_) => matches!(
                self.algorithm,
                Algorithm::RS256
                    | Algorithm::RS384
                    | Algorithm::RS512
                    | Algorithm::PS256
                    | Algorithm::PS384
                    | Algorithm::PS512
            ),
            AlgorithmParameters::EllipticCurve(_) => {
                matches!(self.algorithm, Algorithm::ES256 | Algorithm::ES384)
            }
            AlgorithmParameters::OctetKeyPair(_) => self.algorithm == Algorithm::EdDSA,
            _ => false,
        };
        let common = &key.common;
        let meant =
            common.key_algorithm.is_none_or(|named| named.to_string() == format!("{:?}", self.algorithm));
        let signs = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
        if !family || !meant || !signs {
            return false;
        }
        let Ok(key) = DecodingKey::from_jwk(key) else { return false };
        let message = self.message.as_bytes();
        matches!(jsonwebtoken::crypto::verify(self.signature, message, &key, self.algorithm), Ok(true))
    }

    /// Whether it was made just now and has not ended. Times are whole seconds, and nothing but numbers.
    fn is_timely(&self, timing: Timing) -> bool {
        let now = timing.now.micros().div_euclid(1_000_000);
        let leeway = timing.leeway_seconds;
        let time = |name: &str| self.claims.get(name).map(Value::as_i64);
        let (Some(Some(issued)), Some(Some(ends))) = (time("iat"), time("exp")) else { return false };
        let begun = match time("nbf") {
            None => true,
            Some(Some(begins)) => begins <= now.saturating_add(leeway),
            Some(None) => false,
        };
        let fresh = issued <= now.saturating_add(leeway)
            && now.saturating_sub(issued) <= timing.most_seconds.saturating_add(leeway);
        begun && fresh && now < ends.saturating_add(leeway)
    }
}

fn decoded<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused)?;
    serde_json::from_slice(&bytes).map_err(|_| Refused)
}

/// A text, a number or yes and no, as people write it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

fn is_or_holds(value: &Value, wanted: &str) -> bool {
    match value {
        Value::Array(some) => some.iter().any(|one| plain(one).is_some_and(|text| text == wanted)),
        one => plain(one).is_some_and(|text| text == wanted),
    }
}

/// The keys of a set that can be read; what an issuer publishes besides is let be. None when it is no set; a set that was emptied has none.
pub(super) fn read_keys(text: &str) -> Option<Vec<Jwk>> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = serde_json::from_str(text).ok()?;
    Some(set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
}
