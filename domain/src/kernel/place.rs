//! Where something is in the three tiers, and which places somebody answers for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kernel::id::{CategoryId, GridId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::text::narrow;

/// How carefully a case must be handled. A grant reads cases up to its ceiling.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Sensitivity {
    /// Everyday matters.
    #[default]
    Normal,
    /// Minors, domestic violence, key persons.
    Sensitive,
    /// Only for those who lead.
    Confidential,
}

impl Sensitivity {
    /// The number that the column and the policies compare: 0, 1 or 2.
    #[must_use]
    pub const fn rank(self) -> i32 {
        match self {
            Self::Normal => 0,
            Self::Sensitive => 1,
            Self::Confidential => 2,
        }
    }

    /// The sensitivity of a rank; anything above 2 is confidential.
    #[must_use]
    pub const fn from_rank(rank: i32) -> Self {
        match rank {
            ..=0 => Self::Normal,
            1 => Self::Sensitive,
            2.. => Self::Confidential,
        }
    }
}

/// Where a case is: as deep in the three tiers as is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Town.
    pub town: Option<UnitId>,
    /// Village, within the town.
    pub village: Option<UnitId>,
    /// Grid, within the village.
    pub grid: Option<GridId>,
}

/// The part of a district that a grant covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Territory {
    /// All of it.
    pub district: bool,
    /// These towns, with their predecessors.
    pub towns: BTreeSet<UnitId>,
    /// These villages, with their predecessors.
    pub villages: BTreeSet<UnitId>,
    /// These grids.
    pub grids: BTreeSet<GridId>,
}

impl Territory {
    /// Whether the place lies in this territory.
    #[must_use]
    pub fn covers(&self, place: &Place) -> bool {
        self.district
            || place.town.is_some_and(|town| self.towns.contains(&town))
            || place.village.is_some_and(|village| self.villages.contains(&village))
            || place.grid.is_some_and(|grid| self.grids.contains(&grid))
    }

    /// Whether the place lies in this territory, and it is one of villages and grids alone.
    #[must_use]
    pub fn is_near(&self, place: &Place) -> bool {
        self.covers(place) && !self.district && self.towns.is_empty()
    }

    /// Whether it covers nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.district && self.towns.is_empty() && self.villages.is_empty() && self.grids.is_empty()
    }
}

/// What ends an address of which only the village is told.
pub const MASKED_ADDRESS_END: &str = "***";

/// An address as one reader is told it.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    /// As it was typed.
    Whole(String),
    /// The village that it lies in, which the place tells where it is known, and no more.
    ToVillage,
}

impl Address {
    /// Whether a text is an address that ends where a query masked it: a form that is sent back must not put it in the place of the real one.
    #[must_use]
    pub fn is_masked(text: &str) -> bool {
        let narrow: String = text.trim_end().chars().map(narrow).collect();
        narrow.ends_with(MASKED_ADDRESS_END) && !mutant::active(Mutant::MaskedTaken)
    }
}

/// What decides who sees a case: its place, its category, its sensitivity, and whom it was handed to.
///
/// Travels with every event, so that delivery needs no query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visibility {
    /// Whether every account of the tenant may learn of it: units, grids, organisations.
    #[serde(default)]
    pub everyone: bool,
    /// Town of the place.
    pub town: Option<Uuid>,
    /// Village of the place.
    pub village: Option<Uuid>,
    /// Grid of the place.
    pub grid: Option<Uuid>,
    /// Category.
    pub category: Uuid,
    /// Rank of the sensitivity.
    pub sensitivity: i32,
    /// Accounts, units and organisations with an access row.
    pub principals: Vec<Uuid>,
    /// Whether only staff may learn of it.
    pub internal: bool,
}

impl Visibility {
    /// Of something that every account of the tenant may see.
    #[must_use]
    pub fn everyone() -> Self {
        Self { everyone: true, ..Self::default() }
    }

    /// The place of this visibility.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            town: self.town.map(UnitId::from_uuid),
            village: self.village.map(UnitId::from_uuid),
            grid: self.grid.map(GridId::from_uuid),
        }
    }

    /// The category of this visibility.
    #[must_use]
    pub fn category(&self) -> CategoryId {
        CategoryId::from_uuid(self.category)
    }
}
