//! Seals personal values: encrypted and bound to tenant, table, column and row, and blind indexes for
//! exact lookup. See `docs/adr/0004` and, for how keys take each other's place, `docs/adr/0031`.
//!
//! Master keys live in a file outside the database. Every tenant and column has its own keys, derived
//! from one of them and from the tenant's own key, so a value moved to another row, column or tenant does not open, and one of a tenant
//! whose key was destroyed opens nowhere.

mod file;
mod followed;
mod own;
#[cfg(test)]
mod pinned_tests;
mod replaced;
mod ring;
mod sm;
mod suite;

use std::path::Path;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;
use zeroize::Zeroizing;

use fengqiao_entity::value::{BlindIndex, SealedBytes};

use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::vault::file::{HeldKey, KeyFile, said};
use crate::kernel::vault::own::{TENANT_KEY_LENGTH, TenantKey, TenantKeys};
use crate::kernel::vault::ring::{Key, Ring};
use crate::kernel::vault::suite::{Derived, NONCE_LENGTH};

pub use file::{Described, Keyring, OldDigests};
pub(crate) use followed::{Content, Followed, KNOWN_SECONDS};
pub(crate) use replaced::Replaced;
pub use replaced::write_private;
pub use suite::Suite;

const FORMAT: u8 = 1;
const KEY_ID_LENGTH: usize = 4;
const HEADER_LENGTH: usize = 1 + KEY_ID_LENGTH + NONCE_LENGTH;
/// 16 of the 32 bytes: no practical collision, and half the index.
const BLIND_LENGTH: usize = 16;
/// Bytes of a sealed value's tag, in every suite.
const TAG_LENGTH: usize = 16;
/// Where the key of a tenant lies.
const TENANT_KEYS: (&str, &str) = ("tenant_keys", "key");
/// What is reckoned by the master key alone: the keys of tenants themselves, and marks of who tries to sign in, which nobody keeps and which are
/// needed before it is clear to whom they belong.
const BY_MASTER_ALONE: [&str; 2] = [TENANT_KEYS.0, "sign_in"];

/// The cell that a sealed value belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Tenant of the row.
    pub tenant: TenantId,
    /// Table, for example `accounts`.
    pub table: &'static str,
    /// Column, for example `phone`.
    pub column: &'static str,
    /// Bare id of the row.
    pub row: Uuid,
}

/// Why the vault cannot be opened, or a value in it.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The key file cannot be read or written.
    #[error("key file {path}: {cause}; run `fengqiao keys` or set keys.sealing_file")]
    File {
        /// The file.
        path: String,
        /// What the operating system or the parser says.
        cause: String,
    },
    /// The value was sealed with a key that the file does not hold.
    #[error("sealed with key {0:08x}, which the key file does not hold")]
    UnknownKey(u32),
    /// The tenant's own key is not known: it was destroyed, or was never made.
    #[error(
        "the key of tenant {0} is not there: it was erased, or tenant_keys was not restored with the rest"
    )]
    NoTenantKey(TenantId),
    /// The bytes are not what was sealed for this cell.
    #[error("sealed value does not open for its row")]
    Altered,
    /// What was asked of the key file is not done, and why.
    #[error("{0}")]
    Refused(String),
    /// The cryptographic library failed.
    #[error("cryptographic library failed")]
    Library,
}

/// Who made a key file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// A development start: the production profile refuses such keys.
    Development,
    /// An operator, on purpose.
    Operator,
}

/// Seals and opens personal values.
pub struct Vault {
    keys: Followed<Ring>,
    tenants: TenantKeys,
    random: SystemRandom,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<u32> = self.keys.content().all().map(|key| key.id).collect();
        f.debug_struct("Vault").field("keys", &ids).finish_non_exhaustive()
    }
}

impl Vault {
    /// Reads the key file, and follows it as long as the vault lives.
    ///
    /// # Errors
    /// [`VaultError::File`] when it is missing or not a key file.
    pub fn open(path: &Path) -> Result<Self, VaultError> {
        Ok(Self { keys: Followed::of(path)?, tenants: TenantKeys::default(), random: SystemRandom::new() })
    }

    /// Writes a new key file, readable by its owner only; an existing file stays untouched.
    ///
    /// # Errors
    /// [`VaultError::File`] when it exists or cannot be written.
    pub fn generate(path: &Path, origin: KeyOrigin, suite: Suite) -> Result<(), VaultError> {
        let file = KeyFile::of(HeldKey::random(suite, origin)?);
        write_private(path, &file.text()?).map_err(|cause| said(path, &cause))
    }

    /// A vault with a fixed key, for tests.
    #[must_use]
    pub fn for_tests() -> Self {
        let key = Key::new(7, Suite::International, &[7; 32], KeyOrigin::Development);
        let ring = Ring::new(vec![key], 7).unwrap_or_else(|_| unreachable!("the key is there"));
        Self { keys: Followed::fixed(ring), tenants: TenantKeys::default(), random: SystemRandom::new() }
    }

