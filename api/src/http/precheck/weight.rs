//! How much a selection set is once every fragment spread is replaced by what it stands for.
//!
//! Each fragment is weighed once, after the fragments it spreads, so the work is linear in the document
//! and never follows a spread. Sums saturate: a bomb weighs `u64::MAX`, not a wrapped small number.

use std::collections::{HashMap, HashSet, VecDeque};

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// The weight of one selection set, fragments expanded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Fields, spreads and inline fragments, on all levels.
    pub(super) selections: u64,
    /// Fields of the set itself, through fragments, not those below them.
    pub(super) fields_here: u64,
    /// Aliases, on all levels.
    pub(super) aliases: u64,
    /// Authentication fields, on all levels.
    pub(super) authentications: u64,
    /// Selection sets inside one another, this one included; a fragment is a level of its own, because
    /// the executor recurses into it.
    pub(super) depth: u64,
}

impl Weight {
    /// Adds the content of a fragment, which stands on this level.
    const fn add_fragment(&mut self, inner: &Self) {
        self.fields_here = self.fields_here.saturating_add(inner.fields_here);
        self.add_below(inner);
    }

    /// Adds the selection set of a field, which stands one level below.
    const fn add_below(&mut self, inner: &Self) {
        self.selections = self.selections.saturating_add(inner.selections);
        self.aliases = self.aliases.saturating_add(inner.aliases);
        self.authentications = self.authentications.saturating_add(inner.authentications);
        let depth = inner.depth.saturating_add(1);
        if depth > self.depth {
            self.depth = depth;
        }
    }
}

/// Fragments spread each other in a circle; one of them.
#[derive(Debug)]
pub(super) struct Circle(pub(super) String);

/// The fragments of a document with their weights.
pub(super) struct Scales<'a> {
    authentication_fields: &'a [String],
    fragments: HashMap<&'a str, Weight>,
}

impl<'a> Scales<'a> {
    /// Weighs each fragment once, those first that spread nothing unweighed.
    pub(super) fn calibrate(
        document: &'a ExecutableDocument,
        authentication_fields: &'a [String],
    ) -> Result<Self, Circle> {
        let mut scales = Self {
            authentication_fields,
            fragments: HashMap::with_capacity(document.fragments.len()),
        };
        let mut order = Order::of(document);
        while let Some(name) = order.ready.pop_front() {
            if let Some(fragment) = document.fragments.get(name) {
                let weight = scales.weigh(&fragment.node.selection_set.node);
                scales.fragments.insert(name, weight);
            }
            order.done(name);
        }
        match order.waiting_for.keys().min() {
            None => Ok(scales),
            Some(name) => Err(Circle((*name).to_owned())),
        }
    }

    /// Weighs a selection set. A spread of a fragment that does not exist weighs 1: validation refuses it.
    pub(super) fn weigh(&self, set: &SelectionSet) -> Weight {
        let mut weight = Weight {
            depth: 1,
            ..Weight::default()
        };
        for selection in &set.items {
            weight.selections = weight.selections.saturating_add(1);
            match &selection.node {
                Selection::Field(field) => {
                    weight.fields_here = weight.fields_here.saturating_add(1);
                    weight.aliases = weight
                        .aliases
                        .saturating_add(u64::from(field.node.alias.is_some()));
                    let authenticates = self
                        .authentication_fields
                        .iter()
                        .any(|name| *name == *field.node.name.node);
                    weight.authentications = weight
                        .authentications
                        .saturating_add(u64::from(authenticates));
                    if !field.node.selection_set.node.items.is_empty() {
                        weight.add_below(&self.weigh(&field.node.selection_set.node));
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) =
                        self.fragments.get(spread.node.fragment_name.node.as_str())
                    {
                        weight.add_fragment(fragment);
                    }
                }
                Selection::InlineFragment(inline) => {
                    weight.add_fragment(&self.weigh(&inline.node.selection_set.node));
                }
            }
        }
        weight
    }
}

/// Fragments in the order in which they can be weighed (Kahn's algorithm).
struct Order<'a> {
    /// For each fragment that is not done, how many others it still waits for.
    waiting_for: HashMap<&'a str, usize>,
    /// For each fragment, the fragments that spread it.
    spread_by: HashMap<&'a str, Vec<&'a str>>,
    /// Fragments that wait for none.
    ready: VecDeque<&'a str>,
}

impl<'a> Order<'a> {
    fn of(document: &'a ExecutableDocument) -> Self {
        let mut order = Self {
            waiting_for: HashMap::new(),
            spread_by: HashMap::new(),
            ready: VecDeque::new(),
        };
        for (name, fragment) in &document.fragments {
            let mut spreads = HashSet::new();
            collect_spreads(&fragment.node.selection_set.node, &mut spreads);
            spreads.retain(|spread| document.fragments.contains_key(*spread));
            order.waiting_for.insert(name, spreads.len());
            if spreads.is_empty() {
                order.ready.push_back(name);
            }
            for spread in spreads {
                order.spread_by.entry(spread).or_default().push(name);
            }
        }
        order
    }

    fn done(&mut self, name: &'a str) {
        self.waiting_for.remove(name);
        for spreader in self.spread_by.remove(name).unwrap_or_default() {
            if let Some(count) = self.waiting_for.get_mut(spreader) {
                *count -= 1;
                if *count == 0 {
                    self.ready.push_back(spreader);
                }
            }
        }
    }
}

fn collect_spreads<'a>(set: &'a SelectionSet, spreads: &mut HashSet<&'a str>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => collect_spreads(&field.node.selection_set.node, spreads),
            Selection::FragmentSpread(spread) => {
                spreads.insert(spread.node.fragment_name.node.as_str());
            }
            Selection::InlineFragment(inline) => {
                collect_spreads(&inline.node.selection_set.node, spreads);
            }
        }
    }
}
