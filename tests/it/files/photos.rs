//! Small photos, as phones write them.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Seconds of the latitude in [`located`]: a number that stands in its Exif block and nowhere else.
pub(crate) const SECONDS: u32 = 2_468_101;

/// A photo of one colour, 6 pixels across and 4 down: another shade is another content.
pub(crate) fn plain(shade: u8) -> anyhow::Result<Vec<u8>> {
    written(shade, ImageFormat::Jpeg)
}

/// The same in another format.
pub(crate) fn written(shade: u8, format: ImageFormat) -> anyhow::Result<Vec<u8>> {
    let image = RgbImage::from_pixel(6, 4, Rgb([shade, 40, 90]));
    let mut bytes = Cursor::new(vec![]);
    DynamicImage::from(image).write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// A photo that lies on its side and says where and when it was taken: at 39°40'24.68101" N, 106°49'22" E, at 15:30 of a
/// clock without a zone.
pub(crate) fn located(shade: u8) -> anyhow::Result<Vec<u8>> {
    let rational =
        |parts: [(u32, u32); 3]| Value::Rational(parts.map(|(num, denom)| Rational { num, denom }).to_vec());
    let ascii = |text: &str| Value::Ascii(vec![text.as_bytes().to_vec()]);
    let fields = [
        (Tag::Orientation, Value::Short(vec![6])),
        (Tag::DateTimeOriginal, ascii("2026:11:22 15:30:00")),
        (Tag::GPSLatitudeRef, ascii("N")),
        (Tag::GPSLatitude, rational([(39, 1), (40, 1), (SECONDS, 100_000)])),
        (Tag::GPSLongitudeRef, ascii("E")),
        (Tag::GPSLongitude, rational([(106, 1), (49, 1), (22, 1)])),
    ]
    .map(|(tag, value)| Field { tag, ifd_num: In::PRIMARY, value });
    let mut writer = Writer::new();
    for field in &fields {
        writer.push_field(field);
    }
    let mut tiff = Cursor::new(vec![]);
    writer.write(&mut tiff, false)?;
    let block = [b"Exif\0\0".as_slice(), &tiff.into_inner()].concat();
    let plain = plain(shade)?;
    let length = u16::try_from(block.len() + 2)?.to_be_bytes();
    Ok([&plain[..2], &[0xff, 0xe1], &length, &block, &plain[2..]].concat())
}

/// Whether some bytes stand in others.
pub(crate) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
