//! What supervision (督办) costs whoever a case lies with, as its programme says.

use std::ops::RangeInclusive;

use crate::programmes::document::Table;
use crate::programmes::vocabulary::SupervisionLevel;

/// The points that one supervision can cost.
const BOUNDS: RangeInclusive<u32> = 0..=1_000;

/// Points (分) of one supervision, by its level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SupervisionCost {
    /// Of a supervision without a card.
    pub normal: u32,
    /// Of a yellow card.
    pub yellow: u32,
    /// Of a red card.
    pub red: u32,
}

impl SupervisionCost {
    /// The points of a level.
    #[must_use]
    pub const fn of(self, level: SupervisionLevel) -> u32 {
        match level {
            SupervisionLevel::Normal => self.normal,
            SupervisionLevel::Yellow => self.yellow,
            SupervisionLevel::Red => self.red,
        }
    }

    /// What a file says under `supervision`: nothing where it says nothing.
    pub(super) fn read(top: &Table<'_>) -> Self {
        let Some(table) = top.table("supervision") else { return Self::default() };
        let points = |key| table.number(key, &BOUNDS).unwrap_or_default();
        let cost = Self { normal: points("normal"), yellow: points("yellow"), red: points("red") };
        table.finish();
        cost
    }
}
