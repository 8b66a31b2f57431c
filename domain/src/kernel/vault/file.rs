//! The key file: JSON that a person can read and copy. It is never changed in place.

use std::path::Path;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::vault::followed::KNOWN_SECONDS;
use crate::kernel::vault::replaced::Replaced;
use crate::kernel::vault::ring::{Key, Ring};
use crate::kernel::vault::{KeyOrigin, Suite, VaultError};

/// Bytes of a master key.
const MASTER_LENGTH: usize = 32;
/// For so long the key before stays at least: 32 days, as long as an idempotency key of what was done offline is known again, by a
/// digest that cannot be made anew.
pub(super) const KEPT_SECONDS: i64 = 32 * 86_400;
/// Nor does it go before, whatever is given up: a ticket without a number is known again for a day by a digest under it, and an hour is longer
/// than what was begun before takes, and than a server goes without a look at the file.
pub(super) const SETTLED_SECONDS: i64 = 86_400 + 3_600;

/// What becomes of digests that cannot be made anew under another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldDigests {
    /// They lapse by themselves, before the key goes.
    Lapsed,
    /// They count no more.
    GivenUp,
}

/// The keys of a deployment, oldest first.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    /// The key that seals.
    pub(super) sealing: u32,
    /// When a key was added or began to seal, in seconds since 1970; 0 for neither.
    #[serde(default)]
    pub(super) changed_at: i64,
    /// All of them open.
    pub(super) keys: Vec<HeldKey>,
}

/// A key of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeldKey {
    /// Key id, random.
    pub(super) id: u32,
    /// Its algorithms.
    #[serde(default)]
    pub(super) suite: Suite,
    /// 32 bytes in Base64.
    master: String,
    /// Whether a development start made it: the production profile refuses such a key.
    generated: bool,
    /// Whether it opens nothing of a tenant without that tenant's own key: every key that was made since tenants have one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    tenant_keys: bool,
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        self.master.zeroize();
    }
}

/// A file of one key, as all of them were before keys could be changed, or of several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Read {
    Several(KeyFile),
    One(HeldKey),
}

impl HeldKey {
    /// A new one.
    pub(super) fn random(suite: Suite, origin: KeyOrigin) -> Result<Self, VaultError> {
        let random = SystemRandom::new();
        let mut master = Zeroizing::new([0_u8; MASTER_LENGTH]);
        let mut id = [0_u8; 4];
        random.fill(master.as_mut()).map_err(|_| VaultError::Library)?;
        random.fill(&mut id).map_err(|_| VaultError::Library)?;
        Ok(Self {
            id: u32::from_be_bytes(id),
            suite,
            master: STANDARD.encode(master.as_ref()),
            generated: origin == KeyOrigin::Development,
            tenant_keys: true,
        })
    }

    fn key(&self) -> Result<Key, &'static str> {
        let master = STANDARD.decode(&self.master).map(Zeroizing::new);
        let master = master.map_err(|_| "a master key must be Base64")?;
        if master.len() != MASTER_LENGTH {
            return Err("a master key must be 32 bytes");
        }
        let origin = if self.generated { KeyOrigin::Development } else { KeyOrigin::Operator };
        let key = Key::new(self.id, self.suite, &master, origin);
        Ok(if self.tenant_keys { key.with_tenant_keys() } else { key })
    }
}

impl KeyFile {
    /// A file with one key.
    pub(super) fn of(key: HeldKey) -> Self {
        Self { sealing: key.id, changed_at: 0, keys: vec![key] }
    }

    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, VaultError> {
        let text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(|cause| said(path, &cause))?;
        match serde_json::from_str(&text).map_err(|cause| said(path, &cause))? {
            Read::Several(file) => Ok(file),
            Read::One(key) => Ok(Self::of(key)),
        }
    }

    /// The keys at work.
    pub(super) fn ring(&self, path: &Path) -> Result<Ring, VaultError> {
        let keys: Result<Vec<Key>, &str> = self.keys.iter().map(HeldKey::key).collect();
        let ring = keys.and_then(|keys| Ring::new(keys, self.sealing));
        ring.map_err(|cause| said(path, &cause))
    }

    /// The file as text.
    pub(super) fn text(&self) -> Result<Zeroizing<String>, VaultError> {
        serde_json::to_string(self).map(Zeroizing::new).map_err(|_| VaultError::Library)
    }
}

/// What an operator does to the keys of a deployment. Each step is a new file in the place of the one before, and one step at a time.
#[derive(Debug)]
pub struct Keyring {
    file: Replaced,
}

/// A key of the file, without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its id.
    pub id: u32,
    /// Its algorithms.
    pub suite: Suite,
    /// Whether it seals; otherwise it only opens.
    pub seals: bool,
}

impl Keyring {
    /// Waits until nobody else changes the file.
    ///
    /// # Errors
    /// [`VaultError::File`] when the folder cannot be written.
    pub fn hold(path: &Path) -> Result<Self, VaultError> {
        let file = Replaced::hold(path).map_err(|(beside, cause)| said(&beside, &cause))?;
        Ok(Self { file })
    }

    fn read(&self) -> Result<KeyFile, VaultError> {
        KeyFile::read(self.file.path())
    }

