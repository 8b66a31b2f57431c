//! Inputs that several mutations and queries of the cases slice take: a place, an assignee, a point.

use async_graphql::{ID, InputObject, OneofObject};
use fengqiao_domain::cases::Assignee;
use fengqiao_domain::org::PlaceReference;

use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::org::CoordinateSystem;

/// Where something occurred, as precisely as is known: exactly one of them.
#[derive(OneofObject)]
pub enum PlaceInput {
    /// Within this grid.
    GridId(ID),
    /// In a unit: a village, a town, or somewhere in the district.
    UnitId(ID),
}

impl PlaceInput {
    /// The place with its id parsed.
    pub fn parsed(&self) -> Outcome<PlaceReference> {
        Ok(match self {
            Self::GridId(grid) => PlaceReference::Grid(id::parse(grid)?),
            Self::UnitId(unit) => PlaceReference::Unit(id::parse(unit)?),
        })
    }
}

/// To whom a case goes: exactly one of them.
#[derive(OneofObject)]
#[expect(clippy::enum_variant_names, reason = "the fields of a one-of input")]
pub enum CaseAssigneeInput {
    /// A worker.
    AccountId(ID),
    /// The station of a village, the sub-centre of a town, the centre of the district.
    UnitId(ID),
    /// A department or partner.
    OrganisationId(ID),
}

impl CaseAssigneeInput {
    /// The assignee with its id parsed.
    pub fn parsed(&self) -> Outcome<Assignee> {
        Ok(match self {
            Self::AccountId(account) => Assignee::Account(id::parse(account)?),
            Self::UnitId(unit) => Assignee::Unit(id::parse(unit)?),
            Self::OrganisationId(organisation) => Assignee::Organisation(id::parse(organisation)?),
        })
    }
}

/// A point on the map.
#[derive(InputObject)]
pub struct GeoPointInput {
    /// Degrees east, -180 to 180; kept to a millionth.
    longitude: f64,
    /// Degrees north, -90 to 90; kept to a millionth.
    latitude: f64,
    /// The system that both degrees are measured in.
    coordinate_system: CoordinateSystem,
}

impl GeoPointInput {
    /// The point in millionths of a degree.
    #[must_use]
    pub fn parsed(self) -> fengqiao_domain::org::GeoPoint {
        fengqiao_domain::org::GeoPoint {
            longitude: micro(self.longitude),
            latitude: micro(self.latitude),
            system: self.coordinate_system.into(),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "validated to at most 180 degrees")]
fn micro(degrees: f64) -> i64 {
    (degrees * 1e6).round() as i64
}
