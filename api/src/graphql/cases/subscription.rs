//! `caseEvents`: what happens to the cases that the caller sees, as it happens, and from where they left off.

use std::sync::Arc;

use async_graphql::{Context, Subscription};
use fengqiao_domain::cases as domain;
use fengqiao_domain::kernel::event::Event;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::{Following, Told};
use futures::stream::{self, BoxStream, StreamExt as _};

use super::live::pause;
use super::shared::{Feed, Opening};
use super::stream::{CaseEventFilter, CaseStreamItem, Sight, Wanted, place};
use crate::graphql::context::{Services, member};
use crate::graphql::kit::fault::{Fault, Outcome};

/// Subscriptions of the cases slice.
#[derive(Default)]
pub struct CaseSubscription;

#[Subscription]
impl CaseSubscription {
    /// What happens to the cases that the caller sees, each event once and in order. An event is delivered when the
    /// caller saw the case before the act or sees it after it. Where events are left out, a `Resync` says so first.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; every event that the caller may see without it.")] filter: Option<
            CaseEventFilter,
        >,
        #[graphql(
            desc = "Cursor of the last item received, or of the query `caseEvents`: what happened after it comes first. From now on without it."
        )]
        after: Option<String>,
    ) -> async_graphql::Result<BoxStream<'static, CaseStreamItem>> {
        if let Some(feed) = ctx.data_opt::<Feed>() {
            return Ok(feed.items());
        }
        let member = member(ctx)?;
        let mut wanted = Wanted::parse(filter.unwrap_or_default())?;
        let after = place(after.as_deref())?;
        let (services, scope) = (Arc::clone(member.services()), member.scope());
        // First the place, so that no merger falls between it and the look at what the unit covers.
        let following = services.events.follow(scope, after).await.map_err(Fault::from)?;
        // A snapshot that does not live as long as the stream.
        wanted.look_up(&services, &services.db.reader(scope)).await?;
        let delivery = Delivery { following, services, wanted, sight: Sight::default() };
        if let Some(opening) = ctx.data_opt::<Opening>() {
            opening.leave(delivery);
            return Ok(stream::empty().boxed());
        }
        Ok(stream::unfold(delivery, async |mut delivery| Some((delivery.next().await?, delivery))).boxed())
    }
}

/// Events that are wanted and in reach.
pub struct Delivery {
    following: Following,
    services: Arc<Services>,
    wanted: Wanted,
    sight: Sight,
}

impl Delivery {
    async fn next(&mut self) -> Option<CaseStreamItem> {
        loop {
            let told = self.hear().await?;
            if let Some(item) = self.wanted.item(&told, self.scope(), &self.sight) {
                return Some(item);
            }
        }
    }

    /// The next that happened in the tenant, wanted or not, once everything is known by which that is judged.
    pub(super) async fn hear(&mut self) -> Option<Told> {
        let told = self.following.next().await?;
        if self.is_prepared(&told) {
            return Some(told);
        }
        // Boxed, because whoever only waits shall not hold room for statements.
        while let Err(fault) = Box::pin(self.prepare(&told)).await {
            pause(&fault).await;
        }
        Some(told)
    }

    /// Whether nothing needs to be looked up: of what happens now hardly anything does.
    fn is_prepared(&self, told: &Told) -> bool {
        match told {
            Told::Event(event) => self.sight.is_empty() && !self.wanted.is_redrawn_by(event),
            Told::Past(_) | Told::Missed(..) => false,
        }
    }

    /// Who follows.
    pub(super) const fn scope(&self) -> &Scope {
        self.following.scope()
    }

    /// Whether an event that they see, and that tells of this as far as it could be read, is told to them.
    pub(super) fn admits(&self, event: &Event, told: &Told, case: Option<&domain::CaseEvent>) -> bool {
        let in_sight = !matches!(told, Told::Past(_)) || self.sight.covers(event, self.scope());
        in_sight && self.wanted.admits(event, case)
    }

    /// Looks up what must be known of what was told: what is wanted, where that may have changed, and what is seen now
    /// of what is past.
    async fn prepare(&mut self, told: &Told) -> Outcome<()> {
        let services = &self.services;
        let reader = || services.db.reader(self.following.scope());
        match told {
            Told::Event(event) | Told::Past(event) if self.wanted.is_redrawn_by(event) => {
                self.wanted.look_up(services, &reader()).await?;
            }
            // A merger may be among what was missed.
            Told::Missed(..) => self.wanted.look_up(services, &reader()).await?,
            Told::Event(_) | Told::Past(_) => {}
        }
        match told {
            Told::Past(event) if !self.sight.knows(event) => {
                let _turn = services.events.turn().await;
                let page = self.following.upcoming().chain([event.as_ref()]);
                self.sight = Sight::of(services, &reader(), page).await?;
            }
            Told::Past(_) => {}
            // What was seen then need not be seen the next time.
            Told::Event(_) | Told::Missed(..) => self.sight = Sight::default(),
        }
        Ok(())
    }
}
