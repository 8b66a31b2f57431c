//! The conversation on one socket: who is at the other end, which operations are open, and why it ends.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt as _, StreamExt as _};
use http::request::Parts;
use serde_json::Value;
use tokio::time::Instant;

use super::super::answer::Answer;
use super::super::caller::Refused;
use super::super::drain::Held;
use super::super::edge::{Edge, Envelope};
use super::super::language::Language;
use super::super::params::Params;
use super::super::peer::Peer;
use super::super::presence::Place;
use super::super::rejection::Rejection;
use super::super::request_id::RequestId;
use super::super::timer::{Beat, Timer};
use super::super::vigil::{Alarm, Verdict, Vigil};
use super::bell::Bell;
use super::close::Close;
use super::message::{self, FromClient};
use super::operations::Operations;
use super::pace::Pace;
use super::writing::Writing;
use crate::runner::Runner;

/// Answers that are queued together when there are as many at once: a system call tells several then, and the queue holds little
/// before it is written.
const TOGETHER: usize = 16;

/// How a conversation ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// We close it.
    Close(Close),
    /// The peer is gone, or reads nothing: there is nobody to tell.
    Cut,
}

impl From<Close> for Ending {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// Who is acknowledged on this socket.
struct Guest {
    vigil: Vigil,
    _place: Place,
}

/// What there is to do besides answering.
enum Happening {
    /// The server stops, and it is this one's turn.
    Stopping,
    /// Of the one who is acknowledged.
    Alarm(Alarm),
    /// Nobody is acknowledged, and it took too long.
    Unknown,
    /// A ping is due.
    Ping,
    /// The peer said something, or is gone.
    Frame(Option<Result<Message, axum::Error>>),
    /// The peer is gone, or has read nothing for too long.
    Cut,
}

/// One socket.
pub(super) struct Session<E> {
    edge: Edge<E>,
    /// What the handshake carried, until somebody is let in.
    parts: Option<Box<Parts>>,
    language: Language,
    peer: Peer,
    socket: WebSocket,
    writing: Writing,
    guest: Option<Guest>,
    operations: Operations,
    pace: Pace,
    bell: Bell,
    timer: Timer,
    init_by: Instant,
    pings: Beat,
    /// Whether the peer was heard since the last ping.
    heard: bool,
    /// Since when the queue is full.
    stalled_since: Option<Instant>,
    held: Held,
}

impl<E: Runner> Session<E> {
    pub(super) fn new(
        edge: Edge<E>,
        parts: Box<Parts>,
        language: Language,
        socket: WebSocket,
        held: Held,
    ) -> Self {
        let limits = &edge.limits().socket;
        Self {
            pace: Pace::new(limits.max_messages_per_minute),
            init_by: Instant::now() + limits.init_seconds.duration(),
            pings: Beat::every(limits.ping_seconds),
            writing: Writing::new(limits.max_queued_messages.max(1)),
            peer: edge.peer(&parts),
            parts: Some(parts),
            language,
            socket,
            guest: None,
            operations: Operations::default(),
            bell: Bell::rung(),
            timer: Timer::new(),
            heard: true,
            stalled_since: None,
            edge,
            held,
        }
    }

    /// Converses until something ends it. What is queued then is still written.
    pub(super) async fn converse(&mut self) {
        if let Ending::Close(with) = self.run().await {
            Box::pin(self.part(with)).await;
        }
    }

    async fn run(&mut self) -> Ending {
        let mut stopping = self.held.turn().boxed();
        loop {
            // Whatever was looked at before may have changed.
            self.bell.ring();
            let flow = match poll_fn(|cx| self.poll(&mut stopping, cx)).await {
                Happening::Stopping => ControlFlow::Break(Close::GOING_AWAY.into()),
                Happening::Alarm(Alarm::Expired) => ControlFlow::Break(Close::FORBIDDEN.into()),
                Happening::Alarm(Alarm::Recheck) => self.recheck().await,
                Happening::Unknown => ControlFlow::Break(Close::INIT_TIMEOUT.into()),
                Happening::Ping => self.ping(),
                Happening::Frame(frame) => match self.hear(frame) {
                    ControlFlow::Continue(Some(payload)) => Box::pin(self.init(payload)).await,
                    ControlFlow::Continue(None) => ControlFlow::Continue(()),
                    ControlFlow::Break(ending) => ControlFlow::Break(ending),
                },
                Happening::Cut => ControlFlow::Break(Ending::Cut),
            };
            if let ControlFlow::Break(ending) = flow {
                return ending;
            }
        }
    }

    /// Ends the session's operations, writes what is queued, and closes.
    async fn part(&mut self, with: Close) {
        self.operations.end_all();
        self.guest = None;
        let grace = self.grace();
        if let Ok(Ok(())) = tokio::time::timeout(grace, self.writing.finish(&mut self.socket)).await {
            self.close(with).await;
        }
    }

