//! What is to be written to a socket. Whatever there is goes out together, so that a peer whom much is told at once costs few
//! system calls.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use axum::Error;
use axum::extract::ws::{Message, WebSocket};
use futures::SinkExt as _;

/// Room besides for what the protocol says: a queue that answers filled for a moment is not a peer that does not read.
const SPARE: usize = 16;

/// What is queued, and whether it is on its way.
pub(super) struct Writing {
    queue: VecDeque<Message>,
    most: usize,
    /// Whether something was given to the socket that may not be on its way yet.
    unflushed: bool,
}

impl Writing {
    /// With room for so many messages.
    pub(super) const fn new(most: usize) -> Self {
        Self { queue: VecDeque::new(), most, unflushed: false }
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

    /// Gives one more to the socket, or queues it where others wait.
    pub(super) fn give(
        &mut self,
        socket: &mut WebSocket,
        message: Message,
        cx: &mut Context<'_>,
    ) -> Result<(), Error> {
        if !self.queue.is_empty() {
            self.push(message);
            return Ok(());
        }
        match socket.poll_ready_unpin(cx)? {
            Poll::Ready(()) => {
                self.unflushed = true;
                socket.start_send_unpin(message)
            }
            Poll::Pending => {
                self.push(message);
                Ok(())
            }
        }
    }

    /// Whether there is something to do.
    pub(super) fn is_due(&self) -> bool {
        self.unflushed || !self.queue.is_empty()
    }

    /// Writes on, until everything is on its way. Nothing is lost when the wait is given up.
    pub(super) fn poll(&mut self, socket: &mut WebSocket, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.queue.is_empty() {
            ready!(socket.poll_ready_unpin(cx))?;
            let Some(message) = self.queue.pop_front() else { break };
            self.unflushed = true;
            socket.start_send_unpin(message)?;
        }
        // Most sockets never need the room again.
        self.queue = VecDeque::new();
        ready!(socket.poll_flush_unpin(cx))?;
        self.unflushed = false;
        Poll::Ready(Ok(()))
    }

    /// Writes everything.
    pub(super) async fn finish(&mut self, socket: &mut WebSocket) -> Result<(), Error> {
        poll_fn(|cx| if self.is_due() { self.poll(socket, cx) } else { Poll::Ready(Ok(())) }).await
    }
}
