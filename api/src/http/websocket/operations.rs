//! The operations that are open on a socket, and what they say.

use std::task::{Context, Poll, ready};

use axum::extract::ws::Message;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};

use super::super::answer::Answer;
use super::message;

type Answers = BoxStream<'static, Answer>;

/// Those of one socket.
#[derive(Default)]
pub(super) struct Operations {
    open: Vec<Operation>,
    /// Whose turn it is: none waits for what the others say without end.
    turn: usize,
}

struct Operation {
    /// As JSON, which every answer begins with.
    id: Box<str>,
    stage: Stage,
}

/// How far an operation is.
enum Stage {
    /// It is being paid for.
    Beginning(BoxFuture<'static, Answers>),
    Answering(Answers),
}

impl Operation {
    /// Its next answer; none after the last one.
    fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<Option<Answer>> {
        loop {
            match &mut self.stage {
                Stage::Beginning(running) => self.stage = Stage::Answering(ready!(running.poll_unpin(cx))),
                Stage::Answering(answers) => return answers.poll_next_unpin(cx),
            }
        }
    }
}

impl Operations {
    /// How many are open.
    pub(super) const fn count(&self) -> usize {
        self.open.len()
    }

    /// Whether one is open under this id.
    pub(super) fn has(&self, id: &str) -> bool {
        let id = message::quoted(id);
        self.open.iter().any(|operation| *operation.id == *id)
    }

    /// Opens one.
    pub(super) fn open(&mut self, id: &str, running: BoxFuture<'static, Answers>) {
        // Most sockets have one.
        self.open.reserve_exact(1);
        self.open.push(Operation { id: message::quoted(id).into(), stage: Stage::Beginning(running) });
    }

    /// Ends one, if it is open.
    pub(super) fn end(&mut self, id: &str) {
        let id = message::quoted(id);
        self.open.retain(|operation| *operation.id != *id);
    }

    /// Ends all.
    pub(super) fn end_all(&mut self) {
        self.open.clear();
    }

    /// What one of them says next.
    pub(super) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Message> {
        for _ in 0..self.open.len() {
            let index = self.turn % self.open.len();
            self.turn = index + 1;
            if let Poll::Ready(answer) = self.open[index].poll_answer(cx) {
                return Poll::Ready(self.tell(index, answer));
            }
        }
        Poll::Pending
    }

    /// The message for an answer; forgets the operation when it was the last one, before the client can know, so that the id is free when
    /// it does.
    fn tell(&mut self, index: usize, answer: Option<Answer>) -> Message {
        match answer {
            Some(answer) if answer.was_executed() => message::next(&self.open[index].id, &answer),
            Some(refused) => message::error(&self.open.swap_remove(index).id, refused.errors()),
            None => message::complete(&self.open.swap_remove(index).id),
        }
    }
}
