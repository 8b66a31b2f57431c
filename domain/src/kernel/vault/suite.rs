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

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text).expect("hexadecimal digits")
    }

    /// A key, with zeros behind it where it is shorter: HMAC fills keys up with zeros itself.
    fn key(of: &[u8]) -> Derived {
        let mut key = Zeroizing::new([0; DERIVED_LENGTH]);
        key[..of.len()].copy_from_slice(of);
        key
    }

    fn suite(salt: &[u8], master: &[u8]) -> International {
        International(Salt::new(HKDF_SHA256, salt).extract(master))
    }

    /// Test case 16 of its authors, which SP 800-38D of NIST cites.
    #[test]
    fn aes_256_gcm_reckons_the_example_of_its_authors() {
        let key = key(&bytes("feffe9928665731c6d6a8f9467308308").repeat(2));
        let nonce: [u8; 12] = bytes("cafebabefacedbaddecaf888").try_into().expect("a nonce");
        let bound = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let clear = bytes(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525\
             b16aedf5aa0de657ba637b39",
        );
        let suite = suite(SALT, &[0; 32]);
        let mut body = clear.clone();
        suite.seal(&key, (&nonce, &bound), &mut body).expect("sealed");
        assert_eq!(
            hex::encode(&body),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838\
             c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"
        );
        assert_eq!(suite.open(&key, (&nonce, &bound), &body).expect("opened"), clear);
        for at in 0..body.len() {
            let mut altered = body.clone();
            altered[at] ^= 1;
            assert!(suite.open(&key, (&nonce, &bound), &altered).is_err(), "byte {at} does not matter");
            assert!(suite.open(&key, (&nonce, &bound), &body[..at]).is_err(), "{at} bytes suffice");
        }
        assert!(suite.open(&key, (&nonce, b"other"), &body).is_err());
    }

    /// A.1 and A.3, as far as we derive; how the information is cut into parts does not matter.
    #[test]
    fn hkdf_sha_256_reckons_the_examples_of_rfc_5869() {
        let first = suite(&bytes("000102030405060708090a0b0c"), &[0x0b; 22]);
        let derived = first.derive(&[&bytes("f0f1f2f3f4"), &bytes("f5f6f7f8f9")]).expect("derived");
        assert_eq!(
            hex::encode(derived.as_ref()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        );
        let third = suite(&[], &[0x0b; 22]).derive(&[]).expect("derived");
        assert_eq!(
            hex::encode(third.as_ref()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        );
    }

    #[test]
    fn hmac_sha_256_reckons_the_examples_of_rfc_4231() {
        let suite = suite(SALT, &[0; 32]);
        let counted: Vec<u8> = (1..=25).collect();
        for (of, text, tag) in [
            (
                &[0x0b; 20][..],
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], vec![0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (&counted, vec![0xcd; 50], "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        ] {
            assert_eq!(hex::encode(suite.digest(&key(of), &text).expect("a digest")), tag);
        }
    }
}
