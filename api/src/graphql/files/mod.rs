//! GraphQL of the files slice: photos and documents that are attached to cases. Their bytes go beside GraphQL.

mod enums;
mod loaders;
mod types;

pub use enums::AttachmentKind;
pub use loaders::FileLoader;
pub use types::{Attachment, attachment_of, attachments_of_case, attachments_of_entry};
