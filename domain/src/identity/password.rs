//! Hashes and checks passwords: Argon2id with 19 MiB, two passes, one lane (OWASP's first choice).
//!
//! Hashing is dear on purpose, so it runs in a bounded pool: as many at once as there are workers, a
//! bounded queue behind them, and a refusal beyond (requirement A5). Of that each account has a few places.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::identity::error::IdentityError;
use crate::identity::password_rules::PasswordRules;
use crate::kernel::bucket::Bucket;
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::store::StoreError;

/// Longer passwords are wrong without being read: nothing that long was ever set.
const MOST_BYTES: usize = 1_024;

/// A hashed password.
#[derive(Clone)]
pub struct PasswordDigest {
    /// In PHC form.
    pub(super) hash: String,
    /// Who set it.
    pub(super) by: SetBy,
}

/// Who set a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SetBy {
    /// Whose it is.
    Themselves,
    /// Somebody else: it must be changed.
    Another,
}

impl PasswordDigest {
    const fn own(hash: String) -> Self {
        Self { hash, by: SetBy::Themselves }
    }

    /// The same, set by somebody else.
    pub(super) fn given(self) -> Self {
        Self { by: SetBy::Another, ..self }
    }
}

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

/// A password that somebody shall have.
pub(super) struct WantedPassword {
    text: Zeroizing<String>,
    rules: PasswordRules,
    about: Vec<String>,
    used: Vec<String>,
}

impl WantedPassword {
    /// One for whoever these words are known of: their login, name, telephone number, district.
    pub(super) fn of(text: &str, rules: PasswordRules, known: &[&str]) -> Self {
        let parts = known.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
        let words = parts.chain(known.iter().copied()).filter(|word| !word.is_empty());
        let about = words.map(str::to_owned).collect();
        Self { text: Zeroizing::new(text.to_owned()), rules, about, used: vec![] }
    }

    /// The same, and none of those that were hashed to these.
    pub(super) fn unlike(self, used: Vec<String>) -> Self {
        Self { used, ..self }
    }

    fn accepted(&self) -> Result<Result<PasswordDigest, IdentityError>, argon2::password_hash::Error> {
        if let Err(error) = self.rules.check(&self.text, &self.about) {
            return Ok(Err(error));
        }
        // All of them, so that the time does not tell which.
        let verdicts: Vec<Verdict> =
            self.used.iter().map(|hash| judge(&self.text, hash)).collect::<Result<_, _>>()?;
        if verdicts.iter().any(|verdict| *verdict != Verdict::Wrong) && !mutant::active(Mutant::UsedPassword)
        {
            return Ok(Err(IdentityError::PasswordUsedBefore));
        }
        Ok(Ok(PasswordDigest::own(digest(&self.text)?)))
    }
}

/// Computes hashes, a bounded number at a time.
pub(super) struct PasswordPool {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    places: Places,
    /// The hash that a sign-in without a credential is checked against, so that it takes as long.
    nobody: Arc<str>,
}

/// How many places of the pool each takes who takes any.
#[derive(Clone)]
struct Places {
    most: usize,
    taken: Arc<Mutex<HashMap<Bucket, usize>>>,
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, HashMap<Bucket, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more place; none when they have as many as one may have.
    fn take(&self, whose: &Bucket) -> Option<Place> {
        let mut taken = self.taken();
        let theirs = taken.get(whose).copied().unwrap_or_default();
        if theirs >= self.most && !mutant::active(Mutant::NoPlaces) {
            return None;
        }
        taken.insert(whose.clone(), theirs + 1);
        Some(Place { of: self.clone(), whose: whose.clone() })
    }
}

/// A place of somebody's until it is dropped.
struct Place {
    of: Places,
    whose: Bucket,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken();
        match taken.get_mut(&self.whose) {
            Some(theirs) if *theirs > 1 => *theirs -= 1,
            _ => drop(taken.remove(&self.whose)),
        }
    }
}

impl fmt::Debug for PasswordPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordPool")
            .field("free", &self.running.available_permits())
            .finish_non_exhaustive()
    }
}

