//! What an operation costs at most, by its document and its variables alone.
//!
//! One walk, each fragment once, after those that it spreads; sums saturate, so that a bomb costs `u64::MAX`. What stands behind
//! `@skip` and `@include` counts.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value, Variables};
use fengqiao_domain::kernel::page::{DEFAULT_SIZE, MAX_SIZE};

use super::super::precheck;
use super::tariff::{Holds, Tariff, Times};

/// What an operation costs that asks for nothing: it is read and answered.
const LEAST: u64 = 1;

/// What a selection set costs: so much at all, and so much more for each element of the page that it stands on.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    fixed: u64,
    each: u64,
}

impl Sum {
    const fn add(&mut self, more: Self) {
        self.fixed = self.fixed.saturating_add(more.fixed);
        self.each = self.each.saturating_add(more.each);
    }

    const fn over(self, elements: u64) -> u64 {
        self.fixed.saturating_add(self.each.saturating_mul(elements))
    }
}

impl Tariff {
    /// What an operation of a document costs at most.
    #[must_use]
    pub fn estimate(
        &self,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
        variables: &Variables,
    ) -> u64 {
        let mut walk = Walk { tariff: self, operation, variables, fragments: HashMap::new() };
        // A circle was refused before.
        for (name, fragment) in precheck::in_order(document).unwrap_or_default() {
            let sum = walk.set(&fragment.selection_set.node, fragment.type_condition.node.on.node.as_str());
            walk.fragments.insert(name, (fragment.type_condition.node.on.node.as_str(), sum));
        }
        let root = match operation.ty {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        };
        walk.set(&operation.selection_set.node, root).over(DEFAULT_SIZE).max(LEAST)
    }
}

struct Walk<'a> {
    tariff: &'a Tariff,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    /// What each fragment costs, and of which type it speaks.
    fragments: HashMap<&'a str, (&'a str, Sum)>,
}

impl<'a> Walk<'a> {
    /// Selections for different types do not meet in one object: the dearest type counts.
    fn set(&self, set: &'a SelectionSet, parent: &'a str) -> Sum {
        let mut sum = Sum::default();
        let mut apart: HashMap<&str, u64> = HashMap::new();
        let is_abstract = |name| self.tariff.kind(name).is_some_and(|kind| kind.is_abstract);
        for item in &set.items {
            let (of, part) = match &item.node {
                Selection::Field(field) => (parent, self.field(&field.node, parent)),
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    self.fragments.get(name).copied().unwrap_or((parent, Sum::default()))
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    let of = on.unwrap_or(parent);
                    (of, self.set(&inline.node.selection_set.node, of))
                }
            };
            if of != parent && is_abstract(parent) && !is_abstract(of) {
                let known = apart.entry(of).or_default();
                *known = known.saturating_add(part.over(DEFAULT_SIZE));
            } else {
                sum.add(part);
            }
        }
        sum.fixed = sum.fixed.saturating_add(apart.into_values().max().unwrap_or_default());
        sum
    }

    fn field(&self, field: &'a Field, parent: &'a str) -> Sum {
        let Some(price) = self.tariff.price(parent, field.name.node.as_str()) else {
            // `__typename`, or what validation refuses.
            return Sum::default();
        };
        let below = self.set(&field.selection_set.node, &price.of);
        let of_list =
            |elements: u64| price.weight.saturating_add(below.over(DEFAULT_SIZE)).saturating_mul(elements);
        let fixed = match &price.times {
            Times::Once(assumed) => price.weight.saturating_add(below.over(*assumed)),
            Times::List(elements) => of_list(*elements),
            Times::Page(Holds::Itself) => of_list(self.page(field)),
            Times::Page(Holds::Below) => price.weight.saturating_add(below.over(self.page(field))),
            Times::Argument(path, Holds::Itself) => of_list(self.length(field, path)),
            Times::Argument(path, Holds::Below) => {
                let elements = self.length(field, path);
                price.weight.saturating_mul(elements).saturating_add(below.over(elements))
            }
            Times::Element => return Sum { fixed: 0, each: of_list(1) },
        };
        Sum { fixed, each: 0 }
    }

    /// How long a page is; what no page can be is refused when it is asked for.
    fn page(&self, field: &Field) -> u64 {
        let sizes = ["first", "last"].into_iter().filter_map(|name| match self.argument(field, name)? {
            Value::Number(number) => number.as_u64().map(|size| size.clamp(1, MAX_SIZE)),
            _ => None,
        });
        sizes.max().unwrap_or(DEFAULT_SIZE)
    }

    /// How long a list in the arguments is, by its path; one that is none is one element.
    fn length(&self, field: &Field, path: &str) -> u64 {
        let mut names = path.split('.');
        let argument = names.next().and_then(|name| self.argument(field, name)).unwrap_or_default();
        let found = names.try_fold(&argument, |value, name| match value {
            Value::Object(members) => members.get(name),
            _ => None,
        });
        match found {
            Some(Value::List(items)) => u64::try_from(items.len()).unwrap_or(u64::MAX).max(1),
            _ => 1,
        }
    }

    /// An argument with its variables filled in.
    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        let written = field.get_argument(name)?.node.clone();
        let filled = written
            .into_const_with(|name| Ok::<_, Infallible>(self.variable(&name).cloned().unwrap_or_default()));
        let Ok(filled) = filled;
        Some(filled)
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.variables.get(name).or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter();
            let definition = definitions.find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }
}
