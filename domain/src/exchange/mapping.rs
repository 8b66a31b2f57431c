//! How a partner's words are read: where in its tickets something stands, and what its codes mean here. Data, and pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::cases::CasePriority;
use crate::exchange::error::ExchangeError;
use crate::kernel::failure::Problem;
use crate::org::CoordinateSystem;

/// Most characters of a pointer or of a code.
const WORD_LIMIT: usize = 200;
/// Most codes of one kind: as many as a district has categories and grids, several times over.
const CODES_LIMIT: usize = 5_000;

/// What is read of a ticket.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    EnumString,
    IntoStaticStr,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum TicketField {
    /// Its number there (工单编号). Needed.
    Number,
    /// Short text for lists; the category's name where none is sent.
    Title,
    /// What was said (诉求内容). Needed.
    Description,
    /// Code of what it is about (事项类别).
    Category,
    /// Code of where it occurred (区划).
    Area,
    /// Where it occurred, as people write it.
    Address,
    /// Longitude in degrees.
    Longitude,
    /// Latitude in degrees.
    Latitude,
    /// Name of the caller.
    ReporterName,
    /// Telephone number of the caller.
    ReporterPhone,
    /// When it occurred.
    OccurredAt,
    /// When it was reported there.
    ReportedAt,
    /// How urgent it is.
    Priority,
}

/// How a partner's words are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Where something stands: a JSON pointer (RFC 6901) into a ticket.
    pub fields: BTreeMap<TicketField, String>,
    /// Our code of a category for theirs.
    pub categories: BTreeMap<String, String>,
    /// Our code of the category of whatever has none here.
    pub other_category: Option<String>,
    /// Our code of a unit or a grid for theirs.
    pub areas: BTreeMap<String, String>,
    /// What their words for urgency mean.
    pub priorities: BTreeMap<String, CasePriority>,
    /// In which system their points are; needed where they send any.
    pub coordinate_system: Option<CoordinateSystem>,
}

impl Mapping {
    /// What is wrong with it by itself; whether its codes exist is asked elsewhere.
    pub(super) fn problems(&self) -> Vec<Problem<ExchangeError>> {
        let mut problems = vec![];
        let mut wrong = |place: &str, word: &str| problems.push(lost(place, word));
        for needed in [TicketField::Number, TicketField::Description] {
            if !self.fields.contains_key(&needed) {
                wrong("fields", needed.into());
            }
        }
        for pointer in self.fields.values().filter(|pointer| !is_pointer(pointer)) {
            wrong("fields", pointer);
        }
        let [east, north] =
            [TicketField::Longitude, TicketField::Latitude].map(|field| self.fields.contains_key(&field));
        if east != north {
            wrong("fields", if east { TicketField::Latitude.into() } else { TicketField::Longitude.into() });
        }
        if east && self.coordinate_system.is_none() {
            wrong("coordinateSystem", "");
        }
        if !self.fields.contains_key(&TicketField::Category) && self.other_category.is_none() {
            wrong("otherCategoryCode", TicketField::Category.into());
        }
        for word in self.words().filter(|word| !(1..=WORD_LIMIT).contains(&word.chars().count())) {
            wrong("", word);
        }
        let limit = CODES_LIMIT as u64;
        for (name, length) in [
            ("categories", self.categories.len()),
            ("areas", self.areas.len()),
            ("priorities", self.priorities.len()),
        ] {
            if length > CODES_LIMIT {
                problems.push(Problem::at(&format!("mapping.{name}"), ExchangeError::TooMany { limit }));
            }
        }
        problems
    }

    /// Every code and word that stands in it.
    fn words(&self) -> impl Iterator<Item = &String> {
        let codes = [&self.categories, &self.areas].into_iter().flatten();
        codes
            .flat_map(|(theirs, ours)| [theirs, ours])
            .chain(self.priorities.keys())
            .chain(&self.other_category)
    }

    /// Our code of a category for theirs: what the mapping says, else the same code, else the one for everything else.
    pub(super) fn category<'a>(&'a self, theirs: &'a str, is_ours: impl Fn(&str) -> bool) -> Option<&'a str> {
        match self.categories.get(theirs) {
            Some(ours) => Some(ours),
            None if is_ours(theirs) => Some(theirs),
            None => self.other_category.as_deref(),
        }
    }

    /// Our code of a unit or grid for theirs: what the mapping says, else the same code, for both may be the national one.
    pub(super) fn area<'a>(&'a self, theirs: &'a str) -> &'a str {
        self.areas.get(theirs).map_or(theirs, String::as_str)
    }
}

/// A word of a mapping that leads nowhere.
pub(super) fn lost(place: &str, word: &str) -> Problem<ExchangeError> {
    let word = word.chars().take(WORD_LIMIT).collect();
    Problem::at(&format!("mapping.{place}"), ExchangeError::InvalidMapping { word })
}

fn is_pointer(text: &str) -> bool {
    text.len() <= WORD_LIMIT && text.starts_with('/')
}
