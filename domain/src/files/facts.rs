//! What a photo says of when and where it was taken, as cameras write it (Exif 2.32, CIPA DC-008).

use chrono::{NaiveDate, NaiveDateTime};
use exif::{Exif, In, Reader, Tag, Value};

use crate::kernel::id::Timestamp;
use crate::org::{CoordinateSystem, GeoPoint};

/// Minutes that China's time is ahead: the zone of a time without its own (GB/T 7408).
const CHINA_MINUTES: i64 = 480;

/// When and where a photo was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// When.
    pub(super) taken_at: Option<Timestamp>,
    /// Where, as its satellites say.
    pub(super) point: Option<GeoPoint>,
}

/// What stands in an Exif block; nothing where it cannot be read, for photos come from everywhere.
pub(super) fn read(block: Vec<u8>) -> Facts {
    let block = match block.strip_prefix(b"Exif\0\0") {
        Some(rest) => rest.to_vec(),
        None => block,
    };
    let Ok(exif) = Reader::new().read_raw(block) else { return Facts::default() };
    Facts { taken_at: taken_at(&exif), point: point(&exif) }
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(texts) => texts.first().map(Vec::as_slice),
        _ => None,
    }
}

fn taken_at(exif: &Exif) -> Option<Timestamp> {
    let mut time = exif::DateTime::from_ascii(ascii(exif, Tag::DateTimeOriginal)?).ok()?;
    if let Some(offset) = ascii(exif, Tag::OffsetTimeOriginal) {
        // A bad offset is none.
        let _ = time.parse_offset(offset);
    }
    let offset = time.offset.map_or(CHINA_MINUTES, i64::from);
    let day = NaiveDate::from_ymd_opt(time.year.into(), time.month.into(), time.day.into())?;
    let local: NaiveDateTime = day.and_hms_opt(time.hour.into(), time.minute.into(), time.second.into())?;
    let seconds = local.and_utc().timestamp() - offset * 60;
    Some(Timestamp(seconds * 1_000_000))
}

fn point(exif: &Exif) -> Option<GeoPoint> {
    let latitude = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, b"S")?;
    let longitude = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, b"W")?;
    let point = GeoPoint { longitude, latitude, system: CoordinateSystem::Wgs84 };
    // Phones without a fix write zeros.
    (point.is_on_earth() && (longitude, latitude) != (0, 0)).then_some(point)
}

/// Degrees, minutes and seconds as millionths of a degree; negative on the half that `negative` names.
#[expect(clippy::cast_possible_truncation, reason = "at most 180,000,000, or refused")]
fn degrees(exif: &Exif, tag: Tag, half: Tag, negative: &[u8]) -> Option<i64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    let [degrees, minutes, seconds] = parts.get(..3)? else { return None };
    let value = degrees.to_f64() + minutes.to_f64() / 60.0 + seconds.to_f64() / 3_600.0;
    if !value.is_finite() || value.abs() > 180.0 {
        return None;
    }
    let micro = (value * 1e6).round() as i64;
    Some(if ascii(exif, half) == Some(negative) { -micro } else { micro })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_exif_says_nothing() {
        assert_eq!(read(vec![]), Facts::default());
        assert_eq!(read(b"Exif\0\0nonsense".to_vec()), Facts::default());
    }
}
