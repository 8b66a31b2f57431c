//! The keys that sign access tokens: a file of their own, published as a JWKS.

use std::path::Path;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use crate::kernel::vault::{KeyOrigin, write_private};

/// Why the signing keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key file cannot be read or written.
    #[error("key file {path}: {cause}; run `fengqiao keys` or set keys.token_file")]
    File {
        /// The file.
        path: String,
        /// What the operating system or the parser says.
        cause: String,
    },
    /// The cryptographic library failed.
    #[error("cryptographic library failed")]
    Library,
}

/// The key file: the first key signs, all of them verify, so that keys overlap while they change.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    keys: Vec<FileKey>,
    /// Whether a development start made it: the production profile refuses such keys.
    generated: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    kid: String,
    /// Ed25519 private key in PKCS #8, Base64.
    pkcs8: String,
}

/// One key as it verifies.
struct Known {
    kid: String,
    public: Vec<u8>,
    key: DecodingKey,
}

/// Signs and verifies access tokens with Ed25519.
pub struct TokenKeys {
    signing: EncodingKey,
    known: Vec<Known>,
    generated: bool,
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kids: Vec<&str> = self.known.iter().map(|known| known.kid.as_str()).collect();
        f.debug_struct("TokenKeys").field("kids", &kids).finish_non_exhaustive()
    }
}

impl TokenKeys {
    /// Reads the key file.
    ///
    /// # Errors
    /// [`KeyError::File`] when it is missing or not a key file.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path).map_err(|cause| file_error(path, &cause))?;
        let file: KeyFile = serde_json::from_str(&text).map_err(|cause| file_error(path, &cause))?;
        let mut pairs = vec![];
        for key in &file.keys {
            let pkcs8 = STANDARD.decode(&key.pkcs8).map_err(|cause| file_error(path, &cause))?;
            pairs.push((key.kid.clone(), Zeroizing::new(pkcs8)));
        }
        let keys = Self::from_pairs(pairs).map_err(|cause| file_error(path, &cause))?;
        Ok(Self { generated: file.generated, ..keys })
    }

    /// Writes a file with one new key, readable by its owner only; an existing file stays untouched.
    ///
    /// # Errors
    /// [`KeyError::File`] when it exists or cannot be written.
    pub fn generate(path: &Path, origin: KeyOrigin) -> Result<(), KeyError> {
        let random = SystemRandom::new();
        let mut kid = [0_u8; 8];
        random.fill(&mut kid).map_err(|_| KeyError::Library)?;
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| KeyError::Library)?;
        let key = FileKey { kid: URL_SAFE_NO_PAD.encode(kid), pkcs8: STANDARD.encode(pkcs8.as_ref()) };
        let file = KeyFile { keys: vec![key], generated: origin == KeyOrigin::Development };
        let text = serde_json::to_string(&file).map_err(|cause| file_error(path, &cause))?;
        write_private(path, &text).map_err(|cause| file_error(path, &cause))
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
        Self::from_pairs(pairs).map_err(|_| KeyError::Library)
    }

    /// Keys as a development start makes them, unless their file says otherwise.
    fn from_pairs(pairs: Vec<(String, Zeroizing<Vec<u8>>)>) -> Result<Self, &'static str> {
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
        Ok(Self { signing, known, generated: true })
    }

    /// Whether a development start made the keys.
    #[must_use]
    pub const fn is_generated(&self) -> bool {
        self.generated
    }

    /// The public keys, as served at `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<serde_json::Value> = self
            .known
            .iter()
            .map(|known| {
                json!({
                    "kty": "OKP",
                    "crv": "Ed25519",
                    "alg": "EdDSA",
                    "use": "sig",
                    "kid": known.kid,
                    "x": URL_SAFE_NO_PAD.encode(&known.public),
                })
            })
            .collect();
        json!({ "keys": keys })
    }

    /// The key that signs, with its id.
    pub(super) fn signing(&self) -> (&str, &EncodingKey) {
        (self.known.first().map_or("", |known| known.kid.as_str()), &self.signing)
    }

    /// The key with this id.
    pub(super) fn verifying(&self, kid: &str) -> Option<&DecodingKey> {
        self.known.iter().find(|known| known.kid == kid).map(|known| &known.key)
    }
}

fn file_error(path: &Path, cause: &dyn std::fmt::Display) -> KeyError {
    KeyError::File { path: path.display().to_string(), cause: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_file_opens_and_is_not_overwritten() {
        let folder = std::env::temp_dir().join(format!("fengqiao-keys-{}", std::process::id()));
        let path = folder.join("signing.json");
        TokenKeys::generate(&path, KeyOrigin::Development).expect("written");
        let keys = TokenKeys::open(&path).expect("opened");
        assert!(keys.is_generated());
        assert!(
            TokenKeys::generate(&path, KeyOrigin::Development).is_err(),
            "an existing file stays untouched"
        );
        std::fs::write(&path, "{\"keys\":[],\"generated\":false}").expect("emptied");
        let empty = TokenKeys::open(&path).expect_err("no key").to_string();
        assert!(empty.contains("it holds no key") && empty.contains("keys.token_file"), "{empty}");
        std::fs::remove_dir_all(&folder).expect("removed");
        assert!(matches!(TokenKeys::open(&path), Err(KeyError::File { .. })));
    }

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
        assert_eq!(listed[0]["kid"], keys.signing().0);
    }
}
