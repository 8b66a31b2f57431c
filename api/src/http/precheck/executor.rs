//! Where the executor departs from the specification: what is refused or filled in before it.
//! `tests/it/schema/library.rs` pins the library's behaviour.

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Value};

/// A response key that stands twice at a mutation's root. The specification merges the two into one
/// effect; the executor would carry it out twice.
pub(super) fn repeated_key(document: &ExecutableDocument, operation: &OperationDefinition) -> Option<String> {
    if operation.ty != OperationType::Mutation {
        return None;
    }
    let mut seen = vec![];
    repeated(document, &operation.selection_set.node, &mut seen)
}

/// Fragments in a circle and long documents were refused before, so the walk ends soon.
fn repeated<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    seen: &mut Vec<&'a str>,
) -> Option<String> {
    for item in &set.items {
        let again = match &item.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.as_str();
                if seen.contains(&key) {
                    return Some(key.to_owned());
                }
                seen.push(key);
                None
            }
            Selection::InlineFragment(fragment) => {
                repeated(document, &fragment.node.selection_set.node, seen)
            }
            Selection::FragmentSpread(spread) => {
                let fragment = document.fragments.get(&spread.node.fragment_name.node);
                fragment.and_then(|fragment| repeated(document, &fragment.node.selection_set.node, seen))
            }
        };
        if again.is_some() {
            return again;
        }
    }
    None
}

/// The names of a mutation's root fields; none of another operation.
pub(super) fn mutations(document: &ExecutableDocument, operation: &OperationDefinition) -> Vec<String> {
    let mut names = vec![];
    if operation.ty == OperationType::Mutation {
        named(document, &operation.selection_set.node, &mut names);
    }
    names
}

/// A mutation has few root fields, fragments included: the walk ends soon.
fn named(document: &ExecutableDocument, set: &SelectionSet, names: &mut Vec<String>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => names.push(field.node.name.node.to_string()),
            Selection::InlineFragment(fragment) => named(document, &fragment.node.selection_set.node, names),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    named(document, &fragment.node.selection_set.node, names);
                }
            }
        }
    }
}

/// The default values of an operation's variables: the executor forgets them in `@skip` and `@include`.
pub(super) fn variable_defaults(operation: &OperationDefinition) -> Vec<(Name, Value)> {
    let definitions = operation.variable_definitions.iter();
    definitions
        .filter_map(|definition| {
            let default = definition.node.default_value.as_ref()?;
            Some((definition.node.name.node.clone(), default.node.clone()))
        })
        .collect()
}
