//! GeoJSON: features as rows, and polygons as boundaries.

use geojson::{Feature, GeoJson, Geometry, GeometryValue};

use crate::kernel::sheet::{BadRow, CellMap};
use crate::org::model::{Boundary, CoordinateSystem};

/// Most bytes of one boundary: about 2,000 corners, ten times what surveyed grids need.
const BOUNDARY_LIMIT: usize = 64 * 1024;

/// The features of a collection with their numbers; none when it is no collection.
pub(super) fn read_features(
    bytes: &[u8],
    columns: &'static [&'static str],
    bad: &mut Vec<BadRow>,
) -> Vec<(usize, CellMap, Option<Boundary>)> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            bad.push(BadRow::new(1, "", "", format!("is not UTF-8: {error}")));
            return vec![];
        }
    };
    let Ok(GeoJson::FeatureCollection(collection)) = text.parse::<GeoJson>() else {
        bad.push(BadRow::new(1, "", "", "is not a GeoJSON FeatureCollection"));
        return vec![];
    };
    let mut rows = vec![];
    for (index, feature) in collection.features.iter().enumerate() {
        let cell = |column: &'static str| Some((column, property(feature, column)?));
        let cells = columns.iter().copied().filter_map(cell).collect();
        rows.push((index + 1, cells, boundary(index + 1, feature, bad)));
    }
    rows
}

/// A property as a cell; one that is absent or null is a column that the file lacks.
fn property(feature: &Feature, name: &str) -> Option<String> {
    let value = feature.property(name).filter(|value| !value.is_null())?;
    Some(value.as_str().unwrap_or("").trim().to_owned())
}

fn boundary(row: usize, feature: &Feature, bad: &mut Vec<BadRow>) -> Option<Boundary> {
    let named = property(feature, "coordinate_system").unwrap_or_default();
    let system = if named.is_empty() { Some(CoordinateSystem::Wgs84) } else { named.parse().ok() };
    if system.is_none() {
        bad.push(BadRow::new(row, "coordinate_system", &named, "must be one of WGS84, GCJ02, CGCS2000"));
    }
    let geojson = feature.geometry.as_ref().and_then(|geometry| polygon_text(&geometry.to_string()));
    if geojson.is_none() {
        bad.push(BadRow::new(row, "geometry", "", "must be a closed Polygon in degrees"));
    }
    Some(Boundary { geojson: geojson?, system: system? })
}

/// The text of a closed polygon in degrees; `None` for anything else.
pub(in crate::org) fn polygon_text(text: &str) -> Option<String> {
    if text.len() > BOUNDARY_LIMIT {
        return None;
    }
    let geometry: Geometry = serde_json::from_str(text).ok()?;
    let GeometryValue::Polygon { coordinates } = &geometry.value else { return None };
    let closed = |ring: &Vec<geojson::Position>| ring.len() >= 4 && ring.first() == ring.last();
    let on_earth = |point: &geojson::Position| {
        matches!(point.as_slice(), [longitude, latitude, ..]
            if (-180.0..=180.0).contains(longitude) && (-90.0..=90.0).contains(latitude))
    };
    let sound = !coordinates.is_empty()
        && coordinates.iter().all(closed)
        && coordinates.iter().flatten().all(on_earth);
    sound.then(|| geometry.to_string())
}
