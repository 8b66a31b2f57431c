//! Seals and opens what people type and who reported it, each value bound to its own cell.

use uuid::Uuid;

use fengqiao_entity::value::SealedBytes;

use crate::kernel::id::TenantId;
use crate::kernel::vault::{Cell, Vault};
use crate::store::{StoreError, Tx};

/// A sealed column of this slice.
#[derive(Clone, Copy, Debug)]
pub(in crate::cases) enum Column {
    /// `cases.description`
    Description,
    /// `cases.address`
    Address,
    /// `cases.reporter_name`
    ReporterName,
    /// `cases.reporter_phone`
    ReporterPhone,
    /// `case_entries.text`
    EntryText,
    /// `case_values.sealed`
    ValueText,
}

impl Column {
    const fn cell(self, tenant: TenantId, row: Uuid) -> Cell {
        let (table, column) = match self {
            Self::Description => ("cases", "description"),
            Self::Address => ("cases", "address"),
            Self::ReporterName => ("cases", "reporter_name"),
            Self::ReporterPhone => ("cases", "reporter_phone"),
            Self::EntryText => ("case_entries", "text"),
            Self::ValueText => ("case_values", "sealed"),
        };
        Cell { tenant, table, column, row }
    }
}

/// Seals a text for its cell.
pub(in crate::cases) fn seal(tx: &Tx, column: Column, row: Uuid, text: &str) -> Result<Vec<u8>, StoreError> {
    let cell = column.cell(tx.scope().tenant(), row);
    let sealed = tx.vault().seal(&cell, text).map_err(|error| StoreError::Internal(error.to_string()))?;
    Ok(sealed.0)
}

/// Seals a text if there is one.
pub(in crate::cases) fn seal_some(
    tx: &Tx,
    column: Column,
    row: Uuid,
    text: Option<&str>,
) -> Result<Option<Vec<u8>>, StoreError> {
    text.map(|text| seal(tx, column, row, text)).transpose()
}

/// Opens what was sealed for a cell.
pub(in crate::cases) fn open(
    vault: &Vault,
    tenant: TenantId,
    column: Column,
    row: Uuid,
    sealed: &[u8],
) -> Result<String, StoreError> {
    let cell = column.cell(tenant, row);
    let sealed = SealedBytes(sealed.to_vec());
    vault.open_sealed(&cell, &sealed).map_err(|error| StoreError::Corrupt(error.to_string()))
}
