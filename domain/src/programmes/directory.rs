//! What other slices ask of programmes inside their own transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalogue;
use crate::kernel::id::{CategoryId, ProgrammeVersionId};
use crate::programmes::choice::{self, chosen};
use crate::programmes::model::Programme;
use crate::programmes::store;
use crate::programmes::vocabulary::CaseSource;
use crate::store::{StoreError, Tx};

/// The programme that a case follows: the version it began with.
pub(crate) async fn followed(
    tx: &Tx,
    version: Option<ProgrammeVersionId>,
) -> Result<Arc<Programme>, StoreError> {
    match version {
        Some(version) => store::followed(tx, version).await,
        None => Ok(Programme::base()),
    }
}

/// Which cases follow the programme with a key: the ids of its published versions, and whether it is the one that ships.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions {
    /// Published by the district.
    pub(crate) published: BTreeSet<ProgrammeVersionId>,
    /// Whether cases without a version follow it too.
    pub(crate) shipped: bool,
}

/// The versions of the programme with a key; none when there is no such programme.
pub(crate) async fn versions(tx: &Tx, key: &str) -> Result<Option<Versions>, StoreError> {
    let published = store::register(tx).await?.versions_of(key);
    let shipped = key == Programme::base().key;
    Ok((shipped || !published.is_empty()).then_some(Versions { published, shipped }))
}

/// Whether cases of a category may follow a programme.
pub(crate) async fn is_for(tx: &Tx, programme: &Programme, category: CategoryId) -> Result<bool, StoreError> {
    let codes = catalogue::directory::codes_upwards(tx, category).await?;
    Ok(choice::distance(programme, &codes).is_some())
}

/// The programme that a new case follows: the one that is named, else the nearest to its category and source, else the
/// one that ships with the product. None when the one that is named is not for such a case.
pub(crate) async fn for_case(
    tx: &Tx,
    named: Option<&str>,
    category: CategoryId,
    source: CaseSource,
) -> Result<Option<Arc<Programme>>, StoreError> {
    let offered = store::register(tx).await?.offered();
    if offered.is_empty() {
        let base = Programme::base();
        return Ok(named.is_none_or(|key| key == base.key).then_some(base));
    }
    let codes = catalogue::directory::codes_upwards(tx, category).await?;
    if let Some(suiting) = chosen(&offered, named, &codes, source) {
        return Ok(Some(suiting));
    }
    // The one that ships is for cases for which the district has none.
    let base = Programme::base();
    let unserved = chosen(&offered, None, &codes, source).is_none();
    Ok(named.is_none_or(|key| key == base.key && unserved).then_some(base))
}
