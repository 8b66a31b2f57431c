//! Reading programmes, and what a file would be.

use std::collections::HashMap;
use std::sync::Arc;

use fengqiao_entity::programmes::programme;

use crate::kernel::id::{ProgrammeId, ProgrammeVersionId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::programmes::change::{ProgrammeChange, changes};
use crate::programmes::model::{Programme, ProgrammeRecord, ProgrammeVersion};
use crate::programmes::service::{Answer, ProgrammeService};
use crate::programmes::{directory, reading, store};
use crate::store::{Keyset, Reader, counted};

impl ProgrammeService {
    /// Programmes by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn programmes_by_id(
        &self,
        scope: &Scope,
        reader: &Reader,
        ids: &[ProgrammeId],
    ) -> Answer<HashMap<ProgrammeId, ProgrammeRecord>> {
        let records = store::by_ids(&*reader.tx().await?, ids).await?;
        Ok(records.into_iter().map(|record| (record.id, shown(scope, record))).collect())
    }

    /// A page of programmes by key.
    ///
    /// # Errors
    /// As the database says.
    pub async fn programmes(
        &self,
        scope: &Scope,
        reader: &Reader,
        page: &PageRequest,
    ) -> Answer<Page<ProgrammeRecord>> {
        let keyset: Keyset<programme::Entity> = Keyset {
            column: programme::Column::Key,
            id: programme::Column::Id,
            descending: false,
            cursor: |row: &programme::Model| Cursor::of(SortKey::Text(row.key.clone()), row.id.uuid()),
        };
        let tx = reader.tx().await?;
        let Page { rows, has_previous, has_next } =
            keyset.page(tx.select::<programme::Entity>(), page).await?;
        let rows = rows.into_iter().map(|(cursor, row)| (cursor, shown(scope, store::record(row)))).collect();
        Ok(Page { rows, has_previous, has_next })
    }

    /// How many programmes there are, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_programmes(&self, _scope: &Scope, reader: &Reader) -> Answer<u64> {
        Ok(counted(reader.tx().await?.select::<programme::Entity>()).await?)
    }

    /// The published versions of some programmes, the latest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn versions(
        &self,
        _scope: &Scope,
        reader: &Reader,
        of: &[ProgrammeId],
    ) -> Answer<Vec<ProgrammeVersion>> {
        Ok(store::versions(&*reader.tx().await?, of).await?)
    }

    /// The programme that a case follows.
    ///
    /// # Errors
    /// As the database says.
    pub async fn followed(
        &self,
        _scope: &Scope,
        reader: &Reader,
        version: Option<ProgrammeVersionId>,
    ) -> Answer<Arc<Programme>> {
        Ok(directory::followed(&*reader.tx().await?, version).await?)
    }

    /// What differs between two versions of a programme, or the draft where none is given; nothing when there is no
    /// such programme, version or draft.
    ///
    /// # Errors
    /// As the database says.
    pub async fn changes(
        &self,
        scope: &Scope,
        reader: &Reader,
        programme: ProgrammeId,
        (from, to): (Option<u32>, Option<u32>),
    ) -> Answer<Option<Vec<ProgrammeChange>>> {
        let tx = reader.tx().await?;
        let Some(record) = store::by_id(&tx, programme).await? else { return Ok(None) };
        let record = shown(scope, record);
        let versions = store::versions(&tx, &[programme]).await?;
        let at = |number: Option<u32>| match number {
            Some(number) => versions.iter().find(|version| version.number == number)?.programme(),
            None => reading::reread(record.draft.as_ref()?),
        };
        Ok(at(from).zip(at(to)).map(|(from, to)| changes(&from, &to)))
    }
}

/// A draft is shown to those who may publish it.
fn shown(scope: &Scope, record: ProgrammeRecord) -> ProgrammeRecord {
    let draft = record.draft.filter(|_| scope.permits(Permission::ProgrammeManage));
    ProgrammeRecord { draft, ..record }
}