    /// Makes the key of a tenant, and knows it from now on: the key as it is kept.
    ///
    /// # Errors
    /// [`VaultError::Library`] when the system has no randomness.
    pub fn make_tenant_key(&self, tenant: TenantId) -> Result<SealedBytes, VaultError> {
        let mut key = Zeroizing::new([0; TENANT_KEY_LENGTH]);
        self.random.fill(key.as_mut()).map_err(|_| VaultError::Library)?;
        let sealed = self.seal_bytes(&Self::cell_of_tenant_key(tenant), key.as_ref())?;
        self.tenants.learn(tenant, key);
        Ok(sealed)
    }

    /// Whether any key wants the keys of tenants.
    #[must_use]
    pub fn wants_tenant_keys(&self) -> bool {
        self.keys.content_now().all().any(|key| key.wants_tenant_keys)
    }

    /// Whether the key that seals wants the keys of tenants.
    ///
    /// # Errors
    /// [`VaultError::Library`] never, in a file that could be read.
    pub fn seals_by_tenant(&self) -> Result<bool, VaultError> {
        self.keys.content().sealing().map(|key| key.wants_tenant_keys)
    }

    /// Whether the key of a tenant must be read before anything of it is sealed or opened.
    #[must_use]
    pub fn wants_tenant_key(&self, tenant: TenantId) -> bool {
        !self.tenants.knows(tenant) && self.keys.content().all().any(|key| key.wants_tenant_keys)
    }

    /// Takes up the key of a tenant as it is kept; without one it knows none any more.
    ///
    /// # Errors
    /// As [`Vault::open_sealed`].
    pub fn learn_tenant_key(&self, tenant: TenantId, kept: Option<&SealedBytes>) -> Result<(), VaultError> {
        let Some(kept) = kept else {
            self.tenants.forget(tenant);
            return Ok(());
        };
        let opened = Zeroizing::new(self.open_bytes(&Self::cell_of_tenant_key(tenant), kept)?);
        let mut key = Zeroizing::new([0; TENANT_KEY_LENGTH]);
        if opened.len() != key.len() {
            return Err(VaultError::Altered);
        }
        key.copy_from_slice(&opened);
        self.tenants.learn(tenant, key);
        Ok(())
    }

    const fn cell_of_tenant_key(tenant: TenantId) -> Cell {
        let (table, column) = TENANT_KEYS;
        Cell { tenant, table, column, row: tenant.uuid() }
    }

    /// Whether a development start made one of the keys.
    #[must_use]
    pub fn is_generated(&self) -> bool {
        self.keys.content().all().any(|key| key.origin == KeyOrigin::Development)
    }

    /// The id of the key that seals.
    ///
    /// # Errors
    /// [`VaultError::Library`] never, in a file that could be read.
    pub fn sealing(&self) -> Result<u32, VaultError> {
        self.keys.content_now().sealing().map(|key| key.id)
    }

    /// Texts by which a store recognises its key again, and that tell nothing of it: of the key that seals first, then of the others.
    ///
    /// # Errors
    /// [`VaultError::Library`] when key derivation fails.
    pub fn fingerprints(&self) -> Result<Vec<String>, VaultError> {
        self.keys.content().all().map(Key::fingerprint).collect()
    }

    /// Seals a text for its cell.
    ///
    /// # Errors
    /// [`VaultError::Library`] when the system has no randomness.
    pub fn seal(&self, cell: &Cell, text: &str) -> Result<SealedBytes, VaultError> {
        self.seal_bytes(cell, text.as_bytes())
    }

