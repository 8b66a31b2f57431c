//! `caseEvents` as a query: what happened since, for clients that ask now and then instead of holding a stream open.

use async_graphql::{Context, Object, SimpleObject};
use fengqiao_domain::Told;

use super::stream::{CaseEventFilter, CaseStreamItem, Sight, Wanted, place};
use crate::graphql::context::member;
use crate::graphql::kit::connection::page_size;
use crate::graphql::kit::fault::Fault;

/// What happened after a place in the order of the tenant's events.
#[derive(SimpleObject)]
pub struct CaseEventPage {
    /// In order; a `Resync` stands where events are left out.
    items: Vec<CaseStreamItem>,
    /// Up to where this page looked, whether or not it found something: to be sent as `after` the next time, or to the
    /// subscription of the same name.
    cursor: String,
    /// Whether there is more after it now.
    has_more: bool,
}

/// Events of cases that can be asked for.
#[derive(Default)]
pub struct CaseEventQuery;

#[Object]
impl CaseEventQuery {
    /// What happened to the cases that the caller sees after a place: the same items as the subscription of this name
    /// delivers, for clients that cannot hold a stream open. Without `after` there are none, and `cursor` says from where
    /// on to ask: everything else in the same request tells of at least what happened up to it.
    async fn case_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; every event that the caller may see without it.")] filter: Option<
            CaseEventFilter,
        >,
        #[graphql(desc = "Most items, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor of the page or the item of before.")] after: Option<String>,
    ) -> async_graphql::Result<CaseEventPage> {
        let member = member(ctx)?;
        let (services, reader) = (member.services(), member.reader());
        let after = place(after.as_deref())?;
        let most = page_size(first)?;
        let mut wanted = Wanted::parse(filter.unwrap_or_default())?;
        wanted.look_up(services, reader).await?;
        let scope = member.scope();
        let admitted = |event: &_| wanted.delivered(event, scope).is_some();
        let past = services.events.read(reader, after, most, admitted).await.map_err(Fault::from)?;
        let events = past.told.iter().filter_map(|told| match told {
            Told::Event(event) | Told::Past(event) => Some(event.as_ref()),
            Told::Missed(..) => None,
        });
        let sight = Sight::of(services, reader, events).await?;
        let items = past.told.iter().filter_map(|told| wanted.item(told, scope, &sight)).collect();
        Ok(CaseEventPage { items, cursor: past.place.encode(), has_more: past.has_more })
    }
}
