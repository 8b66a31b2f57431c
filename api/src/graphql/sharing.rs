//! Which subscriptions are told the same words, and where they meet.
//!
//! A document is shared when everything in it stands in the lists below: what an event itself tells, whoever asks. A field
//! that is added is not shared until somebody lists it; `tests/it/events/shared.rs` asks for that decision.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Positioned, Request, Value, Variables};
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::mutant::{self, Mutant};

use super::cases::Group;
use super::context::Member;
use super::schema::FengqiaoSchema;

/// The subscription that is shared.
const FIELD: &str = "caseEvents";
/// What its items tell.
const OF_ITEMS: [&str; 4] = ["__typename", "cursor", EVENT, "reason"];
/// The one of these that has fields of its own.
const EVENT: &str = "event";
/// What events tell, whoever asks.
pub const OF_EVENTS: [&str; 9] = [
    "__typename",
    "caseNumber",
    "caseVersion",
    "fromState",
    "id",
    "level",
    "occurredAt",
    "supervisionLevel",
    "toState",
];
/// Groups of this process, each of which remembers up to 128 KiB; who comes when there are so many is told in words of their own.
const MOST_GROUPS: usize = 1_024;
/// Groups of one tenant, so that no tenant takes the room of all.
const MOST_OF_TENANT: usize = 64;
/// Fragments in fragments: deeper ones were refused before.
const DEEPEST: usize = 32;

/// By what groups differ. Conditions and cursors are none of it: they choose what is told, not how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    document: String,
    operation: Option<String>,
    /// Variables that directives below the field ask for, as JSON.
    variables: String,
}

/// The groups of this process.
#[derive(Default)]
pub(super) struct Groups(Mutex<HashMap<Key, Weak<Group>>>);

impl Groups {
    /// The group of a request; none when it is told in words of its own.
    pub(super) fn enter(&self, schema: &FengqiaoSchema, request: &mut Request) -> Option<Arc<Group>> {
        let tenant = member(request)?.scope().tenant();
        let document = request.parsed_query().ok()?.clone();
        let operation = operation(&document, request.operation_name.as_deref())?;
        let asked_for = Survey::of(&document, root(operation)?)?.variables;
        let variables: BTreeMap<&str, &Value> = asked_for
            .iter()
            .filter_map(|name| Some((name.as_str(), request.variables.get(name.as_str())?)))
            .collect();
        let shared = serde_json::to_value(&variables).ok()?;
        let variables = shared.to_string();
        let (text, name) = (request.query.clone(), request.operation_name.clone());
        let key = Key { tenant, document: text, operation: name, variables };
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = groups.get(&key).and_then(Weak::upgrade) {
            return Some(group);
        }
        groups.retain(|_, group| group.strong_count() > 0);
        let of_tenant = groups.keys().filter(|known| known.tenant == key.tenant).count();
        if groups.len() >= MOST_GROUPS || of_tenant >= MOST_OF_TENANT {
            return None;
        }
        let shared = Shared { names: &asked_for, variables: Variables::from_json(shared) };
        let group = Arc::new(open(schema, &key, document, shared));
        groups.insert(key, Arc::downgrade(&group));
        Some(group)
    }
}

/// The variables that all of a group share.
struct Shared<'a> {
    names: &'a [String],
    variables: Variables,
}

/// A group whose words are written by the same document, asked by nobody: without conditions and cursor, and with the variables that
/// all of the group share, so that nobody's own mistake becomes everybody's.
fn open(schema: &FengqiaoSchema, key: &Key, mut document: ExecutableDocument, shared: Shared<'_>) -> Group {
    let operation = match (&mut document.operations, &key.operation) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(all), Some(name)) => all.get_mut(name.as_str()),
        (DocumentOperations::Multiple(all), None) => all.values_mut().next(),
    };
    if let Some(operation) = operation {
        let is_shared = |name: &str| shared.names.iter().any(|known| known == name);
        operation.node.variable_definitions.retain(|known| is_shared(known.node.name.node.as_str()));
        for item in &mut operation.node.selection_set.node.items {
            if let Selection::Field(field) = &mut item.node {
                field.node.arguments.clear();
            }
        }
    }
    let (schema, key, variables) = (schema.clone(), key.clone(), shared.variables);
    Group::new(move |feed| {
        let mut request = Request::new(key.document.clone()).variables(variables.clone());
        request.operation_name.clone_from(&key.operation);
        request.set_parsed_query(document.clone());
        schema.execute_stream(request.data(feed))
    })
}

/// The signed-in caller of a request.
pub(super) fn member(request: &Request) -> Option<&Arc<Member>> {
    request.data.get(&TypeId::of::<Arc<Member>>())?.downcast_ref()
}

/// The operation that runs.
pub(super) fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => Some(&operations.get(name)?.node),
        // Clients often do not name the only one there is.
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next().map(|only| &only.node)
        }
        _ => None,
    }
}

/// The only field of a subscription, if it is the one that is shared.
fn root(operation: &OperationDefinition) -> Option<&Field> {
    let [only] = operation.selection_set.node.items.as_slice() else { return None };
    let Selection::Field(field) = &only.node else { return None };
    let plain = operation.directives.is_empty() && field.node.directives.is_empty();
    let shared = operation.ty == OperationType::Subscription && field.node.name.node == FIELD;
    (plain && shared).then_some(&field.node)
}

/// A look at everything that a document selects.
struct Survey<'a> {
    document: &'a ExecutableDocument,
    /// Variables that directives ask for.
    variables: Vec<String>,
}

impl<'a> Survey<'a> {
    /// None when something in it depends on who asks.
    fn of(document: &'a ExecutableDocument, root: &Field) -> Option<Self> {
        let mut survey = Self { document, variables: vec![] };
        let shared = survey.admits(&root.selection_set.node, &OF_ITEMS, 0);
        (shared || mutant::active(Mutant::SharedEyes)).then_some(survey)
    }

    fn admits(&mut self, set: &SelectionSet, known: &[&str], depth: usize) -> bool {
        depth < DEEPEST
            && set.items.iter().all(|item| {
                self.admits_directives(item.node.directives())
                    && match &item.node {
                        Selection::Field(field) => self.admits_field(&field.node, known, depth),
                        Selection::InlineFragment(fragment) => {
                            self.admits(&fragment.node.selection_set.node, known, depth + 1)
                        }
                        Selection::FragmentSpread(spread) => {
                            let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                            fragment.is_some_and(|fragment| {
                                self.admits_directives(&fragment.node.directives)
                                    && self.admits(&fragment.node.selection_set.node, known, depth + 1)
                            })
                        }
                    }
            })
    }

    fn admits_field(&mut self, field: &Field, known: &[&str], depth: usize) -> bool {
        let name = field.name.node.as_str();
        let below: &[&str] = if name == EVENT { &OF_EVENTS } else { &[] };
        known.contains(&name)
            && field.arguments.is_empty()
            && self.admits(&field.selection_set.node, below, depth + 1)
    }

    /// Whether they are the two of the specification; what they ask for becomes part of the key.
    fn admits_directives(&mut self, directives: &[Positioned<Directive>]) -> bool {
        let arguments = directives.iter().flat_map(|directive| &directive.node.arguments);
        for (_, value) in arguments {
            let value = value.node.to_string();
            self.variables.extend(value.strip_prefix('$').map(str::to_owned));
        }
        directives.iter().all(|directive| matches!(directive.node.name.node.as_str(), "skip" | "include"))
    }
}
