//! Follows the events of a tenant from a place on: each once, in order and without a gap, or with a word where there
//! is one.
//!
//! The bus tells of what happens now; what was missed meanwhile is read from the outbox. So a subscriber that reads
//! slowly costs no memory, and one that comes back goes on where it was.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::kernel::event::{Event, EventCursor};
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::bus::Heard;
use crate::store::{Db, Reader, StoreError};

/// Before a database that fails is asked again.
const PAUSE: Duration = Duration::from_secs(1);
/// Followers of this process that read at a time: fewer than there are connections.
const READING: usize = 4;
/// Events that one question looks at, wanted or not: so many are read in some milliseconds.
const MOST_LOOKED_AT: usize = 1_000;

/// Nobody can ask for events wrongly: what fails is the database.
type Answer<T> = Result<T, Failure<Infallible>>;

/// Why events are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// They are no longer kept or cannot be read, or the place is none of this history.
    NotKept,
    /// There are more than are told again.
    TooMany,
}

/// What a follower hears.
#[derive(Clone, Debug)]
pub enum Told {
    /// An event as it happens, of whatever reach.
    Event(Arc<Event>),
    /// An event of before. Who might see then what it tells of, need not see it any more.
    Past(Arc<Event>),
    /// Events up to the place are left out.
    Missed(Missed, EventCursor),
}

/// What happened after a place, as far as one question looked.
#[derive(Debug)]
pub struct Past {
    /// In order.
    pub told: Vec<Told>,
    /// Up to where it looked.
    pub place: EventCursor,
    /// Whether there is more.
    pub has_more: bool,
}

/// The events of all tenants, now and as long as they are kept.
#[derive(Clone, Debug)]
pub struct EventLog {
    db: Db,
    most_told_again: u32,
    turns: Arc<Semaphore>,
}

impl EventLog {
    /// Over the store. Whoever is further behind than `most_told_again` reads anew instead.
    #[must_use]
    pub fn new(db: Db, most_told_again: u32) -> Self {
        Self { db, most_told_again, turns: Arc::new(Semaphore::new(READING)) }
    }

    /// The turn of a follower who reads again what events say may have changed. What wakes many wakes them at once, and
    /// whoever asks something meanwhile shall not wait for all of them.
    pub async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.turns.acquire().await.ok()
    }

    /// Follows the events of the scope's tenant from a place on, or from now on.
    ///
    /// # Errors
    /// As the database says.
    pub async fn follow(&self, scope: &Scope, after: Option<EventCursor>) -> Answer<Following> {
        // First the bus, so that nothing falls between it and the look at the newest place.
        let mut following = self.following(scope, EventCursor::START);
        following.newest = self.db.newest_event(scope.tenant()).await?;
        following.place = following.newest;
        if let Some(after) = after {
            following.go_on(after);
        }
        Ok(following)
    }

    /// One who follows from a place on.
    fn following(&self, scope: &Scope, place: EventCursor) -> Following {
        Following {
            log: self.clone(),
            scope: scope.clone(),
            bus: self.db.subscribe_to(scope.tenant()),
            place,
            newest: place,
            page: VecDeque::new(),
            missed: None,
            has_lagged: false,
        }
    }

    /// What happened after a place: at most so many of the wanted. Without a place nothing, but from where on to ask:
    /// everything before that place the reader sees.
    ///
    /// # Errors
    /// As the database says.
    pub async fn read(
        &self,
        reader: &Reader,
        after: Option<EventCursor>,
        most: u64,
        wanted: impl Fn(&Event) -> bool,
    ) -> Answer<Past> {
        // No further than the reader sees: what else is asked in the same request tells of all that is told here.
        let newest = reader.tx().await?.newest_event().await?;
        let Some(after) = after else {
            return Ok(Past { told: vec![], place: newest, has_more: false });
        };
        let mut following = self.following(reader.scope(), newest);
        following.go_on(after);
        let mut past = Past { told: vec![], place: after, has_more: true };
        for _ in 0..MOST_LOOKED_AT {
            let Some(told) = following.next_of_before().await? else {
                past.has_more = false;
                break;
            };
            let is_wanted = match &told {
                Told::Event(event) | Told::Past(event) => wanted(event),
                Told::Missed(..) => true,
            };
            if is_wanted {
                past.told.push(told);
            }
            past.place = following.place;
            if past.told.len() as u64 == most {
                past.has_more = following.place != following.newest;
                break;
            }
        }
        Ok(past)
    }

    fn is_too_much(&self, behind: i64) -> bool {
        behind > i64::from(self.most_told_again)
    }
}

