//! The suite of the national standards: SM4-GCM (GB/T 32907, RFC 8998), HMAC-SM3 and HKDF-SM3 (GB/T 32905).
//!
//! Nothing here is a certified module. SM4 is reckoned with tables, so that whoever measures the caches of the same
//! machine may learn of a key; on hardware of one's own that is nobody else.

use aes_gcm::AesGcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

use crate::kernel::vault::VaultError;
use crate::kernel::vault::suite::{CryptoProvider, Derived, NONCE_LENGTH, SALT};

/// SM4 has keys of 128 bits: the first half of what is derived.
const CIPHER_KEY_LENGTH: usize = 16;

/// The crate names AES, and its documentation wants no other cipher lightly. GCM is defined over any cipher with blocks of 128 bits, RFC 8998
/// defines it over this one, and the tests below have its numbers.
type Sm4Gcm = AesGcm<Sm4, U12>;

pub(super) struct Sm(Hkdf<Sm3>);

impl Sm {
    pub(super) fn with(master: &[u8]) -> Self {
        Self(Hkdf::new(Some(SALT), master))
    }

    fn aead(key: &Derived) -> Result<Sm4Gcm, VaultError> {
        let key = key.get(..CIPHER_KEY_LENGTH).ok_or(VaultError::Library)?;
        Sm4Gcm::new_from_slice(key).map_err(|_| VaultError::Library)
    }
}

impl CryptoProvider for Sm {
    fn derive(&self, parts: &[&[u8]]) -> Result<Derived, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        self.0.expand_multi_info(parts, key.as_mut()).map_err(|_| VaultError::Library)?;
        Ok(key)
    }

    fn seal(
        &self,
        key: &Derived,
        (nonce, bound): (&[u8; NONCE_LENGTH], &[u8]),
        body: &mut Vec<u8>,
    ) -> Result<(), VaultError> {
        Self::aead(key)?.encrypt_in_place(nonce.into(), bound, body).map_err(|_| VaultError::Library)
    }

    fn open(
        &self,
        key: &Derived,
        (nonce, bound): (&[u8; NONCE_LENGTH], &[u8]),
        body: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let mut body = body.to_vec();
        Self::aead(key)?.decrypt_in_place(nonce.into(), bound, &mut body).map_err(|_| VaultError::Altered)?;
        Ok(body)
    }

    fn digest(&self, key: &Derived, text: &[u8]) -> Result<[u8; 32], VaultError> {
        let mut mac = Hmac::<Sm3>::new_from_slice(key.as_ref()).map_err(|_| VaultError::Library)?;
        mac.update(text);
        Ok(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use sm3::Digest as _;
    use sm4::cipher::{BlockCipherDecrypt as _, BlockCipherEncrypt as _};

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text).expect("hexadecimal digits")
    }

    #[test]
    fn sm3_reckons_the_examples_of_gb_t_32905() {
        let of = |text: &[u8]| hex::encode(Sm3::digest(text));
        assert_eq!(of(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        let long = b"abcd".repeat(16);
        assert_eq!(of(&long), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    }

    #[test]
    fn sm4_reckons_the_examples_of_gb_t_32907() {
        let text = bytes("0123456789abcdeffedcba9876543210");
        let cipher = Sm4::new_from_slice(&text).expect("a key");
        let mut block = <[u8; 16]>::try_from(text.as_slice()).expect("a block").into();
        cipher.encrypt_block(&mut block);
        assert_eq!(hex::encode(block), "681edf34d206965e86b3e94f536e4246");
        cipher.decrypt_block(&mut block);
        assert_eq!(block.as_slice(), text);
        for _ in 0..1_000_000 {
            cipher.encrypt_block(&mut block);
        }
        assert_eq!(hex::encode(block), "595298c7c6fd271f0402f804c33d3f66");
    }

    #[test]
    fn sm4_gcm_reckons_the_example_of_rfc_8998() {
        let mut key = Zeroizing::new([0; 32]);
        key[..16].copy_from_slice(&bytes("0123456789abcdeffedcba9876543210"));
        let nonce: [u8; 12] = bytes("00001234567800000000abcd").try_into().expect("a nonce");
        let bound = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        let clear: Vec<u8> = ["aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa"]
            .iter()
            .flat_map(|byte| bytes(byte).repeat(8))
            .collect();
        let suite = Sm::with(&[0; 32]);
        let mut body = clear.clone();
        suite.seal(&key, (&nonce, &bound), &mut body).expect("sealed");
        assert_eq!(
            hex::encode(&body),
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
             d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
             83de3541e4c2b58177e065a9bf7b62ec"
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

    /// The examples of GM/T 0042, as OpenSSL reckons them too.
    #[test]
    fn hmac_sm3_reckons_the_examples_of_gm_t_0042() {
        let of = |key: &[u8], text: &[u8]| {
            let mut mac = Hmac::<Sm3>::new_from_slice(key).expect("a key");
            mac.update(text);
            hex::encode(mac.finalize().into_bytes())
        };
        let counted: Vec<u8> = (1..=32).collect();
        let text = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".repeat(2);
        assert_eq!(of(&counted, &text), "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
        assert_eq!(
            of(&[0x0b; 32], b"Hi There"),
            "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"
        );
        assert_eq!(
            of(b"Jefe", b"what do ya want for nothing?"),
            "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"
        );
    }

    /// The input of RFC 5869, A.1; the result is OpenSSL's (`openssl kdf -kdfopt digest:SM3 … HKDF`).
    #[test]
    fn hkdf_sm3_reckons_as_openssl_does() {
        let hkdf = Hkdf::<Sm3>::new(Some(&bytes("000102030405060708090a0b0c")), &[0x0b; 22]);
        let mut okm = [0; 42];
        hkdf.expand_multi_info(&[&bytes("f0f1f2f3f4"), &bytes("f5f6f7f8f9")], &mut okm).expect("derived");
        assert_eq!(
            hex::encode(okm),
            "c69fe91b7aaee2dd5718d72dcaee0cce93f1b8e41f792da51261b6a517e68b36ed2c595572b01dfa359b"
        );
    }
}
