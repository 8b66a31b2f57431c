//! A file in parts: however long it is, some hundred rows of it are in memory.

use std::ops::ControlFlow;

use tokio::sync::mpsc;

use crate::kernel::sheet::source::{Columns, Found, SheetFile};
use crate::kernel::sheet::{BadRow, CellMap};
use crate::store::StoreError;

/// Rows of one part: the databases are asked about them together.
const ROWS: usize = 500;
/// Parts that may wait: one is read while another is worked on.
const WAITING: usize = 1;

/// Consecutive rows of a file, and what is wrong among them.
#[derive(Default)]
pub(crate) struct Batch {
    /// Rows with their numbers.
    pub(crate) rows: Vec<(usize, CellMap)>,
    /// What could not be read.
    pub(crate) bad: Vec<BadRow>,
}

/// What the reading thread sends.
enum Part {
    Rows(Batch),
    /// The file was read to its end. Without it the thread broke off, and half a file is none.
    End,
}

/// The parts of a file, read by a thread of their own. It ends when they are dropped.
pub(crate) struct Batches(mpsc::Receiver<Part>);

impl Batches {
    /// The next part; none at the end.
    ///
    /// # Errors
    /// When the reading broke off before it.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, StoreError> {
        match self.0.recv().await {
            Some(Part::Rows(batch)) => Ok(Some(batch)),
            Some(Part::End) => Ok(None),
            None => Err(StoreError::Internal("the reading of a file broke off".to_owned())),
        }
    }
}

impl SheetFile {
    /// The file in parts.
    pub(crate) fn batches(self, columns: Columns) -> Batches {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::task::spawn_blocking(move || {
            let mut batch = Batch::default();
            self.read(columns, &mut |found| {
                match found {
                    Found::Row(number, cells) => batch.rows.push((number, cells)),
                    Found::Bad(fault) => batch.bad.push(fault),
                }
                if batch.rows.len() + batch.bad.len() < ROWS {
                    return ControlFlow::Continue(());
                }
                match sender.blocking_send(Part::Rows(std::mem::take(&mut batch))) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
            // Whoever waits may be gone; then nobody wants the rest.
            if sender.blocking_send(Part::Rows(batch)).is_ok() {
                let _ = sender.blocking_send(Part::End);
            }
        });
        Batches(receiver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn half_a_file_is_no_file() {
        let (sender, receiver) = mpsc::channel(WAITING);
        let mut parts = Batches(receiver);
        sender.try_send(Part::Rows(Batch::default())).map_err(drop).expect("room");
        drop(sender);
        assert!(matches!(parts.next().await, Ok(Some(_))));
        assert!(parts.next().await.is_err(), "the thread is gone without a word");
        let columns = Columns { known: &["code"], required: &["code"] };
        let mut whole = SheetFile::from(b"code\n1\n".as_slice()).batches(columns);
        assert!(matches!(whole.next().await, Ok(Some(batch)) if batch.rows.len() == 1));
        assert!(matches!(whole.next().await, Ok(None)));
    }
}
