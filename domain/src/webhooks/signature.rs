//! Secrets of webhooks, and what they sign: `id.timestamp.body` by HMAC-SHA-256, as Standard Webhooks says. Pure but for chance.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::kernel::mutant::{self, Mutant};

/// The specification takes 24 to 64 bytes.
const LENGTH: usize = 32;
const PREFIX: &str = "whsec_";

/// What signs the messages of a webhook.
pub(super) struct Secret(pub(super) Zeroizing<Vec<u8>>);

impl Secret {
    /// A new one from the system's random source; none when that has none.
    pub(super) fn random() -> Option<Self> {
        let mut bytes = Zeroizing::new(vec![0; LENGTH]);
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// As its owner is shown it.
    pub(super) fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.0.as_slice()))
    }
}

/// A signature for each secret, apart by a space.
pub(super) fn signed(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
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
    fn secrets_differ_and_each_signs() {
        let (one, other) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one.text(), other.text());
        assert_eq!(one.text().len(), "whsec_".len() + 44);
        assert_eq!(signed(&[one, other], "a", 1, "{}").matches("v1,").count(), 2);
    }
}
