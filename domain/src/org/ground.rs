//! Points and areas on the ground, whatever coordinate system they are told in. Pure.
//!
//! WGS 84 and CGCS2000 differ by centimetres and count as one. GCJ-02 (火星坐标), which maps of `WeChat` and Amap give, lies some
//! hundred metres beside them within China; the shift is the one that everybody reckons with, for its authors published none.

use geo::{Area as _, Intersects as _};
use geojson::Geometry;

use crate::org::model::{Boundary, CoordinateSystem};

/// Millionths of a degree.
const MICRO: f64 = 1e6;
/// Metres from the centre of the earth to its surface, on the average (IUGG).
const EARTH: f64 = 6_371_008.8;
/// Half the greater axis of the ellipsoid that GCJ-02 shifts on, in metres (Krasovsky 1940).
const KRASOVSKY_AXIS: f64 = 6_378_245.0;
/// Its squared eccentricity.
const KRASOVSKY_ECCENTRICITY: f64 = 0.006_693_421_622_965_943;
/// How often the shift is taken back to undo it: each time leaves less than a hundredth of the error.
const UNDOINGS: usize = 4;

/// A point in a coordinate system, in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeoPoint {
    /// Longitude, east positive.
    pub longitude: i64,
    /// Latitude, north positive.
    pub latitude: i64,
    /// Its coordinate system.
    pub system: CoordinateSystem,
}

/// Degrees east and north.
type Degrees = (f64, f64);

/// The box around an area, in millionths of a degree of the area's own system, its edges among it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::org) struct Bounds {
    pub(in crate::org) west: i64,
    pub(in crate::org) south: i64,
    pub(in crate::org) east: i64,
    pub(in crate::org) north: i64,
}

impl GeoPoint {
    /// Whether it lies on earth.
    #[must_use]
    pub fn is_on_earth(&self) -> bool {
        (-180_000_000..=180_000_000).contains(&self.longitude)
            && (-90_000_000..=90_000_000).contains(&self.latitude)
    }

    /// The same point told in another system, to the nearest millionth of a degree.
    #[must_use]
    pub fn told_in(self, system: CoordinateSystem) -> Self {
        let (longitude, latitude) = degrees_in(self, system);
        Self {
            longitude: micros((longitude * MICRO).round()),
            latitude: micros((latitude * MICRO).round()),
            system,
        }
    }

    /// Metres to another point, on a sphere: within a hundred metres it is right to the decimetre.
    #[must_use]
    pub fn metres_to(self, other: Self) -> f64 {
        let (east, north) = degrees_in(self, CoordinateSystem::Wgs84);
        let (other_east, other_north) = degrees_in(other, CoordinateSystem::Wgs84);
        let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let along = north.to_radians().cos() * other_north.to_radians().cos() * half(east, other_east);
        2.0 * EARTH * (half(north, other_north) + along).sqrt().min(1.0).asin()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
const fn micros(whole: f64) -> i64 {
    whole as i64
}

#[expect(clippy::cast_precision_loss, reason = "at most 180 million")]
fn degrees(point: GeoPoint) -> Degrees {
    (point.longitude as f64 / MICRO, point.latitude as f64 / MICRO)
}

fn degrees_in(point: GeoPoint, system: CoordinateSystem) -> Degrees {
    let shifted = |system| system == CoordinateSystem::Gcj02;
    match (shifted(point.system), shifted(system)) {
        (false, true) => beside(degrees(point)),
        (true, false) => back(degrees(point)),
        (true, true) | (false, false) => degrees(point),
    }
}

/// A point of WGS 84 in GCJ-02.
fn beside(at: Degrees) -> Degrees {
    let (east, north) = at;
    let in_china = (72.004..=137.834_7).contains(&east) && (0.829_3..=55.827_1).contains(&north);
    if !in_china {
        return at;
    }
    let (easting, northing) = swing(east - 105.0, north - 35.0);
    let radians = north.to_radians();
    let bulge = 1.0 - KRASOVSKY_ECCENTRICITY * radians.sin().powi(2);
    let along_meridian = KRASOVSKY_AXIS * (1.0 - KRASOVSKY_ECCENTRICITY) / (bulge * bulge.sqrt());
    let along_parallel = KRASOVSKY_AXIS / bulge.sqrt() * radians.cos();
    (east + (easting / along_parallel).to_degrees(), north + (northing / along_meridian).to_degrees())
}

/// A point of GCJ-02 in WGS 84.
fn back(at: Degrees) -> Degrees {
    (0..UNDOINGS).fold(at, |(east, north), _| {
        let (there_east, there_north) = beside((east, north));
        (east - (there_east - at.0), north - (there_north - at.1))
    })
}

/// Metres east and north by which GCJ-02 shifts a point so many degrees from 105° E, 35° N.
fn swing(x: f64, y: f64) -> (f64, f64) {
    let wave = |height: f64, angle: f64| height * (angle * std::f64::consts::PI).sin();
    let common = wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x);
    let root = x.abs().sqrt();
    let east_waves =
        common + wave(20.0, x) + wave(40.0, x / 3.0) + wave(150.0, x / 12.0) + wave(300.0, x / 30.0);
    let north_waves =
        common + wave(20.0, y) + wave(40.0, y / 3.0) + wave(160.0, y / 12.0) + wave(320.0, y / 30.0);
    let east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + east_waves * 2.0 / 3.0;
    let north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + north_waves * 2.0 / 3.0;
    (east, north)
}

/// The box around a boundary; none when it is no polygon.
pub(in crate::org) fn bounds(boundary: &Boundary) -> Option<Bounds> {
    use geo::BoundingRect as _;
    let around = polygon(boundary)?.bounding_rect()?;
    let outwards = |low: f64, high: f64| (micros((low * MICRO).floor()), micros((high * MICRO).ceil()));
    let (west, east) = outwards(around.min().x, around.max().x);
    let (south, north) = outwards(around.min().y, around.max().y);
    Some(Bounds { west, south, east, north })
}

/// How large a boundary around a point is, to tell the smaller of two: in square degrees. None for a boundary that is not
/// around the point; whatever lies on its line lies within.
pub(in crate::org) fn area_around(boundary: &Boundary, point: GeoPoint) -> Option<f64> {
    let polygon = polygon(boundary)?;
    let (x, y) = degrees_in(point, boundary.system);
    polygon.intersects(&geo::Point::new(x, y)).then(|| polygon.unsigned_area())
}

fn polygon(boundary: &Boundary) -> Option<geo::Polygon> {
    let geometry: Geometry = serde_json::from_str(&boundary.geojson).ok()?;
    geometry.try_into().ok()
}

#[cfg(test)]
#[path = "ground_tests.rs"]
mod tests;
