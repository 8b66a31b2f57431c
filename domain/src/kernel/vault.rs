//! Seals personal values: AES-256-GCM bound to tenant, table, column and row, and blind indexes for
//! exact lookup. See `docs/adr/0004`.
//!
//! The master key lives in a file outside the database. Every tenant and column has its own keys,
//! derived by HKDF-SHA-256, so a value moved to another row, column or tenant does not open.

use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use fengqiao_entity::value::{BlindIndex, SealedBytes};

use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};

const FORMAT: u8 = 1;
const KEY_ID_LENGTH: usize = 4;
const HEADER_LENGTH: usize = 1 + KEY_ID_LENGTH + NONCE_LEN;
/// 16 of the 32 bytes: no practical collision, and half the index.
const BLIND_LENGTH: usize = 16;

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
    /// The bytes are not what was sealed for this cell.
    #[error("sealed value does not open for its row")]
    Altered,
    /// The cryptographic library failed.
    #[error("cryptographic library failed")]
    Library,
}

/// The key file, as TOML-free JSON: one line a person can copy.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    /// Key id, random.
    id: u32,
    /// 32 bytes in Base64.
    master: String,
    /// Whether a development start made it: the production profile refuses such a key.
    generated: bool,
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
    id: u32,
    prk: Prk,
    random: SystemRandom,
    origin: KeyOrigin,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("id", &self.id).finish_non_exhaustive()
    }
}

struct KeyLength;

impl KeyType for KeyLength {
    fn len(&self) -> usize {
        32
    }
}

impl Vault {
    /// Reads the key file.
    ///
    /// # Errors
    /// [`VaultError::File`] when it is missing or not a key file.
    pub fn open(path: &Path) -> Result<Self, VaultError> {
        let text = std::fs::read_to_string(path).map_err(|cause| file_error(path, &cause))?;
        let file: KeyFile = serde_json::from_str(&text).map_err(|cause| file_error(path, &cause))?;
        let master = STANDARD.decode(&file.master).map_err(|cause| file_error(path, &cause))?;
        if master.len() != 32 {
            return Err(file_error(path, &"the master key must be 32 bytes"));
        }
        let origin = if file.generated { KeyOrigin::Development } else { KeyOrigin::Operator };
        Ok(Self::from_master(file.id, &Zeroizing::new(master), origin))
    }

    /// Writes a new key file, readable by its owner only; an existing file stays untouched.
    ///
    /// # Errors
    /// [`VaultError::File`] when it exists or cannot be written.
    pub fn generate(path: &Path, origin: KeyOrigin) -> Result<(), VaultError> {
        let random = SystemRandom::new();
        let mut master = Zeroizing::new([0_u8; 32]);
        let mut id = [0_u8; 4];
        random.fill(master.as_mut()).map_err(|_| VaultError::Library)?;
        random.fill(&mut id).map_err(|_| VaultError::Library)?;
        let file = KeyFile {
            id: u32::from_be_bytes(id),
            master: STANDARD.encode(master.as_ref()),
            generated: origin == KeyOrigin::Development,
        };
        let text = serde_json::to_string(&file).map_err(|cause| file_error(path, &cause))?;
        write_private(path, &text).map_err(|cause| file_error(path, &cause))
    }

    /// A vault with a fixed key, for tests.
    #[must_use]
    pub fn for_tests() -> Self {
        Self::from_master(7, &[7; 32], KeyOrigin::Development)
    }

    /// Whether a development start made the key.
    #[must_use]
    pub fn is_generated(&self) -> bool {
        self.origin == KeyOrigin::Development
    }

    /// A text by which a store recognises its key again, and that tells nothing of it.
    ///
    /// # Errors
    /// [`VaultError::Library`] when key derivation fails.
    pub fn fingerprint(&self) -> Result<String, VaultError> {
        let mut bytes = [0; 32];
        self.prk
            .expand(&[b"fingerprint"], KeyLength)
            .and_then(|okm| okm.fill(&mut bytes))
            .map_err(|_| VaultError::Library)?;
        Ok(format!("{:08x}-{}", self.id, URL_SAFE_NO_PAD.encode(&bytes[..BLIND_LENGTH])))
    }

    fn from_master(id: u32, master: &[u8], origin: KeyOrigin) -> Self {
        let prk = Salt::new(HKDF_SHA256, b"fengqiao sealing").extract(master);
        Self { id, prk, random: SystemRandom::new(), origin }
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
        let key = self.cell_key(cell)?;
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| VaultError::Library)?;
        let mut sealed = Vec::with_capacity(HEADER_LENGTH + clear.len() + AES_256_GCM.tag_len());
        sealed.push(FORMAT);
        sealed.extend(self.id.to_be_bytes());
        sealed.extend(nonce);
        let mut body = clear.to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(binding(cell, self.id)),
            &mut body,
        )
        .map_err(|_| VaultError::Library)?;
        sealed.extend(body);
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
        if *format != FORMAT {
            return Err(VaultError::Altered);
        }
        if id != self.id {
            return Err(VaultError::UnknownKey(id));
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Altered)?;
        let mut body = body.to_vec();
        let clear = self
            .cell_key(cell)?
            .open_in_place(nonce, Aad::from(binding(cell, id)), &mut body)
            .map_err(|_| VaultError::Altered)?;
        Ok(clear.to_vec())
    }

    /// The blind index of a normalised text: equal texts of one tenant and column give equal bytes.
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
        let key = self.derive("blind", tenant, table, column)?;
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()), normalised.as_bytes());
        Ok(BlindIndex(tag.as_ref()[..BLIND_LENGTH].to_vec()))
    }

    fn cell_key(&self, cell: &Cell) -> Result<LessSafeKey, VaultError> {
        let key = self.derive("seal", cell.tenant, cell.table, cell.column)?;
        let key = UnboundKey::new(&AES_256_GCM, key.as_ref()).map_err(|_| VaultError::Library)?;
        Ok(LessSafeKey::new(key))
    }

    fn derive(
        &self,
        purpose: &str,
        tenant: TenantId,
        table: &str,
        column: &str,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let tenant = tenant.uuid();
        let info = [purpose.as_bytes(), tenant.as_bytes(), table.as_bytes(), b".", column.as_bytes()];
        let mut key = Zeroizing::new([0; 32]);
        self.prk
            .expand(&info, KeyLength)
            .and_then(|okm| okm.fill(key.as_mut()))
            .map_err(|_| VaultError::Library)?;
        Ok(key)
    }
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

fn file_error(path: &Path, cause: &dyn std::fmt::Display) -> VaultError {
    VaultError::File { path: path.display().to_string(), cause: cause.to_string() }
}

/// Creates a file that only its owner may read; fails when it exists.
///
/// # Errors
/// What the operating system says.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}
