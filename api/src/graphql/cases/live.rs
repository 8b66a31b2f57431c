//! What is followed as a whole: one case, the caller's inbox, the numbers of a unit. Each comes as it is now, and again
//! whenever it changed; what happens in quick succession is told once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, Object, SimpleObject, Subscription};
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::event::Event;
use fengqiao_domain::kernel::id::{CaseId, Timestamp, UnitId};
use fengqiao_domain::kernel::place::Territory;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::OrgService;
use fengqiao_domain::{Following, Reader, Told};
use futures::{Stream, stream};
use tokio::time::{Instant, timeout, timeout_at};
use uuid::Uuid;

use super::query::InboxCounts;
use super::types::Case;
use crate::graphql::context::{Member, Services, member};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::kit::weight::list_size;
use crate::graphql::org::{Unit, unit_of};

/// What happens so soon after something is told together with it: too short to be noticed by whoever reads.
const TOGETHER: Duration = Duration::from_millis(500);
/// Between two looks at a case of which nothing is heard.
const UNHEARD: Duration = Duration::from_secs(15);
/// Between two countings of a unit: numbers on a wall are read by people.
const BEAT: Duration = Duration::from_secs(2);
/// When nothing happens a unit is counted all the same, for limits pass by themselves.
const PASSING: Duration = Duration::from_mins(1);
/// Before what could not be read is read again.
const PAUSE: Duration = Duration::from_secs(1);
/// Most cases that a change of the inbox names.
const MOST_NAMED: usize = 100;

/// The caller's inbox changed.
#[derive(SimpleObject)]
pub struct InboxChange {
    /// How many cases lie in each box now.
    counts: InboxCounts,
    /// The cases that something happened to and that the caller has a part in — in a box of the inbox, or because they
    /// reported them — as they are now, at most 100; those that left the caller's sight are not among them. Empty at first, and where it is not known which: then the boxes that are shown are to be read again.
    #[graphql(directive = list_size::apply(Some(100), None))]
    cases: Vec<Case>,
}

/// How a unit stands (态势): its cases as far as the caller sees them, each number counted no further than 10,000.
pub struct UnitPulse {
    unit: UnitId,
    pulse: domain::UnitPulse,
}

/// How a unit stands (态势): its cases as far as the caller sees them, each number counted no further than 10,000.
#[Object]
impl UnitPulse {
    /// The unit; null when the caller may not know it.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, Some(self.unit)).await.map_err(Into::into).transpose()
    }

    /// When it was counted.
    async fn counted_at(&self) -> DateTime {
        DateTime(self.pulse.at)
    }

    /// Cases under way (在办).
    async fn open(&self) -> u64 {
        self.pulse.open
    }

    /// Of these, waiting for somebody to decide on them (待受理).
    async fn waiting(&self) -> u64 {
        self.pulse.waiting
    }

    /// Of those under way, past their limit (超期).
    async fn overdue(&self) -> u64 {
        self.pulse.overdue
    }

    /// Of those under way, supervised (督办).
    async fn supervised(&self) -> u64 {
        self.pulse.supervised
    }

    /// Entered today, by the work calendar's zone (今日上报).
    async fn opened_today(&self) -> u64 {
        self.pulse.opened_today
    }

    /// Closed today, likewise (今日办结).
    async fn closed_today(&self) -> u64 {
        self.pulse.closed_today
    }
}

/// Queries of what can also be followed.
#[derive(Default)]
pub struct UnitPulseQuery;

#[Object]
impl UnitPulseQuery {
    /// How a unit stands now (态势), with those it took over; nothing but zeros where the caller sees no case.
    async fn unit_pulse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the unit.")] unit_id: ID,
    ) -> async_graphql::Result<UnitPulse> {
        let (member, unit) = (member(ctx)?, id::parse(&unit_id)?);
        let cases = &member.services().cases;
        let pulse = cases.unit_pulse(member.scope(), member.reader(), unit).await.map_err(Fault::from)?;
        Ok(UnitPulse { unit, pulse })
    }
}

/// Subscriptions to what is followed as a whole.
#[derive(Default)]
pub struct CaseLiveSubscription;

