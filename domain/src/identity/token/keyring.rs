//! The keys that sign access tokens as a server has them that runs: it follows their file, and publishes them as a JWKS.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::json;
use zeroize::Zeroizing;

use crate::identity::token::keys::{KeyError, KeyFile};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::vault::{Content, Followed, KeyOrigin};

/// A private key in PKCS #8, with its id.
pub(super) type Pair = (String, Zeroizing<Vec<u8>>);

/// One key as it verifies.
struct Known {
    kid: String,
    public: Vec<u8>,
    key: DecodingKey,
}

/// The keys of a file: the first one signs, all of them verify.
pub(super) struct KeySet {
    signing: EncodingKey,
    known: Vec<Known>,
    origin: KeyOrigin,
}

impl KeySet {
    pub(super) fn of(pairs: Vec<Pair>, origin: KeyOrigin) -> Result<Self, &'static str> {
        let signing =
            pairs.first().map(|(_, pkcs8)| EncodingKey::from_ed_der(pkcs8)).ok_or("it holds no key")?;
        let mut known: Vec<Known> = vec![];
        for (kid, pkcs8) in pairs {
            if known.iter().any(|other| other.kid == kid) {
                return Err("a kid stands twice");
            }
            let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| "a key is not Ed25519 in PKCS #8")?;
            let public = pair.public_key().as_ref().to_vec();
            known.push(Known { kid, key: DecodingKey::from_ed_der(&public), public });
        }
        Ok(Self { signing, known, origin })
    }

    /// The key that signs, with its id.
    pub(super) fn signing(&self) -> (&str, &EncodingKey) {
        (self.known.first().map_or("", |known| known.kid.as_str()), &self.signing)
    }

    /// The key with this id.
    pub(super) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.known.iter().find(|known| known.kid == kid).map(|known| &known.key)
    }

    /// Whether it has the key that signs in another set.
    fn has_signing_of(&self, other: &Self) -> bool {
        let same = |signing: &Known| {
            self.known.iter().any(|known| known.kid == signing.kid && known.public == signing.public)
        };
        other.known.first().is_some_and(same)
    }
}

impl Content for KeySet {
    type Error = KeyError;

    fn read(path: &Path) -> Result<Self, KeyError> {
        KeyFile::read(path)?.set(path)
    }

    /// The key that signed until now must be among them: otherwise it is another deployment's file. Nor does a server take what it
    /// would not have started with.
    fn objection(&self, present: &Self) -> Option<&'static str> {
        if mutant::active(Mutant::AnyTokenFile) {
            return None;
        }
        if !self.has_signing_of(present) {
            return Some("it lacks the key that signs");
        }
        let is_worse = self.origin == KeyOrigin::Development && present.origin == KeyOrigin::Operator;
        is_worse.then_some("it says that a development start made it")
    }

    fn count(&self) -> usize {
        self.known.len()
    }

    fn is_followed() -> bool {
        !mutant::active(Mutant::UnlearnedTokenKeys)
    }
}

/// Signs and verifies access tokens with Ed25519.
pub struct TokenKeys {
    keys: Followed<KeySet>,
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let set = self.present();
        let kids: Vec<&str> = set.known.iter().map(|known| known.kid.as_str()).collect();
        f.debug_struct("TokenKeys").field("kids", &kids).finish_non_exhaustive()
    }
}

impl TokenKeys {
    /// Reads the key file, and follows it as long as this lives.
    ///
    /// # Errors
    /// [`KeyError::File`] when it is missing or not a key file.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        Ok(Self { keys: Followed::of(path)? })
    }

    /// Keys that never change, for tests.
    ///
    /// # Errors
    /// [`KeyError::Library`] when the library refuses them.
    pub fn for_tests() -> Result<Self, KeyError> {
        let pair = |seed: u8| -> Result<Zeroizing<Vec<u8>>, KeyError> {
            let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).map_err(|_| KeyError::Library)?;
            Ok(Zeroizing::new(pair.to_pkcs8().map_err(|_| KeyError::Library)?.as_ref().to_vec()))
        };
        let pairs = vec![("test-1".to_owned(), pair(1)?), ("test-0".to_owned(), pair(0)?)];
        let set = KeySet::of(pairs, KeyOrigin::Development).map_err(|_| KeyError::Library)?;
        Ok(Self { keys: Followed::fixed(set) })
    }

    /// Whether a development start made the file.
    #[must_use]
    pub fn is_generated(&self) -> bool {
        self.present().origin == KeyOrigin::Development
    }

    /// The public keys, as served at `/.well-known/jwks.json`: the one that signs first.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let set = self.present();
        let keys = set.known.iter().map(|known| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "kid": known.kid,
                "x": URL_SAFE_NO_PAD.encode(&known.public),
            })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }

    /// The keys, as the file had them a second ago or later.
    pub(super) fn present(&self) -> Arc<KeySet> {
        self.keys.content()
    }

    /// The same, looked at again for a key with this id: another server may have learned of it first.
    pub(super) fn knowing(&self, kid: &str) -> Arc<KeySet> {
        self.keys.content_with(|set| set.verifying(kid).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_set_is_public_and_complete() {
        let keys = TokenKeys::for_tests().expect("keys");
        let set = keys.jwks();
        let listed = set["keys"].as_array().expect("an array");
        assert_eq!(listed.len(), 2);
        for key in listed {
            assert_eq!(key["kty"], "OKP");
            assert_eq!(key["crv"], "Ed25519");
            assert_eq!(key["x"].as_str().map(str::len), Some(43));
            assert!(key.get("d").is_none(), "no private part");
        }
        assert_eq!(listed[0]["kid"], keys.present().signing().0);
    }
}
