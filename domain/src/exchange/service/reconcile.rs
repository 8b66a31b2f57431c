//! Compare what a partner has with what we have (对账).

use std::collections::{HashMap, HashSet};

use crate::cases::{self, Case, CaseFilter, CaseOrder};
use crate::exchange::command::Reconcile;
use crate::exchange::difference::{OurCase, Reconciliation, compare};
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService, permit};
use crate::exchange::store;
use crate::identity;
use crate::kernel::failure::Failure;
use crate::kernel::id::CaseId;
use crate::kernel::page::{MAX_SIZE, PageRequest};
use crate::kernel::scope::Scope;
use crate::org::PlaceReference;
use crate::store::Reader;
use crate::webhooks::{self, Webhook};

/// Most cases of either side that are compared at once: some days of a large district. Whoever has more asks for shorter spans.
pub const MOST_RECONCILED: usize = 2_000;

/// Most cases that are looked at for those of one system: a hundred statements.
const MOST_LOOKED_AT: usize = 10_000;

impl ExchangeService {
    /// Compares what a partner has of a span with what the caller sees of it: of the cases that its webhook may tell it of, or, for one
    /// that is told of its own tickets alone or of nothing, of these. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `TOO_MANY`, `INVALID_TIME` for a span that ends before it begins.
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
        if command.from >= command.until {
            return Err(Failure::user("untilAt", ExchangeError::InvalidTime));
        }
        let tx = reader.tx().await?;
        let partner = store::partner::by_id(&tx, command.partner).await?;
        let partner = partner.ok_or_else(|| Failure::user("partnerId", ExchangeError::NotFound))?;
        let webhook = match partner.webhook {
            Some(id) => webhooks::directory::webhook(&tx, id).await?,
            None => None,
        };
        drop(tx);
        let told_of_others = webhook.filter(|webhook| webhook.external_source.as_ref() != Some(&partner.key));
        let ours = match told_of_others {
            Some(webhook) => self.reported(scope, reader, (&partner, &webhook, command)).await?,
            None => tickets(reader, &partner, command).await?,
        };
        Ok(compare(&ours, &command.theirs))
    }

    /// The cases of the span that a webhook may tell of, with the numbers that they have there.
    async fn reported(
        &self,
        scope: &Scope,
        reader: &Reader,
        (partner, webhook, command): (&Partner, &Webhook, &Reconcile),
    ) -> Answer<Vec<OurCase>> {
        let filter = CaseFilter {
            categories: webhook.categories.clone(),
            place: webhook.unit.map(PlaceReference::Unit),
            opened_from: Some(command.from),
            opened_until: Some(command.until),
            ..CaseFilter::default()
        };
        let (mut found, mut looked_at, mut page) =
            (vec![], 0, PageRequest { size: MAX_SIZE, ..PageRequest::default() });
        loop {
            let listed = self.cases.cases(scope, reader, &filter, CaseOrder::default(), &page).await;
            let listed = listed.map_err(|failure| failure.map(ExchangeError::from))?;
            page.cursor = listed.rows.last().map(|(cursor, _)| cursor.clone());
            looked_at += listed.rows.len();
            let cases = listed.rows.into_iter().map(|(_, case)| case);
            let of = |case: &Case, source: &String| {
                case.external.as_ref().is_some_and(|external| external.source == *source)
            };
            let wanted = |case: &Case| webhook.external_source.as_ref().is_none_or(|source| of(case, source));
            found.extend(cases.filter(wanted));
            if found.len() > MOST_RECONCILED || looked_at > MOST_LOOKED_AT {
                return Err(too_many("fromAt"));
            }
            if !listed.has_next {
                break;
            }
        }
        let found = self.seen_by_owner(reader, webhook, found).await?;
        let ids: Vec<CaseId> = found.iter().map(|case| case.id).collect();
        let mut numbers = webhooks::directory::receipts(&*reader.tx().await?, webhook.id, &ids).await?;
        let own = |case: &Case| {
            let external = case.external.as_ref().filter(|external| external.source == partner.key)?;
            Some(external.number.clone())
        };
        Ok(found
            .into_iter()
            .map(|case| OurCase { number: own(&case).or_else(|| numbers.remove(&case.id)), case })
            .collect())
    }

    /// Those of some cases that the webhook's owner sees too: of the others it is told nothing.
    async fn seen_by_owner(&self, reader: &Reader, webhook: &Webhook, found: Vec<Case>) -> Answer<Vec<Case>> {
        let owner = identity::directory::scope_of(&*reader.tx().await?, webhook.account).await?;
        let Some(owner) = owner else { return Ok(vec![]) };
        let ids: Vec<CaseId> = found.iter().map(|case| case.id).collect();
        let seeing = self.db.reader(&owner);
        let seen = cases::directory::by_ids(&*seeing.tx().await?, &ids).await?;
        let seen: HashSet<CaseId> = seen.into_iter().map(|case| case.id).collect();
        Ok(found.into_iter().filter(|case| seen.contains(&case.id)).collect())
    }
}

/// What came from a partner in the span.
async fn tickets(reader: &Reader, partner: &Partner, command: &Reconcile) -> Answer<Vec<OurCase>> {
    let tx = reader.tx().await?;
    let most = MOST_RECONCILED as u64 + 1;
    let came = store::ticket::within(&tx, partner.id, (command.from, command.until), most).await?;
    if came.len() > MOST_RECONCILED {
        return Err(too_many("fromAt"));
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
