//! The rules, by what they look at, and the exceptions with their reasons.

mod descriptions;
mod enums;
mod errors;
mod ids;
mod inputs;
mod lists;
mod mutations;
mod order;
mod personal;
mod roots;
mod values;

use super::lint::{Rule, Violation};
use super::sdl::Sdl;

/// Every rule.
pub const ALL: &[Rule] = &[
    mutations::are_noun_and_verb,
    mutations::take_one_input,
    mutations::answer_a_payload,
    mutations::show_their_permission,
    errors::tell_message_path_and_code,
    ids::are_ids_of_nodes,
    ids::are_not_answered_bare,
    inputs::say_nothing_that_the_server_decides,
    lists::are_connections_or_short,
    lists::filter_and_order_alike,
    enums::are_screaming_and_say_what_they_are,
    values::say_their_unit,
    descriptions::say_something,
    descriptions::say_how_much_is_accepted,
    descriptions::of_the_deprecated_name_a_day,
    personal::data_is_masked,
    roots::are_plural_or_singular,
    order::is_alphabetical,
];

/// A place of the schema with the reason why a rule does not bind it.
pub type Exception = (&'static str, &'static str);

/// All exceptions of all rules.
pub fn exceptions() -> impl Iterator<Item = Exception> {
    [
        mutations::WITHOUT_PERMISSION,
        ids::BARE,
        ids::WITHOUT_NODE,
        inputs::SAID_BY_CLIENTS,
        lists::WITH_GAPS,
        lists::UNPAGED,
        enums::OF_OTHER_NAME,
        values::OF_OTHER_NAME,
        roots::OF_OTHER_NAME,
    ]
    .into_iter()
    .flatten()
    .copied()
}

fn is_excepted(exceptions: &[Exception], place: &str) -> bool {
    exceptions.iter().any(|(excepted, _)| *excepted == place)
}

fn violation(rule: &'static str, at: impl Into<String>, what: impl Into<String>) -> Violation {
    Violation { rule, at: at.into(), what: what.into() }
}

/// The names of the types that have a global id and can be fetched by it.
fn nodes(sdl: &Sdl) -> impl Iterator<Item = &str> {
    sdl.types.iter().filter(|ty| ty.is_a("Node")).map(|ty| ty.name.as_str())
}

/// `UnitGroup` as `unitGroup`.
fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// `unitGroup` as `UnitGroup`.
fn upper_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}
