//! What other slices ask of the trail inside their own transaction.

use crate::audit::model::AuditFilter;
use crate::audit::store;
use crate::store::{StoreError, Tx};

/// The condition that names somebody or something of which the trail knows nothing, as far as the caller reads it: in the words of the schema.
/// That somebody asked for it and was refused makes nothing known.
pub(crate) async fn missed(tx: &Tx, filter: &AuditFilter) -> Result<Option<&'static str>, StoreError> {
    if let Some(account) = filter.account
        && !store::knows_account(tx, account).await?
    {
        return Ok(Some("accountId"));
    }
    if let Some(target) = &filter.target
        && !store::knows_target(tx, target).await?
    {
        return Ok(Some("targetId"));
    }
    Ok(None)
}
