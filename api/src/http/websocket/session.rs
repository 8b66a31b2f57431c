//! The conversation on one socket: who is at the other end, which operations are open, and why it ends.

use std::future::poll_fn;
use std::ops::ControlFlow;
use std::task::Poll;

use axum::extract::ws::Message;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use http::request::Parts;
use serde_json::Value;
use tokio::time::{Instant, Interval};
use tokio_stream::StreamMap;

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
use super::super::vigil::{Alarm, Verdict, Vigil, every, until};
use super::Incoming;
use super::close::Close;
use super::message::{self, FromClient};
use super::pace::Pace;
use super::writing::Writing;
use crate::runner::Runner;

/// Answers that are queued together besides the first, when there are as many at once: a system call tells several then, and the
/// queue holds little before it is written.
const TOGETHER: usize = 15;

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

/// What an operation has to say next.
enum Item {
    Answer(Answer),
    /// It has no more answers.
    Done,
}

/// One socket.
pub(super) struct Session<E> {
    edge: Edge<E>,
    /// What the handshake carried, until somebody is let in.
    parts: Option<Box<Parts>>,
    language: Language,
    peer: Peer,
    incoming: Incoming,
    writing: Writing,
    guest: Option<Guest>,
    operations: StreamMap<String, BoxStream<'static, Item>>,
    pace: Pace,
    init_by: Instant,
    pings: Interval,
    /// Whether the peer was heard since the last ping.
    heard: bool,
    /// Since when the queue is full.
    stalled_since: Option<Instant>,
}

impl<E: Runner> Session<E> {
    pub(super) fn new(
        edge: Edge<E>,
        parts: Box<Parts>,
        language: Language,
        incoming: Incoming,
        writing: Writing,
    ) -> Self {
        let limits = &edge.limits().socket;
        Self {
            pace: Pace::new(limits.max_messages_per_minute),
            init_by: Instant::now() + limits.init_seconds.duration(),
            pings: every(limits.ping_seconds),
            peer: edge.peer(&parts),
            parts: Some(parts),
            language,
            incoming,
            writing,
            guest: None,
            operations: StreamMap::new(),
            heard: true,
            stalled_since: None,
            edge,
        }
    }

    /// Ends the session's operations, and gives both halves back.
    pub(super) fn into_halves(self) -> (Incoming, Writing) {
        (self.incoming, self.writing)
    }

