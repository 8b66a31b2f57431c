//! Reading visits: some, and pages of them. Whoever asks gets what their reach shows.

use std::collections::HashMap;

use crate::fieldwork::filter::VisitFilter;
use crate::fieldwork::model::Visit;
use crate::fieldwork::service::{Answer, FieldworkService};
use crate::fieldwork::store::{self, Wanted};
use crate::kernel::id::VisitId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::org::directory;
use crate::store::{Reader, StoreError, Tx};

impl FieldworkService {
    /// Visits by id; those out of reach are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn visits_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[VisitId],
    ) -> Answer<HashMap<VisitId, Visit>> {
        let visits = store::by_ids(&*reader.tx().await?, ids).await?;
        Ok(visits.into_iter().map(|visit| (visit.id, visit)).collect())
    }

    /// A page of visits, newest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn visits(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &VisitFilter,
        page: &PageRequest,
    ) -> Answer<Page<Visit>> {
        let tx = reader.tx().await?;
        Ok(store::page(&tx, &wanted(&tx, filter).await?, page).await?)
    }

    /// How many visits the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_visits(&self, _scope: &Scope, reader: &Reader, filter: &VisitFilter) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(store::count(&tx, &wanted(&tx, filter).await?).await?)
    }
}

async fn wanted<'a>(tx: &Tx, filter: &'a VisitFilter) -> Result<Wanted<'a>, StoreError> {
    let territory = match filter.place {
        None => None,
        Some(place) => Some(directory::territory_of(tx, place).await?),
    };
    Ok(Wanted { filter, territory })
}