    /// Closes.
    pub(super) async fn close(&mut self, with: Close) {
        let grace = self.grace();
        super::close(&mut self.socket, with, grace).await;
    }

    fn grace(&self) -> Duration {
        self.edge.limits().socket.close_seconds.duration()
    }

    /// Writes what there is to say, until something else is to be done.
    fn poll(&mut self, stopping: &mut BoxFuture<'static, ()>, cx: &mut Context<'_>) -> Poll<Happening> {
        self.bell.listen(cx);
        let mut is_silent = false;
        loop {
            if self.writing.is_due()
                && let Poll::Ready(Err(_peer_gone)) = self.writing.poll(&mut self.socket, cx)
            {
                return Poll::Ready(Happening::Cut);
            }
            self.watch_queue();
            if self.bell.was_rung()
                && let Poll::Ready(happening) = self.poll_besides(stopping)
            {
                return Poll::Ready(happening);
            }
            // Once there is room to send it on: a slow reader slows its own operations, and no answer is lost.
            if is_silent || !self.writing.has_room() {
                return Poll::Pending;
            }
            match self.answer(cx) {
                Ok(ended) => is_silent = ended,
                Err(_peer_gone) => return Poll::Ready(Happening::Cut),
            }
            if is_silent && !self.writing.is_due() {
                return Poll::Pending;
            }
        }
    }

    /// What there is to do besides answering. Whatever there is not rings the bell when there is.
    fn poll_besides(&mut self, stopping: &mut BoxFuture<'static, ()>) -> Poll<Happening> {
        let due_at = self.due_at();
        let mut cx = Context::from_waker(self.bell.waker());
        if stopping.poll_unpin(&mut cx).is_ready() {
            return Poll::Ready(Happening::Stopping);
        }
        if self.timer.poll(due_at, &mut cx).is_ready() {
            if let Some(due) = self.due(Instant::now()) {
                return Poll::Ready(due);
            }
            self.bell.waker().wake_by_ref();
        }
        let mut cx = Context::from_waker(self.bell.waker());
        self.socket.poll_next_unpin(&mut cx).map(Happening::Frame)
    }

    /// When the clock next asks for something.
    fn due_at(&self) -> Instant {
        let of_guest = self.guest.as_ref().map_or(self.init_by, |guest| guest.vigil.due_at());
        let due_at = of_guest.min(self.pings.at());
        self.cut_at().map_or(due_at, |cut_at| cut_at.min(due_at))
    }

    /// What the clock asks for by now.
    fn due(&mut self, now: Instant) -> Option<Happening> {
        let cut_at = self.cut_at();
        if let Some(guest) = &mut self.guest
            && let Some(alarm) = guest.vigil.call(now)
        {
            return Some(Happening::Alarm(alarm));
        }
        if cut_at.is_some_and(|at| at <= now) {
            return Some(Happening::Cut);
        }
        if self.guest.is_none() && self.init_by <= now {
            return Some(Happening::Unknown);
        }
        self.pings.strikes(now).then_some(Happening::Ping)
    }

    /// When the socket is cut if the queue stays as full as it is.
    fn cut_at(&self) -> Option<Instant> {
        self.stalled_since.map(|since| since + self.edge.limits().socket.slow_reader_seconds.duration())
    }

    /// Takes down since when the queue is full.
    fn watch_queue(&mut self) {
        if self.writing.has_room() {
            // However slowly, the peer reads.
            self.stalled_since = None;
        } else if self.stalled_since.is_none() {
            self.stalled_since = Some(Instant::now());
            self.bell.ring();
        }
    }

    /// Queues some of what there is to say at once, so that it is written together. Whether that was all.
    fn answer(&mut self, cx: &mut Context<'_>) -> Result<bool, axum::Error> {
        for _ in 0..TOGETHER {
            if !self.writing.has_room() {
                return Ok(false);
            }
            let Poll::Ready(message) = self.operations.poll_message(cx) else { return Ok(true) };
            self.writing.give(&mut self.socket, message, cx)?;
        }
        Ok(false)
    }

    /// Queues a message that is not an answer; with no room for it, the peer does not read.
    fn say(&mut self, message: Message) -> ControlFlow<Ending> {
        if !self.writing.has_spare_room() {
            return ControlFlow::Break(Ending::Cut);
        }
        self.writing.push(message);
        ControlFlow::Continue(())
    }

    /// Pings by the protocol below, which browsers and mini programs answer by themselves.
    fn ping(&mut self) -> ControlFlow<Ending> {
        if !std::mem::take(&mut self.heard) {
            return ControlFlow::Break(Ending::Cut);
        }
        self.say(Message::Ping(Bytes::new()))
    }

