//! How much a selection set is once every fragment spread is replaced by what it stands for.
//!
//! Each fragment is weighed once, after the fragments it spreads, so the work is linear in the document
//! and never follows a spread. Sums saturate: a bomb weighs `u64::MAX`, not a wrapped small number.

use std::collections::{HashMap, HashSet, VecDeque};
use std::convert::Infallible;

use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Value, Variables};

/// The weight of one selection set, fragments expanded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Weight {
    /// Fields, spreads and inline fragments, on all levels.
    pub(super) selections: u64,
    /// Fields of the set itself, through fragments, not those below them.
    pub(super) fields_here: u64,
    /// Aliases, on all levels.
    pub(super) aliases: u64,
    /// Argument values, on all levels: each list, object and scalar, and all that a variable holds.
    pub(super) values: u64,
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
        self.values = self.values.saturating_add(inner.values);
        self.authentications = self.authentications.saturating_add(inner.authentications);
        let depth = inner.depth.saturating_add(1);
        if depth > self.depth {
            self.depth = depth;
        }
    }
}

/// Fragments spread each other in a circle; one of them.
#[derive(Debug)]
pub(in crate::http) struct Circle(pub(super) String);

/// The fragments of a document with their weights.
pub(super) struct Scales<'a> {
    authentication_fields: &'a [String],
    /// How many values each variable holds.
    variables: HashMap<&'a str, u64>,
    fragments: HashMap<&'a str, Weight>,
}

impl<'a> Scales<'a> {
    /// Weighs each fragment once, those first that spread nothing unweighed.
    pub(super) fn calibrate(
        document: &'a ExecutableDocument,
        variables: &'a Variables,
        authentication_fields: &'a [String],
    ) -> Result<Self, Circle> {
        let mut scales = Self {
            authentication_fields,
            variables: variables.iter().map(|(name, value)| (name.as_str(), values_in(value))).collect(),
            fragments: HashMap::with_capacity(document.fragments.len()),
        };
        for (name, fragment) in in_order(document)? {
            let weight = scales.weigh(&fragment.selection_set.node);
            scales.fragments.insert(name, weight);
        }
        Ok(scales)
    }

    /// Weighs a selection set. A spread of a fragment that does not exist weighs 1: validation refuses it.
    pub(super) fn weigh(&self, set: &SelectionSet) -> Weight {
        let mut weight = Weight { depth: 1, ..Weight::default() };
        for selection in &set.items {
            weight.selections = weight.selections.saturating_add(1);
            weight.values = weight.values.saturating_add(self.values_at(&selection.node));
            match &selection.node {
                Selection::Field(field) => {
                    weight.fields_here = weight.fields_here.saturating_add(1);
                    weight.aliases = weight.aliases.saturating_add(u64::from(field.node.alias.is_some()));
                    let authenticates =
                        self.authentication_fields.iter().any(|name| *name == *field.node.name.node);
                    weight.authentications = weight.authentications.saturating_add(u64::from(authenticates));
                    if !field.node.selection_set.node.items.is_empty() {
                        weight.add_below(&self.weigh(&field.node.selection_set.node));
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(spread.node.fragment_name.node.as_str()) {
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

    /// The argument values of one selection and its directives, without what stands below it.
    fn values_at(&self, selection: &Selection) -> u64 {
        let of_field = match selection {
            Selection::Field(field) => field.node.arguments.as_slice(),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => &[],
        };
        let of_directives = selection.directives().iter();
        let of_directives = of_directives.flat_map(|directive| &directive.node.arguments);
        let mut values = 0_u64;
        for (_, value) in of_field.iter().chain(of_directives) {
            let in_variables = &mut values;
            let written = value.node.clone().into_const_with(|variable| {
                let held = self.variables.get(variable.as_str()).copied().unwrap_or_default();
                *in_variables = in_variables.saturating_add(held);
                Ok::<_, Infallible>(Value::Null)
            });
            let Ok(written) = written;
            values = values.saturating_add(values_in(&written));
        }
        values
    }
}

/// How many values a value holds, itself included. The nesting of what was sent is bounded by the JSON
/// parser, that of what was written by the lexer.
fn values_in(value: &Value) -> u64 {
    let inner = match value {
        Value::List(items) => items.iter().map(values_in).sum(),
        Value::Object(fields) => fields.values().map(values_in).sum(),
        _ => 0_u64,
    };
    inner.saturating_add(1)
}

/// The fragments of a document, each after those that it spreads.
pub(in crate::http) fn in_order(
    document: &ExecutableDocument,
) -> Result<Vec<(&str, &FragmentDefinition)>, Circle> {
    let mut order = Order::of(document);
    let mut fragments = Vec::with_capacity(document.fragments.len());
    while let Some(name) = order.ready.pop_front() {
        if let Some(fragment) = document.fragments.get(name) {
            fragments.push((name, &fragment.node));
        }
        order.done(name);
    }
    match order.waiting_for.keys().min() {
        None => Ok(fragments),
        Some(name) => Err(Circle((*name).to_owned())),
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
        let mut order =
            Self { waiting_for: HashMap::new(), spread_by: HashMap::new(), ready: VecDeque::new() };
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
