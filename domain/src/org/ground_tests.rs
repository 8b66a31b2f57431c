//! Points and areas on the ground.

use super::{GeoPoint, area_around, bounds};
use crate::org::model::{Boundary, CoordinateSystem};

fn point(longitude: i64, latitude: i64, system: CoordinateSystem) -> GeoPoint {
    GeoPoint { longitude, latitude, system }
}

fn boundary(ring: &str, system: CoordinateSystem) -> Boundary {
    Boundary { geojson: format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#), system }
}

/// Pairs that programs for this shift are tested by, in Shanghai, Shenzhen and Beijing.
#[test]
fn the_shift_is_what_everybody_reckons_with() {
    for (wgs, gcj) in [
        ((121_527_211, 31_177_428), (121_531_542, 31_175_304)),
        ((113_912_316, 22_543_847), (113_917_176, 22_540_796)),
        ((116_377_817, 39_911_954), (116_384_047, 39_913_345)),
    ] {
        let shifted = point(wgs.0, wgs.1, CoordinateSystem::Wgs84).told_in(CoordinateSystem::Gcj02);
        assert!(
            (shifted.longitude - gcj.0).abs() <= 1 && (shifted.latitude - gcj.1).abs() <= 1,
            "{shifted:?}"
        );
    }
    let paris = point(2_352_200, 48_856_600, CoordinateSystem::Wgs84);
    assert_eq!(paris.told_in(CoordinateSystem::Gcj02).longitude, 2_352_200, "nobody shifts it");
    let there = point(106_800_000, 39_660_000, CoordinateSystem::Cgcs2000);
    assert_eq!(there.told_in(CoordinateSystem::Wgs84).longitude, 106_800_000);
}

#[test]
fn a_thousandth_of_a_degree_northwards_is_111_metres() {
    let here = point(106_800_000, 39_660_000, CoordinateSystem::Wgs84);
    let there = point(106_800_000, 39_661_000, CoordinateSystem::Wgs84);
    assert!((here.metres_to(there) - 111.19).abs() < 0.05, "{}", here.metres_to(there));
    let told_otherwise = there.told_in(CoordinateSystem::Gcj02);
    assert!((here.metres_to(told_otherwise) - 111.19).abs() < 0.3, "{}", here.metres_to(told_otherwise));
}

#[test]
fn whatever_lies_on_the_line_lies_within_and_a_hole_does_not() {
    let ring = "[[106.0,39.0],[106.2,39.0],[106.2,39.2],[106.0,39.2],[106.0,39.0]]";
    let hole = "[[106.05,39.05],[106.1,39.05],[106.1,39.1],[106.05,39.1],[106.05,39.05]]";
    let holed = boundary(&format!("{ring},{hole}"), CoordinateSystem::Wgs84);
    let around = |longitude, latitude| {
        area_around(&holed, point(longitude, latitude, CoordinateSystem::Wgs84)).is_some()
    };
    assert!(around(106_150_000, 39_150_000));
    assert!(around(106_000_000, 39_100_000), "on the line");
    assert!(!around(106_070_000, 39_070_000), "in the hole");
    assert!(!around(106_200_001, 39_100_000));
    let box_around = bounds(&holed).unwrap();
    assert_eq!((box_around.west, box_around.north), (106_000_000, 39_200_000));
}

#[test]
fn a_point_is_looked_for_in_the_system_of_the_boundary() {
    let at = point(106_794_200, 39_655_300, CoordinateSystem::Wgs84);
    // A square of about twenty metres around it.
    let square = |west: f64, south: f64, system| {
        let (east, north) = (west + 0.0002, south + 0.0002);
        let corners =
            format!("[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]");
        boundary(&corners, system)
    };
    assert!(area_around(&square(106.7941, 39.6552, CoordinateSystem::Wgs84), at).is_some());
    assert!(area_around(&square(106.7941, 39.6552, CoordinateSystem::Gcj02), at).is_none());
    let shifted = at.told_in(CoordinateSystem::Gcj02);
    let (east, north) = super::degrees(shifted);
    let (west, south) = (east - 0.0001, north - 0.0001);
    assert!(area_around(&square(west, south, CoordinateSystem::Gcj02), at).is_some());
}

/// There and back again is where one was, to a tenth of a metre.
#[test]
fn the_shift_can_be_undone() {
    for longitude in (75_000_000_i64..135_000_000).step_by(1_234_567) {
        for latitude in (18_000_000_i64..53_000_000).step_by(765_432) {
            let here = point(longitude, latitude, CoordinateSystem::Wgs84);
            let back = here.told_in(CoordinateSystem::Gcj02).told_in(CoordinateSystem::Wgs84);
            let apart = (back.longitude - longitude).abs().max((back.latitude - latitude).abs());
            assert!(apart <= 1, "{here:?} is {apart} away from itself");
        }
    }
}

#[test]
fn a_point_lies_on_earth() {
    assert!(point(106_822_778, 39_673_527, CoordinateSystem::Wgs84).is_on_earth());
    assert!(!point(39_673_527, 106_822_778, CoordinateSystem::Wgs84).is_on_earth());
}
