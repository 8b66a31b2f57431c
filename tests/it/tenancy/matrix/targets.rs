//! What is asked for: things of every kind, at every distance from the first village of the first town.

use anyhow::Context as _;
use fengqiao_tests::{LaidVisit, Side, Spot};

use crate::sweep::named::Kind;
use crate::sweep::samples::{Samples, Whose};

/// A thing with its place as the table names it.
pub(super) type Target = (String, String);

/// Cases by place and story: their name in the table, their town and village, and the story.
const CASES: [(&str, Option<usize>, Option<usize>, &str); 12] = [
    ("in the grid", Some(0), Some(0), "reported"),
    ("in the grid beside", Some(0), Some(0), "accepted"),
    ("resolved", Some(0), Some(0), "resolved"),
    ("handed up", Some(0), Some(0), "handed up"),
    ("closed", Some(0), Some(0), "closed"),
    ("sensitive, with the police", Some(0), Some(0), "at police"),
    ("confidential", Some(0), Some(0), "with far"),
    ("in the village beside", Some(0), Some(1), "accepted"),
    ("in the town beside", Some(1), Some(0), "reported"),
    ("of the town", Some(0), None, "accepted"),
    ("of the district", None, None, "accepted"),
    ("with the police in the town beside", Some(1), Some(0), "at police"),
];

/// Of these a mutation is tried on each case.
const ACTED_ON: [&str; 7] = [
    "in the grid",
    "resolved",
    "handed up",
    "sensitive, with the police",
    "in the village beside",
    "in the town beside",
    "of the district",
];

/// Whether something is asked, or to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Asked,
    Changed,
}

/// Things of a kind, with one of another district and one that never was.
pub(super) fn targets(samples: &Samples<'_>, kind: Kind, usage: Use) -> anyhow::Result<Vec<Target>> {
    let [own, _] = samples.sides;
    let mut found = match kind {
        Kind::Case | Kind::CaseNumber => cases(own, kind)?
            .into_iter()
            .filter(|(name, _)| usage == Use::Asked || ACTED_ON.contains(&name.as_str()))
            .collect(),
        Kind::Unit => named([
            ("the village", own.villages[0][0].to_string()),
            ("the village beside", own.villages[0][1].to_string()),
            ("the town", own.towns[0].to_string()),
            ("the town beside", own.towns[1].to_string()),
            ("the district", own.unit.to_string()),
        ]),
        Kind::Grid => named([
            ("the grid", own.grids[0][0][0].to_string()),
            ("the grid beside", own.grids[0][0][1].to_string()),
            ("a grid of the town beside", own.grids[1][1][1].to_string()),
        ]),
        Kind::Organisation => named([
            ("the police", own.organisations[0].to_string()),
            ("another organisation", own.organisations[1].to_string()),
        ]),
        Kind::Account => named(
            ["resident", "worker", "far", "chief", "commander", "system"]
                .map(|login| (login, own.accounts[login].to_string())),
        ),
        Kind::Visit => own.visits.iter().map(|visit| (made(visit), visit.id.to_string())).collect(),
        Kind::Any => return every(samples),
        kind => one(samples, kind, Whose::Own, "its own")?,
    };
    found.extend(one(samples, kind, Whose::Foreign, "of another district")?);
    if usage == Use::Asked {
        found.extend(one(samples, kind, Whose::Never, "that never was")?);
    }
    Ok(found)
}

fn named<const N: usize>(things: [(&str, String); N]) -> Vec<Target> {
    things.into_iter().map(|(name, id)| (name.to_owned(), id)).collect()
}

/// A visit by who made it, where it was and how delicate it is.
fn made(visit: &LaidVisit) -> String {
    let Spot { town, village, grid } = visit.spot;
    let part = |index: Option<usize>| index.map_or("-".to_owned(), |index| index.to_string());
    let sensitivity: &str = visit.sensitivity.into();
    let whom = match (visit.key_person, visit.child) {
        (false, false) => "",
        (true, false) => ", a key person",
        (false, true) => ", a child",
        (true, true) => ", a child that is a key person",
    };
    format!("of {} at {}.{}.{}, {sensitivity}{whom}", visit.by, part(town), part(village), part(grid))
}

fn one(samples: &Samples<'_>, kind: Kind, whose: Whose, name: &str) -> anyhow::Result<Vec<Target>> {
    Ok(samples.names(kind, whose)?.into_iter().take(1).map(|id| (name.to_owned(), id)).collect())
}

fn cases(side: &Side, kind: Kind) -> anyhow::Result<Vec<Target>> {
    let named = |(name, town, village, story): (&str, Option<usize>, Option<usize>, &str)| {
        let here = |spot: Spot| spot.town == town && spot.village == village;
        let case = side.cases.iter().find(|case| case.story == story && here(case.spot));
        let case = case.with_context(|| format!("no case {name}"))?;
        let id = if kind == Kind::CaseNumber { case.number.clone() } else { case.id.to_string() };
        Ok((name.to_owned(), id))
    };
    CASES.into_iter().map(named).collect()
}

/// One of everything that has a global id, with its type.
pub(super) const TYPES: [(&str, Kind); 20] = [
    ("Account", Kind::Account),
    ("Appointment", Kind::Appointment),
    ("Attachment", Kind::Attachment),
    ("Case", Kind::Case),
    ("CaseSample", Kind::Sample),
    ("Category", Kind::Category),
    ("ExchangePartner", Kind::Partner),
    ("Export", Kind::Export),
    ("ExportReview", Kind::ExportReview),
    ("Grid", Kind::Grid),
    ("Import", Kind::Import),
    ("Organisation", Kind::Organisation),
    ("PostKind", Kind::Post),
    ("Programme", Kind::Programme),
    ("StaffMember", Kind::StaffMember),
    ("Team", Kind::Team),
    ("Unit", Kind::Unit),
    ("UnitGroup", Kind::Group),
    ("Visit", Kind::Visit),
    ("Webhook", Kind::Webhook),
];

fn every(samples: &Samples<'_>) -> anyhow::Result<Vec<Target>> {
    let mut found = vec![("Tenant".to_owned(), samples.sides[0].tenant.to_string())];
    for (name, kind) in TYPES {
        let own = targets(samples, kind, Use::Asked)?;
        found.extend(own.into_iter().take(1).map(|(_, id)| (name.to_owned(), id)));
        found.extend(one(samples, kind, Whose::Foreign, &format!("{name} of another district"))?);
    }
    Ok(found)
}
