//! Inputs of the files slice's use cases, and what makes them valid.

use crate::files::error::FileError;
use crate::kernel::failure::Problem;
use crate::kernel::id::{AttachmentId, Timestamp};
use crate::kernel::text::{self, BadText};
use crate::org::GeoPoint;

/// Most characters of a file's name: what file systems allow.
const NAME_LIMIT: usize = 255;
/// The name of a file that comes without one.
const NAMELESS: &str = "attachment";

/// Whether what a photo says of where it was taken stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Location {
    /// It is forgotten.
    #[default]
    Dropped,
    /// Its bringer wants it kept.
    Kept,
}

/// Bring a photo or a document.
#[derive(Clone, Debug, Default)]
pub struct UploadAttachment {
    /// The name that it has at whoever brings it.
    pub file_name: Option<String>,
    /// When it was taken; counts before what the photo says.
    pub taken_at: Option<Timestamp>,
    /// Where it was taken; counts before what the photo says.
    pub point: Option<GeoPoint>,
    /// Whether what the photo says of it is kept.
    pub location: Location,
}

/// Discard what one brought and attached to nothing.
#[derive(Clone, Copy, Debug)]
pub struct DiscardAttachment {
    /// Which attachment.
    pub attachment: AttachmentId,
}

impl UploadAttachment {
    /// The name to keep, or everything that is wrong with the command.
    pub(super) fn checked(&self, now: Timestamp) -> Result<String, Vec<Problem<FileError>>> {
        let name = file_name(self.file_name.as_deref());
        let late = self.taken_at.filter(|at| *at > now);
        let late = late.map(|_| Problem::at("takenAt", FileError::InvalidTime));
        let off_earth = self.point.filter(|point| !point.is_on_earth());
        let off_earth = off_earth.map(|_| Problem::at("longitude", FileError::InvalidPoint));
        match (name, late, off_earth) {
            (Ok(name), None, None) => Ok(name),
            (name, late, off_earth) => Err([name.err(), late, off_earth].into_iter().flatten().collect()),
        }
    }
}

/// The last part of a path: some clients send all of it.
fn file_name(text: Option<&str>) -> Result<String, Problem<FileError>> {
    let last = text.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    match text::line(last, NAME_LIMIT) {
        Ok(name) => Ok(name),
        Err(BadText::Empty) => Ok(NAMELESS.to_owned()),
        Err(BadText::TooLong { limit }) => Err(Problem::at("file", FileError::TooLong { limit })),
        Err(BadText::ControlCharacter) => Err(Problem::at("file", FileError::InvalidText)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::CoordinateSystem;

    #[test]
    fn a_name_is_the_last_part_of_a_path() {
        for (text, name) in [
            (None, "attachment"),
            (Some("  "), "attachment"),
            (Some("C:\\fakepath\\a.jpg"), "a.jpg"),
            (Some("/tmp/楼道.png"), "楼道.png"),
        ] {
            assert_eq!(file_name(text).unwrap(), name);
        }
        assert!(file_name(Some("a\nb.jpg")).is_err());
        assert!(file_name(Some(&"长".repeat(256))).is_err());
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let point = GeoPoint { longitude: 0, latitude: 90_000_001, system: CoordinateSystem::Wgs84 };
        let command = UploadAttachment {
            taken_at: Some(Timestamp(2)),
            point: Some(point),
            ..UploadAttachment::default()
        };
        assert_eq!(command.checked(Timestamp(1)).unwrap_err().len(), 2);
    }
}
