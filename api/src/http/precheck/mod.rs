//! The check of a document before the executor sees it (requirements G1–G3).
//!
//! Why it exists: the executor walks fragment spreads recursively and without a memory, before and during
//! validation. 31 fragments that each spread the next one twice are one kilobyte and 2³⁰ visits, in one
//! synchronous call that no time-out interrupts. Here the same document costs one visit per token:
//! brackets and tokens are counted before anything recursive runs, and each fragment is weighed once,
//! after those it spreads.
//!
//! Not for: whether the document fits the schema (the executor validates), or what its fields cost ([`super::cost`]).

mod executor;
mod lexer;
mod survey;
mod weight;

use async_graphql::parser::{
    parse_query,
    types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use async_graphql::{Name, Pos, Positioned, ServerError, Value, Variables};

use super::limits::DocumentLimits;
use survey::Survey;
pub(super) use weight::in_order;
use weight::{Circle, Scales, Weight};

/// A document that may be executed, and what the edge needs to know of it.
#[derive(Debug)]
pub struct Checked {
    /// The parsed document, so that it is parsed once.
    pub document: ExecutableDocument,
    /// The kind of the operation that will run.
    pub kind: OperationType,
    /// Its name.
    pub name: Option<String>,
    /// Its root fields, fragments included.
    pub root_fields: u64,
    /// The names of a mutation's root fields.
    pub mutations: Vec<String>,
    /// Values of variables that the request need not give.
    pub defaults: Vec<(Name, Value)>,
    /// Where the document's fields stand: an error located elsewhere is about an argument.
    pub field_positions: Vec<Pos>,
}

impl Checked {
    /// The operation that will run.
    pub(super) fn operation(&self) -> Option<&OperationDefinition> {
        let name = self.name.as_deref();
        let mut operations = self.document.operations.iter();
        operations.find(|(known, _)| known.map(Name::as_str) == name).map(|(_, operation)| &operation.node)
    }
}

/// Why a document is not executed.
#[derive(Debug)]
pub enum Refusal {
    /// It is not a document, or does not contain the operation: a request error of the specification.
    Syntax(ServerError),
    /// It exceeds a limit.
    Exceeded {
        /// What there is too much of.
        what: &'static str,
        /// The setting.
        limit: &'static str,
        /// Its value.
        allowed: u64,
        /// What the document has, as far as it was counted.
        found: u64,
    },
    /// One response key stands twice at a mutation's root: the effect would be doubled.
    Repeated(String),
    /// Its fragments spread each other in a circle.
    Circle(String),
}

impl Refusal {
    fn syntax(message: impl Into<String>, position: Option<Pos>) -> Self {
        Self::Syntax(ServerError::new(message, position))
    }
}

/// Checks one document.
///
/// # Errors
/// [`Refusal`] names the limit and both values.
pub fn check(
    text: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &DocumentLimits,
) -> Result<Checked, Refusal> {
    within("bytes", "max_bytes", limits.max_bytes, text.len())?;
    lexer::scan(text, limits)?;
    let document = parse_query(text).map_err(|error| Refusal::Syntax(error.into()))?;
    within("fragments", "max_fragments", limits.max_fragments, document.fragments.len())?;

    let survey = Survey::of(&document);
    judge_directives(&survey, limits)?;
    let scales = Scales::calibrate(&document, variables, &limits.authentication_fields)
        .map_err(|Circle(fragment)| Refusal::Circle(fragment))?;
    judge_operations(&document.operations, &scales, limits)?;

    let (name, operation) = select(&document.operations, operation_name)?;
    if let Some(key) = executor::repeated_key(&document, &operation.node) {
        return Err(Refusal::Repeated(key));
    }
    let root_fields = scales.weigh(&operation.node.selection_set.node).fields_here;
    Ok(Checked {
        kind: operation.node.ty,
        name,
        root_fields,
        mutations: executor::mutations(&document, &operation.node),
        defaults: executor::variable_defaults(&operation.node),
        field_positions: survey.field_positions,
        document,
    })
}

fn judge_directives(survey: &Survey, limits: &DocumentLimits) -> Result<(), Refusal> {
    within(
        "directives on one node",
        "max_directives_per_node",
        limits.max_directives_per_node,
        survey.most_directives,
    )?;
    within("directives", "max_directives", limits.max_directives, survey.directives)
}

/// What is validated together is bounded together; the rest for each operation.
fn judge_operations(
    operations: &DocumentOperations,
    scales: &Scales<'_>,
    limits: &DocumentLimits,
) -> Result<(), Refusal> {
    let weighed: Vec<_> = operations
        .iter()
        .map(|(_, operation)| (&operation.node, scales.weigh(&operation.node.selection_set.node)))
        .collect();
    let total = |of: fn(&Weight) -> u64| {
        weighed.iter().fold(0_u64, |sum, (_, weight)| sum.saturating_add(of(weight)))
    };
    at_most(
        "selections after expanding fragments",
        "max_expanded_selections",
        limits.max_expanded_selections,
        total(|weight| weight.selections),
    )?;
    at_most(
        "argument values after expanding fragments and variables",
        "max_argument_values",
        limits.max_argument_values,
        total(|weight| weight.values),
    )?;
    weighed.iter().try_for_each(|(operation, weight)| judge(operation, weight, limits))
}

/// Each operation must pass by itself, whichever is selected.
fn judge(operation: &OperationDefinition, weight: &Weight, limits: &DocumentLimits) -> Result<(), Refusal> {
    at_most("levels of depth", "max_depth", limits.max_depth, weight.depth)?;
    at_most("root fields", "max_root_fields", limits.max_root_fields, weight.fields_here)?;
    at_most("aliases", "max_aliases", limits.max_aliases, weight.aliases)?;
    at_most(
        "authentication fields",
        "max_authentication_fields",
        limits.max_authentication_fields,
        weight.authentications,
    )?;
    if operation.ty == OperationType::Mutation {
        at_most("mutation fields", "max_mutation_fields", limits.max_mutation_fields, weight.fields_here)?;
    }
    Ok(())
}

/// The operation that the executor will choose, by the specification's `GetOperation`.
fn select<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<(Option<String>, &'a Positioned<OperationDefinition>), Refusal> {
    match (operations, name) {
        (DocumentOperations::Single(operation), None) => Ok((None, operation)),
        (DocumentOperations::Single(_), Some(name)) => Err(unknown_operation(name)),
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get_key_value(name)
            .map(|(name, operation)| (Some(name.to_string()), operation))
            .ok_or_else(|| unknown_operation(name)),
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.iter();
            match (all.next(), all.next()) {
                (Some((name, operation)), None) => Ok((Some(name.to_string()), operation)),
                _ => Err(Refusal::syntax(
                    "the document has several operations: name one in operationName",
                    None,
                )),
            }
        }
    }
}

fn unknown_operation(name: &str) -> Refusal {
    Refusal::syntax(format!("the document has no operation named {name:?}"), None)
}

fn within(what: &'static str, limit: &'static str, allowed: usize, found: usize) -> Result<(), Refusal> {
    let [allowed, found] = [allowed, found].map(|count| u64::try_from(count).unwrap_or(u64::MAX));
    at_most(what, limit, allowed, found)
}

const fn at_most(what: &'static str, limit: &'static str, allowed: u64, found: u64) -> Result<(), Refusal> {
    if found <= allowed {
        return Ok(());
    }
    Err(Refusal::Exceeded { what, limit, allowed, found })
}
