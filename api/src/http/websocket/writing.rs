//! The writing half of a socket and what is queued for it. Whatever there is goes out together, so that a peer whom much
//! is told at once costs few system calls.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll};

use axum::Error;
use axum::extract::ws::Message;
use futures::SinkExt as _;

use super::Sink;

/// Room besides for what the protocol says: a queue that answers filled for a moment is not a peer that does not read.
const SPARE: usize = 16;

/// What is to be written.
pub(super) struct Writing {
    sink: Sink,
    queue: VecDeque<Message>,
    most: usize,
    /// Whether something was given to the socket that may not be on its way yet.
    unflushed: bool,
}

impl Writing {
    /// Over the writing half, with room for so many messages.
    pub(super) const fn new(sink: Sink, most: usize) -> Self {
        Self { sink, queue: VecDeque::new(), most, unflushed: false }
    }

    /// Whether one more answer can be queued.
    pub(super) fn has_room(&self) -> bool {
        self.queue.len() < self.most
    }

    /// Whether one more can be queued of what is no answer.
    pub(super) fn has_spare_room(&self) -> bool {
        self.queue.len() < self.most + SPARE
    }

    /// Queues one more.
    pub(super) fn push(&mut self, message: Message) {
        self.queue.push_back(message);
    }

    /// Whether there is something to do.
    pub(super) fn is_due(&self) -> bool {
        self.unflushed || !self.queue.is_empty()
    }

    /// Writes on: until everything is on its way, or the peer takes no more after it took something. Nothing is lost when
    /// the wait is given up.
    pub(super) async fn step(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_step(cx)).await
    }

    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut took = false;
        loop {
            let ready = if self.queue.is_empty() {
                self.sink.poll_flush_unpin(cx)
            } else {
                self.sink.poll_ready_unpin(cx)
            };
            match ready {
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending if took => return Poll::Ready(Ok(())),
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) => {}
            }
            let Some(message) = self.queue.pop_front() else {
                self.unflushed = false;
                return Poll::Ready(Ok(()));
            };
            self.unflushed = true;
            took = true;
            if let Err(error) = self.sink.start_send_unpin(message) {
                return Poll::Ready(Err(error));
            }
        }
    }

    /// Writes everything, and gives the half back.
    pub(super) async fn finish(mut self) -> Result<Sink, Error> {
        while self.is_due() {
            self.step().await?;
        }
        Ok(self.sink)
    }
}
