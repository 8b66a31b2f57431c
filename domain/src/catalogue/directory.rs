//! What other slices ask of the catalogue inside their own transaction.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::model::{Category, Duty, EffectiveTerms};
use crate::catalogue::store;
use crate::kernel::id::{CategoryId, OrganisationId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::Place;
use crate::org;
use crate::store::{StoreError, Tx};

/// A category with the terms that count for its cases.
pub(crate) async fn category(
    tx: &Tx,
    id: CategoryId,
) -> Result<Option<(Category, EffectiveTerms)>, StoreError> {
    let tree = store::tree(tx).await?;
    Ok(tree.get(id).cloned().zip(tree.terms(id)))
}

/// The codes of a category and of those above it, nearest first.
pub(crate) async fn codes_upwards(tx: &Tx, id: CategoryId) -> Result<Vec<String>, StoreError> {
    Ok(store::tree(tx).await?.codes_upwards(id))
}

/// Every category of the tenant by code, with the terms that count for its cases.
pub(crate) async fn categories(tx: &Tx) -> Result<BTreeMap<String, (Category, EffectiveTerms)>, StoreError> {
    let categories = store::all(tx).await?;
    let tree = crate::catalogue::tree::Tree::new(categories.clone());
    Ok(categories
        .into_iter()
        .filter_map(|category| {
            let terms = tree.terms(category.id)?;
            Some((category.code.clone(), (category, terms)))
        })
        .collect())
}

/// These categories and all below them: what a class stands for. Unknown ids are left out.
pub(crate) async fn with_descendants(
    tx: &Tx,
    ids: &[CategoryId],
) -> Result<BTreeSet<CategoryId>, StoreError> {
    Ok(store::tree(tx).await?.with_descendants(ids))
}

/// Who answers for the cases of a category at a place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answering {
    /// The organisations; several share it.
    pub(crate) organisations: Vec<OrganisationId>,
    /// The category whose duties say so; none where the kind of organisation does that the category names.
    pub(crate) duty: Option<CategoryId>,
}

/// Most organisations that share a category within one unit: what lies open with each is counted for every case.
const MOST_SHARING: usize = 10;

/// Who answers for the cases of a category at a place: whoever a duty names, of the nearest category that has one there and
/// within it of the smallest unit; else the one organisation of the kind that the category names.
pub(crate) async fn answering(tx: &Tx, category: CategoryId, place: &Place) -> Result<Answering, StoreError> {
    let tree = store::tree(tx).await?;
    let duties = store::duties(tx).await?;
    for above in tree.ids_upwards(category) {
        let organisations = nearest(tx, duties.0.iter().filter(|duty| duty.category == above), place).await?;
        if !organisations.is_empty() {
            return Ok(Answering { organisations, duty: Some(above) });
        }
    }
    let Some(kind) = tree.terms(category).and_then(|terms| terms.organisation_kind) else {
        return Ok(Answering::default());
    };
    // Of several of a kind nobody knows which one answers here: that is for a duty to say.
    let organisations = org::directory::organisations_of_kind(tx, &kind).await?;
    let only = organisations.len() == 1;
    Ok(Answering { organisations: organisations.into_iter().filter(|_| only).collect(), duty: None })
}

/// The organisations whose duty holds for the smallest unit around a place.
async fn nearest<'a>(
    tx: &Tx,
    duties: impl Iterator<Item = &'a Duty>,
    place: &Place,
) -> Result<Vec<OrganisationId>, StoreError> {
    let mut around = vec![];
    let (town, village) = (present(tx, place.town).await?, present(tx, place.village).await?);
    for duty in duties {
        // A village that another took over lies where its successor lies.
        let Some(unit) = org::directory::present_unit(tx, duty.unit).await? else { continue };
        let covered = org::directory::place_of_unit(&unit);
        let whole = covered.village.or(covered.town).is_none();
        let by_village = covered.village.is_some() && covered.village == village;
        let by_town = covered.village.is_none() && covered.town == town;
        if whole || by_village || by_town || mutant::active(Mutant::DutyEverywhere) {
            around.push((unit.level, duty.organisation));
        }
    }
    let smallest = around.iter().map(|(level, _)| *level).max();
    around.retain(|(level, _)| Some(*level) == smallest);
    around.truncate(MOST_SHARING);
    Ok(around.into_iter().map(|(_, organisation)| organisation).collect())
}

/// The unit that answers for a unit of a place today.
async fn present(tx: &Tx, unit: Option<UnitId>) -> Result<Option<UnitId>, StoreError> {
    let Some(unit) = unit else { return Ok(None) };
    Ok(org::directory::present_unit(tx, unit).await?.map(|unit| unit.id))
}
