//! What a file is by its content, and photos drawn anew: only their pixels stay.
//!
//! Whatever else a photo carries — where it was taken, the camera's number, a thumbnail of before it was cropped, bytes
//! after its end — is not in what is kept, because what is kept was written here.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader};

use crate::files::error::FileError;
use crate::files::facts::{self, Facts};
use crate::files::model::MediaType;
use crate::kernel::mutant::{self, Mutant};

/// Quality of a JPEG image from 1 to 100: what phones write at their default, where nobody sees the loss.
const JPEG_QUALITY: u8 = 85;
/// Bytes of a pixel while it is drawn: red, green, blue and how opaque it is.
const PIXEL_BYTES: u64 = 4;

/// A file as it is kept.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    pub(super) media_type: MediaType,
    pub(super) size: Option<(u32, u32)>,
    pub(super) facts: Facts,
}

/// A file as it is to be kept: an image of at most so many pixels drawn anew, a document as it came.
pub(super) fn kept(bytes: Vec<u8>, max_pixels: u64) -> Result<Kept, FileError> {
    let kind = infer::get(&bytes).map(|kind| kind.mime_type());
    match kind {
        Some("image/jpeg") => drawn(&bytes, ImageFormat::Jpeg, max_pixels),
        Some("image/png") => drawn(&bytes, ImageFormat::Png, max_pixels),
        Some("image/webp") => drawn(&bytes, ImageFormat::WebP, max_pixels),
        Some("application/pdf") => Ok(whole(bytes)),
        _ if mutant::active(Mutant::NoMagicCheck) => Ok(whole(bytes)),
        _ => Err(FileError::UnsupportedMedia),
    }
}

fn whole(bytes: Vec<u8>) -> Kept {
    Kept { bytes, media_type: MediaType::Pdf, size: None, facts: Facts::default() }
}

fn drawn(bytes: &[u8], format: ImageFormat, max_pixels: u64) -> Result<Kept, FileError> {
    let unreadable = |_| FileError::Unreadable;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = image::Limits::no_limits();
    limits.max_alloc = Some(max_pixels * PIXEL_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    // By its header alone: a few bytes can announce any number of pixels.
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels || decoder.total_bytes() > max_pixels * PIXEL_BYTES {
        return Err(FileError::TooManyPixels { limit: max_pixels });
    }
    let block = decoder.exif_metadata().ok().flatten();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    image.apply_orientation(orientation);
    let media_type = match format {
        ImageFormat::Png => MediaType::Png,
        _ => MediaType::Jpeg,
    };
    let size = Some((image.width(), image.height()));
    let facts = block.map(facts::read).unwrap_or_default();
    let bytes =
        if mutant::active(Mutant::NoLocationStrip) { bytes.to_vec() } else { written(image, media_type)? };
    Ok(Kept { bytes, media_type, size, facts })
}

fn written(image: DynamicImage, media_type: MediaType) -> Result<Vec<u8>, FileError> {
    let mut bytes = Cursor::new(vec![]);
    let written = match media_type {
        MediaType::Jpeg => {
            let plain: DynamicImage = match image {
                grey @ (DynamicImage::ImageLuma8(_) | DynamicImage::ImageLuma16(_)) => {
                    grey.into_luma8().into()
                }
                clear if clear.color().has_alpha() => on_white(clear).into(),
                colour => colour.into_rgb8().into(),
            };
            plain.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY))
        }
        MediaType::Png | MediaType::Pdf => image.write_to(&mut bytes, ImageFormat::Png),
    };
    written.map_err(|_| FileError::Unreadable)?;
    Ok(bytes.into_inner())
}

/// What is transparent shows white paper. As PNG a photo would take ten times the bytes that came.
fn on_white(image: DynamicImage) -> image::RgbImage {
    let mut image = image.into_rgba8();
    for pixel in image.pixels_mut() {
        let [red, green, blue, opaque] = pixel.0.map(u16::from);
        let over =
            |colour: u16| u8::try_from((colour * opaque + 255 * (255 - opaque)) / 255).unwrap_or(u8::MAX);
        pixel.0 = [over(red), over(green), over(blue), u8::MAX];
    }
    DynamicImage::from(image).into_rgb8()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: u64 = 1_000_000;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(vec![]);
        DynamicImage::new_rgba8(width, height).write_to(&mut bytes, ImageFormat::Png).expect("an image");
        bytes.into_inner()
    }

    fn refused(bytes: &[u8]) -> FileError {
        kept(bytes.to_vec(), MANY).expect_err("it is refused")
    }

    #[test]
    fn a_file_is_what_its_content_says() {
        assert_eq!(
            kept(png(3, 2), MANY).ok().map(|kept| (kept.media_type, kept.size)),
            Some((MediaType::Png, Some((3, 2))))
        );
        assert_eq!(kept(b"%PDF-1.7\n".to_vec(), MANY).ok().map(|kept| kept.media_type), Some(MediaType::Pdf));
        for bytes in [&b"GIF89a\x01\0\x01\0"[..], b"<html><script>", b"PK\x03\x04", b"MZ\x90\0", b""] {
            assert_eq!(refused(bytes), FileError::UnsupportedMedia);
        }
        assert_eq!(refused(b"\xff\xd8\xff\xe0 no image at all"), FileError::Unreadable);
    }

    #[test]
    fn a_header_that_announces_too_much_is_refused_by_itself() {
        assert!(kept(png(1000, 1000), MANY).is_ok());
        assert_eq!(refused(&png(1001, 1000)), FileError::TooManyPixels { limit: MANY });
        // Of a real image only the size in its header is changed, with its checksum: nothing of the announced is there.
        let mut bomb = png(1, 1);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let sum = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(refused(&bomb), FileError::TooManyPixels { limit: MANY });
    }

    /// CRC-32 as PNG has it (ISO 15948, annex D).
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8)
                .fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
        })
    }

    #[test]
    fn bytes_behind_the_image_do_not_stay() {
        let mut image = png(2, 2);
        image.extend(b"HIDDEN-BEHIND");
        let kept = kept(image, MANY).expect("it is an image");
        assert!(!kept.bytes.windows(6).any(|part| part == b"HIDDEN"));
    }
}
