//! What other slices ask of the catalogue inside their own transaction.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::model::{Category, EffectiveTerms};
use crate::catalogue::store;
use crate::kernel::id::CategoryId;
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
