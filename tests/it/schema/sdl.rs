//! A schema's text as plain values, in the order of the text.

use std::collections::BTreeMap;

use async_graphql::parser::types::{
    ConstDirective, FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::parser::{Error, parse_schema};
use async_graphql::{Name, Positioned};

/// A schema.
pub struct Sdl {
    /// Its types in the order of the text.
    pub types: Vec<Type>,
    by_name: BTreeMap<String, usize>,
    /// The text itself.
    pub text: String,
}

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Scalar,
    Object,
    Interface,
    Union,
    Enum,
    Input,
}

/// A type.
pub struct Type {
    pub name: String,
    pub kind: Kind,
    pub description: String,
    pub implements: Vec<String>,
    pub directives: Vec<Directive>,
    /// Fields, input fields, enum values, or the members of a union.
    pub members: Vec<Member>,
}

/// A field, input field, argument, enum value or member of a union.
pub struct Member {
    pub name: String,
    pub description: String,
    /// Its type as written, `[Unit!]!`; empty for an enum value.
    pub ty: String,
    pub arguments: Vec<Member>,
    pub directives: Vec<Directive>,
}

/// A directive with its arguments as written.
pub struct Directive {
    pub name: String,
    pub arguments: Vec<(String, String)>,
}

impl Sdl {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let definitions = parse_schema(text)?.definitions;
        let types: Vec<Type> = definitions.into_iter().filter_map(defined).collect();
        let by_name = types.iter().enumerate().map(|(index, ty)| (ty.name.clone(), index)).collect();
        Ok(Self { types, by_name, text: text.to_owned() })
    }

    /// The type of a name.
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.by_name.get(name).map(|index| &self.types[*index])
    }

    /// The fields of a root type; none when the schema lacks it.
    pub fn root(&self, name: &str) -> &[Member] {
        self.get(name).map_or(&[], |ty| &ty.members)
    }

    /// The types of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Type> {
        self.types.iter().filter(move |ty| ty.kind == kind)
    }

    /// The fields that answers are made of, with their types: of objects and interfaces.
    pub fn outputs(&self) -> impl Iterator<Item = (&Type, &Member)> {
        let answering = |ty: &&Type| matches!(ty.kind, Kind::Object | Kind::Interface);
        self.types.iter().filter(answering).flat_map(|ty| ty.members.iter().map(move |field| (ty, field)))
    }

    /// Everything a client sends: input fields and arguments, each with where it stands.
    pub fn inputs(&self) -> impl Iterator<Item = (String, &Member)> {
        let fields = self.of(Kind::Input).flat_map(|ty| {
            ty.members.iter().map(move |field| (format!("{}.{}", ty.name, field.name), field))
        });
        let arguments = self.outputs().flat_map(|(ty, field)| {
            field
                .arguments
                .iter()
                .map(move |argument| (format!("{}.{}({})", ty.name, field.name, argument.name), argument))
        });
        fields.chain(arguments)
    }
}

impl Type {
    /// A member by name.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }

    /// Whether it implements an interface.
    pub fn is_a(&self, interface: &str) -> bool {
        self.implements.iter().any(|name| name == interface)
    }
}

impl Member {
    /// The type without lists and exclamation marks: `Unit` of `[Unit!]!`.
    pub fn base(&self) -> &str {
        self.ty.trim_matches(['[', ']', '!'])
    }

    /// Whether null can be the answer or be sent.
    pub fn is_nullable(&self) -> bool {
        !self.ty.ends_with('!')
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        self.ty.starts_with('[')
    }

    /// An argument by name.
    pub fn argument(&self, name: &str) -> Option<&Member> {
        self.arguments.iter().find(|argument| argument.name == name)
    }

    /// A directive by name.
    pub fn directive(&self, name: &str) -> Option<&Directive> {
        self.directives.iter().find(|directive| directive.name == name)
    }
}

impl Directive {
    /// An argument as written; empty without it.
    pub fn argument(&self, name: &str) -> &str {
        self.arguments.iter().find(|(argument, _)| argument == name).map_or("", |(_, value)| value)
    }
}

fn defined(definition: TypeSystemDefinition) -> Option<Type> {
    let TypeSystemDefinition::Type(Positioned { node, .. }) = definition else { return None };
    let TypeDefinition { description, name, directives, kind, .. } = node;
    let (kind, implements, members) = match kind {
        TypeKind::Scalar => (Kind::Scalar, vec![], vec![]),
        TypeKind::Object(object) => (Kind::Object, object.implements, fields(object.fields)),
        TypeKind::Interface(interface) => (Kind::Interface, interface.implements, fields(interface.fields)),
        TypeKind::Union(union) => (Kind::Union, vec![], union.members.iter().map(named).collect()),
        TypeKind::InputObject(input) => {
            (Kind::Input, vec![], input.fields.into_iter().map(|field| input_value(field.node)).collect())
        }
        TypeKind::Enum(values) => (
            Kind::Enum,
            vec![],
            values
                .values
                .into_iter()
                .map(|value| Member {
                    description: text(value.node.description),
                    directives: directives_of(value.node.directives),
                    ..named(&value.node.value)
                })
                .collect(),
        ),
    };
    Some(Type {
        name: name.node.to_string(),
        kind,
        description: text(description),
        implements: implements.into_iter().map(|name| name.node.to_string()).collect(),
        directives: directives_of(directives),
        members,
    })
}

fn fields(fields: Vec<Positioned<FieldDefinition>>) -> Vec<Member> {
    let member = |field: FieldDefinition| Member {
        name: field.name.node.to_string(),
        description: text(field.description),
        ty: field.ty.node.to_string(),
        arguments: field.arguments.into_iter().map(|argument| input_value(argument.node)).collect(),
        directives: directives_of(field.directives),
    };
    fields.into_iter().map(|field| member(field.node)).collect()
}

fn input_value(value: InputValueDefinition) -> Member {
    Member {
        name: value.name.node.to_string(),
        description: text(value.description),
        ty: value.ty.node.to_string(),
        arguments: vec![],
        directives: directives_of(value.directives),
    }
}

fn named(name: &Positioned<Name>) -> Member {
    Member {
        name: name.node.to_string(),
        description: String::new(),
        ty: String::new(),
        arguments: vec![],
        directives: vec![],
    }
}

fn directives_of(directives: Vec<Positioned<ConstDirective>>) -> Vec<Directive> {
    let directive = |directive: ConstDirective| Directive {
        name: directive.name.node.to_string(),
        arguments: directive
            .arguments
            .into_iter()
            .map(|(name, value)| (name.node.to_string(), value.node.to_string()))
            .collect(),
    };
    directives.into_iter().map(|positioned| directive(positioned.node)).collect()
}

fn text(description: Option<Positioned<String>>) -> String {
    description.map(|text| text.node).unwrap_or_default()
}
