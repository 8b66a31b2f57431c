//! What the fields of a schema weigh: by rules, and where a field differs by its directives `@cost` and `@listSize`.

use std::collections::{HashMap, HashSet};

use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition,
};

/// What a mutation weighs besides its payload: a transaction with its guards, its trail and its events are some ten statements.
const MUTATION: u64 = 10;
/// How long a list counts that does not say it: of those of the schema that have no bound few are longer.
const LIST: u64 = 10;
/// A page without a size, as the lists of the schema have it.
const PAGE: u64 = fengqiao_domain::kernel::page::DEFAULT_SIZE;

/// The schema of schemas, which no schema prints. Lists count so long that the usual question for the whole schema passes, and
/// one that follows types in a circle does not.
const INTROSPECTION: &str = r"
type __Schema {
  types: [__Type!]! @listSize(assumedSize: 1)
  queryType: __Type!
  mutationType: __Type
  subscriptionType: __Type
  directives: [__Directive!]! @listSize(assumedSize: 1)
}
type __Type {
  fields: [__Field!] @listSize(assumedSize: 30)
  interfaces: [__Type!]
  possibleTypes: [__Type!] @listSize(assumedSize: 30)
  enumValues: [__EnumValue!]
  inputFields: [__InputValue!] @listSize(assumedSize: 30)
  ofType: __Type
}
type __Field { args: [__InputValue!]! @listSize(assumedSize: 1) type: __Type! }
type __InputValue { type: __Type! }
type __EnumValue { name: String! }
type __Directive { args: [__InputValue!]! @listSize(assumedSize: 1) }
type __Root { __schema: __Schema! @cost(weight: 100) __type: __Type @cost(weight: 10) }
";

/// A schema that no tariff can be read from.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no costs can be read from the schema: {0}")]
pub struct BadTariff(String);

/// What each field of a schema weighs.
#[derive(Debug)]
pub struct Tariff {
    pub(super) query: String,
    pub(super) mutation: String,
    pub(super) subscription: String,
    kinds: HashMap<String, Kind>,
}

/// A type with fields.
#[derive(Debug, Default)]
pub(super) struct Kind {
    /// Whether its objects are of other types: of several that a document distinguishes an object is one.
    pub(super) is_abstract: bool,
    fields: HashMap<String, Price>,
}

/// What a field weighs.
#[derive(Debug)]
pub(super) struct Price {
    /// It, or each element of its list.
    pub(super) weight: u64,
    /// How often what is below it counts.
    pub(super) times: Times,
    /// The type of what is below it.
    pub(super) of: String,
}

/// How often what is below a field counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// Once; what is an element of a page below it so often.
    Once(u64),
    /// As often as a list is long.
    List(u64),
    /// As often as the page is long that is asked for: a list, or what holds one.
    Page(Holds),
    /// As often as the list of an argument is long.
    Argument(String, Holds),
    /// As often as the page is long that this stands on.
    Element,
}

/// Whether a field is a list itself, or what it answers holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// It is a list.
    Itself,
    /// It holds one.
    Below,
}

impl Tariff {
    /// The tariff of a schema, as the schema is printed.
    ///
    /// # Errors
    /// [`BadTariff`] when it is no schema.
    pub fn of(sdl: &str) -> Result<Self, BadTariff> {
        let parse = |text| parse_schema(text).map_err(|error| BadTariff(error.to_string()));
        let (schema, introspection) = (parse(sdl)?, parse(INTROSPECTION)?);
        let types: Vec<&TypeDefinition> = types(&schema).chain(types(&introspection)).collect();
        let reader = Reader::of(&types);
        let mut tariff = roots(&schema);
        for definition in types {
            let name = definition.name.node.as_str();
            if let Some(fields) = fields(definition) {
                let base = if name == tariff.mutation { Some(MUTATION) } else { None };
                let fields =
                    fields.map(|field| (field.name.node.to_string(), reader.price(name, field, base)));
                let is_abstract = !matches!(definition.kind, TypeKind::Object(_));
                tariff.kinds.insert(name.to_owned(), Kind { is_abstract, fields: fields.collect() });
            } else if matches!(definition.kind, TypeKind::Union(_)) {
                let kind = Kind { is_abstract: true, fields: HashMap::new() };
                tariff.kinds.insert(name.to_owned(), kind);
            }
        }
        if let Some(entry) = tariff.kinds.remove("__Root")
            && let Some(query) = tariff.kinds.get_mut(&tariff.query)
        {
            query.fields.extend(entry.fields);
        }
        Ok(tariff)
    }

