//! The category tree in memory: some hundred nodes, walked without asking the database again.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::model::{Category, EffectiveTerms, Nearness};
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
            routing: self.upwards(id).find_map(|category| category.routing).unwrap_or_default(),
            nearness: self.nearness(id),
            sensitivity: self.upwards(id).map(|category| category.sensitivity).max().unwrap_or_default(),
        })
    }

    fn nearness(&self, id: CategoryId) -> Nearness {
        let usual = Nearness::default();
        Nearness {
            metres: self.upwards(id).find_map(|category| category.similar_metres).unwrap_or(usual.metres),
            hours: self.upwards(id).find_map(|category| category.similar_hours).unwrap_or(usual.hours),
        }
    }

    /// A category and those above it, nearest first.
    pub(super) fn ids_upwards(&self, id: CategoryId) -> Vec<CategoryId> {
        self.upwards(id).map(|category| category.id).collect()
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
    use crate::catalogue::model::{Category, Nearness, RoutingKind};
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
            routing: None,
            similar_metres: None,
            similar_hours: None,
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
    fn who_is_asked_first_and_what_is_alike_come_from_above_too() {
        let root = Category {
            routing: Some(RoutingKind::OwnerFirst),
            similar_metres: Some(100),
            ..category(1, None)
        };
        let middle = Category { similar_hours: Some(72), ..category(2, Some(1)) };
        let leaf = Category {
            routing: Some(RoutingKind::TerritoryFirst),
            similar_metres: Some(20),
            ..category(3, Some(2))
        };
        let tree = Tree::new(vec![root, middle, leaf, category(4, None)]);
        let told = |number| tree.terms(id(number)).map(|terms| (terms.routing, terms.nearness));
        let near = |metres, hours| Nearness { metres, hours };
        assert_eq!(told(1), Some((RoutingKind::OwnerFirst, near(100, 24))));
        assert_eq!(told(2), Some((RoutingKind::OwnerFirst, near(100, 72))));
        assert_eq!(told(3), Some((RoutingKind::TerritoryFirst, near(20, 72))));
        assert_eq!(told(4), Some((RoutingKind::TerritoryFirst, near(50, 24))));
        assert_eq!(tree.ids_upwards(id(3)), [id(3), id(2), id(1)]);
    }

    #[test]
    fn a_class_stands_for_everything_below_it() {
        let tree =
            Tree::new(vec![category(1, None), category(2, Some(1)), category(3, Some(2)), category(4, None)]);
        assert_eq!(tree.with_descendants(&[id(1), id(9)]), [id(1), id(2), id(3)].into());
        assert_eq!(tree.with_descendants(&[id(4)]), [id(4)].into());
    }
}
