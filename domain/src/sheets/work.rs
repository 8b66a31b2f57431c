//! What this process works on: a few files at a time, the others in a short queue.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::kernel::sheet::Progress;

/// Files that wait for their turn, beside those that are worked on: whoever comes later is asked to come again.
const QUEUE: usize = 8;

/// The files that this process works on.
#[derive(Debug)]
pub(super) struct Work {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    rows: Mutex<HashMap<Uuid, watch::Receiver<usize>>>,
    tasks: Mutex<JoinSet<()>>,
}

/// A place in the queue.
pub(super) struct Place {
    _held: OwnedSemaphorePermit,
    turns: Arc<Semaphore>,
}

impl Place {
    /// Waits for a turn, which lasts as long as what is returned; none when the process stops.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }
}

/// A file is followed as long as it is worked on, however that ends.
struct Followed {
    work: Arc<Work>,
    file: Uuid,
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.work.forget(self.file);
    }
}

/// Counts the rows of a file for whoever follows it.
pub(super) struct Counter(watch::Sender<usize>);

impl Progress for Counter {
    fn rows(&self, more: usize) {
        self.0.send_modify(|rows| *rows += more);
    }
}

impl Work {
    /// Works on so many files at a time.
    pub(super) fn new(at_once: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(at_once + QUEUE)),
            turns: Arc::new(Semaphore::new(at_once)),
            rows: Mutex::default(),
            tasks: Mutex::default(),
        }
    }

    /// A place in the queue; none when it is full.
    pub(super) fn place(&self) -> Option<Place> {
        let held = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Place { _held: held, turns: Arc::clone(&self.turns) })
    }

    fn forget(&self, file: Uuid) {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).remove(&file);
    }

    /// Works on a file beside everything else. The task ends with the process.
    pub(super) fn begin<F>(self: &Arc<Self>, file: Uuid, work: impl FnOnce(Counter) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, receiver) = watch::channel(0);
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).insert(file, receiver);
        let own = Followed { work: Arc::clone(self), file };
        let work = work(Counter(sender));
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(
            async move {
                work.await;
                drop(own);
            }
            .in_current_span(),
        );
    }

    /// How many rows of a file are done, while this process works on it.
    pub(super) fn follow(&self, file: Uuid) -> Option<watch::Receiver<usize>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).get(&file).cloned()
    }

    /// Ends everything at once: what was not committed did not happen.
    pub(super) fn stop(&self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}
