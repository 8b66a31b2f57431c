//! Where a case occurred, and addresses as each reader is told them.

use async_graphql::{Context, Object, SimpleObject};
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::place::{Address, MASKED_ADDRESS_END, Place};

use crate::graphql::context::member;
use crate::graphql::identity::MaskedText;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::org::{CoordinateSystem, Grid, Unit, grid_of, unit_of};

/// Where a case occurred, as deep in the three tiers as is known.
pub struct CasePlace<'a>(pub(super) &'a domain::Case);

/// Where a case occurred, as deep in the three tiers as is known.
#[Object]
impl CasePlace<'_> {
    /// The town it lies in, when known.
    async fn town(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, self.0.place.town).await.map_err(Into::into).transpose()
    }

    /// The village it lies in, when known.
    async fn village(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, self.0.place.village).await.map_err(Into::into).transpose()
    }

    /// The grid it lies in, when known.
    async fn grid(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Grid>> {
        grid_of(ctx, self.0.place.grid).await.map_err(Into::into).transpose()
    }

    /// Address, as it was typed: whole for whoever reported the case, whoever it lies with or who assists or is in charge, whoever goes from door to door in
    /// its village, whoever dispatches it where no village is known, and by `ADDRESS_READ`; for others it ends there, as in `新地社区***`. `personReveal`
    /// tells it to whoever may read it whole.
    async fn address(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<MaskedText>> {
        let member = member(ctx)?;
        let address = member.services().cases.address(member.scope(), self.0).map_err(Fault::from_failure)?;
        Ok(address_of(ctx, &self.0.place, address).await?)
    }

    #[expect(clippy::unused_async, reason = "resolvers are async")]
    /// Point on the map. Of a case above `NORMAL` it leads to a door: null for whoever reads the address to the village.
    async fn point(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<GeoPoint>> {
        let member = member(ctx)?;
        Ok(self.0.point_for(member.scope()).map(Into::into))
    }
}

/// An address as the caller is told it: to the village of its place, where that is known, when it is masked.
///
/// # Errors
/// As the database says.
pub async fn address_of(
    ctx: &Context<'_>,
    place: &Place,
    address: Option<Address>,
) -> Outcome<Option<MaskedText>> {
    Ok(match address {
        None => None,
        Some(Address::Whole(text)) => Some(MaskedText { text, is_masked: false }),
        Some(Address::ToVillage) => {
            let unit = unit_of(ctx, place.village.or(place.town)).await?;
            let name = unit.map(|Unit(unit)| unit.name).unwrap_or_default();
            Some(MaskedText { text: name + MASKED_ADDRESS_END, is_masked: true })
        }
    })
}

/// A point on the map.
#[derive(SimpleObject)]
pub struct GeoPoint {
    /// Degrees east.
    longitude: f64,
    /// Degrees north.
    latitude: f64,
    /// The system that both degrees are measured in.
    coordinate_system: CoordinateSystem,
}

impl From<fengqiao_domain::org::GeoPoint> for GeoPoint {
    fn from(point: fengqiao_domain::org::GeoPoint) -> Self {
        Self {
            longitude: degrees(point.longitude),
            latitude: degrees(point.latitude),
            coordinate_system: point.system.into(),
        }
    }
}

/// Millionths of a degree as degrees. Both are below 2^53, so nothing is lost.
#[expect(clippy::cast_precision_loss, reason = "at most 180,000,000")]
fn degrees(micro: i64) -> f64 {
    micro as f64 / 1e6
}
