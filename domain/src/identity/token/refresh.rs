//! Refresh tokens: 256 random bits, kept as a hash, used once.
//!
//! A token that is shown a second time was either stolen or its answer was lost on the way. While the
//! token issued for it is unused, the loss is believed once: that successor is put out of use and
//! another one issued. Anything else ends the session.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};

const LENGTH: usize = 32;

/// A new token: what its bearer gets and what the database keeps.
pub(crate) struct RefreshSecret {
    pub(crate) text: String,
    pub(crate) hash: Vec<u8>,
}

impl RefreshSecret {
    /// A token from the system's random source; `None` when it has none.
    pub(crate) fn random() -> Option<Self> {
        let mut bytes = [0; LENGTH];
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self { text: URL_SAFE_NO_PAD.encode(bytes), hash: digest(&SHA256, &bytes).as_ref().to_vec() })
    }
}

/// The hash by which a token is found; `None` for a text that is none of ours.
pub(crate) fn hash_of(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == LENGTH)?;
    Some(digest(&SHA256, &bytes).as_ref().to_vec())
}

/// What the database knows of a token that is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// When it was issued.
    pub(crate) issued_at: Timestamp,
    /// When it was used.
    pub(crate) used_at: Option<Timestamp>,
    /// When a lost answer to it was made good.
    pub(crate) repeated_at: Option<Timestamp>,
    /// Whether the token issued for it was used; `None` when none was issued.
    pub(crate) successor_used: Option<bool>,
}

/// What to do about a token that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Use it up and issue a successor.
    Rotate,
    /// Its answer was lost: put the unused successor out of use and issue another.
    Repeat,
    /// It was stolen: end the session.
    Reused,
    /// It lay unused for too long.
    Idle,
}

/// Judges a token of a live session.
pub(crate) fn judge(seen: &Seen, idle_seconds: i64, now: Timestamp) -> Verdict {
    if seen.used_at.is_some() && !mutant::active(Mutant::NoReuseDetection) {
        let lost = seen.successor_used == Some(false) && seen.repeated_at.is_none();
        return if lost { Verdict::Repeat } else { Verdict::Reused };
    }
    let idle = seen.issued_at.plus_seconds(idle_seconds) < now && !mutant::active(Mutant::NoIdleEnd);
    if idle { Verdict::Idle } else { Verdict::Rotate }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: Seen =
        Seen { issued_at: Timestamp(0), used_at: None, repeated_at: None, successor_used: None };
    const NOW: Timestamp = Timestamp(10_000_000);

    #[test]
    fn a_token_is_found_by_its_hash_only() {
        let secret = RefreshSecret::random().expect("randomness");
        assert_eq!(hash_of(&secret.text), Some(secret.hash.clone()));
        assert_eq!(secret.text.len(), 43);
        assert_ne!(secret.text.as_bytes(), secret.hash);
        let another = RefreshSecret::random().expect("randomness");
        assert_ne!(another.text, secret.text);
        for foreign in ["", "abc", &format!("{}A", secret.text), &secret.text[1..], "令牌"] {
            assert_eq!(hash_of(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn an_unused_token_rotates_until_it_lay_too_long() {
        assert_eq!(judge(&FRESH, 10, NOW), Verdict::Rotate);
        assert_eq!(judge(&FRESH, 9, NOW), Verdict::Idle);
    }

    #[test]
    fn a_lost_answer_is_believed_once_and_only_while_its_successor_is_unused() {
        let used = Seen { used_at: Some(Timestamp(5)), ..FRESH };
        let lost = Seen { successor_used: Some(false), ..used };
        assert_eq!(judge(&lost, 10, NOW), Verdict::Repeat);
        assert_eq!(judge(&Seen { repeated_at: Some(Timestamp(6)), ..lost }, 10, NOW), Verdict::Reused);
        assert_eq!(judge(&Seen { successor_used: Some(true), ..used }, 10, NOW), Verdict::Reused);
        assert_eq!(judge(&used, 10, NOW), Verdict::Reused, "put out of use, without a successor");
    }
}