    /// Seals bytes for their cell.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn seal_bytes(&self, cell: &Cell, clear: &[u8]) -> Result<SealedBytes, VaultError> {
        let mut nonce = [0; NONCE_LENGTH];
        self.random.fill(&mut nonce).map_err(|_| VaultError::Library)?;
        self.seal_with(cell, clear, nonce)
    }

    /// A nonce is for one value.
    fn seal_with(
        &self,
        cell: &Cell,
        clear: &[u8],
        nonce: [u8; NONCE_LENGTH],
    ) -> Result<SealedBytes, VaultError> {
        let ring = self.keys.content();
        let key = ring.sealing()?;
        let mut body = clear.to_vec();
        let derived = self.derive(key, "seal", cell.tenant, (cell.table, cell.column))?;
        key.provider.seal(&derived, (&nonce, &binding(cell, key.id)), &mut body)?;
        let mut sealed = Vec::with_capacity(HEADER_LENGTH + body.len());
        sealed.push(FORMAT);
        sealed.extend(key.id.to_be_bytes());
        sealed.extend(nonce);
        sealed.extend(body);
        if mutant::active(Mutant::ClearText) {
            sealed.extend(clear);
        }
        Ok(SealedBytes(sealed))
    }

    /// Opens what was sealed for this cell.
    ///
    /// # Errors
    /// [`VaultError::Altered`] for bytes of another cell, [`VaultError::UnknownKey`] for another key.
    pub fn open_sealed(&self, cell: &Cell, sealed: &SealedBytes) -> Result<String, VaultError> {
        String::from_utf8(self.open_bytes(cell, sealed)?).map_err(|_| VaultError::Altered)
    }

    /// Opens bytes that were sealed for this cell.
    ///
    /// # Errors
    /// As [`Vault::open_sealed`].
    pub fn open_bytes(&self, cell: &Cell, sealed: &SealedBytes) -> Result<Vec<u8>, VaultError> {
        let (header, body) = sealed.0.split_at_checked(HEADER_LENGTH).ok_or(VaultError::Altered)?;
        let (format, rest) = header.split_first().ok_or(VaultError::Altered)?;
        let (id, nonce) = rest.split_at(KEY_ID_LENGTH);
        let id = u32::from_be_bytes(id.try_into().map_err(|_| VaultError::Altered)?);
        let nonce: &[u8; NONCE_LENGTH] = nonce.try_into().map_err(|_| VaultError::Altered)?;
        if *format != FORMAT || body.len() < TAG_LENGTH {
            return Err(VaultError::Altered);
        }
        let body = without_copy(body);
        let mut ring = self.keys.content();
        if ring.key(id).is_none() {
            // Another server may have learned of it first.
            ring = self.keys.content_now();
        }
        let key = ring.key(id).ok_or(VaultError::UnknownKey(id))?;
        let derived = self.derive(key, "seal", cell.tenant, (cell.table, cell.column))?;
        key.provider.open(&derived, (nonce, &binding(cell, id)), body)
    }

    /// The blind index of a normalised text, to be kept: equal texts of one tenant and column give equal bytes under one key.
    ///
    /// # Errors
    /// [`VaultError::Library`] when key derivation fails.
    pub fn blind(
        &self,
        tenant: TenantId,
        table: &str,
        column: &str,
        normalised: &str,
    ) -> Result<BlindIndex, VaultError> {
        let ring = self.keys.content();
        self.digest(ring.sealing()?, tenant, (table, column), normalised)
    }

    /// The blind indexes under which a normalised text may be kept: one for each key, that of the key that seals first.
    ///
    /// # Errors
    /// As [`Vault::blind`].
    pub fn blinds(
        &self,
        tenant: TenantId,
        table: &str,
        column: &str,
        normalised: &str,
    ) -> Result<Vec<BlindIndex>, VaultError> {
        let known = if mutant::active(Mutant::OneKeyLookup) { 1 } else { usize::MAX };
        let ring = self.keys.content();
        let of = |key| self.digest(key, tenant, (table, column), normalised);
        let found = ring.all().take(known).enumerate().filter_map(|(place, key)| match of(key) {
            // Nothing is sealed yet by a key that came a moment ago, within the transaction that asks.
            Err(VaultError::NoTenantKey(_)) if place > 0 => None,
            told => Some(told),
        });
        found.collect()
    }

    fn digest(
        &self,
        key: &Key,
        tenant: TenantId,
        column: (&str, &str),
        normalised: &str,
    ) -> Result<BlindIndex, VaultError> {
        let derived = self.derive(key, "blind", tenant, column)?;
        let digest = key.provider.digest(&derived, normalised.as_bytes())?;
        Ok(BlindIndex(digest.into_iter().take(BLIND_LENGTH).collect()))
    }

    /// The key of a column of a tenant.
    fn derive(
        &self,
        key: &Key,
        purpose: &str,
        tenant: TenantId,
        (table, column): (&str, &str),
    ) -> Result<Derived, VaultError> {
        let shared = purpose == "blind" && mutant::active(Mutant::SharedBlind);
        let own = if shared { None } else { self.share_of(key, tenant, table)? };
        let own: &[u8] = own.as_ref().map_or(&[], |own| own.as_slice());
        let id = if shared { Uuid::nil() } else { tenant.uuid() };
        let parts = [purpose.as_bytes(), id.as_bytes(), own, table.as_bytes(), b".", column.as_bytes()];
        key.provider.derive(&parts)
    }

    /// What the tenant adds to a master key, if that key wants it for this table.
    fn share_of(&self, key: &Key, tenant: TenantId, table: &str) -> Result<Option<TenantKey>, VaultError> {
        let alone = !key.wants_tenant_keys || BY_MASTER_ALONE.contains(&table);
        if alone || mutant::active(Mutant::NoTenantKeys) {
            return Ok(None);
        }
        self.tenants.of(tenant).map(Some).ok_or(VaultError::NoTenantKey(tenant))
    }
}

/// A sealed body as it was before [`Mutant::ClearText`] put the clear text behind it, which is as long as what it was sealed to.
fn without_copy(body: &[u8]) -> &[u8] {
    if mutant::active(Mutant::ClearText) {
        return body.split_at(TAG_LENGTH + (body.len() - TAG_LENGTH) / 2).0;
    }
    body
}

/// What a value is bound to besides its key.
fn binding(cell: &Cell, key_id: u32) -> Vec<u8> {
    if mutant::active(Mutant::ConstantBinding) {
        return vec![];
    }
    let mut bytes = cell.tenant.uuid().as_bytes().to_vec();
    for part in [cell.table, cell.column] {
        bytes.extend(part.as_bytes());
        bytes.push(0);
    }
    bytes.extend(cell.row.as_bytes());
    bytes.extend(key_id.to_be_bytes());
    bytes
}
