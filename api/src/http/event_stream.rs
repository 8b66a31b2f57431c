//! GraphQL over server-sent events, "distinct connections mode" of graphql-sse: one operation for each
//! connection, `next` events, then `complete`.
//!
//! A stream ends without `complete` when the server stops, so that the client connects again.

use std::convert::Infallible;
use std::time::Duration;

use async_graphql::Executor;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use futures::stream::{self, BoxStream, StreamExt};
use http::{HeaderName, HeaderValue};

use super::answer::Answer;
use super::caller::Caller;
use super::code::Code;
use super::drain::Held;
use super::edge::{Edge, Envelope, Operation};
use super::presence::Place;
use super::rejection::Rejection;
use super::vigil::{Alarm, Vigil};

/// Tells nginx not to hold events back.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Opens the stream of an operation.
pub(super) fn open<E: Executor>(
    edge: &Edge<E>,
    caller: Caller,
    operation: Operation,
) -> Result<Response, Rejection> {
    if edge.drain().has_begun() {
        return Err(Rejection::unavailable());
    }
    let limits = &edge.limits().stream;
    let place = edge
        .streams()
        .enter(caller.key.as_deref(), limits.max_streams_per_user)
        .ok_or_else(Rejection::rate_limited)?;
    let session = Session {
        edge: edge.clone(),
        vigil: Vigil::new(caller, limits.recheck_seconds),
        envelope: operation.envelope(),
        answers: edge.run(operation),
        held: edge.drain().hold(),
        _place: place,
    };
    let keep_alive = limits.keep_alive_seconds.duration();
    Ok(respond(
        stream::unfold(Turn::Next(Box::new(session)), turn),
        keep_alive,
    ))
}

/// A stream that only says why there is none.
pub(super) fn refusal(answer: Answer) -> Response {
    let events = [Ok(next(&answer)), Ok(complete())];
    respond(stream::iter(events), Duration::from_secs(15))
}

fn respond(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
    keep_alive: Duration,
) -> Response {
    let keep_alive = KeepAlive::new().interval(keep_alive);
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    response
        .headers_mut()
        .insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

struct Session<E> {
    edge: Edge<E>,
    vigil: Vigil,
    envelope: Envelope,
    answers: BoxStream<'static, Answer>,
    held: Held,
    _place: Place,
}

/// What the stream does when it is asked for the next event.
enum Turn<E> {
    Next(Box<Session<E>>),
    Complete,
    End,
}

async fn turn<E: Executor>(turn: Turn<E>) -> Option<(Result<Event, Infallible>, Turn<E>)> {
    let mut session = match turn {
        Turn::Next(session) => session,
        Turn::Complete => return Some((Ok(complete()), Turn::End)),
        Turn::End => return None,
    };
    match session.wait().await {
        Happening::Answer(answer) if answer.was_executed() => {
            Some((Ok(next(&answer)), Turn::Next(session)))
        }
        // After an answer that came to nothing a subscriber would have a gap and not know it.
        Happening::Answer(failed) => Some((Ok(next(&failed)), Turn::Complete)),
        Happening::Finished => Some((Ok(complete()), Turn::End)),
        Happening::Expired => {
            let context = session.edge.context(session.envelope);
            let answer = Answer::from_code(Code::Unauthenticated, &context);
            Some((Ok(next(&answer)), Turn::Complete))
        }
        Happening::Stopping => None,
    }
}

enum Happening {
    Answer(Answer),
    Finished,
    Expired,
    Stopping,
}

impl<E: Executor> Session<E> {
    async fn wait(&mut self) -> Happening {
        loop {
            tokio::select! {
                biased;
                () = self.held.turn() => return Happening::Stopping,
                alarm = self.vigil.alarm() => {
                    if alarm == Alarm::Expired || !self.vigil.still_valid(&self.edge).await {
                        return Happening::Expired;
                    }
                }
                answer = self.answers.next() => {
                    return answer.map_or(Happening::Finished, Happening::Answer);
                }
            }
        }
    }
}

fn next(answer: &Answer) -> Event {
    Event::default().event("next").data(answer.json())
}

/// With an empty `data`, or a browser would not show the event to its page.
fn complete() -> Event {
    Event::default().event("complete").data("")
}
