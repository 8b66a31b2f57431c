//! Reading cases: one, some, and pages of them.

use std::collections::HashMap;

use crate::cases::filter::{CaseFilter, CaseOrder, Holder};
use crate::cases::model::Audience;
use crate::cases::model::Case;
use crate::cases::service::{Answer, CaseService};
use crate::cases::store::{self, list, list::Wanted};
use crate::catalogue;
use crate::kernel::id::CaseId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::org::directory;
use crate::programmes;
use crate::store::{Reader, StoreError, Tx};

impl CaseService {
    /// A case.
    ///
    /// # Errors
    /// As the database says.
    pub async fn case(&self, _scope: &Scope, reader: &Reader, id: CaseId) -> Answer<Option<Case>> {
        Ok(store::by_id(&*reader.tx().await?, id).await?)
    }

    /// The case with a number.
    ///
    /// # Errors
    /// As the database says.
    pub async fn case_by_number(
        &self,
        _scope: &Scope,
        reader: &Reader,
        number: &str,
    ) -> Answer<Option<Case>> {
        Ok(store::by_number(&*reader.tx().await?, number).await?)
    }

    /// Cases by id; those out of reach are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn cases_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[CaseId],
    ) -> Answer<HashMap<CaseId, Case>> {
        let cases = store::by_ids(&*reader.tx().await?, ids).await?;
        Ok(cases.into_iter().map(|case| (case.id, case)).collect())
    }

    /// A page of cases.
    ///
    /// # Errors
    /// As the database says.
    pub async fn cases(
        &self,
        scope: &Scope,
        reader: &Reader,
        filter: &CaseFilter,
        order: CaseOrder,
        page: &PageRequest,
    ) -> Answer<Page<Case>> {
        let tx = reader.tx().await?;
        let wanted = wanted(&tx, scope, filter).await?;
        Ok(list::page(&tx, &wanted, order, page).await?)
    }

    /// How many cases the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_cases(&self, scope: &Scope, reader: &Reader, filter: &CaseFilter) -> Answer<u64> {
        let tx = reader.tx().await?;
        let wanted = wanted(&tx, scope, filter).await?;
        Ok(list::count(&tx, &wanted).await?)
    }
}

pub(super) async fn wanted<'a>(
    tx: &Tx,
    scope: &Scope,
    filter: &'a CaseFilter,
) -> Result<Wanted<'a>, StoreError> {
    let categories = if filter.categories.is_empty() {
        None
    } else {
        Some(catalogue::directory::with_descendants(tx, &filter.categories).await?)
    };
    let territory = match filter.place {
        None => None,
        Some(place) => Some(directory::territory_of(tx, place).await?),
    };
    let programme = match &filter.programme {
        None => None,
        Some(key) => Some(programmes::directory::versions(tx, key).await?.unwrap_or_default()),
    };
    let assignees = (filter.holder == Holder::Caller).then(|| scope.principals().into_iter().collect());
    let readers = if scope.is_staff() { Audience::Staff } else { Audience::Everyone };
    Ok(Wanted { filter, categories, territory, assignees, programme, readers })
}
