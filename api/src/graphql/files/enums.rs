//! Enums of the files slice, mirrored from the domain.

use async_graphql::Enum;

/// What an attachment shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::files::AttachmentKind")]
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
