//! A file in parts: however long it is, some hundred rows of it are in memory.

use std::ops::ControlFlow;

use tokio::sync::mpsc;

use crate::kernel::sheet::source::{Columns, Found, SheetFile};
use crate::kernel::sheet::{BadRow, CellMap};

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

/// The parts of a file, read by a thread of their own. It ends when they are dropped.
pub(crate) struct Batches(mpsc::Receiver<Batch>);

impl Batches {
    /// The next part; none at the end.
    pub(crate) async fn next(&mut self) -> Option<Batch> {
        self.0.recv().await
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
                match sender.blocking_send(std::mem::take(&mut batch)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
            // Whoever waits may be gone; then nobody wants the rest.
            let _ = sender.blocking_send(batch);
        });
        Batches(receiver)
    }
}
