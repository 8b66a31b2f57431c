//! `caseEvents`: what happens to the cases that the caller sees, as it happens, and from where they left off.

use async_graphql::{Context, Subscription};
use fengqiao_domain::org::OrgService;
use fengqiao_domain::{Following, Told};
use futures::{Stream, stream};

use super::stream::{CaseEventFilter, CaseStreamItem, Wanted, place};
use crate::graphql::context::{Services, member};
use crate::graphql::kit::fault::Fault;

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
    ) -> async_graphql::Result<impl Stream<Item = CaseStreamItem> + use<>> {
        let member = member(ctx)?;
        let mut wanted = Wanted::parse(filter.unwrap_or_default())?;
        let after = place(after.as_deref())?;
        let (services, scope) = (member.services().clone(), member.scope());
        // First the place, so that no merger falls between it and the look at what the unit covers.
        let following = services.events.follow(scope, after).await.map_err(Fault::from)?;
        // A snapshot that does not live as long as the stream.
        wanted.look_up(&services, &services.db.reader(scope)).await?;
        Ok(delivered(following, services, wanted))
    }
}

/// Events that are wanted and in reach. The stream ends when it can no longer be told what is wanted: whoever follows
/// opens it again.
fn delivered(following: Following, services: Services, wanted: Wanted) -> impl Stream<Item = CaseStreamItem> {
    stream::unfold((following, services, wanted), |(mut following, services, mut wanted)| async move {
        loop {
            let told = following.next().await?;
            let redrawn = match &told {
                Told::Event(raw) => OrgService::redraws(raw),
                // A merger may be among what was missed.
                Told::Missed(..) => true,
            };
            if redrawn {
                let reader = services.db.reader(following.scope());
                wanted.look_up(&services, &reader).await.ok()?;
            }
            if let Some(item) = wanted.item(&told, following.scope()) {
                return Some((item, (following, services, wanted)));
            }
        }
    })
}
