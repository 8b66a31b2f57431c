//! Compare what a partner has with what we have (对账).

use std::collections::HashMap;

use crate::cases::{self, CaseFilter, CaseOrder, PlaceReference};
use crate::exchange::command::Reconcile;
use crate::exchange::difference::{OurCase, Reconciliation, compare};
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService, permit};
use crate::exchange::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::CaseId;
use crate::kernel::page::{MAX_SIZE, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::Reader;
use crate::webhooks::{self, Webhook};

/// Most cases of either side that are compared at once: some days of a large district. Whoever has more asks for shorter spans.
pub const MOST_RECONCILED: usize = 2_000;

impl ExchangeService {
    /// Compares what a partner has of a span with what the caller sees of it: the partner's own tickets, or, for a partner that is told
    /// of other cases, what its webhook wants. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `TOO_MANY`.
    pub async fn reconcile(
        &self,
        scope: &Scope,
        reader: &Reader,
        command: &Reconcile,
    ) -> Answer<Reconciliation> {
        permit(scope)?;
        if command.theirs.len() > MOST_RECONCILED {
            return Err(too_many("theirs"));
        }
        let partner = store::partner::by_id(&*reader.tx().await?, command.partner).await?;
        let partner = partner.ok_or_else(|| Failure::user("partnerId", ExchangeError::NotFound))?;
        let webhook = match partner.webhook {
            Some(id) => webhooks::directory::webhook(&*reader.tx().await?, id).await?,
            None => None,
        };
        let reports = webhook.filter(|webhook| webhook.external_source.is_none());
        let ours = match reports {
            Some(webhook) => self.reported(scope, reader, (&webhook, command)).await?,
            None => tickets(reader, &partner, command).await?,
        };
        Ok(compare(&ours, &command.theirs))
    }

    /// The cases of the span that a webhook wants, with the numbers under which they were taken.
    async fn reported(
        &self,
        scope: &Scope,
        reader: &Reader,
        (webhook, command): (&Webhook, &Reconcile),
    ) -> Answer<Vec<OurCase>> {
        let filter = CaseFilter {
            categories: webhook.categories.clone(),
            place: webhook.unit.map(PlaceReference::Unit),
            opened_from: Some(command.from),
            opened_until: Some(command.until),
            ..CaseFilter::default()
        };
        let (mut found, mut page) = (vec![], PageRequest { size: MAX_SIZE, ..PageRequest::default() });
        loop {
            let listed = self.cases.cases(scope, reader, &filter, CaseOrder::default(), &page).await;
            let listed = listed.map_err(|failure| failure.map(ExchangeError::from))?;
            page.cursor = listed.rows.last().map(|(cursor, _)| cursor.clone());
            found.extend(listed.rows.into_iter().map(|(_, case)| case));
            if found.len() > MOST_RECONCILED {
                return Err(too_many("from"));
            }
            if !listed.has_next {
                break;
            }
        }
        let ids: Vec<CaseId> = found.iter().map(|case| case.id).collect();
        let mut numbers = webhooks::directory::receipts(&*reader.tx().await?, webhook.id, &ids).await?;
        Ok(found.into_iter().map(|case| OurCase { number: numbers.remove(&case.id), case }).collect())
    }
}

/// What came from a partner in the span.
async fn tickets(reader: &Reader, partner: &Partner, command: &Reconcile) -> Answer<Vec<OurCase>> {
    let tx = reader.tx().await?;
    let most = MOST_RECONCILED as u64 + 1;
    let came = store::ticket::within(&tx, partner.id, (command.from, command.until), most).await?;
    if came.len() > MOST_RECONCILED {
        return Err(too_many("from"));
    }
    let ids: Vec<CaseId> = came.iter().map(|(_, case)| *case).collect();
    let mut numbers: HashMap<CaseId, String> =
        came.into_iter().map(|(number, case)| (case, number)).collect();
    let found = cases::directory::by_ids(&tx, &ids).await?;
    Ok(found.into_iter().map(|case| OurCase { number: numbers.remove(&case.id), case }).collect())
}

fn too_many(path: &str) -> Failure<ExchangeError> {
    Failure::user(path, ExchangeError::TooMany { limit: MOST_RECONCILED as u64 })
}
