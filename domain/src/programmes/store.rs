//! Rows of the programmes slice to values and back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::programmes::{programme, programme_version};

use crate::kernel::id::{OrganisationId, ProgrammeId, ProgrammeVersionId};
use crate::kernel::mutant::{self, Mutant};
use crate::org::directory;
use crate::programmes::model::{Programme, ProgrammeRecord, ProgrammeVersion};
use crate::programmes::reading::reread;
use crate::store::{Derived, StoreError, Tx, one_of};

/// The programmes of a tenant and every version it published.
pub(super) struct Register {
    records: Vec<ProgrammeRecord>,
    versions: BTreeMap<ProgrammeVersionId, Published>,
    organisations: BTreeMap<String, OrganisationId>,
}

/// A published version, parsed when a case first asks for it.
struct Published {
    row: programme_version::Model,
    parsed: OnceLock<Option<Arc<Programme>>>,
}

impl Derived for Register {
    async fn derive(tx: &Tx) -> Result<Self, StoreError> {
        let records = all(tx).await?;
        // Most districts have none, and then nothing else is to be asked.
        if records.is_empty() {
            return Ok(Self { records, versions: BTreeMap::new(), organisations: BTreeMap::new() });
        }
        let rows = tx.select::<programme_version::Entity>().all().await?;
        let organisations = directory::organisations_by_code(tx).await?;
        let versions = rows.into_iter().map(|row| (row.id, Published { row, parsed: OnceLock::new() }));
        Ok(Self { records, versions: versions.collect(), organisations })
    }
}

impl Register {
    /// The programmes that new cases can follow, in the order of their keys.
    pub(super) fn offered(&self) -> Vec<Arc<Programme>> {
        let current = self.records.iter().filter(|record| record.active).filter_map(|record| {
            self.versions
                .values()
                .find(|known| known.row.programme_id == record.id && number(&known.row) == record.published)
        });
        current.filter_map(|known| self.parsed(known)).collect()
    }

    pub(super) fn version(&self, id: ProgrammeVersionId) -> Option<Arc<Programme>> {
        let own = self.versions.get(&id)?;
        if mutant::active(Mutant::LatestVersion) {
            let siblings =
                self.versions.values().filter(|other| other.row.programme_id == own.row.programme_id);
            return self.parsed(siblings.max_by_key(|other| other.row.number)?);
        }
        self.parsed(own)
    }

    /// The published versions of the programme with a key.
    pub(super) fn versions_of(&self, key: &str) -> BTreeSet<ProgrammeVersionId> {
        let own = self.records.iter().find(|record| record.key == key).map(|record| record.id);
        let versions = self.versions.iter().filter(|(_, known)| Some(known.row.programme_id) == own);
        versions.map(|(id, _)| *id).collect()
    }

    fn parsed(&self, known: &Published) -> Option<Arc<Programme>> {
        let parsed = known.parsed.get_or_init(|| placed(&known.row, &self.organisations).map(Arc::new));
        parsed.clone()
    }
}

/// A published programme with its organisations found.
fn placed(
    row: &programme_version::Model,
    organisations: &BTreeMap<String, OrganisationId>,
) -> Option<Programme> {
    let mut programme = reread(&row.definition)?;
    (programme.version, programme.number) = (Some(row.id), number(row));
    for own in programme.rules.iter_mut().flat_map(|rule| &mut rule.organisations) {
        own.id = organisations.get(&own.code).copied();
    }
    Some(programme)
}

fn number(row: &programme_version::Model) -> u32 {
    u32::try_from(row.number).unwrap_or_default()
}

/// What is known of the tenant's programmes.
pub(super) async fn register(tx: &Tx) -> Result<Arc<Register>, StoreError> {
    match tx.standing::<Register>().await? {
        Some(register) => Ok(register),
        None => Ok(Arc::new(Register::derive(tx).await?)),
    }
}

/// What the tables say now, whatever was remembered.
pub(super) async fn present_register(tx: &Tx) -> Result<Register, StoreError> {
    Register::derive(tx).await
}

