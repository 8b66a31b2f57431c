//! Suites of algorithms that a key is used with, behind one trait: what the vault asks for, whoever reckons it.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::kernel::vault::VaultError;
use crate::kernel::vault::sm::Sm;

/// Bytes of a nonce, in every suite.
pub(super) const NONCE_LENGTH: usize = 12;
/// Bytes of what is derived.
const DERIVED_LENGTH: usize = 32;
/// Says what the master key is for.
pub(super) const SALT: &[u8] = b"fengqiao sealing";

/// Which algorithms a key is used with.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Suite {
    /// AES-256-GCM, HKDF-SHA-256, HMAC-SHA-256.
    #[default]
    International,
    /// SM4-GCM, HKDF-SM3, HMAC-SM3.
    Sm,
}

impl Suite {
    /// The suite at work with a master key.
    pub(super) fn with(self, master: &[u8]) -> Box<dyn CryptoProvider> {
        match self {
            Self::International => Box::new(International(Salt::new(HKDF_SHA256, SALT).extract(master))),
            Self::Sm => Box::new(Sm::with(master)),
        }
    }
}

/// A key that was derived for one purpose.
pub(super) type Derived = Zeroizing<[u8; DERIVED_LENGTH]>;

/// What the vault asks of a master key, which stays where it is: in memory, or in a device that does it.
pub(super) trait CryptoProvider: Send + Sync {
    /// Derives a key for what the parts name.
    fn derive(&self, parts: &[&[u8]]) -> Result<Derived, VaultError>;

    /// Puts ciphertext and tag in place of what is in the body.
    fn seal(
        &self,
        key: &Derived,
        bound: (&[u8; NONCE_LENGTH], &[u8]),
        body: &mut Vec<u8>,
    ) -> Result<(), VaultError>;

    /// What ciphertext and tag were made from: [`VaultError::Altered`] when they were made otherwise.
    fn open(
        &self,
        key: &Derived,
        bound: (&[u8; NONCE_LENGTH], &[u8]),
        body: &[u8],
    ) -> Result<Vec<u8>, VaultError>;

    /// A keyed digest.
    fn digest(&self, key: &Derived, text: &[u8]) -> Result<[u8; 32], VaultError>;
}

struct International(Prk);

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        DERIVED_LENGTH
    }
}

impl International {
    fn aead(key: &Derived) -> Result<LessSafeKey, VaultError> {
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| VaultError::Library)?;
        Ok(LessSafeKey::new(key))
    }
}

impl CryptoProvider for International {
    fn derive(&self, parts: &[&[u8]]) -> Result<Derived, VaultError> {
        let mut key = Zeroizing::new([0; DERIVED_LENGTH]);
        let derived = self.0.expand(parts, Length).and_then(|okm| okm.fill(key.as_mut()));
        derived.map_err(|_| VaultError::Library)?;
        Ok(key)
    }

    fn seal(
        &self,
        key: &Derived,
        (nonce, bound): (&[u8; NONCE_LENGTH], &[u8]),
        body: &mut Vec<u8>,
    ) -> Result<(), VaultError> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let sealed = Self::aead(key)?.seal_in_place_append_tag(nonce, Aad::from(bound), body);
        sealed.map_err(|_| VaultError::Library)
    }

    fn open(
        &self,
        key: &Derived,
        (nonce, bound): (&[u8; NONCE_LENGTH], &[u8]),
        body: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let (key, nonce) = (Self::aead(key)?, Nonce::assume_unique_for_key(*nonce));
        let mut body = body.to_vec();
        let clear = key.open_in_place(nonce, Aad::from(bound), &mut body);
        clear.map(|clear| clear.to_vec()).map_err(|_| VaultError::Altered)
    }

    fn digest(&self, key: &Derived, text: &[u8]) -> Result<[u8; 32], VaultError> {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()), text);
        tag.as_ref().try_into().map_err(|_| VaultError::Library)
    }
}
