//! S11: values in capitals, names that say whether they change.

use super::{Exception, is_excepted, violation};
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Sdl};

/// What an enum's name ends in.
const SUFFIXES: [&str; 5] = ["State", "Kind", "Level", "OrderField", "ErrorCode"];

/// Enums whose names are words of the field.
pub const OF_OTHER_NAME: &[Exception] = &[
    ("CodeSystem", "a register of codes, as its keepers call it"),
    ("CoordinateSystem", "as surveyors call it"),
    ("OrderDirection", "pair of OrderField"),
    ("Permission", "as everyone calls it"),
    ("Sensitivity", "as everyone calls it"),
];

/// S11: `SCREAMING_SNAKE`; what lives ends in `State`, what sorts in `Kind` or `Level`; never `Status`.
pub fn are_screaming_and_say_what_they_are(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    for ty in sdl.of(Kind::Enum) {
        let is_named = SUFFIXES.iter().any(|suffix| ty.name.ends_with(suffix));
        if !is_named && !is_excepted(OF_OTHER_NAME, &ty.name) {
            found.push(violation("S11", &ty.name, format!("must end in {}", SUFFIXES.join(", "))));
        }
        let quiet = ty.members.iter().filter(|value| !is_screaming(&value.name));
        found.extend(
            quiet.map(|value| {
                violation("S11", format!("{}.{}", ty.name, value.name), "must be SCREAMING_SNAKE")
            }),
        );
    }
    let fields = sdl.outputs().map(|(ty, field)| (format!("{}.{}", ty.name, field.name), field));
    let statuses =
        fields.chain(sdl.inputs()).filter(|(_, member)| member.name.to_lowercase().ends_with("status"));
    found.extend(statuses.map(|(at, _)| violation("S11", at, "call it state")));
    found
}

fn is_screaming(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.split('_').all(|word| {
            !word.is_empty()
                && word.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    #[test]
    fn states_kinds_and_levels_pass() {
        let good = "enum GridState { LIVE NOT_LIVE } enum GridKind { WGS84 } enum Permission { READ }";
        assert_eq!(found(are_screaming_and_say_what_they_are, good), [""; 0]);
    }

    #[test]
    fn quiet_values_and_statuses_are_found() {
        let bad = "enum GridKind { basic NOT__LIVE Live LIVE_ }
            enum GridStatus { LIVE }
            type Grid { status: GridKind unitStatus(status: Int): Int }";
        assert_eq!(
            found(are_screaming_and_say_what_they_are, bad),
            [
                "S11 GridKind.basic: must be SCREAMING_SNAKE",
                "S11 GridKind.NOT__LIVE: must be SCREAMING_SNAKE",
                "S11 GridKind.Live: must be SCREAMING_SNAKE",
                "S11 GridKind.LIVE_: must be SCREAMING_SNAKE",
                "S11 GridStatus: must end in State, Kind, Level, OrderField, ErrorCode",
                "S11 Grid.status: call it state",
                "S11 Grid.unitStatus: call it state",
                "S11 Grid.unitStatus(status): call it state",
            ]
        );
    }
}
