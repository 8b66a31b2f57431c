//! Codes that a telephone and the server reckon from one secret and the time (RFC 6238), and what stands for them when the
//! telephone is lost. Pure but for chance.
//!
//! HMAC-SHA-1, six digits and thirty seconds are what every program of this kind takes; of many of them nothing else. What
//! is broken about SHA-1, that two texts can be made alike, is of no use against an HMAC.

use std::fmt::Write as _;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};
use crate::store::StoreError;

/// Bytes of a secret: as many as the digest has, which RFC 4226 recommends.
const SECRET_LENGTH: usize = 20;
/// Seconds for which one code is the present one (RFC 6238, section 5.2).
const STEP_SECONDS: i64 = 30;
/// Steps before and after the present one whose codes count too: clocks go wrong by so much, and people type slowly (RFC 6238, section 5.2).
const SKEW_STEPS: i64 = 1;
/// Digits of a code (RFC 4226, section 5.3).
const DIGITS: usize = 6;
/// Recovery codes at a time: as many as GitHub and Google give fit on a slip of paper.
pub(super) const RECOVERY_CODES: usize = 10;
/// Bytes of a recovery code: 80 bits, sixteen letters.
const RECOVERY_LENGTH: usize = 10;
/// Letters of a recovery code that are written together.
const GROUP: usize = 4;
/// Of RFC 4648: no digit that looks like a letter.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What codes are made from.
pub(super) struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// One that was kept.
    pub(super) const fn of(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// A new one from the system's random source; none when that has none.
    pub(super) fn random() -> Option<Self> {
        random(SECRET_LENGTH).map(Self)
    }

    /// What is kept of it.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As it is typed into a telephone.
    pub(super) fn text(&self) -> String {
        base32(&self.0)
    }

    /// As a telephone reads it from a picture.
    pub(super) fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (escaped(issuer), escaped(account));
        let secret = self.text();
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
        )
    }

    /// The step whose code this is, if it counts now and neither it nor a later one counted before.
    pub(super) fn step_of(&self, code: &str, now: Timestamp, last: i64) -> Option<i64> {
        let present = step(now);
        if mutant::active(Mutant::AnyCode) {
            return Some(present);
        }
        let mut steps = present - SKEW_STEPS..=present + SKEW_STEPS;
        let unused = |step: i64| step > last || mutant::active(Mutant::ReplayedCode);
        steps.find(|step| {
            unused(*step) && verify_slices_are_equal(self.code(*step).as_bytes(), code.as_bytes()).is_ok()
        })
    }

    /// The code of a step (RFC 4226, section 5.3).
    fn code(&self, step: i64) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let offset = tag.last().map_or(0, |byte| usize::from(byte & 0x0f));
        let number = tag.iter().skip(offset).take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
    }
}

fn step(at: Timestamp) -> i64 {
    at.micros().div_euclid(1_000_000 * STEP_SECONDS)
}

/// A new recovery code or first password, as its owner is shown it: `ABCD-EFGH-IJKL-MNOP`.
pub(super) fn recovery_code() -> Option<String> {
    let letters = base32(&random(RECOVERY_LENGTH)?);
    let groups: Vec<&str> =
        (0..letters.len()).step_by(GROUP).filter_map(|at| letters.get(at..at + GROUP)).collect();
    Some(groups.join("-"))
}

/// What was typed without what people put between the letters.
pub(super) fn typed(text: &str) -> String {
    let plain = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    plain.map(|letter| letter.to_ascii_uppercase()).collect()
}

/// The system has no randomness.
pub(super) fn no_chance() -> StoreError {
    StoreError::Internal("no randomness for a secret".to_owned())
}

/// Whether what was typed may be a code of a telephone, of which there are few.
pub(super) fn is_guessable(code: &str) -> bool {
    typed(code).len() <= DIGITS
}

fn random(length: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

/// Whole groups of five bytes, as all of ours are.
fn base32(bytes: &[u8]) -> String {
    let letters = bytes.chunks(5).flat_map(|five| {
        let number = five.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        (0..8).rev().map(move |place| char::from(ALPHABET[(number >> (5 * place) & 31) as usize]))
    });
    letters.collect()
}

/// As a part of an address.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        Secret::of(Zeroizing::new(b"12345678901234567890".to_vec()))
    }

    const fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000_000)
    }

    /// Appendix B of RFC 6238; of its eight digits the last six.
    #[test]
    fn codes_are_those_that_the_specification_shows() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code(step(at(seconds))), code);
            assert_eq!(secret().step_of(code, at(seconds), 0), Some(step(at(seconds))));
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_late_and_once() {
        let (secret, now) = (secret(), at(1_111_111_111));
        let present = step(now);
        for near in -1..=1 {
            assert_eq!(secret.step_of(&secret.code(present + near), now, 0), Some(present + near));
        }
        for far in [-2, 2] {
            assert_eq!(secret.step_of(&secret.code(present + far), now, 0), None);
        }
        let code = secret.code(present);
        assert_eq!(secret.step_of(&code, now, present - 1), Some(present));
        assert_eq!(secret.step_of(&code, now, present), None, "shown before");
        assert_eq!(secret.step_of(&secret.code(present - 1), now, present), None, "and what was before it");
        for none in ["", "05047", "0504711", "50471", "０５０４７１"] {
            assert_eq!(secret.step_of(none, now, 0), None, "{none}");
        }
    }

    /// Section 10 of RFC 4648.
    #[test]
    fn secrets_are_written_as_telephones_read_them() {
        assert_eq!(base32(b"fooba"), "MZXW6YTB");
        assert_eq!(secret().text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            secret().uri("枫桥 1", "security@150302"),
            "otpauth://totp/%E6%9E%AB%E6%A1%A5%201:security@150302?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=%E6%9E%AB%E6%A1%A5%201&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(Secret::random().expect("chance").text().len(), 32);
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let code = recovery_code().expect("chance");
        assert_eq!(code.len(), 19);
        assert_ne!(code, recovery_code().expect("chance"));
        let plain = code.replace('-', "");
        for text in [code.clone(), plain.to_lowercase(), format!(" {} ", code.replace('-', " "))] {
            assert_eq!(typed(&text), plain);
        }
    }
}