#[Subscription]
impl CaseLiveSubscription {
    /// A case as it is now, and whenever it changed; that a calendar moved its due times is told within some 15 seconds. The stream ends when the caller no longer sees it; nothing comes of
    /// one that the caller never saw.
    async fn case_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the case.")] id: ID,
    ) -> async_graphql::Result<impl Stream<Item = Case> + use<>> {
        let (member, case) = (member(ctx)?, id::parse(&id)?);
        let watched = WatchedCase { watch: Watch::begin(member).await?, case, told: None };
        Ok(stream::unfold(watched, async |mut watched| Some((watched.next().await?, watched))))
    }

    /// The caller's inbox as it is now, and whenever something happened to a case that they have a part in.
    async fn inbox_changed(
        &self,
        ctx: &Context<'_>,
    ) -> async_graphql::Result<impl Stream<Item = InboxChange> + use<>> {
        let member = member(ctx)?;
        let principals = member.scope().principals().into_iter().collect();
        let watched = WatchedInbox { watch: Watch::begin(member).await?, principals, has_begun: false };
        Ok(stream::unfold(watched, async |mut watched| Some((watched.next().await?, watched))))
    }

    /// How a unit stands now (态势), and whenever its numbers changed, at most every two seconds.
    async fn unit_pulse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the unit.")] unit_id: ID,
    ) -> async_graphql::Result<impl Stream<Item = UnitPulse> + use<>> {
        let (member, unit) = (member(ctx)?, id::parse(&unit_id)?);
        let watched = WatchedUnit { watch: Watch::begin(member).await?, unit, territory: None, told: None };
        Ok(stream::unfold(watched, async |mut watched| Some((watched.next().await?, watched))))
    }
}

/// One who watches: what happens, and snapshots of their own that do not live as long as the stream.
struct Watch {
    following: Following,
    services: Arc<Services>,
}

impl Watch {
    async fn begin(member: &Member) -> Outcome<Self> {
        let services = member.services().clone();
        Ok(Self { following: services.events.follow(member.scope(), None).await?, services })
    }

    fn scope(&self) -> &Scope {
        self.following.scope()
    }

    fn reader(&self) -> Reader {
        self.services.db.reader(self.scope())
    }
}

/// One case.
struct WatchedCase {
    watch: Watch,
    case: CaseId,
    /// The version that was told, and the due time, which moves without one.
    told: Option<(i64, Option<Timestamp>)>,
}

impl WatchedCase {
    async fn next(&mut self) -> Option<Case> {
        loop {
            if self.told.is_some() {
                let case = self.case;
                let of_case = |event: &Event| domain::CaseEvent::is_of(event, case);
                // Or a calendar moved its due time, which is no act.
                if let Ok(None) = timeout(UNHEARD, next_of(&mut self.watch.following, &of_case)).await {
                    return None;
                }
            }
            let now = loop {
                match self.read().await {
                    Ok(now) => break now?,
                    Err(fault) => pause(&fault).await,
                }
            };
            let told = (now.version, now.due_at);
            if self.told.replace(told) != Some(told) {
                return Some(Case(now));
            }
        }
    }

    async fn read(&self) -> Outcome<Option<domain::Case>> {
        let watch = &self.watch;
        let _turn = watch.services.events.turn().await;
        Ok(watch.services.cases.case(watch.scope(), &watch.reader(), self.case).await?)
    }
}

/// The inbox of somebody.
struct WatchedInbox {
    watch: Watch,
    principals: BTreeSet<Uuid>,
    has_begun: bool,
}

impl WatchedInbox {
    async fn next(&mut self) -> Option<InboxChange> {
        let mut gathered = Gathered::default();
        if std::mem::replace(&mut self.has_begun, true) {
            let principals = &self.principals;
            let of_inbox = |event: &Event| event.concerns(principals);
            gathered = Gathered::within(&mut self.watch.following, TOGETHER, &of_inbox).await?;
        }
        let named = gathered.named();
        loop {
            match self.read(&named).await {
                Ok(change) => return Some(change),
                Err(fault) => pause(&fault).await,
            }
        }
    }

    async fn read(&self, named: &[CaseId]) -> Outcome<InboxChange> {
        let (watch, reader) = (&self.watch, self.watch.reader());
        let (scope, cases) = (watch.scope(), &watch.services.cases);
        let _turn = watch.services.events.turn().await;
        let domain::InboxCounts { todo, doing, done } = cases.inbox_counts(scope, &reader).await?;
        let mut found = cases.cases_by_id(scope, &reader, named).await?;
        let cases = named.iter().filter_map(|id| found.remove(id).map(Case)).collect();
        Ok(InboxChange { counts: InboxCounts { todo, doing, done }, cases })
    }
}

