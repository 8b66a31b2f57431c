//! Secrets that two sides share, and what they sign: `id.timestamp.body` by HMAC-SHA-256, as Standard Webhooks says. Pure but for chance.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::kernel::mutant::{self, Mutant};

/// The specification takes 24 to 64 bytes.
const LENGTH: usize = 32;
const PREFIX: &str = "whsec_";
/// More secrets than two never sign at once.
const MOST_SIGNATURES: usize = 8;

/// What a webhook, a partner or a program signs with, or shows.
pub(crate) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// One that was kept.
    pub(crate) const fn of(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// What is kept of it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether it signed a message: whether one of these signatures, apart by spaces, is of it.
    pub(crate) fn has_signed(&self, signatures: &str, id: &str, timestamp: i64, body: &[u8]) -> bool {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let content = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
        let given = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
        let mut given = given.take(MOST_SIGNATURES).filter_map(|signature| STANDARD.decode(signature).ok());
        given.any(|tag| hmac::verify(&key, &content, &tag).is_ok())
    }

    /// Whether it is what somebody shows, as they were shown it: it takes as long whatever of it is right.
    pub(crate) fn is_shown(&self, text: &str) -> bool {
        verify_slices_are_equal(self.text().as_bytes(), text.as_bytes()).is_ok()
    }

    /// A new one from the system's random source; none when that has none.
    pub(crate) fn random() -> Option<Self> {
        let mut bytes = Zeroizing::new(vec![0; LENGTH]);
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// As its owner is shown it.
    pub(crate) fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice()))
    }
}

/// A signature for each secret, apart by a space.
pub(crate) fn signed(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    let signature = |secret: &Secret| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &secret.0);
        let content = if mutant::active(Mutant::UntimedWebhook) {
            format!("{id}.{body}")
        } else {
            format!("{id}.{timestamp}.{body}")
        };
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, content.as_bytes())))
    };
    secrets.iter().map(signature).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_as_the_specification_shows() {
        let bytes = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let secret = Secret(Zeroizing::new(bytes));
        let body = r#"{"test": 2432232314}"#;
        assert_eq!(
            signed(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn who_signed_is_known_by_any_of_the_signatures() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        let by_both = signed(
            &[Secret::of(one.bytes().to_vec().into()), Secret::of(other.bytes().to_vec().into())],
            "a",
            1,
            "{}",
        );
        assert!(one.has_signed(&by_both, "a", 1, b"{}") && other.has_signed(&by_both, "a", 1, b"{}"));
        for (id, at, body) in [("b", 1, "{}"), ("a", 2, "{}"), ("a", 1, "{} ")] {
            assert!(!one.has_signed(&by_both, id, at, body.as_bytes()), "{id} {at} {body}");
        }
        for nothing in ["", "v1,", "v1,AAAA", "v2,AAAA", &"v1,AAAA ".repeat(100)] {
            assert!(!one.has_signed(nothing, "a", 1, b"{}"), "{nothing}");
        }
        assert!(one.is_shown(&one.text()) && !one.is_shown(&other.text()) && !one.is_shown(""));
    }

    #[test]
    fn secrets_differ_and_each_signs() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one.text(), other.text());
        assert_eq!(one.text().len(), "whsec_".len() + 44);
        assert_eq!(signed(&[one, other], "a", 1, "{}").matches("v1,").count(), 2);
    }
}
