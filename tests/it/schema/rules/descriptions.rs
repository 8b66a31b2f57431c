//! S13, S21 and S22: everything is described, bounds are told, and what is deprecated says until when.

use std::collections::BTreeSet;

use super::violation;
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Member, Sdl};

/// Words that say nothing.
const EMPTY_WORDS: [&str; 17] = [
    "a", "an", "and", "are", "for", "has", "in", "is", "it", "its", "of", "or", "that", "the", "this", "to",
    "with",
];

/// S13: a description everywhere, with at least one word that the name does not have.
pub fn say_something(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    for ty in &sdl.types {
        // A mutation's input and payload are explained by the mutation.
        let is_named_after_a_field = ty.name.ends_with("Input") || ty.name.ends_with("Payload");
        let name = if is_named_after_a_field { "" } else { &ty.name };
        found.extend(silent(&ty.name, name, &ty.description));
        if ty.kind == Kind::Union {
            continue;
        }
        for member in &ty.members {
            let at = format!("{}.{}", ty.name, member.name);
            found.extend(silent(&at, &member.name, &member.description));
            for argument in &member.arguments {
                let at = format!("{at}({})", argument.name);
                found.extend(silent(&at, &argument.name, &argument.description));
            }
        }
    }
    found
}

fn silent(at: &str, name: &str, description: &str) -> Option<Violation> {
    if description.trim().is_empty() {
        return Some(violation("S13", at, "has no description"));
    }
    let (said, known) = (words(description), words(name));
    let repeats = said.iter().all(|word| known.contains(word) || EMPTY_WORDS.contains(&word.as_str()));
    repeats.then(|| violation("S13", at, format!("`{description}` says only its name")))
}

/// The words of a text or a name in lower case: `liveOn` is `live` and `on`.
fn words(text: &str) -> BTreeSet<String> {
    let mut split = String::new();
    for letter in text.chars() {
        if letter.is_uppercase() {
            split.push(' ');
        }
        split.extend(letter.to_lowercase());
    }
    // A name in capitals falls into letters: take it as a whole too.
    let whole = text.to_lowercase();
    let parts = split
        .split(|letter: char| !letter.is_alphanumeric())
        .chain(whole.split(|letter: char| !letter.is_alphanumeric()));
    parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// S22: every text and list that a client sends says how much is accepted.
pub fn say_how_much_is_accepted(sdl: &Sdl) -> Vec<Violation> {
    let is_open = |member: &Member| {
        let is_cursor = matches!(member.name.as_str(), "after" | "before");
        (member.is_list() || member.base() == "String") && !is_cursor
    };
    sdl.inputs()
        .filter(|(_, member)| is_open(member) && !member.description.contains(|c: char| c.is_ascii_digit()))
        .map(|(at, member)| {
            let what = if member.is_list() { "elements" } else { "characters" };
            violation("S22", at, format!("must say how many {what} are accepted"))
        })
        .collect()
}

/// S21: a reason with a replacement in backticks and a month; nothing internal.
pub fn of_the_deprecated_name_a_day(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    for ty in &sdl.types {
        for member in &ty.members {
            let at = format!("{}.{}", ty.name, member.name);
            if let Some(deprecated) = member.directive("deprecated") {
                let reason = deprecated.argument("reason");
                if !(reason.contains('`') && holds_a_month(reason)) {
                    found.push(violation(
                        "S21",
                        &at,
                        "name the replacement in backticks and the month of removal",
                    ));
                }
            }
            if member.description.contains("[Internal]") {
                found.push(violation("S21", &at, "nothing internal stands in a public schema"));
            }
        }
    }
    found
}

/// Whether a text holds something like `2027-03`.
fn holds_a_month(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(7).any(|seven| {
        seven
            .iter()
            .enumerate()
            .all(|(index, byte)| if index == 4 { *byte == b'-' } else { byte.is_ascii_digit() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    #[test]
    fn descriptions_with_content_pass() {
        let good = r#"
            "The smallest area." type Grid {
              "Present name." name("Language tag, such as." language: String): String
              "Where it lies." unit: Unit @deprecated(reason: "use `village`, goes in 2027-03")
            }
            "What it covers." enum GridKind { "Land and people." BASIC }
            "Input of `gridCreate`." input GridCreateInput { "1 to 60 characters." name: String!
              "At most 100." unitIds: [ID!]! "Cursor to start at." after: String }
            "An event." union CaseEvent = A | B"#;
        assert_eq!(found(say_something, good), ["S13 CaseEvent: `An event.` says only its name"]);
        assert_eq!(found(of_the_deprecated_name_a_day, good), [""; 0]);
        let unbounded = "S22 Grid.name(language): must say how many characters are accepted";
        assert_eq!(found(say_how_much_is_accepted, good), [unbounded]);
    }

    #[test]
    fn silence_and_echoes_are_found() {
        let bad = r#"
            type Grid { "The name." name(first: Int): String "Live on." liveOn: Date }
            "Kinds." enum GridKind { BASIC "Is dedicated." DEDICATED }
            input GridMoveInput { to: Int }"#;
        assert_eq!(
            found(say_something, bad),
            [
                "S13 Grid: has no description",
                "S13 Grid.name: `The name.` says only its name",
                "S13 Grid.name(first): has no description",
                "S13 Grid.liveOn: `Live on.` says only its name",
                "S13 GridKind.BASIC: has no description",
                "S13 GridKind.DEDICATED: `Is dedicated.` says only its name",
                "S13 GridMoveInput: has no description",
                "S13 GridMoveInput.to: has no description",
            ]
        );
    }

    #[test]
    fn open_texts_and_lists_are_found() {
        let bad = r#"input GridFilter { "Some of these." kinds: [GridKind!] "Its name." name: String }"#;
        assert_eq!(
            found(say_how_much_is_accepted, bad),
            [
                "S22 GridFilter.kinds: must say how many elements are accepted",
                "S22 GridFilter.name: must say how many characters are accepted",
            ]
        );
    }

    #[test]
    fn endless_deprecation_and_internals_are_found() {
        let bad = r#"type Grid {
            unit: Unit @deprecated(reason: "use village")
            town: Unit @deprecated(reason: "use `village` from 2027 on")
            "[Internal] rank" rank: Int }"#;
        let undated = "name the replacement in backticks and the month of removal";
        assert_eq!(
            found(of_the_deprecated_name_a_day, bad),
            [
                format!("S21 Grid.unit: {undated}"),
                format!("S21 Grid.town: {undated}"),
                "S21 Grid.rank: nothing internal stands in a public schema".to_owned(),
            ]
        );
    }
}
