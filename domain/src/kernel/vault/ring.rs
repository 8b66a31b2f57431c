//! The keys of a process, oldest first, and how it learns of new ones while it runs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::kernel::mutant::{self, Mutant};
use crate::kernel::vault::file::KeyFile;
use crate::kernel::vault::suite::CryptoProvider;
use crate::kernel::vault::{BLIND_LENGTH, KeyOrigin, Suite, VaultError};

/// How often a process looks whether the file changed; one look is a question to the operating system.
const LOOK: Duration = Duration::from_secs(1);

/// A key at work.
pub(super) struct Key {
    pub(super) id: u32,
    pub(super) provider: Box<dyn CryptoProvider>,
    pub(super) origin: KeyOrigin,
    /// Whether it opens nothing of a tenant without that tenant's own key.
    pub(super) wants_tenant_keys: bool,
}

impl Key {
    pub(super) fn new(id: u32, suite: Suite, master: &[u8], origin: KeyOrigin) -> Self {
        Self { id, provider: suite.with(master), origin, wants_tenant_keys: false }
    }

    /// The same, opening nothing of a tenant without that tenant's own key.
    pub(super) fn with_tenant_keys(self) -> Self {
        Self { wants_tenant_keys: true, ..self }
    }

    /// A text by which a store recognises the key again, and that tells nothing of it.
    pub(super) fn fingerprint(&self) -> Result<String, VaultError> {
        let bytes = self.provider.derive(&[b"fingerprint"])?;
        let told = bytes.get(..BLIND_LENGTH).unwrap_or_default();
        Ok(format!("{:08x}-{}", self.id, URL_SAFE_NO_PAD.encode(told)))
    }
}

/// The keys, oldest first; one of them seals.
pub(super) struct Ring {
    keys: Vec<Key>,
    sealing: usize,
}

impl Ring {
    pub(super) fn new(keys: Vec<Key>, sealing: u32) -> Result<Self, &'static str> {
        let at = keys.iter().position(|key| key.id == sealing).ok_or("the key that seals is not there")?;
        if keys.iter().enumerate().any(|(at, key)| keys.iter().skip(at + 1).any(|other| other.id == key.id)) {
            return Err("two keys have one id");
        }
        Ok(Self { keys, sealing: at })
    }

    /// The key that seals. There is one: see [`Ring::new`].
    pub(super) fn sealing(&self) -> Result<&Key, VaultError> {
        self.keys.get(self.sealing).ok_or(VaultError::Library)
    }

    pub(super) fn key(&self, id: u32) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// Every key, the one that seals first.
    pub(super) fn all(&self) -> impl Iterator<Item = &Key> {
        let others = self.keys.iter().enumerate().filter(|(at, _)| *at != self.sealing).map(|(_, key)| key);
        self.keys.get(self.sealing).into_iter().chain(others)
    }
}

/// By what a file is known to be another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    bytes: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let facts = std::fs::metadata(path).ok()?;
        Some(Self {
            modified: facts.modified().ok()?,
            bytes: facts.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&facts),
        })
    }
}

/// When a file was looked at last, and what it was then.
type Seen = (Instant, Option<Stamp>);

/// Keys that follow their file.
pub(super) struct Followed {
    ring: RwLock<Arc<Ring>>,
    file: Option<(PathBuf, Mutex<Seen>)>,
}

impl Followed {
    /// Keys that stay as they are.
    pub(super) fn fixed(ring: Ring) -> Self {
        Self { ring: RwLock::new(Arc::new(ring)), file: None }
    }

    /// Keys of a file.
    pub(super) fn of(path: &Path) -> Result<Self, VaultError> {
        // Before it is read: what changes meanwhile is seen at the next look.
        let stamp = Stamp::of(path);
        let ring = KeyFile::read(path)?.ring(path)?;
        let file = (path.to_owned(), Mutex::new((Instant::now(), stamp)));
        Ok(Self { ring: RwLock::new(Arc::new(ring)), file: Some(file) })
    }

    /// The keys, as the file had them a second ago or later.
    pub(super) fn ring(&self) -> Arc<Ring> {
        self.look(LOOK);
        self.present()
    }

    /// The keys, as the file has them now.
    pub(super) fn ring_now(&self) -> Arc<Ring> {
        self.look(Duration::ZERO);
        self.present()
    }

    fn present(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn look(&self, after: Duration) {
        let Some((path, seen)) = &self.file else { return };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0.elapsed() < after || mutant::active(Mutant::UnlearnedKeys) {
            return;
        }
        seen.0 = Instant::now();
        let stamp = Stamp::of(path);
        if stamp.is_none() || stamp == seen.1 {
            return;
        }
        match KeyFile::read(path).and_then(|file| file.ring(path)) {
            Ok(ring) => {
                seen.1 = stamp;
                self.take(ring, path);
            }
            // It is looked at again: what cannot be read now is mended without another change of the file.
            Err(error) => {
                tracing::error!(%error, "the changed key file is not taken: the keys stay as they are");
            }
        }
    }

    /// Takes other keys, unless the one that sealed until now is not among them: that is another deployment's file.
    fn take(&self, ring: Ring, path: &Path) {
        let mut present = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let same = |key: &Key| {
            let kept = ring.key(key.id).map(Key::fingerprint);
            matches!((kept, key.fingerprint()), (Some(Ok(kept)), Ok(own)) if kept == own)
        };
        if !present.sealing().is_ok_and(same) && !mutant::active(Mutant::AnyKeyFile) {
            let file = path.display();
            tracing::error!(%file, "the changed key file lacks the key that seals: the keys stay as they are");
            return;
        }
        *present = Arc::new(ring);
        tracing::info!(keys = present.keys.len(), "the key file changed");
    }
}
