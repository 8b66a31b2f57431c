//! Bytes of a sealed personal column and of its blind index. Opening them is the vault's task.

use sea_orm::DeriveValueType;

/// Ciphertext of a personal value: `format (1) ‖ key id (4) ‖ nonce (12) ‖ ciphertext and tag`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct SealedBytes(pub Vec<u8>);

/// Keyed hash of a normalised personal value: exact lookup without the clear text.
#[derive(Clone, Debug, PartialEq, Eq, DeriveValueType)]
pub struct BlindIndex(pub Vec<u8>);
