//! Reading who answers for what.

use sea_orm::ColumnTrait;

use fengqiao_entity::catalogue::duty;

use crate::catalogue::model::Duty;
use crate::catalogue::service::{Answer, CategoryService};
use crate::catalogue::store;
use crate::kernel::id::{CategoryId, OrganisationId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::scope::Scope;
use crate::store::{Keyset, Reader, Select, counted};

/// Which duties are wanted: all conditions at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct DutyFilter {
    /// Only for just this category.
    pub category: Option<CategoryId>,
    /// Only of this organisation.
    pub organisation: Option<OrganisationId>,
}

impl CategoryService {
    /// A page of the duties that last, oldest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn duties(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: DutyFilter,
        page: &PageRequest,
    ) -> Answer<Page<Duty>> {
        let tx = reader.tx().await?;
        let keyset = Keyset {
            column: duty::Column::SinceAt,
            id: duty::Column::Id,
            descending: false,
            cursor: |row: &duty::Model| Cursor::of(SortKey::Number(row.since_at.micros()), row.id.uuid()),
        };
        let Page { rows, has_previous, has_next } = keyset.page(filtered(tx.select(), filter), page).await?;
        let rows = rows.into_iter().map(|(cursor, row)| (cursor, store::duty(&row))).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// How many duties the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_duties(&self, _scope: &Scope, reader: &Reader, filter: DutyFilter) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(counted(filtered(tx.select(), filter)).await?)
    }
}

fn filtered(rows: Select<'_, duty::Entity>, filter: DutyFilter) -> Select<'_, duty::Entity> {
    let mut rows = rows.filter(store::lasting());
    if let Some(category) = filter.category {
        rows = rows.filter(duty::Column::CategoryId.eq(category));
    }
    if let Some(organisation) = filter.organisation {
        rows = rows.filter(duty::Column::OrganisationId.eq(organisation));
    }
    rows
}
