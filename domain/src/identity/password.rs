//! Hashes and checks passwords: Argon2id with 19 MiB, two passes, one lane (OWASP's first choice).
//!
//! Hashing is dear on purpose, so it runs in a bounded pool: as many at once as there are workers, a
//! bounded queue behind them, and a refusal beyond (requirement A5).

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::identity::error::IdentityError;
use crate::kernel::failure::Failure;
use crate::store::StoreError;

/// Longer passwords are wrong without being read: nothing that long was ever set.
const MOST_BYTES: usize = 1_024;

/// A hashed password, for loading accounts in bulk.
#[derive(Clone)]
pub struct PasswordDigest(pub(super) String);

impl fmt::Debug for PasswordDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordDigest(…)")
    }
}

/// What checking a password found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the password.
    Right,
    /// It is, and its hash is weaker than today's.
    RightButWeak,
    /// It is not, or there is none.
    Wrong,
}

/// Computes hashes, a bounded number at a time.
pub(super) struct PasswordPool {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// The hash that a sign-in without a credential is checked against, so that it takes as long.
    nobody: Arc<str>,
}

impl fmt::Debug for PasswordPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordPool")
            .field("free", &self.running.available_permits())
            .finish_non_exhaustive()
    }
}

impl PasswordPool {
    /// A pool of so many workers with a queue behind them.
    pub(super) fn new(workers: usize, queue: usize) -> Result<Self, StoreError> {
        Ok(Self {
            running: Arc::new(Semaphore::new(workers)),
            admitted: Arc::new(Semaphore::new(workers + queue)),
            nobody: digest("nobody's password").map_err(|fault| broken(&fault))?.into(),
        })
    }

    /// The hash of a password.
    pub(super) async fn hash(&self, password: &str) -> Result<PasswordDigest, Failure<IdentityError>> {
        let password = Zeroizing::new(password.to_owned());
        let digest = self.run(move || digest(&password)).await?;
        Ok(PasswordDigest(digest.map_err(|fault| broken(&fault))?))
    }

    /// Whether `password` is the one hashed. Without a hash it takes as long and is wrong.
    pub(super) async fn verify(
        &self,
        password: &str,
        hash: Option<&str>,
    ) -> Result<Verdict, Failure<IdentityError>> {
        let known = hash.is_some() && password.len() <= MOST_BYTES;
        let password = Zeroizing::new(password.chars().take(MOST_BYTES).collect::<String>());
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let verdict = self.run(move || judge(&password, &hash)).await?.map_err(|fault| broken(&fault))?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    /// Runs `work` when its turn comes. The turn ends with the work, not with the caller.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure<IdentityError>> {
        let full = |_| Failure::Overloaded { retry_after_seconds: 1 };
        let place = Arc::clone(&self.admitted).try_acquire_owned().map_err(full)?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|fault| broken(&fault))?;
        let task = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        });
        Ok(task.await.map_err(|fault| broken(&fault))?)
    }
}

fn digest(password: &str) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password.as_bytes())?.to_string())
}

fn judge(password: &str, hash: &str) -> Result<Verdict, argon2::password_hash::Error> {
    let hash = PasswordHash::new(hash)?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) if is_current(&hash) => Ok(Verdict::Right),
        Ok(()) => Ok(Verdict::RightButWeak),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(fault) => Err(fault),
    }
}

/// Whether a hash was made as hashes are made today.
fn is_current(hash: &PasswordHash) -> bool {
    let today = Params::default();
    let same = |params: Params| {
        params.m_cost() == today.m_cost()
            && params.t_cost() == today.t_cost()
            && params.p_cost() == today.p_cost()
    };
    hash.algorithm.as_str() == "argon2id" && Params::try_from(hash).is_ok_and(same)
}

fn broken(fault: &dyn fmt::Display) -> StoreError {
    StoreError::Internal(format!("password hashing: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_have_the_wanted_cost() {
        let hash = digest("correct horse").expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(judge("correct horse", &hash), Ok(Verdict::Right));
        assert_eq!(judge("correct horse ", &hash), Ok(Verdict::Wrong));
        assert_ne!(hash, digest("correct horse").expect("another hash"), "salted");
    }

    #[test]
    fn a_weaker_hash_is_told() {
        let weak = Argon2::from(Params::new(8_192, 1, 1, None).expect("parameters"));
        let hash = weak.hash_password(b"correct horse").expect("a hash").to_string();
        assert_eq!(judge("correct horse", &hash), Ok(Verdict::RightButWeak));
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let pool = PasswordPool::new(1, 1).expect("a pool");
        for password in ["nobody's password", "", &"x".repeat(5_000)] {
            assert_eq!(pool.verify(password, None).await.expect("a verdict"), Verdict::Wrong);
        }
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let pool = PasswordPool::new(1, 1).expect("a pool");
        let held = Arc::clone(&pool.admitted).acquire_many_owned(2).await.expect("places");
        let refused = pool.hash("correct horse").await;
        assert!(matches!(refused, Err(Failure::Overloaded { retry_after_seconds: 1 })));
        drop(held);
        assert!(pool.hash("correct horse").await.is_ok());
    }
}
