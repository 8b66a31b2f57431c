//! S23: the text is sorted, so that `type Mutation` reads as a table of contents and changes stay local.

use super::violation;
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Sdl};

/// S23: types, members and arguments in the order of their names; spaces, one line break at the end.
pub fn is_alphabetical(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    found.extend(unsorted("schema", sdl.types.iter().map(|ty| ty.name.as_str())));
    for ty in sdl.types.iter().filter(|ty| ty.kind != Kind::Union) {
        found.extend(unsorted(&ty.name, ty.members.iter().map(|member| member.name.as_str())));
        for member in &ty.members {
            let at = format!("{}.{}", ty.name, member.name);
            found.extend(unsorted(&at, member.arguments.iter().map(|argument| argument.name.as_str())));
        }
    }
    if sdl.text.contains('\t') {
        found.push(violation("S23", "text", "indents by two spaces"));
    }
    if !sdl.text.ends_with('\n') || sdl.text.ends_with("\n\n") {
        found.push(violation("S23", "text", "ends with one line break"));
    }
    found
}

fn unsorted<'a>(at: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<Violation> {
    let (before, after) = names.clone().zip(names.skip(1)).find(|(before, after)| before > after)?;
    Some(violation("S23", at, format!("{after} stands after {before}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    #[test]
    fn a_sorted_text_passes() {
        let good =
            "type Grid {\n  code(first: Int, last: Int): Int\n  id: ID!\n}\ntype Unit {\n  id: ID!\n}\n";
        assert_eq!(found(is_alphabetical, good), [""; 0]);
    }

    #[test]
    fn disorder_is_found() {
        let bad = "type Unit { id: ID! code(last: Int, first: Int): Int }\nenum Kind {\n\tB A }";
        assert_eq!(
            found(is_alphabetical, bad),
            [
                "S23 schema: Kind stands after Unit",
                "S23 Unit: code stands after id",
                "S23 Unit.code: first stands after last",
                "S23 Kind: A stands after B",
                "S23 text: indents by two spaces",
                "S23 text: ends with one line break",
            ]
        );
    }
}
