//! The keys of a process, oldest first.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::kernel::mutant::{self, Mutant};
use crate::kernel::vault::file::KeyFile;
use crate::kernel::vault::followed::Content;
use crate::kernel::vault::suite::CryptoProvider;
use crate::kernel::vault::{BLIND_LENGTH, KeyOrigin, Suite, VaultError};

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

impl Content for Ring {
    type Error = VaultError;

    fn read(path: &Path) -> Result<Self, VaultError> {
        KeyFile::read(path)?.ring(path)
    }

    /// The key that sealed until now must be among them: otherwise it is another deployment's file.
    fn objection(&self, present: &Self) -> Option<&'static str> {
        let same = |key: &Key| {
            let kept = self.key(key.id).map(Key::fingerprint);
            matches!((kept, key.fingerprint()), (Some(Ok(kept)), Ok(own)) if kept == own)
        };
        let known = present.sealing().is_ok_and(same) || mutant::active(Mutant::AnyKeyFile);
        (!known).then_some("it lacks the key that seals")
    }

    fn count(&self) -> usize {
        self.keys.len()
    }

    fn is_followed() -> bool {
        !mutant::active(Mutant::UnlearnedKeys)
    }
}
