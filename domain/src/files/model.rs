//! Plain values of the files slice.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::id::{AccountId, AttachmentId, CaseEntryId, CaseId, Timestamp};
use crate::org::GeoPoint;

/// What an attachment shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum AttachmentKind {
    /// How it was before the work (处置前).
    Before,
    /// How it is after the work (处置后).
    After,
    /// What was found (现场).
    Scene,
    /// A paper (文书).
    Document,
}

/// What the bytes of an attachment are, as they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
pub enum MediaType {
    /// A JPEG image.
    #[strum(serialize = "image/jpeg")]
    Jpeg,
    /// A PNG image.
    #[strum(serialize = "image/png")]
    Png,
    /// A PDF document.
    #[strum(serialize = "application/pdf")]
    Pdf,
}

impl MediaType {
    /// The media type as HTTP writes it.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.into()
    }

    /// Whether it is an image.
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png)
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }
}

/// To what an attachment is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The case.
    pub case: CaseId,
    /// The entry of its timeline.
    pub entry: CaseEntryId,
    /// What it shows.
    pub kind: AttachmentKind,
}

/// A photo or a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Id.
    pub id: AttachmentId,
    /// The name that it has at whoever brought it.
    pub file_name: String,
    /// What its bytes are, as they are kept.
    pub media_type: MediaType,
    /// How many bytes are kept.
    pub bytes: u64,
    /// Pixels across and down; none for what is no image.
    pub size: Option<(u32, u32)>,
    /// When it was taken, as far as anybody said.
    pub taken_at: Option<Timestamp>,
    /// Where it was taken, as far as its bringer said so on purpose.
    pub point: Option<GeoPoint>,
    /// When it came.
    pub created_at: Timestamp,
    /// To what it is attached; none until it is.
    pub attached: Option<Attached>,
    /// Who brought it. Read nowhere but here: it may be an anonymous reporter.
    pub(in crate::files) by: AccountId,
    /// SHA-256 of the bytes as they came.
    pub(in crate::files) content_hash: String,
}

impl Attachment {
    /// The name under which it is saved: its own, with the ending of what is kept.
    #[must_use]
    pub fn saved_name(&self) -> String {
        let stem = self.file_name.rsplit_once('.').map_or(self.file_name.as_str(), |(stem, _)| stem);
        let stem = if stem.is_empty() { "attachment" } else { stem };
        format!("{stem}.{}", self.media_type.extension())
    }

    /// Whether it shows how something was, when and where: an image with a point and a time.
    #[must_use]
    pub const fn is_evidence(&self) -> bool {
        self.media_type.is_image() && self.point.is_some() && self.taken_at.is_some()
    }
}