    /// The keys, oldest first.
    ///
    /// # Errors
    /// [`VaultError::File`] when it cannot be read.
    pub fn keys(&self) -> Result<Vec<Described>, VaultError> {
        let file = self.read()?;
        let described = file.keys.iter().map(|key| Described {
            id: key.id,
            suite: key.suite,
            seals: key.id == file.sealing,
        });
        Ok(described.collect())
    }

    /// When a key was added or began to seal last.
    ///
    /// # Errors
    /// [`VaultError::File`] when it cannot be read.
    pub fn changed_at(&self) -> Result<Timestamp, VaultError> {
        Ok(Timestamp(self.read()?.changed_at.saturating_mul(1_000_000)))
    }

    /// Adds a key that only opens: its id.
    ///
    /// # Errors
    /// [`VaultError::Refused`] when one is there already that does not seal yet.
    pub fn add(&self, suite: Suite, now: Timestamp) -> Result<u32, VaultError> {
        let mut file = self.read()?;
        if file.keys.last().is_some_and(|newest| newest.id != file.sealing) {
            return Err(VaultError::Refused(
                "the newest key does not seal yet: `fengqiao keys promote` first".into(),
            ));
        }
        let origin = if file.keys.iter().any(|key| key.generated) {
            KeyOrigin::Development
        } else {
            KeyOrigin::Operator
        };
        let key = HeldKey::random(suite, origin)?;
        let id = key.id;
        file.keys.push(key);
        if mutant::active(Mutant::NewestSealsAtOnce) {
            file.sealing = id;
        }
        file.changed_at = seconds(now);
        self.replace(&file)?;
        Ok(id)
    }

    /// The fingerprint of the key that may begin to seal.
    ///
    /// # Errors
    /// [`VaultError::Refused`] when the newest key seals already, or was added too lately for every server to know it.
    pub fn promotable(&self, now: Timestamp) -> Result<String, VaultError> {
        let file = self.read()?;
        let newest = file.keys.last().filter(|newest| newest.id != file.sealing);
        let newest = newest
            .ok_or_else(|| VaultError::Refused("the newest key seals: `fengqiao keys add` first".into()))?;
        wait(file.changed_at, KNOWN_SECONDS, now, "was added, and servers may not know it")?;
        file.ring(self.file.path())?.key(newest.id).ok_or(VaultError::Library)?.fingerprint()
    }

    /// Lets the newest key seal: its id.
    ///
    /// # Errors
    /// As [`Keyring::promotable`].
    pub fn promote(&self, now: Timestamp) -> Result<u32, VaultError> {
        self.promotable(now)?;
        let mut file = self.read()?;
        file.sealing = file.keys.last().map_or(file.sealing, |newest| newest.id);
        file.changed_at = seconds(now);
        self.replace(&file)?;
        Ok(file.sealing)
    }

    /// Whether a key may go, as far as the file tells.
    ///
    /// # Errors
    /// [`VaultError::Refused`] when it is not there, seals, or sealed until lately.
    pub fn retirable(&self, id: u32, digests: OldDigests, now: Timestamp) -> Result<(), VaultError> {
        let file = self.without(id)?;
        let (least, why) = match digests {
            OldDigests::Lapsed => (KEPT_SECONDS, "changed, and digests made before still count"),
            OldDigests::GivenUp => (SETTLED_SECONDS, "changed, and what was begun before may not be over"),
        };
        wait(file.changed_at, least, now, why)
    }

    /// The file without a key, which is there and does not seal.
    fn without(&self, id: u32) -> Result<KeyFile, VaultError> {
        let mut file = self.read()?;
        if !file.keys.iter().any(|key| key.id == id) {
            return Err(VaultError::Refused(format!("there is no key {id:08x}")));
        }
        if file.sealing == id {
            return Err(VaultError::Refused(format!(
                "key {id:08x} seals: only one that another took the place of may go"
            )));
        }
        file.keys.retain(|key| key.id != id);
        Ok(file)
    }

    /// Takes a key out. Whoever calls knows that nothing is sealed under it.
    ///
    /// # Errors
    /// As [`Keyring::retirable`].
    pub fn retire(&self, id: u32) -> Result<(), VaultError> {
        self.replace(&self.without(id)?)
    }

    fn replace(&self, file: &KeyFile) -> Result<(), VaultError> {
        file.ring(self.file.path())?;
        self.file.replace(&file.text()?).map_err(|cause| said(self.file.path(), &cause))
    }
}

fn wait(changed_at: i64, least: i64, now: Timestamp, why: &str) -> Result<(), VaultError> {
    let passed = seconds(now).saturating_sub(changed_at);
    if passed >= least || mutant::active(Mutant::HastyKeys) {
        return Ok(());
    }
    Err(VaultError::Refused(format!(
        "{passed} seconds ago a key {why}: come again in {} seconds",
        least - passed
    )))
}

fn seconds(now: Timestamp) -> i64 {
    now.micros().div_euclid(1_000_000)
}

pub(super) fn said(path: &Path, cause: &dyn std::fmt::Display) -> VaultError {
    VaultError::File { path: path.display().to_string(), cause: cause.to_string() }
}
