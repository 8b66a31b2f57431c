//! The category tree in memory: some hundred nodes, walked without asking the database again.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::model::{Category, EffectiveTerms};
use crate::kernel::id::CategoryId;

/// All categories of a tenant.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: BTreeMap<CategoryId, Category>,
    below: BTreeMap<CategoryId, Vec<CategoryId>>,
}

impl Tree {
    /// The tree of these categories.
    pub(super) fn new(categories: Vec<Category>) -> Self {
        let mut tree = Self::default();
        for category in categories {
            if let Some(parent) = category.parent {
                tree.below.entry(parent).or_default().push(category.id);
            }
            tree.nodes.insert(category.id, category);
        }
        tree
    }

    /// One category.
    pub(super) fn get(&self, id: CategoryId) -> Option<&Category> {
        self.nodes.get(&id)
    }

    /// A category and the ones above it, nearest first.
    fn upwards(&self, id: CategoryId) -> impl Iterator<Item = &Category> {
        std::iter::successors(self.get(id), |category| category.parent.and_then(|parent| self.get(parent)))
    }

    /// The codes of a category and of those above it, nearest first.
    pub(super) fn codes_upwards(&self, id: CategoryId) -> Vec<String> {
        self.upwards(id).map(|category| category.code.clone()).collect()
    }

    /// What counts for the cases of a category.
    pub(super) fn terms(&self, id: CategoryId) -> Option<EffectiveTerms> {
        self.get(id)?;
        Some(EffectiveTerms {
            limit: self.upwards(id).find_map(|category| Some((category.limit?, category.id))),
            organisation_kind: self.upwards(id).find_map(|category| category.organisation_kind.clone()),
            sensitivity: self.upwards(id).map(|category| category.sensitivity).max().unwrap_or_default(),
        })
    }

    /// These categories and all below them; unknown ids are left out.
    pub(super) fn with_descendants(&self, roots: &[CategoryId]) -> BTreeSet<CategoryId> {
        let mut open: Vec<CategoryId> =
            roots.iter().copied().filter(|id| self.nodes.contains_key(id)).collect();
        let mut found = BTreeSet::new();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(self.below.get(&id).into_iter().flatten());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Tree;
    use crate::catalogue::model::Category;
    use crate::kernel::calendar::{Limit, LimitKind};
    use crate::kernel::id::CategoryId;
    use crate::kernel::place::Sensitivity;

    fn id(number: u128) -> CategoryId {
        CategoryId::from_uuid(Uuid::from_u128(number))
    }

    fn category(number: u128, parent: Option<u128>) -> Category {
        Category {
            id: id(number),
            parent: parent.map(id),
            level: 1,
            code: format!("{number:02}"),
            name_zh: String::new(),
            name_en: String::new(),
            limit: None,
            organisation_kind: None,
            sensitivity: Sensitivity::Normal,
            national_code: None,
            active: true,
            version: 1,
        }
    }

    #[test]
    fn terms_come_from_the_nearest_category_that_gives_them() {
        let day = Limit { amount: 24, kind: LimitKind::UrgentHour };
        let hour = Limit { amount: 1, kind: LimitKind::WorkingHour };
        let root =
            Category { limit: Some(day), organisation_kind: Some("justice".into()), ..category(1, None) };
        let middle = Category { sensitivity: Sensitivity::Sensitive, ..category(2, Some(1)) };
        let leaf = Category { limit: Some(hour), ..category(3, Some(2)) };
        let tree = Tree::new(vec![root, middle, leaf]);

        let middle = tree.terms(id(2)).unwrap();
        assert_eq!(middle.limit, Some((day, id(1))));
        assert_eq!(middle.organisation_kind.as_deref(), Some("justice"));
        let leaf = tree.terms(id(3)).unwrap();
        assert_eq!(leaf.limit, Some((hour, id(3))));
        assert_eq!(leaf.sensitivity, Sensitivity::Sensitive);
        assert_eq!(tree.terms(id(4)), None);
    }

    #[test]
    fn a_class_stands_for_everything_below_it() {
        let tree =
            Tree::new(vec![category(1, None), category(2, Some(1)), category(3, Some(2)), category(4, None)]);
        assert_eq!(tree.with_descendants(&[id(1), id(9)]), [id(1), id(2), id(3)].into());
        assert_eq!(tree.with_descendants(&[id(4)]), [id(4)].into());
    }
}
