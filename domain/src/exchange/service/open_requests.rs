//! How requests stand, for a partner of Open311: as its account sees them.

use crate::cases::directory::{self as cases, CaseStanding};
use crate::cases::{Assignee, Case, CaseFilter, CaseOrder};
use crate::catalogue;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::offer::{MOST_LISTED, OpenFilter, OpenRequest, named};
use crate::exchange::service::{Answer, ExchangeService, permit};
use crate::kernel::failure::Failure;
use crate::kernel::page::{MAX_SIZE, PageRequest};
use crate::kernel::scope::Scope;
use crate::org::{self, CoordinateSystem};
use crate::store::{Reader, StoreError, Tx};

impl ExchangeService {
    /// A page of the requests that are wanted, newest first. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// `UNKNOWN_CATEGORY`; `TOO_MANY` for a page beyond the thousandth request.
    pub async fn open_requests(
        &self,
        scope: &Scope,
        partner: &Partner,
        wanted: &OpenFilter,
    ) -> Answer<Vec<OpenRequest>> {
        permit(scope)?;
        if wanted.page.saturating_mul(wanted.size) > MOST_LISTED {
            return Err(Failure::user("page", ExchangeError::TooMany { limit: MOST_LISTED }));
        }
        let reader = self.db.reader(scope);
        let categories = catalogue::directory::categories(&*reader.tx().await?).await?;
        let ours = |code: &String| categories.get(code).map(|(category, _)| category.id);
        let Some(chosen) = wanted.services.iter().map(ours).collect() else {
            return Err(Failure::user("category", ExchangeError::UnknownCategory));
        };
        let filter = CaseFilter {
            categories: chosen,
            states: wanted.states.clone(),
            opened_from: wanted.from,
            opened_until: wanted.until,
            ..CaseFilter::default()
        };
        let listed = self.page_of(scope, &reader, &filter, (wanted.page, wanted.size)).await?;
        Ok(told(&*reader.tx().await?, partner, listed).await?)
    }

    /// The requests with some numbers that the partner sees, in the order in which they are asked for. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn open_requests_of(
        &self,
        scope: &Scope,
        partner: &Partner,
        numbers: &[String],
    ) -> Answer<Vec<OpenRequest>> {
        permit(scope)?;
        let reader = self.db.reader(scope);
        let tx = reader.tx().await?;
        let mut found = cases::by_numbers(&tx, numbers).await?;
        found.sort_by_key(|case| numbers.iter().position(|number| *number == case.number));
        Ok(told(&tx, partner, found).await?)
    }

    /// The cases on a page, which lists count from their beginning.
    async fn page_of(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &CaseFilter,
        (page, size): (u64, u64),
    ) -> Answer<Vec<Case>> {
        // As few statements as there may be: whoever asks for the end of a list walks in large steps.
        let (first, end) = ((page - 1).saturating_mul(size), page.saturating_mul(size));
        let (mut found, mut request) = (vec![], PageRequest { size: MAX_SIZE, ..PageRequest::default() });
        while (found.len() as u64) < end {
            let listed = self.cases.cases(scope, reader, filter, CaseOrder::default(), &request).await;
            let listed = listed.map_err(|failure| failure.map(ExchangeError::from))?;
            request.cursor = listed.rows.last().map(|(cursor, _)| cursor.clone());
            found.extend(listed.rows.into_iter().map(|(_, case)| case));
            if !listed.has_next {
                break;
            }
        }
        let within = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        Ok(found.into_iter().take(within(end)).skip(within(first)).collect())
    }
}

async fn told(tx: &Tx, partner: &Partner, found: Vec<Case>) -> Result<Vec<OpenRequest>, StoreError> {
    let system = partner.mapping.coordinate_system.unwrap_or(CoordinateSystem::Wgs84);
    let mut requests = vec![];
    for CaseStanding { case, description, address, updated_at, note } in cases::standings(tx, found).await? {
        let category = catalogue::directory::category(tx, case.category).await?;
        requests.push(OpenRequest {
            service: category.map(|(category, _)| (category.code.clone(), named(&category))),
            agency: agency(tx, &case).await?,
            state: case.state,
            note,
            description,
            requested_at: case.opened_at,
            updated_at,
            expected_at: case.due_at,
            address: org::directory::address_text(tx, &case.place, address).await?,
            point: case.point_for(tx.scope()).map(|point| point.told_in(system)),
            number: case.number,
        });
    }
    Ok(requests)
}

/// Whom a case lies with by name; nobody in person is named, but the unit where it occurred.
async fn agency(tx: &Tx, case: &Case) -> Result<Option<String>, StoreError> {
    let unit = match case.assignee {
        Assignee::Organisation(id) => {
            return Ok(org::directory::organisation(tx, id).await?.map(|organisation| organisation.name));
        }
        Assignee::Unit(id) => Some(id),
        Assignee::Account(_) => case.place.village.or(case.place.town),
    };
    match unit {
        Some(id) => Ok(org::directory::unit(tx, id).await?.map(|unit| unit.name)),
        None => Ok(None),
    }
}