    async fn recheck(&mut self) -> ControlFlow<Ending> {
        let Self { edge, guest: Some(guest), writing, socket, .. } = self else {
            return ControlFlow::Continue(());
        };
        let mut asked = Box::pin(guest.vigil.recheck(edge));
        // What is queued goes out meanwhile: however long the answer takes, nobody is cut for it.
        poll_fn(|cx| {
            if let Poll::Ready(verdict) = asked.poll_unpin(cx) {
                return Poll::Ready(match verdict {
                    Verdict::Stays => ControlFlow::Continue(()),
                    Verdict::Invalid => ControlFlow::Break(Close::FORBIDDEN.into()),
                    Verdict::Unanswered => ControlFlow::Break(Close::TRY_AGAIN_LATER.into()),
                });
            }
            if writing.is_due()
                && let Poll::Ready(Err(_peer_gone)) = writing.poll(socket, cx)
            {
                return Poll::Ready(ControlFlow::Break(Ending::Cut));
            }
            Poll::Pending
        })
        .await
    }

    /// Does what the peer says; where they say who they are, that is still to be looked at.
    fn hear(&mut self, frame: Option<Result<Message, axum::Error>>) -> ControlFlow<Ending, Option<Value>> {
        self.heard = true;
        let max_bytes = self.edge.limits().socket.max_message_bytes;
        let close = |close: Close| ControlFlow::Break(close.into());
        let text = match frame {
            Some(Ok(Message::Pong(_))) => return ControlFlow::Continue(None),
            Some(Ok(Message::Close(_))) | None => return ControlFlow::Break(Ending::Cut),
            // Only a frame beyond the ceiling of the handshake still lets us answer.
            Some(Err(_)) => return close(Close::MESSAGE_TOO_LARGE),
            Some(Ok(_)) if !self.pace.allows(Instant::now()) => {
                return close(Close::TOO_MANY_MESSAGES);
            }
            // Answered by the layer below.
            Some(Ok(Message::Ping(_))) => return ControlFlow::Continue(None),
            Some(Ok(Message::Binary(_))) => return close(Close::bad_message("Messages are text")),
            Some(Ok(Message::Text(text))) if text.len() > max_bytes => {
                return close(Close::MESSAGE_TOO_LARGE);
            }
            Some(Ok(Message::Text(text))) => text,
        };
        let done = match FromClient::read(&text) {
            Err(bad) => return close(bad),
            Ok(FromClient::Init { payload }) => return ControlFlow::Continue(Some(payload)),
            Ok(FromClient::Pong) => ControlFlow::Continue(()),
            Ok(FromClient::Ping { payload }) => self.say(message::pong(payload)),
            Ok(FromClient::Subscribe { id, params }) => self.subscribe(&id, params),
            Ok(FromClient::Complete { id }) => {
                self.operations.end(&id);
                ControlFlow::Continue(())
            }
        };
        done.map_continue(|()| None)
    }

    async fn init(&mut self, payload: Value) -> ControlFlow<Ending> {
        let Some(parts) = self.parts.take() else {
            return ControlFlow::Break(Close::SECOND_INIT.into());
        };
        let limits = self.edge.limits();
        let deadline = limits.request.deadline_seconds.duration();
        let asked = tokio::time::timeout(deadline, self.edge.callers().from_init(&parts, &payload));
        let caller = match asked.await {
            Ok(Ok(caller)) => caller,
            Ok(Err(Refused::Invalid)) => return ControlFlow::Break(Close::FORBIDDEN.into()),
            Ok(Err(Refused::Unavailable | Refused::Limited { .. })) | Err(_) => {
                return ControlFlow::Break(Close::TRY_AGAIN_LATER.into());
            }
        };
        let Some(place) = self.edge.socket_place(&caller) else {
            return ControlFlow::Break(Close::TOO_MANY_SOCKETS.into());
        };
        self.guest = Some(Guest { vigil: Vigil::new(caller, limits.socket.recheck_seconds), _place: place });
        self.say(message::connection_ack())
    }

    fn subscribe(&mut self, id: &str, params: Params) -> ControlFlow<Ending> {
        let Some(guest) = &self.guest else {
            return ControlFlow::Break(Close::UNAUTHORIZED.into());
        };
        if self.operations.has(id) {
            return ControlFlow::Break(Close::id_in_use(id).into());
        }
        let (request_id, language, peer) = (RequestId::fresh(), self.language, self.peer);
        let envelope = Envelope { request_id, language, peer };
        if self.operations.count() >= self.edge.limits().socket.max_operations {
            let refused = Answer::from_rejection(Rejection::rate_limited(), &self.edge.context(envelope));
            return self.say(message::error(&message::quoted(id), refused.errors()));
        }
        match self.edge.prepare(params, None, guest.vigil.caller(), envelope) {
            Err(refused) => self.say(message::error(&message::quoted(id), refused.errors())),
            Ok(operation) => {
                self.operations.open(id, self.edge.charge_and_run(operation));
                ControlFlow::Continue(())
            }
        }
    }
}