impl PasswordPool {
    /// A pool of so many workers with a queue behind them, and `each` places of both for one account.
    pub(super) fn new(workers: usize, queue: usize, each: usize) -> Result<Self, StoreError> {
        let workers = if mutant::active(Mutant::WideHashing) { workers + 24 } else { workers };
        Ok(Self {
            places: Places { most: each, taken: Arc::default() },
            running: Arc::new(Semaphore::new(workers)),
            admitted: Arc::new(Semaphore::new(workers + queue)),
            nobody: digest("nobody's password").map_err(|fault| broken(&fault))?.into(),
        })
    }

    /// The hash of a password.
    pub(super) async fn hash(&self, password: &str) -> Result<PasswordDigest, Failure<IdentityError>> {
        let password = Zeroizing::new(password.to_owned());
        let digest = self.run(None, move || digest(&password)).await?;
        Ok(PasswordDigest::own(digest.map_err(|fault| broken(&fault))?))
    }

    /// The hash of a password that somebody shall have, if it may be one, in a place of `whose`.
    pub(super) async fn accept(
        &self,
        whose: Option<&Bucket>,
        wanted: WantedPassword,
    ) -> Result<Result<PasswordDigest, IdentityError>, Failure<IdentityError>> {
        let accepted = self.run(whose, move || wanted.accepted()).await?.map_err(|fault| broken(&fault))?;
        Ok(accepted)
    }

    /// Whether `password` is the one hashed, in a place of `whose`. Without a hash it takes as long and is wrong.
    pub(super) async fn verify(
        &self,
        whose: Option<&Bucket>,
        password: &str,
        hash: Option<&str>,
    ) -> Result<Verdict, Failure<IdentityError>> {
        let known = hash.is_some() && password.len() <= MOST_BYTES;
        if hash.is_none() && mutant::active(Mutant::HastyStranger) {
            return Ok(Verdict::Wrong);
        }
        let password = Zeroizing::new(password.chars().take(MOST_BYTES).collect::<String>());
        if mutant::active(Mutant::KeptPasswords) {
            std::mem::forget(password.clone());
        }
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let verdict =
            self.run(whose, move || judge(&password, &hash)).await?.map_err(|fault| broken(&fault))?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    /// Runs `work` when its turn comes. The turn ends with the work, not with the caller.
    async fn run<T: Send + 'static>(
        &self,
        whose: Option<&Bucket>,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure<IdentityError>> {
        let full = || Failure::Overloaded { retry_after_seconds: 1 };
        let own = whose.map(|whose| self.places.take(whose).ok_or_else(full)).transpose()?;
        let place = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| full())?;
        let turn = Arc::clone(&self.running).acquire_owned().await.map_err(|fault| broken(&fault))?;
        let task = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place, own));
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
    use crate::kernel::bucket::Limited;

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
        let pool = PasswordPool::new(1, 1, 1).expect("a pool");
        for password in ["nobody's password", "", &"x".repeat(5_000)] {
            assert_eq!(pool.verify(None, password, None).await.expect("a verdict"), Verdict::Wrong);
        }
        // Whoever is nobody is looked at as dearly as somebody: by a hash as it is made today.
        let nobody = PasswordHash::new(&pool.nobody).expect("a hash");
        assert!(is_current(&nobody), "{nobody:?}");
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let pool = PasswordPool::new(1, 1, 1).expect("a pool");
        let held = Arc::clone(&pool.admitted).acquire_many_owned(2).await.expect("places");
        let refused = pool.hash("correct horse").await;
        assert!(matches!(refused, Err(Failure::Overloaded { retry_after_seconds: 1 })));
        drop(held);
        assert!(pool.hash("correct horse").await.is_ok());
    }

    #[tokio::test]
    async fn an_account_has_so_many_places_and_leaves_the_others_to_others() {
        let pool = PasswordPool::new(1, 3, 2).expect("a pool");
        let bucket = |whose: &str| Bucket { limited: Limited::SignIn, tenant: None, whose: whose.to_owned() };
        let (one, other) = (bucket("a"), bucket("b"));
        let held = [pool.places.take(&one).expect("a place"), pool.places.take(&one).expect("another")];
        let refused = pool.verify(Some(&one), "correct horse", None).await;
        assert!(matches!(refused, Err(Failure::Overloaded { retry_after_seconds: 1 })));
        assert!(pool.verify(Some(&other), "correct horse", None).await.is_ok());
        drop(held);
        assert!(pool.verify(Some(&one), "correct horse", None).await.is_ok());
        assert!(pool.places.taken().is_empty(), "who has none is forgotten");
    }
}