    /// Converses until something ends it.
    pub(super) async fn run(&mut self, held: &Held) -> Ending {
        let mut stopping = Box::pin(held.turn());
        loop {
            let cut_at = self.watch_queue();
            let flow = tokio::select! {
                biased;
                () = &mut stopping => ControlFlow::Break(Close::GOING_AWAY.into()),
                alarm = next_alarm(&mut self.guest) => self.heed(alarm).await,
                written = self.writing.step(), if self.writing.is_due() => match written {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_peer_gone) => ControlFlow::Break(Ending::Cut),
                },
                () = until(cut_at) => ControlFlow::Break(Ending::Cut),
                () = tokio::time::sleep_until(self.init_by), if self.guest.is_none() => {
                    ControlFlow::Break(Close::INIT_TIMEOUT.into())
                }
                _ = self.pings.tick() => self.ping(),
                frame = self.incoming.next() => self.hear(frame).await,
                // Once there is room to send it on: a slow reader slows its own operations, and no answer is lost.
                Some((id, item)) = self.operations.next(), if self.writing.has_room() => {
                    self.answer(&id, &item);
                    self.gather().await;
                    ControlFlow::Continue(())
                }
            };
            if let ControlFlow::Break(ending) = flow {
                return ending;
            }
        }
    }

    /// When the socket is cut if the queue stays as full as it is.
    fn watch_queue(&mut self) -> Option<Instant> {
        if self.writing.has_room() {
            // However slowly, the peer reads.
            self.stalled_since = None;
            return None;
        }
        let since = *self.stalled_since.get_or_insert_with(Instant::now);
        Some(since + self.edge.limits().socket.slow_reader_seconds.duration())
    }

    fn answer(&mut self, id: &str, item: &Item) {
        let message = tell(&mut self.operations, id, item);
        self.writing.push(message);
    }

    /// Queues what else there is to say at once, so that it is written together.
    async fn gather(&mut self) {
        poll_fn(|cx| {
            let mut left = TOGETHER;
            while left > 0
                && self.writing.has_room()
                && let Poll::Ready(Some((id, item))) = self.operations.poll_next_unpin(cx)
            {
                self.answer(&id, &item);
                left -= 1;
            }
            Poll::Ready(())
        })
        .await;
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

    async fn heed(&mut self, alarm: Alarm) -> ControlFlow<Ending> {
        let Some(guest) = &mut self.guest else {
            return ControlFlow::Continue(());
        };
        if alarm == Alarm::Expired {
            return ControlFlow::Break(Close::FORBIDDEN.into());
        }
        let mut asked = Box::pin(guest.vigil.recheck(&self.edge));
        // What is queued goes out meanwhile: however long the answer takes, nobody is cut for it.
        loop {
            tokio::select! {
                biased;
                verdict = &mut asked => return match verdict {
                    Verdict::Stays => ControlFlow::Continue(()),
                    Verdict::Invalid => ControlFlow::Break(Close::FORBIDDEN.into()),
                    Verdict::Unanswered => ControlFlow::Break(Close::TRY_AGAIN_LATER.into()),
                },
                written = self.writing.step(), if self.writing.is_due() => {
                    if written.is_err() {
                        return ControlFlow::Break(Ending::Cut);
                    }
                }
            }
        }
    }

    async fn hear(&mut self, frame: Option<Result<Message, axum::Error>>) -> ControlFlow<Ending> {
        self.heard = true;
        let max_bytes = self.edge.limits().socket.max_message_bytes;
        let close = |close: Close| ControlFlow::Break(close.into());
        let text = match frame {
            Some(Ok(Message::Pong(_))) => return ControlFlow::Continue(()),
            Some(Ok(Message::Close(_))) | None => return ControlFlow::Break(Ending::Cut),
            // Only a frame beyond the ceiling of the handshake still lets us answer.
            Some(Err(_)) => return close(Close::MESSAGE_TOO_LARGE),
            Some(Ok(_)) if !self.pace.allows(Instant::now()) => {
                return close(Close::TOO_MANY_MESSAGES);
            }
            // Answered by the layer below.
            Some(Ok(Message::Ping(_))) => return ControlFlow::Continue(()),
            Some(Ok(Message::Binary(_))) => return close(Close::bad_message("Messages are text")),
            Some(Ok(Message::Text(text))) if text.len() > max_bytes => {
                return close(Close::MESSAGE_TOO_LARGE);
            }
            Some(Ok(Message::Text(text))) => text,
        };
        match FromClient::read(&text) {
            Err(bad) => close(bad),
            Ok(FromClient::Pong) => ControlFlow::Continue(()),
            Ok(FromClient::Ping { payload }) => self.say(message::pong(payload)),
            Ok(FromClient::Init { payload }) => self.init(&payload).await,
            Ok(FromClient::Subscribe { id, params }) => self.subscribe(id, params),
            Ok(FromClient::Complete { id }) => {
                self.operations.remove(&id);
                ControlFlow::Continue(())
            }
        }
    }

    async fn init(&mut self, payload: &Value) -> ControlFlow<Ending> {
        let Some(parts) = self.parts.take() else {
            return ControlFlow::Break(Close::SECOND_INIT.into());
        };
        let limits = self.edge.limits();
        let deadline = limits.request.deadline_seconds.duration();
        let asked = tokio::time::timeout(deadline, self.edge.callers().from_init(&parts, payload));
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

    fn subscribe(&mut self, id: String, params: Params) -> ControlFlow<Ending> {
        let Some(guest) = &self.guest else {
            return ControlFlow::Break(Close::UNAUTHORIZED.into());
        };
        if self.operations.contains_key(&id) {
            return ControlFlow::Break(Close::id_in_use(&id).into());
        }
        let (request_id, language, peer) = (RequestId::fresh(), self.language, self.peer);
        let envelope = Envelope { request_id, language, peer };
        if self.operations.len() >= self.edge.limits().socket.max_operations {
            let refused = Answer::from_rejection(Rejection::rate_limited(), &self.edge.context(envelope));
            return self.say(message::error(&id, refused.errors()));
        }
        match self.edge.prepare(params, None, guest.vigil.caller(), envelope) {
            Err(refused) => self.say(message::error(&id, refused.errors())),
            Ok(operation) => {
                let answers = self.edge.charge_and_run(operation).map(Item::Answer);
                let items = answers.chain(stream::once(async { Item::Done }));
                self.operations.insert(id, items.boxed());
                ControlFlow::Continue(())
            }
        }
    }
}

/// The next alarm of the one who is acknowledged, if anyone is.
async fn next_alarm(guest: &mut Option<Guest>) -> Alarm {
    match guest {
        Some(guest) => guest.vigil.alarm().await,
        None => std::future::pending().await,
    }
}

/// The message for an item; forgets the operation when it was the last one, before the client can know,
/// so that the id is free when it does.
fn tell(operations: &mut StreamMap<String, BoxStream<'static, Item>>, id: &str, item: &Item) -> Message {
    match item {
        Item::Answer(answer) if answer.was_executed() => message::next(id, answer),
        Item::Answer(refused) => {
            operations.remove(id);
            message::error(id, refused.errors())
        }
        Item::Done => {
            operations.remove(id);
            message::complete(id)
        }
    }
}
