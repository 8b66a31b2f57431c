//! Every rule on the schema at once: a run tells everything that is wrong, not the first of it.

use std::fmt;

use super::rules;
use super::sdl::Sdl;

/// A place of the schema that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule, as the design names it: `S1` to `S24`.
    pub rule: &'static str,
    /// Where: `Type`, `Type.field` or `Type.field(argument)`.
    pub at: String,
    /// What is wrong and how it would be right.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.rule, self.at, self.what)
    }
}

/// A rule: what it finds wrong with a schema.
pub type Rule = fn(&Sdl) -> Vec<Violation>;

/// Everything that is wrong with a schema.
pub fn violations(sdl: &Sdl) -> Vec<Violation> {
    rules::ALL.iter().flat_map(|rule| rule(sdl)).collect()
}

/// What one rule finds in a schema, as text.
pub fn found(rule: Rule, sdl: &str) -> Vec<String> {
    match Sdl::parse(sdl) {
        Ok(sdl) => rule(&sdl).iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    }
}

#[test]
fn the_schema_keeps_every_rule() {
    let sdl = Sdl::parse(&fengqiao_api::graphql::schema::sdl()).expect("the schema parses");
    let found: Vec<String> = violations(&sdl).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

#[test]
fn an_exception_that_nothing_needs_is_itself_a_violation() {
    let sdl = Sdl::parse(&fengqiao_api::graphql::schema::sdl()).expect("the schema parses");
    let places: Vec<String> = sdl
        .types
        .iter()
        .flat_map(|ty| {
            let members = ty.members.iter().map(move |member| format!("{}.{}", ty.name, member.name));
            members.chain([ty.name.clone()])
        })
        .collect();
    let stale: Vec<&str> = rules::exceptions()
        .map(|(place, _)| place)
        .filter(|place| !places.iter().any(|known| known == place))
        .collect();
    assert!(stale.is_empty(), "exceptions for what is not in the schema: {stale:?}");
}