/// The numbers of a unit.
struct WatchedUnit {
    watch: Watch,
    unit: UnitId,
    /// What it covers; nothing when that may have changed.
    territory: Option<Territory>,
    told: Option<domain::UnitPulse>,
}

impl WatchedUnit {
    async fn next(&mut self) -> Option<UnitPulse> {
        loop {
            if self.told.is_some() {
                self.wait().await?;
            }
            let (territory, pulse) = loop {
                match self.read().await {
                    Ok(read) => break read,
                    Err(fault) => pause(&fault).await,
                }
            };
            self.territory = Some(territory);
            let told = self.told.map(|told| domain::UnitPulse { at: pulse.at, ..told });
            if told != Some(pulse) {
                self.told = Some(pulse);
                return Some(UnitPulse { unit: self.unit, pulse });
            }
        }
    }

    /// Waits until its numbers may have changed.
    async fn wait(&mut self) -> Option<()> {
        let territory = self.territory.clone().unwrap_or_default();
        let of_unit = |event: &Event| event.lies_in(&territory) || OrgService::redraws(event);
        let gathered = Gathered::within(&mut self.watch.following, BEAT, &of_unit);
        let redrawn = match timeout(PASSING, gathered).await {
            Ok(gathered) => gathered?.redrawn,
            // Or something was gathered, and nobody knows what.
            Err(_elapsed) => true,
        };
        if redrawn {
            self.territory = None;
        }
        Some(())
    }

    async fn read(&self) -> Outcome<(Territory, domain::UnitPulse)> {
        let (watch, reader) = (&self.watch, self.watch.reader());
        let _turn = watch.services.events.turn().await;
        let territory = match &self.territory {
            Some(territory) => territory.clone(),
            None => watch.services.org.territory(watch.scope(), &reader, self.unit).await?,
        };
        Ok((territory, watch.services.cases.unit_pulse(watch.scope(), &reader, self.unit).await?))
    }
}

/// Waits a little before what could not be read is read again.
pub(super) async fn pause(fault: &Fault) {
    tracing::warn!(?fault, "a subscriber waits for what cannot be read");
    tokio::time::sleep(PAUSE).await;
}

/// Waits for something that may be one of the wanted, or may have been missed.
async fn next_of(following: &mut Following, wanted: &(impl Fn(&Event) -> bool + Sync)) -> Option<Told> {
    loop {
        let told = following.next().await?;
        match &told {
            Told::Missed(..) => return Some(told),
            Told::Event(event) | Told::Past(event) => {
                let is_told = event.is_seen_by(following.scope()) || OrgService::redraws(event);
                if is_told && wanted(event) {
                    return Some(told);
                }
            }
        }
    }
}

/// What happened within a short while.
#[derive(Default)]
struct Gathered {
    cases: BTreeSet<CaseId>,
    /// Whether something is not known by name.
    unnamed: bool,
    /// Whether units may cover something else now.
    redrawn: bool,
}

impl Gathered {
    /// Waits for something wanted, and takes along what comes shortly after it.
    async fn within(
        following: &mut Following,
        span: Duration,
        wanted: &(impl Fn(&Event) -> bool + Sync),
    ) -> Option<Self> {
        let mut gathered = Self::default();
        gathered.take(&next_of(following, wanted).await?);
        let until = Instant::now() + span;
        while let Ok(told) = timeout_at(until, next_of(following, wanted)).await {
            gathered.take(&told?);
        }
        Some(gathered)
    }

    fn take(&mut self, told: &Told) {
        match told {
            Told::Missed(..) => (self.unnamed, self.redrawn) = (true, true),
            Told::Event(event) | Told::Past(event) => {
                self.redrawn |= OrgService::redraws(event);
                match domain::CaseEvent::case_of(event) {
                    Some(case) => drop(self.cases.insert(case)),
                    None => self.unnamed = true,
                }
            }
        }
    }

    /// The cases by name; none when they are too many, or not all known.
    fn named(self) -> Vec<CaseId> {
        let known = !self.unnamed && self.cases.len() <= MOST_NAMED;
        if known { self.cases.into_iter().collect() } else { vec![] }
    }
}