    pub(super) fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.get(name)
    }

    /// What a field weighs, of a type that has it.
    pub(super) fn price(&self, kind: &str, field: &str) -> Option<&Price> {
        self.kinds.get(kind)?.fields.get(field)
    }
}

fn roots(schema: &ServiceDocument) -> Tariff {
    let mut tariff = Tariff {
        query: "Query".to_owned(),
        mutation: "Mutation".to_owned(),
        subscription: "Subscription".to_owned(),
        kinds: HashMap::new(),
    };
    for definition in &schema.definitions {
        let TypeSystemDefinition::Schema(definition) = definition else { continue };
        let named = [
            (&definition.node.query, &mut tariff.query),
            (&definition.node.mutation, &mut tariff.mutation),
            (&definition.node.subscription, &mut tariff.subscription),
        ];
        for (name, root) in named {
            if let Some(name) = name {
                *root = name.node.to_string();
            }
        }
    }
    tariff
}

fn types(schema: &ServiceDocument) -> impl Iterator<Item = &TypeDefinition> {
    schema.definitions.iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(&definition.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    })
}

fn fields(definition: &TypeDefinition) -> Option<impl Iterator<Item = &FieldDefinition>> {
    let fields = match &definition.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        _ => return None,
    };
    Some(fields.iter().map(|field| &field.node))
}

/// What must be known of all types to price one field.
struct Reader<'a> {
    /// Types with something below them, and whether it weighs something itself.
    composites: HashMap<&'a str, u64>,
    /// Types that hold a page.
    pages: HashSet<&'a str>,
}

impl<'a> Reader<'a> {
    fn of(types: &[&'a TypeDefinition]) -> Self {
        let composites = types.iter().filter_map(|definition| {
            let name = definition.name.node.as_str();
            let tells_of_errors = match &definition.kind {
                TypeKind::Object(object) => object.implements.iter().any(|of| of.node == "UserError"),
                TypeKind::Interface(_) | TypeKind::Union(_) => name == "UserError",
                _ => return None,
            };
            let is_frame = name == "PageInfo" || name.ends_with("Edge");
            Some((name, u64::from(!tells_of_errors && !is_frame)))
        });
        let sized = types.iter().filter_map(|definition| fields(definition)).flatten();
        let sized = sized.filter(|field| is_paged(field) || length_of(field).is_some());
        let pages = sized.filter_map(|field| match &field.ty.node.base {
            BaseType::Named(name) => Some(name.as_str()),
            BaseType::List(_) => None,
        });
        Self { composites: composites.collect(), pages: pages.collect() }
    }

    fn price(&self, parent: &str, field: &FieldDefinition, base: Option<u64>) -> Price {
        let (of, is_list) = named(&field.ty.node.base);
        let composite = self.composites.get(of).copied();
        let weight = number(field, "cost", "weight").or(base).or(composite).unwrap_or_default();
        let is_list = is_list && composite.is_some();
        let holds = if is_list { Holds::Itself } else { Holds::Below };
        let times = if let Some(argument) = length_of(field) {
            Times::Argument(argument.to_owned(), holds)
        } else if is_paged(field) {
            Times::Page(holds)
        } else if let Some(assumed) = number(field, "listSize", "assumedSize") {
            if is_list { Times::List(assumed) } else { Times::Once(assumed) }
        } else if is_list && self.pages.contains(parent) {
            Times::Element
        } else if is_list {
            Times::List(LIST)
        } else {
            Times::Once(PAGE)
        };
        Price { weight, times, of: of.to_owned() }
    }
}

/// The name of a type without its lists, and whether it had any.
fn named(base: &BaseType) -> (&str, bool) {
    match base {
        BaseType::Named(name) => (name.as_str(), false),
        BaseType::List(inner) => (named(&inner.base).0, true),
    }
}

fn is_paged(field: &FieldDefinition) -> bool {
    field.arguments.iter().any(|argument| argument.node.name.node == "first")
}

fn argument<'a>(field: &'a FieldDefinition, directive: &str, name: &str) -> Option<&'a Value> {
    let directive = field.directives.iter().find(|given| given.node.name.node == directive)?;
    directive.node.get_argument(name).map(|value| &value.node)
}

fn length_of(field: &FieldDefinition) -> Option<&str> {
    match argument(field, "listSize", "lengthOf")? {
        Value::String(path) => Some(path),
        _ => None,
    }
}

fn number(field: &FieldDefinition, directive: &str, name: &str) -> Option<u64> {
    match argument(field, directive, name)? {
        Value::Number(number) => number.as_u64(),
        // The directives that others read have it as a text.
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
