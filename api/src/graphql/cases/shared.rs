//! `caseEvents` for many at once: who follows with the same document is told of an event in the same words, so they are
//! written once.
//!
//! Whether somebody is told stays a question of their own; the words are written without anybody who asks, and without
//! waiting. So a field that depends on who asks, or that reads, cannot get into them.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Poll;

use async_graphql::{Pos, Response, Value};
use fengqiao_domain::Told;
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::event::{Event, EventCursor};
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, StreamExt as _};
use serde::Serialize;

use super::stream::CaseStreamItem;
use super::subscription::Delivery;
use crate::graphql::kit::fault::Fault;
use crate::runner::Said;

/// Events of which a group remembers the words: more than its members are apart unless the machine has too much to do.
const MOST_REMEMBERED: usize = 64;
/// Longer words are written for each: the memory of a group is bounded.
const LONGEST_REMEMBERED: usize = 2 * 1024;

/// Where a subscription that is opened leaves what it would deliver, instead of delivering it through the executor.
#[derive(Clone, Default)]
pub struct Opening(Arc<Mutex<Option<Delivery>>>);

impl Opening {
    pub(super) fn leave(&self, delivery: Delivery) {
        *locked(&self.0) = Some(delivery);
    }

    /// What was left, if the subscription was let in.
    #[must_use]
    pub fn take(&self) -> Option<Delivery> {
        locked(&self.0).take()
    }
}

/// What a subscription that nobody asked for delivers: items that are put in one by one, to be written.
#[derive(Clone, Default)]
pub struct Feed(Arc<Mutex<Option<CaseStreamItem>>>);

impl Feed {
    fn put(&self, item: CaseStreamItem) {
        *locked(&self.0) = Some(item);
    }

    /// The items. It is asked only when there is one.
    pub(super) fn items(&self) -> BoxStream<'static, CaseStreamItem> {
        let feed = self.clone();
        stream::poll_fn(move |_| locked(&feed.0).take().map_or(Poll::Pending, |item| Poll::Ready(Some(item))))
            .boxed()
    }
}

/// An event and the words for it, once somebody needs them.
struct Telling {
    /// Its place and its mark: a restored database may give the same event another place.
    cursor: EventCursor,
    event: Result<Option<domain::CaseEvent>, domain::Illegible>,
    text: OnceLock<Arc<str>>,
}

/// Those who follow with the same document.
pub struct Group {
    open: Box<dyn Fn(Feed) -> BoxStream<'static, Response> + Send + Sync>,
    writer: Mutex<Writer>,
    recent: Mutex<VecDeque<Arc<Telling>>>,
}

/// What writes the words: the answers of a document to what is fed to it.
struct Writer {
    feed: Feed,
    words: BoxStream<'static, Response>,
}

impl Group {
    /// A group whose words `open` writes: the answers of the document, run without a caller over a feed.
    pub fn new(open: impl Fn(Feed) -> BoxStream<'static, Response> + Send + Sync + 'static) -> Self {
        let writer = Mutex::new(opened(&open));
        Self { open: Box::new(open), writer, recent: Mutex::default() }
    }

    /// What one of the group is told next.
    pub async fn next(&self, delivery: &mut Delivery) -> Option<Said> {
        loop {
            let told = delivery.hear().await?;
            match &told {
                Told::Event(event) | Told::Past(event) => {
                    if let Some(said) = self.said(event, &told, delivery) {
                        return Some(said);
                    }
                }
                // Everyone misses something else.
                Told::Missed(missed, place) => {
                    let item = CaseStreamItem::missed(*missed, *place);
                    return Some(self.write(item).map_or_else(Said::Own, Said::Shared));
                }
            }
        }
    }

    /// What is said of an event to somebody, if anything is.
    fn said(&self, event: &Event, told: &Told, delivery: &Delivery) -> Option<Said> {
        if !event.is_seen_by(delivery.scope()) {
            return None;
        }
        let telling = self.telling(event);
        let case = match &telling.event {
            Ok(case) => Some(case.as_ref()?),
            Err(domain::Illegible) => None,
        };
        if !delivery.admits(event, told, case) {
            return None;
        }
        if let Some(text) = telling.text.get() {
            return Some(Said::Shared(Arc::clone(text)));
        }
        let text = match self.write(CaseStreamItem::told(event, case.cloned())) {
            Ok(text) => text,
            Err(response) => return Some(Said::Own(response)),
        };
        if text.len() <= LONGEST_REMEMBERED {
            // Who was faster wrote the same.
            let _ = telling.text.set(Arc::clone(&text));
        }
        Some(Said::Shared(text))
    }

    /// An event as the group remembers it.
    fn telling(&self, event: &Event) -> Arc<Telling> {
        let (mut recent, cursor) = (locked(&self.recent), event.cursor());
        if let Some(known) = recent.iter().rev().find(|known| known.cursor == cursor) {
            return Arc::clone(known);
        }
        let read = domain::CaseEvent::read(event);
        let telling = Arc::new(Telling { cursor, event: read, text: OnceLock::new() });
        if recent.len() == MOST_REMEMBERED {
            recent.pop_front();
        }
        recent.push_back(Arc::clone(&telling));
        telling
    }

    /// The words for an item, or a response that is not for many.
    fn write(&self, item: CaseStreamItem) -> Result<Arc<str>, Box<Response>> {
        let mut writer = locked(&self.writer);
        writer.feed.put(item);
        let asked = catch_unwind(AssertUnwindSafe(|| writer.words.next().now_or_never()));
        let Ok(Some(Some(response))) = asked else {
            tracing::error!("what is told to many waits for something, or broke off");
            // Whatever it was about to say must not be said of the next event.
            *writer = opened(&self.open);
            let fault = async_graphql::Error::from(Fault::internal());
            return Err(Box::new(Response::from_errors(vec![fault.into_server_error(Pos::default())])));
        };
        let plain =
            response.errors.is_empty() && response.extensions.is_empty() && response.http_headers.is_empty();
        match serde_json::to_string(&Wire { data: &response.data }) {
            Ok(text) if plain => Ok(text.into()),
            _ => Err(Box::new(response)),
        }
    }
}

fn opened(open: &dyn Fn(Feed) -> BoxStream<'static, Response>) -> Writer {
    let feed = Feed::default();
    Writer { words: open(feed.clone()), feed }
}

/// An answer as the edge writes it when there is nothing but data.
#[derive(Serialize)]
struct Wire<'a> {
    data: &'a Value,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
