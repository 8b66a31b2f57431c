//! Use cases of the files slice, one per file.

mod discard;
mod leave;
mod open;
mod query;
mod sweep;
mod turn;
mod upload;

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::files::error::FileError;
use crate::files::service::turn::Turns;
use crate::files::storage::Storage;
use crate::kernel::failure::Failure;
use crate::store::Db;

pub use sweep::Swept;
pub use turn::Turn;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<FileError>>;

/// What an operator may set.
#[derive(Clone, Copy, Debug)]
pub struct FileSettings {
    /// Most pixels of an image.
    pub max_pixels: u64,
    /// Most attachments of one account that wait to be attached.
    pub max_waiting: u64,
    /// How long one waits before it is removed.
    pub keep_seconds: i64,
    /// How many images are drawn at a time.
    pub at_once: usize,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self { max_pixels: 50_000_000, max_waiting: 50, keep_seconds: 86_400, at_once: 2 }
    }
}

/// Use cases of attachments.
#[derive(Clone, Debug)]
pub struct FileService {
    db: Db,
    storage: Storage,
    settings: FileSettings,
    /// Who may draw: an image in memory is as large as its pixels, whatever its file.
    drawing: Arc<Semaphore>,
    /// Who may bring something to be drawn.
    turns: Arc<Turns>,
}

impl FileService {
    /// The service over a store of rows and one of bytes.
    #[must_use]
    pub fn new(db: Db, storage: Storage, settings: FileSettings) -> Self {
        let at_once = settings.at_once.max(1);
        let (drawing, turns) = (Arc::new(Semaphore::new(at_once)), Arc::new(Turns::of(at_once)));
        Self { db, storage, settings, drawing, turns }
    }
}
