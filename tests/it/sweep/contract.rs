//! The schema as the sweep reads it: from the contract's text, not from what resolvers promise.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};

/// A field or an argument with its type.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// The type without `!` and `[]`.
    pub(crate) base: String,
    /// The type as it is written.
    pub(crate) written: String,
    pub(crate) list: bool,
    pub(crate) required: bool,
    pub(crate) arguments: Vec<Member>,
}

/// A type by its kind.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Leaf(Vec<String>),
    Object(Vec<Member>),
    /// A union, or an interface with those who implement it.
    OneOfMany(Vec<String>),
    Input {
        members: Vec<Member>,
        one_of: bool,
    },
}

/// The types by name.
pub(crate) struct Contract(BTreeMap<String, Shape>);

impl Contract {
    pub(crate) fn read() -> anyhow::Result<Self> {
        let document = parse_schema(fengqiao_api::graphql::schema::sdl())?;
        let mut types: BTreeMap<String, Shape> = ["Int", "Float", "String", "Boolean", "ID"]
            .map(|name| (name.to_owned(), Shape::Leaf(vec![])))
            .into_iter()
            .collect();
        let mut implementers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let definition = definition.node;
            let name = definition.name.node.to_string();
            let one_of = definition.directives.iter().any(|found| found.node.name.node == "oneOf");
            let shape = match definition.kind {
                TypeKind::Scalar => Shape::Leaf(vec![]),
                TypeKind::Enum(found) => {
                    Shape::Leaf(found.values.iter().map(|value| value.node.value.node.to_string()).collect())
                }
                TypeKind::Object(found) => {
                    for interface in found.implements {
                        implementers.entry(interface.node.to_string()).or_default().push(name.clone());
                    }
                    Shape::Object(found.fields.iter().map(|field| field_of(&field.node)).collect())
                }
                TypeKind::Interface(_) => Shape::OneOfMany(vec![]),
                TypeKind::Union(found) => {
                    Shape::OneOfMany(found.members.iter().map(|member| member.node.to_string()).collect())
                }
                TypeKind::InputObject(found) => {
                    let members = found.fields.iter().map(|field| argument_of(&field.node)).collect();
                    Shape::Input { members, one_of }
                }
            };
            types.insert(name, shape);
        }
        for (interface, who) in implementers {
            if let Some(Shape::OneOfMany(members)) = types.get_mut(&interface) {
                *members = who;
            }
        }
        Ok(Self(types))
    }

    pub(crate) fn shape(&self, name: &str) -> anyhow::Result<&Shape> {
        self.0.get(name).with_context(|| format!("the contract has no type {name}"))
    }

    /// The names of all types.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The fields of an object type.
    pub(crate) fn fields(&self, name: &str) -> anyhow::Result<&[Member]> {
        match self.shape(name)? {
            Shape::Object(fields) => Ok(fields),
            other => bail!("{name} is no object: {other:?}"),
        }
    }

    /// The types of which an interface or a union is one.
    pub(crate) fn members(&self, name: &str) -> &[String] {
        match self.0.get(name) {
            Some(Shape::OneOfMany(members)) => members,
            _ => &[],
        }
    }

    /// The fields that every member of a union or an interface has.
    pub(crate) fn shared(&self, name: &str) -> anyhow::Result<Vec<Member>> {
        let members = self.members(name);
        let Some(first) = members.first() else { return Ok(vec![]) };
        let mut shared = self.fields(first)?.to_vec();
        for member in members {
            let fields = self.fields(member)?;
            shared.retain(|field| {
                fields.iter().any(|other| other.name == field.name && other.written == field.written)
            });
        }
        Ok(shared)
    }

    /// Everything that can be selected of a type, so many objects deep; all scalars of the last one.
    pub(crate) fn selection(&self, name: &str, depth: usize) -> anyhow::Result<String> {
        match self.shape(name)? {
            Shape::Leaf(_) => Ok(String::new()),
            Shape::Input { .. } => bail!("{name} is an input"),
            Shape::OneOfMany(members) => {
                let mut text = "{ __typename".to_owned();
                for member in members {
                    let body = self.body(member, depth, &format!("{member}_"))?;
                    let _ = write!(text, " ... on {member} {{ {body} }}");
                }
                Ok(format!("{text} }}"))
            }
            Shape::Object(_) => Ok(format!("{{ {} }}", self.body(name, depth, "")?)),
        }
    }

    fn body(&self, name: &str, depth: usize, prefix: &str) -> anyhow::Result<String> {
        let mut text = "__typename".to_owned();
        for field in self.fields(name)? {
            let alias = if prefix.is_empty() { String::new() } else { format!("{prefix}{}: ", field.name) };
            let leaf = matches!(self.shape(&field.base)?, Shape::Leaf(_));
            // A text that may be masked is a value, and no step deeper either.
            let page = name.ends_with("Connection")
                || name.ends_with("Edge")
                || matches!(field.base.as_str(), "PageInfo" | "MaskedText");
            if !leaf && !page && depth == 0 {
                continue;
            }
            // A page and its edges are no step deeper; what hangs on an edge hangs on a node as well.
            let below = match (name.ends_with("Edge"), page) {
                (true, _) => 0,
                (false, true) => depth,
                (false, false) => depth.saturating_sub(1),
            };
            let _ = write!(text, " {alias}{}", field.name);
            if field.arguments.iter().any(|argument| argument.name == "first") {
                text.push_str("(first: 100)");
            }
            if let Some(argument) = field.arguments.iter().find(|argument| argument.required) {
                bail!("{name}.{} needs {}: tell the sweep what to give", field.name, argument.name);
            }
            if !leaf {
                let _ = write!(text, " {}", self.selection(&field.base, below)?);
            }
        }
        Ok(text)
    }
}

fn field_of(field: &FieldDefinition) -> Member {
    let arguments = field.arguments.iter().map(|argument| argument_of(&argument.node)).collect();
    Member { arguments, ..typed(field.name.node.as_str(), &field.ty.node) }
}

fn argument_of(argument: &InputValueDefinition) -> Member {
    let member = typed(argument.name.node.as_str(), &argument.ty.node);
    Member { required: member.required && argument.default_value.is_none(), ..member }
}

fn typed(name: &str, ty: &Type) -> Member {
    let (mut base, mut list) = (&ty.base, false);
    while let BaseType::List(inner) = base {
        list = true;
        base = &inner.base;
    }
    let BaseType::Named(base) = base else { unreachable!("lists were unwrapped") };
    Member {
        name: name.to_owned(),
        base: base.to_string(),
        written: ty.to_string(),
        list,
        required: !ty.nullable,
        arguments: vec![],
    }
}
