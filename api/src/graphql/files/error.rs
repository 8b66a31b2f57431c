//! User errors of the files slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::files::FileError;
use fengqiao_domain::kernel::failure::Problem;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the files slice; `POST /files` answers the same codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::files::FileErrorCode")]
pub enum FileErrorCode {
    /// No such attachment, or none that the caller sees, or one that somebody else brought.
    NotFound,
    /// It is attached already, and what is attached stays.
    AlreadyAttached,
    /// The file is empty, or there is none.
    Required,
    /// It is neither a JPEG, PNG or WebP image nor a PDF document, whatever its name says.
    UnsupportedMedia,
    /// It begins like an image and cannot be drawn.
    Unreadable,
    /// The image has more pixels than are drawn.
    TooManyPixels,
    /// The caller brought more than they attached.
    TooManyWaiting,
    /// A name is too long.
    TooLong,
    /// A name holds control characters.
    InvalidText,
    /// The point is not on earth, or only half of it was given.
    InvalidPoint,
    /// The time lies in the future.
    InvalidTime,
}

/// A mistake in a request to the files slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct FileUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: FileErrorCode,
}

/// What a message says of an error beside its words.
pub(crate) fn holes(error: &FileError) -> Vec<(&'static str, String)> {
    match error {
        FileError::TooManyPixels { limit } | FileError::TooManyWaiting { limit } => {
            vec![("limit", limit.to_string())]
        }
        FileError::TooLong { limit } => vec![("limit", limit.to_string())],
        _ => vec![],
    }
}

impl FileUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<FileError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<FileError>| {
            let code = problem.error.code();
            let name: &'static str = code.into();
            let message = message(language, &format!("files.{name}"), &holes(&problem.error));
            Self { message, path: problem.path, code: code.into() }
        };
        problems.into_iter().map(told).collect()
    }
}
