//! Whether a district stands open (启用): into one that is closed nobody comes, and no account of it begins a write.

use fengqiao_entity::org::tenant::Entity;

use crate::kernel::mutant::{self, Mutant};
use crate::store::{Derived, StoreError, Tx};

/// Remembered for a moment, because everybody asks for it.
struct StandsOpen(bool);

impl Derived for StandsOpen {
    async fn derive(tx: &Tx) -> Result<Self, StoreError> {
        let row = tx.select::<Entity>().one().await?;
        // One that is only about to be has nobody to be kept out.
        Ok(Self(row.is_none_or(|row| row.state == "open")))
    }
}

impl Tx {
    /// Whether the scope's district stands open, as it was a moment ago.
    pub(crate) async fn stands_open(&self) -> Result<bool, StoreError> {
        let known = self.standing::<StandsOpen>().await?;
        let open = match known {
            Some(known) => known.0,
            None => StandsOpen::derive(self).await?.0,
        };
        Ok(open || mutant::active(Mutant::ClosedComeIn))
    }
}
