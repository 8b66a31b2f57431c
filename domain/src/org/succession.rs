//! Who took over from whom, for a walk back in time or forward to the present.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::id::UnitId;
use crate::org::store;
use crate::store::{StoreError, Tx};

/// The mergers of a tenant.
#[derive(Clone, Debug, Default)]
pub(super) struct Successions {
    predecessors: BTreeMap<UnitId, Vec<UnitId>>,
    successors: BTreeMap<UnitId, UnitId>,
}

impl Successions {
    pub(super) async fn load(tx: &Tx) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for (predecessor, successor) in store::successions(tx).await? {
            all.predecessors.entry(successor).or_default().push(predecessor);
            all.successors.insert(predecessor, successor);
        }
        Ok(all)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.successors.is_empty()
    }

    /// The units that others took over.
    pub(super) fn merged(&self) -> impl Iterator<Item = UnitId> {
        self.successors.keys().copied()
    }

    /// The unit and everything it took over, directly or through others.
    pub(super) fn with_predecessors(&self, unit: UnitId) -> BTreeSet<UnitId> {
        let mut found = BTreeSet::new();
        let mut open = vec![unit];
        while let Some(unit) = open.pop() {
            if found.insert(unit) {
                open.extend(self.predecessors.get(&unit).into_iter().flatten());
            }
        }
        found
    }

    /// The unit that answers for this one today: itself, unless another took over.
    pub(super) fn heir(&self, unit: UnitId) -> UnitId {
        let mut seen = BTreeSet::from([unit]);
        let mut heir = unit;
        while let Some(next) = self.successors.get(&heir).copied().filter(|next| seen.insert(*next)) {
            heir = next;
        }
        heir
    }
}
