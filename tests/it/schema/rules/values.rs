//! S12: instants, days and amounts of time say so in their names; few scalars, each explained.

use super::{Exception, is_excepted, violation};
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Sdl};

/// Most scalars of our own.
const MOST_SCALARS: usize = 12;

/// Instants that are called otherwise.
pub const OF_OTHER_NAME: &[Exception] = &[
    ("DateTimeRange.from", "a bound of a span"),
    ("DateTimeRange.until", "a bound of a span"),
    ("CaseFilter.dueBefore", "a bound of dueAt"),
    ("CaseField.date", "named for its kind, beside text, number and money"),
    ("CaseFieldValueInput.date", "named for its kind, beside text, number and money"),
    ("DateRange.from", "a bound of a span"),
    ("DateRange.to", "a bound of a span"),
];

/// Names of amounts of time that lack their unit.
const UNITLESS: [&str; 6] = ["duration", "timeout", "interval", "delay", "period", "age"];

/// S12: `…At: DateTime`, `…On: Date`, `…Seconds: Int`; at most twelve scalars.
pub fn say_their_unit(sdl: &Sdl) -> Vec<Violation> {
    let outputs = sdl.outputs().map(|(ty, field)| (format!("{}.{}", ty.name, field.name), field));
    let mut found = vec![];
    for (at, member) in outputs.chain(sdl.inputs()) {
        let name = member.name.as_str();
        let what = match member.base() {
            "DateTime" if !name.ends_with("At") => "an instant is called …At",
            "Date" if !name.ends_with("On") => "a day is called …On",
            base if base != "DateTime" && name.ends_with("At") => "…At is a DateTime",
            base if base != "Date" && name.ends_with("On") => "…On is a Date",
            "Int" | "Float" if UNITLESS.iter().any(|word| name.to_lowercase().ends_with(word)) => {
                "an amount of time names its unit, as in …Seconds"
            }
            _ => continue,
        };
        if !is_excepted(OF_OTHER_NAME, &at) {
            found.push(violation("S12", at, what));
        }
    }
    let scalars: Vec<_> = sdl.of(Kind::Scalar).collect();
    if scalars.len() > MOST_SCALARS {
        found.push(violation("S12", "scalars", format!("{} are more than {MOST_SCALARS}", scalars.len())));
    }
    let bare = scalars.iter().filter(|ty| ty.description.is_empty() && ty.directives.is_empty());
    found.extend(bare.map(|ty| violation("S12", &ty.name, "needs a description or @specifiedBy")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    #[test]
    fn names_with_units_pass() {
        let good = "scalar Date @specifiedBy(url: \"https://example.org\")
            \"An instant.\" scalar DateTime
            input DateTimeRange { from: DateTime }
            type Grid { openedAt: DateTime! liveOn(sinceOn: Date): Date retrySeconds: Int lat: Float }";
        assert_eq!(found(say_their_unit, good), [""; 0]);
    }

    #[test]
    fn names_without_units_and_bare_scalars_are_found() {
        let bad = "scalar Money
            type Grid { opened(day: Date): DateTime seenAt: String liveOn: DateTime timeout: Int }";
        assert_eq!(
            found(say_their_unit, bad),
            [
                "S12 Grid.opened: an instant is called …At",
                "S12 Grid.seenAt: …At is a DateTime",
                "S12 Grid.liveOn: an instant is called …At",
                "S12 Grid.timeout: an amount of time names its unit, as in …Seconds",
                "S12 Grid.opened(day): a day is called …On",
                "S12 Money: needs a description or @specifiedBy",
            ]
        );
        let many = (1..=13).map(|number| format!("\"x\" scalar S{number}")).collect::<Vec<_>>().join("\n");
        assert_eq!(found(say_their_unit, &many), ["S12 scalars: 13 are more than 12"]);
    }
}