/// A published version, as its cases follow it; one that another process published a moment ago among them.
pub(super) async fn followed(tx: &Tx, id: ProgrammeVersionId) -> Result<Arc<Programme>, StoreError> {
    if let Some(programme) = register(tx).await?.version(id) {
        return Ok(programme);
    }
    Register::derive(tx)
        .await?
        .version(id)
        .ok_or_else(|| StoreError::corrupt("programme_versions", "definition", id))
}

/// A programme's row as a value.
pub(super) fn record(row: programme::Model) -> ProgrammeRecord {
    ProgrammeRecord {
        id: row.id,
        key: row.key,
        draft: row.draft,
        published: u32::try_from(row.published).unwrap_or_default(),
        active: row.active,
        version: row.version,
    }
}

fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A programme as a row; the tenant is stamped on insert.
pub(super) fn row(tx: &Tx, record: &ProgrammeRecord) -> programme::Model {
    programme::Model {
        tenant_id: tx.scope().tenant(),
        id: record.id,
        key: record.key.clone(),
        draft: record.draft.clone(),
        published: column(record.published),
        active: record.active,
        version: record.version,
    }
}

/// A published version's row as a value.
pub(super) fn version(row: programme_version::Model) -> ProgrammeVersion {
    ProgrammeVersion {
        id: row.id,
        programme: row.programme_id,
        number: number(&row),
        definition: row.definition,
        published_at: row.published_at,
        published_by: row.published_by,
    }
}

/// A published version as a row; the tenant is stamped on insert.
pub(super) fn version_row(tx: &Tx, version: &ProgrammeVersion) -> programme_version::Model {
    programme_version::Model {
        tenant_id: tx.scope().tenant(),
        id: version.id,
        programme_id: version.programme,
        number: column(version.number),
        definition: version.definition.clone(),
        published_at: version.published_at,
        published_by: version.published_by,
    }
}

async fn all(tx: &Tx) -> Result<Vec<ProgrammeRecord>, StoreError> {
    let rows = tx.select::<programme::Entity>().order_by(programme::Column::Key, Order::Asc).all().await?;
    Ok(rows.into_iter().map(record).collect())
}

/// A programme by id.
pub(super) async fn by_id(tx: &Tx, id: ProgrammeId) -> Result<Option<ProgrammeRecord>, StoreError> {
    Ok(tx.select::<programme::Entity>().filter(programme::Column::Id.eq(id)).one().await?.map(record))
}

/// Programmes by id, in no order; unknown ids are left out.
pub(super) async fn by_ids(tx: &Tx, ids: &[ProgrammeId]) -> Result<Vec<ProgrammeRecord>, StoreError> {
    let wanted = one_of(programme::Column::Id.into_expr(), ids.iter().copied());
    Ok(tx.select::<programme::Entity>().filter(wanted).all().await?.into_iter().map(record).collect())
}

/// The published versions of some programmes, the latest first.
pub(super) async fn versions(tx: &Tx, of: &[ProgrammeId]) -> Result<Vec<ProgrammeVersion>, StoreError> {
    let wanted = one_of(programme_version::Column::ProgrammeId.into_expr(), of.iter().copied());
    let rows = tx.select::<programme_version::Entity>().filter(wanted);
    let rows = rows.order_by(programme_version::Column::Number, Order::Desc).all().await?;
    Ok(rows.into_iter().map(version).collect())
}

/// Writes a programme if its version is still `expected`: whether it was.
pub(super) async fn update(tx: &Tx, record: &ProgrammeRecord, expected: i64) -> Result<bool, StoreError> {
    let changed = tx
        .update::<programme::Entity>()
        .set(programme::Column::Draft, Expr::val(record.draft.clone()))
        .set(programme::Column::Published, Expr::val(column(record.published)))
        .set(programme::Column::Active, Expr::val(record.active))
        .set(programme::Column::Version, Expr::val(record.version))
        .filter(programme::Column::Id.eq(record.id).and(programme::Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(changed == 1)
}
