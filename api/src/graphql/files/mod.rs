//! GraphQL of the files slice: photos and documents that are attached to cases. Their bytes go beside GraphQL.

mod enums;
mod error;
mod loaders;
mod mutation;
mod query;
mod types;

pub use enums::AttachmentKind;
pub use error::FileUserError;
pub(crate) use error::holes;
pub use loaders::FileLoader;
pub use mutation::FileMutation;
pub use query::FileQuery;
pub use types::{Attachment, attachment_of, attachments_of_case, attachments_of_entry};
