//! What is selected of a type: its own values however deep they go, and of other things that have an id as far as one step.

use std::fmt::Write as _;

use crate::sweep::contract::{Contract, Member, Shape};

/// Whether things of a type have a global id, so that they are asked for by themselves.
pub(super) fn has_id(contract: &Contract, name: &str) -> bool {
    contract.members("Node").iter().any(|thing| thing == name)
}

/// How much is told of a page, whatever it lists.
fn is_page(name: &str) -> bool {
    name.ends_with("Connection")
}

/// How far a selection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// A thing that is asked for, or what a field answers: its values, and the fields of things beside it.
    Thing,
    /// A value of such a thing: its values, and which things it names.
    Value,
    /// A thing beside it: its own fields alone.
    Beside,
}

/// A selection of everything that a thing with an id has, or that a field answers.
pub(super) struct Selecting<'a> {
    contract: &'a Contract,
    /// The values that are being selected, so that none goes round in a circle.
    open: Vec<String>,
}

impl<'a> Selecting<'a> {
    pub(super) fn new(contract: &'a Contract) -> Self {
        Self { contract, open: vec![] }
    }

    /// Everything of a thing that is asked for by its id.
    pub(super) fn thing(mut self, name: &str) -> anyhow::Result<String> {
        self.object(name, Reach::Thing)
    }

    /// Everything that a field answers: values as far as they go, of things with an id which they are.
    pub(super) fn answer(mut self, name: &str) -> anyhow::Result<String> {
        match self.contract.shape(name)? {
            Shape::Leaf(_) => Ok(String::new()),
            Shape::Object(_) if is_page(name) => self.page(name, Reach::Value),
            _ if self.is_named(name) => Ok(self.which(name)),
            _ => self.object(name, Reach::Value),
        }
    }

    /// Of a union, what all its members have has one name, and what is of one alone has its type before it.
    fn object(&mut self, name: &str, reach: Reach) -> anyhow::Result<String> {
        let contract = self.contract;
        if matches!(contract.shape(name)?, Shape::Object(_)) {
            return Ok(format!("{{ {} }}", self.body(name, reach, None)?));
        }
        let (mut text, shared) = ("{ __typename".to_owned(), contract.shared(name)?);
        for member in contract.members(name) {
            let _ = write!(text, " ... on {member} {{ {} }}", self.body(member, reach, Some(&shared))?);
        }
        Ok(format!("{text} }}"))
    }

    fn body(&mut self, name: &str, reach: Reach, shared: Option<&[Member]>) -> anyhow::Result<String> {
        let mut text = "__typename".to_owned();
        self.open.push(name.to_owned());
        for field in self.contract.fields(name)? {
            let Some(below) = self.below(field, reach)? else { continue };
            let is_told_apart =
                shared.is_some_and(|shared| shared.iter().all(|other| other.name != field.name));
            let alias = if is_told_apart { format!("{name}_{}: ", field.name) } else { String::new() };
            let _ = write!(text, " {alias}{} {below}", field.name);
        }
        self.open.pop();
        Ok(text)
    }

    /// What is selected below a field, or nothing where it is not asked.
    fn below(&mut self, field: &Member, reach: Reach) -> anyhow::Result<Option<String>> {
        let base = field.base.as_str();
        if matches!(self.contract.shape(base)?, Shape::Leaf(_)) {
            return Ok(Some(String::new()));
        }
        Ok(match (reach, self.is_named(base)) {
            _ if is_page(base) => Some(self.page(base, reach)?),
            _ if base == "MaskedText" => Some(self.object(base, reach)?),
            (Reach::Beside, _) => None,
            (Reach::Thing, true) => Some(self.object(base, Reach::Beside)?),
            (Reach::Value, true) => Some(self.which(base)),
            (_, false) if self.open.iter().any(|open| open == base) => Some("{ __typename }".to_owned()),
            (_, false) => Some(self.object(base, Reach::Value)?),
        })
    }

    /// Whether it is a thing with an id, or one of some.
    fn is_named(&self, base: &str) -> bool {
        let mut all = std::iter::once(base).chain(self.contract.members(base).iter().map(String::as_str));
        all.any(|name| has_id(self.contract, name))
    }

    /// Which thing it is: everything that has an id has it by this name.
    fn which(&self, base: &str) -> String {
        let members = self.contract.members(base).iter().map(|member| format!(" ... on {member} {{ id }}"));
        let members: String = members.collect();
        if members.is_empty() { "{ id }".to_owned() } else { format!("{{ __typename{members} }}") }
    }

    /// How many a page has; and what they are, where they are not asked for by themselves.
    fn page(&mut self, name: &str, reach: Reach) -> anyhow::Result<String> {
        let fields = self.contract.fields(name)?;
        let counted = if fields.iter().any(|field| field.name == "totalCount") { "totalCount " } else { "" };
        let nodes = fields.iter().find(|field| field.name == "nodes");
        let listed = match nodes {
            Some(nodes) if reach != Reach::Beside && !has_id(self.contract, &nodes.base) => {
                format!("nodes {}", self.object(&nodes.base.clone(), Reach::Value)?)
            }
            _ if counted.is_empty() => "nodes { __typename }".to_owned(),
            _ => String::new(),
        };
        Ok(format!("{{ {counted}{listed} }}"))
    }
}
