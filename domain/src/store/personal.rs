//! Personal values of a row: sealed into it, opened out of it, found by their blind index.

use uuid::Uuid;

use fengqiao_entity::value::{BlindIndex, SealedBytes};

use crate::kernel::vault::{Cell, VaultError};
use crate::store::{StoreError, Tx};

/// Where a personal value stands within the tenant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Personal {
    /// Table.
    pub(crate) table: &'static str,
    /// Column.
    pub(crate) column: &'static str,
}

impl Tx {
    /// Seals a value for the row it will stand in.
    pub(crate) fn seal(&self, at: Personal, row: Uuid, text: &str) -> Result<SealedBytes, StoreError> {
        self.vault().seal(&self.cell(at, row), text).map_err(|fault| told(at, &fault))
    }

    /// Opens a value of a row.
    pub(crate) fn unseal(&self, at: Personal, row: Uuid, sealed: &SealedBytes) -> Result<String, StoreError> {
        self.vault().open_sealed(&self.cell(at, row), sealed).map_err(|fault| told(at, &fault))
    }

    /// Seals bytes for the row they will stand in.
    pub(crate) fn seal_bytes(
        &self,
        at: Personal,
        row: Uuid,
        bytes: &[u8],
    ) -> Result<SealedBytes, StoreError> {
        self.vault().seal_bytes(&self.cell(at, row), bytes).map_err(|fault| told(at, &fault))
    }

    /// Opens bytes of a row.
    pub(crate) fn unseal_bytes(
        &self,
        at: Personal,
        row: Uuid,
        sealed: &SealedBytes,
    ) -> Result<Vec<u8>, StoreError> {
        self.vault().open_bytes(&self.cell(at, row), sealed).map_err(|fault| told(at, &fault))
    }

    /// The blind index of a value, to be kept beside it.
    pub(crate) fn blind(&self, at: Personal, text: &str) -> Result<BlindIndex, StoreError> {
        let index = self.vault().blind(self.scope().tenant(), at.table, at.column, text);
        index.map_err(|fault| told(at, &fault))
    }

    /// The blind indexes under which a value may be found: one for each key in use.
    pub(crate) fn blinds(&self, at: Personal, text: &str) -> Result<Vec<BlindIndex>, StoreError> {
        let indexes = self.vault().blinds(self.scope().tenant(), at.table, at.column, text);
        indexes.map_err(|fault| told(at, &fault))
    }

    fn cell(&self, at: Personal, row: Uuid) -> Cell {
        Cell { tenant: self.scope().tenant(), table: at.table, column: at.column, row }
    }
}

fn told(at: Personal, fault: &VaultError) -> StoreError {
    StoreError::Corrupt(format!("{}.{}: {fault}", at.table, at.column))
}
