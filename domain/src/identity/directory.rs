//! What other slices ask of the identity slice inside their own transaction.

use crate::identity::{resolve, store};
use crate::kernel::id::AccountId;
use crate::kernel::scope::Held;
use crate::store::{StoreError, Tx};

/// What an account may do now; `None` when the caller sees no such account or it is disabled.
///
/// By it a case is handed only to somebody who may work it where it lies.
pub(crate) async fn held_by(tx: &Tx, account: AccountId) -> Result<Option<Vec<Held>>, StoreError> {
    let row = store::account_row(tx, account).await?;
    if row.is_none_or(|row| row.state != "active") {
        return Ok(None);
    }
    let grants = store::grants_in_force(tx, account).await?;
    resolve::held(tx, &grants).await.map(Some)
}
