//! Queries of the exchange slice.

use async_graphql::{Context, ID, Object};

use super::reconciling::{self, ExchangeReconcileInput, ExchangeReconciliation};
use super::types::{ExchangePartner, partner_of, partners_seen};
use crate::graphql::kit::connection::{Paged, page_request};
use crate::graphql::kit::id;
use crate::graphql::kit::weight::cost;

/// Queries of the exchange slice.
#[derive(Default)]
pub struct ExchangeQuery;

#[Object]
impl ExchangeQuery {
    /// The system with an id that cases are exchanged with; null when there is none, the caller does not see it, or they may exchange none.
    async fn exchange_partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the partner.")] id: ID,
    ) -> Option<async_graphql::Result<ExchangePartner>> {
        match id::parse(&id) {
            Ok(id) => partner_of(ctx, id).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The systems that cases are exchanged with in the caller's name, or for staff all of the tenant, newest first; for whoever may
    /// exchange some.
    async fn exchange_partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of partners from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of partners from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<ExchangePartner>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(partners_seen(ctx, &page).await?)
    }

    /// Compare what another system has of a span with what the caller sees of it (对账): its own tickets, or, for one that is told of other
    /// cases, those that its webhook wants.
    #[graphql(directive = cost::apply("100".into()))]
    async fn exchange_reconcile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the other system has.")] input: ExchangeReconcileInput,
    ) -> async_graphql::Result<ExchangeReconciliation> {
        Ok(reconciling::run(ctx, input).await?)
    }
}
