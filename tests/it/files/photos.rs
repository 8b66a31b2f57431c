//! Small photos, as phones write them.

use std::io::Cursor;

use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

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

/// What [`located`] says, as a block of Exif: it lies on its side, and was taken at 39°40'24.68101" N, 106°49'22" E, at 15:30
/// of a clock without a zone.
fn said() -> anyhow::Result<Vec<u8>> {
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
    Ok(tiff.into_inner())
}

/// A photo that says where and when it was taken, as cameras write it.
pub(crate) fn located(shade: u8) -> anyhow::Result<Vec<u8>> {
    let block = [b"Exif\0\0".as_slice(), &said()?].concat();
    let plain = plain(shade)?;
    let length = u16::try_from(block.len() + 2)?.to_be_bytes();
    Ok([&plain[..2], &[0xff, 0xe1], &length, &block, &plain[2..]].concat())
}

/// What editors write of a place besides (XMP): a text that stands nowhere else.
pub(crate) const PLACE: &[u8] = b"<x:xmpmeta exif:GPSLatitude=\"39,40.4113502N\"/>";

/// The same photo as PNG, in each of the chunks that can hold such texts (ISO 15948, 11.3).
pub(crate) fn located_png(shade: u8) -> anyhow::Result<Vec<u8>> {
    let plain = written(shade, ImageFormat::Png)?;
    let chunk = |kind: &[u8], data: &[u8]| {
        let body = [kind, data].concat();
        anyhow::Ok([&u32::try_from(data.len())?.to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat())
    };
    let exif = chunk(b"eXIf", &said()?)?;
    let xmp = chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), PLACE].concat())?;
    let text = chunk(b"tEXt", &[b"Comment\0".as_slice(), PLACE].concat())?;
    // The signature and the header come first.
    Ok([&plain[..33], &exif, &xmp, &text, &plain[33..]].concat())
}

/// CRC-32 as PNG has it (ISO 15948, annex D).
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// The same photo as WebP in its extended form (RFC 9649, 2.7).
pub(crate) fn located_webp(shade: u8) -> anyhow::Result<Vec<u8>> {
    let plain = written(shade, ImageFormat::WebP)?;
    let chunk = |kind: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len())?.to_le_bytes();
        let padding = if data.len() % 2 == 1 { &[0][..] } else { &[] };
        anyhow::Ok([kind, &length, data, padding].concat())
    };
    // There is Exif and XMP; one less than its width and its height.
    let extended = chunk(b"VP8X", &[0x0c, 0, 0, 0, 5, 0, 0, 3, 0, 0])?;
    let chunks = [&extended, &plain[12..], &chunk(b"EXIF", &said()?)?, &chunk(b"XMP ", PLACE)?].concat();
    chunk(b"RIFF", &[b"WEBP".as_slice(), &chunks].concat())
}

/// A black image whose left half is transparent and whose right half is half so.
pub(crate) fn clear(format: ImageFormat) -> anyhow::Result<Vec<u8>> {
    let image = RgbaImage::from_fn(32, 16, |x, _| Rgba([0, 0, 0, if x < 16 { 0 } else { 128 }]));
    let mut bytes = Cursor::new(vec![]);
    DynamicImage::from(image).write_to(&mut bytes, format)?;
    Ok(bytes.into_inner())
}

/// Whether some bytes stand in others.
pub(crate) fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
