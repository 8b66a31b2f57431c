//! What other slices ask of the calendar inside their own transaction.

use std::sync::Arc;

use crate::calendars::model::TenantCalendar;
use crate::calendars::store;
use crate::store::{StoreError, Tx};

/// The calendar by which the tenant's deadlines are reckoned.
pub(crate) async fn calendar(tx: &Tx) -> Result<Arc<TenantCalendar>, StoreError> {
    store::remembered(tx).await
}
