//! Photos and documents that people attach to cases (附件): brought first, attached with an act afterwards.
//!
//! - What a file is says its content, never its name: photos and PDF documents, and nothing else.
//! - A photo is drawn anew, so that nothing of where and by whom it was taken stays in it; when it was taken, and where if
//!   its bringer says so on purpose, stand beside it.
//! - Until it is attached a file is its bringer's alone; from then on it is seen by whoever may read the entry of the
//!   timeline that it came with, and it is never attached again.
//! - What is attached to nothing goes after a while, or when its bringer discards it.
//! - The bytes lie in an object store under one key each; they are written before the row, so that no row is without them.

mod command;
pub(crate) mod directory;
mod error;
mod facts;
mod model;
mod picture;
mod service;
mod staged;
mod storage;
mod store;

pub use command::{DiscardAttachment, Location, UploadAttachment};
pub use error::{FileError, FileErrorCode};
pub use model::{Attached, Attachment, AttachmentKind, MediaType};
pub use service::{FileService, FileSettings, Swept, Turn};
pub use storage::{BadStorage, S3Place, Storage, StoragePlace};
