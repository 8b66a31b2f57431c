//! GraphQL over server-sent events, "distinct connections mode" of graphql-sse: one operation for each
//! connection, `next` events, then `complete`.
//!
//! A stream ends without `complete` when the server stops, so that the client connects again.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use futures::{FutureExt, Stream};
use http::{HeaderName, HeaderValue, header};

use super::answer::Answer;
use super::caller::Caller;
use super::code::Code;
use super::drain::Held;
use super::edge::{Edge, Envelope, Paid};
use super::presence::Place;
use super::rejection::Rejection;
use super::timer::Timer;
use super::vigil::{Alarm, Verdict, Vigil};
use crate::runner::Runner;

/// Tells nginx not to hold events back.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// The end, with an empty `data`: a browser's `EventSource` does not show an event without one, and the
/// event type of our web framework leaves an empty one out.
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata: \n\n");

/// A comment, which clients skip.
const KEEP_ALIVE: Bytes = Bytes::from_static(b":\n\n");

/// Opens the stream of an operation.
pub(super) fn open<E: Runner>(edge: &Edge<E>, caller: Caller, paid: Paid) -> Result<Response, Answer> {
    if edge.drain().has_begun() {
        return Err(edge.give_up(paid, Rejection::unavailable()));
    }
    let limits = &edge.limits().stream;
    let Some(place) = edge.stream_place(&caller) else {
        return Err(edge.give_up(paid, Rejection::rate_limited()));
    };
    let held = edge.drain().hold();
    let session = Session {
        edge: edge.clone(),
        vigil: Vigil::new(caller, limits.recheck_seconds),
        timer: Timer::new(),
        envelope: paid.envelope(),
        answers: edge.run(paid),
        stopping: held.turn().boxed(),
        _held: held,
        _place: place,
    };
    Ok(respond(stream::unfold(Turn::Next(Box::new(session)), turn)))
}

/// A stream that only says why there is none.
pub(super) fn refusal(answer: &Answer) -> Response {
    respond(stream::iter([next(answer), COMPLETE]))
}

fn respond(events: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    let mut response = Response::new(Body::from_stream(events.map(Ok::<_, Infallible>)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

struct Session<E> {
    edge: Edge<E>,
    vigil: Vigil,
    timer: Timer,
    envelope: Envelope,
    answers: BoxStream<'static, Answer>,
    /// Over when the stream shall end because the server stops.
    stopping: BoxFuture<'static, ()>,
    _held: Held,
    _place: Place,
}

/// What the stream does when it is asked for the next event.
enum Turn<E> {
    Next(Box<Session<E>>),
    Complete,
    End,
}

async fn turn<E: Runner>(turn: Turn<E>) -> Option<(Bytes, Turn<E>)> {
    let mut session = match turn {
        Turn::Next(session) => session,
        Turn::Complete => return Some((COMPLETE, Turn::End)),
        Turn::End => return None,
    };
    match session.wait().await {
        Happening::Answer(answer) if answer.was_executed() => Some((next(&answer), Turn::Next(session))),
        // After an answer that came to nothing a subscriber would have a gap and not know it.
        Happening::Answer(failed) => Some((next(&failed), Turn::Complete)),
        Happening::Silence => Some((KEEP_ALIVE, Turn::Next(session))),
        Happening::Finished => Some((COMPLETE, Turn::End)),
        Happening::Refused(code) => {
            let context = session.edge.context(session.envelope);
            let answer = Answer::from_code(code, &context);
            Some((next(&answer), Turn::Complete))
        }
        Happening::Stopping => None,
    }
}

enum Happening {
    Answer(Answer),
    /// Nothing for so long that the connection needs a sign of life.
    Silence,
    Finished,
    /// The caller does not count any more, or nobody can say.
    Refused(Code),
    Stopping,
}

impl<E: Runner> Session<E> {
    async fn wait(&mut self) -> Happening {
        let silence = tokio::time::sleep(self.keep_alive());
        tokio::pin!(silence);
        loop {
            tokio::select! {
                biased;
                () = &mut self.stopping => return Happening::Stopping,
                alarm = self.vigil.alarm(&mut self.timer) => {
                    if alarm == Alarm::Expired {
                        return Happening::Refused(Code::Unauthenticated);
                    }
                    match self.vigil.recheck(&self.edge).await {
                        Verdict::Stays => {}
                        Verdict::Invalid => return Happening::Refused(Code::Unauthenticated),
                        Verdict::Unanswered => return Happening::Refused(Code::Unavailable),
                    }
                }
                answer = self.answers.next() => {
                    return answer.map_or(Happening::Finished, Happening::Answer);
                }
                () = &mut silence => return Happening::Silence,
            }
        }
    }

    fn keep_alive(&self) -> Duration {
        self.edge.limits().stream.keep_alive_seconds.duration()
    }
}

/// JSON has no line breaks of its own, so one line of data holds it.
fn next(answer: &Answer) -> Bytes {
    format!("event: next\ndata: {}\n\n", answer.json()).into()
}