/// One who follows.
#[derive(Debug)]
pub struct Following {
    log: EventLog,
    scope: Scope,
    bus: Receiver<Heard>,
    /// Up to where it was told.
    place: EventCursor,
    /// The newest place that is known.
    newest: EventCursor,
    /// Read and not told yet.
    page: VecDeque<Arc<Event>>,
    /// What it must be told before anything else.
    missed: Option<Missed>,
    /// Whether the bus told more than it was heard, so that nobody knows how far events got.
    has_lagged: bool,
}

impl Following {
    /// Who follows.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What was read of before and is told next.
    pub fn upcoming(&self) -> impl Iterator<Item = &Event> {
        self.page.iter().map(AsRef::as_ref)
    }

    /// The next event of the tenant; none when the process ends.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            if self.is_behind() {
                // Boxed, because whoever only waits shall not hold room for statements.
                match Box::pin(self.next_of_before()).await {
                    Ok(Some(told)) => return Some(told),
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(?error, "a subscriber waits for events of before");
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                }
            }
            match self.bus.recv().await {
                Ok(Heard::Gap(newest)) => self.lose(newest),
                Ok(Heard::Unreadable(place)) if place.position() <= self.place.position() => {}
                // It is looked for, and found out, after what comes before it.
                Ok(Heard::Unreadable(place)) => self.newest = place,
                Ok(Heard::Event(event)) if event.position <= self.place.position() => {}
                Ok(Heard::Event(event)) => {
                    self.newest = event.cursor();
                    if event.position == self.place.position() + 1 || mutant::active(Mutant::PlainBus) {
                        self.place = self.newest;
                        return Some(Told::Event(event));
                    }
                }
                Err(RecvError::Lagged(_)) if mutant::active(Mutant::PlainBus) => {}
                Err(RecvError::Lagged(_)) => self.has_lagged = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Whether there is something that the bus does not tell any more.
    fn is_behind(&self) -> bool {
        let is_told = self.place.position() >= self.newest.position();
        self.has_lagged || self.missed.is_some() || !self.page.is_empty() || !is_told
    }

    /// The next of what happened before it was asked for.
    async fn next_of_before(&mut self) -> Answer<Option<Told>> {
        if self.has_lagged {
            self.look().await?;
            self.has_lagged = false;
        }
        loop {
            if let Some(missed) = self.missed.take() {
                self.place = self.newest;
                self.page.clear();
                return Ok(Some(Told::Missed(missed, self.place)));
            }
            if let Some(event) = self.page.pop_front() {
                self.place = event.cursor();
                return Ok(Some(Told::Past(event)));
            }
            if self.place.position() >= self.newest.position() {
                return Ok(None);
            }
            self.turn_page().await?;
        }
    }

    async fn turn_page(&mut self) -> Result<(), StoreError> {
        match self.log.db.events_after(self.scope.tenant(), self.place).await? {
            Some(events) if !events.is_empty() => self.page = events.into_iter().map(Arc::new).collect(),
            _ => self.missed = Some(Missed::NotKept),
        }
        Ok(())
    }

    /// Goes on after a place that a client remembers.
    fn go_on(&mut self, after: EventCursor) {
        let behind = self.newest.position() - after.position();
        if mutant::active(Mutant::PlainBus) {
            return;
        }
        if behind < 0 || (behind == 0 && after != self.newest) {
            self.missed = Some(Missed::NotKept);
        } else if self.log.is_too_much(behind) {
            self.missed = Some(Missed::TooMany);
        } else {
            self.place = after;
        }
    }

    /// Learns that what led to the newest place is not to be had for this process.
    fn lose(&mut self, newest: EventCursor) {
        if newest.position() <= self.place.position() && newest != self.place {
            self.missed = Some(Missed::NotKept);
        }
        self.newest = newest;
    }

    /// Looks how far events got meanwhile: the bus does not know any more what it told.
    async fn look(&mut self) -> Result<(), StoreError> {
        let newest = self.log.db.newest_event(self.scope.tenant()).await?;
        let behind = newest.position() - self.place.position();
        self.newest = newest;
        if behind < 0 || (behind == 0 && newest != self.place) {
            self.missed = Some(Missed::NotKept);
        } else if self.log.is_too_much(behind) {
            self.missed = Some(Missed::TooMany);
        }
        Ok(())
    }
}
