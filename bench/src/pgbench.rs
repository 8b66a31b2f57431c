//! The scripts of `bench/pgbench` with what they draw from filled in: arrays that a random number points into.
//!
//! `@name@` in a script stands for an array; `bench/pgbench/*.sql` say what is in each.

use std::fs;
use std::path::Path;

use uuid::Uuid;

use crate::draws::{CASES_OF_A_CALLER, Draws};
use crate::scopes::Caller;

/// Writes the scripts of one folder, filled in, into another.
pub(crate) fn write(draws: &Draws, scripts: &Path, into: &Path) -> anyhow::Result<()> {
    let towns: Vec<&Caller> = draws.towns.iter().collect();
    let places = uuids(towns.iter().map(|caller| caller.place));
    fill(scripts, into, "q1", &towns, &[("places", places)])?;

    let readers: Vec<&Caller> = draws.readers.iter().map(|(caller, _)| caller).collect();
    let cases = uuids(draws.readers.iter().flat_map(|(_, cases)| cases.iter().copied()));
    let each = CASES_OF_A_CALLER.to_string();
    fill(scripts, into, "q2", &readers, &[("cases", cases), ("each", each)])?;

    let reporters: Vec<&Caller> = draws.reporters.iter().map(|(caller, _)| caller).collect();
    let grounds = || draws.reporters.iter().map(|(_, ground)| ground);
    let arrays = [
        ("places", uuids(reporters.iter().map(|caller| caller.place))),
        ("towns", uuids(grounds().map(|ground| ground.town))),
        ("villages", uuids(grounds().map(|ground| ground.village))),
        ("categories", uuids(grounds().map(|ground| ground.category))),
        ("districts", texts(grounds().map(|ground| ground.district.clone()))),
    ];
    fill(scripts, into, "m1", &reporters, &arrays)
}

fn fill(
    scripts: &Path,
    into: &Path,
    name: &str,
    callers: &[&Caller],
    arrays: &[(&str, String)],
) -> anyhow::Result<()> {
    let mut script = fs::read_to_string(scripts.join(format!("{name}.sql")))?;
    let common = [
        ("settings", settings(callers)),
        ("callers", callers.len().to_string()),
        ("tenants", uuids(callers.iter().map(|caller| caller.tenant))),
        ("accounts", uuids(callers.iter().map(|caller| caller.account))),
    ];
    for (mark, text) in common.iter().chain(arrays) {
        script = script.replace(&format!("@{mark}@"), text);
    }
    fs::write(into.join(format!("{name}.sql")), script)?;
    Ok(())
}

/// `set_config(…), …` for the caller with the number `:n`, in one select list.
fn settings(callers: &[&Caller]) -> String {
    let values: Vec<_> = callers.iter().map(|caller| caller.settings()).collect();
    let names = values.first().map(|settings| settings.each_ref().map(|(name, _)| *name)).unwrap_or_default();
    let calls = names.iter().enumerate().map(|(place, name)| {
        let of_all = values.iter().filter_map(|settings| settings.get(place).map(|(_, value)| value.clone()));
        format!("set_config('{name}', ({})[:n], true)", texts(of_all))
    });
    calls.collect::<Vec<_>>().join(", ")
}

fn uuids(values: impl Iterator<Item = Uuid>) -> String {
    let values: Vec<String> = values.map(|id| id.to_string()).collect();
    format!("'{{{}}}'::uuid[]", values.join(","))
}

/// No value has an apostrophe: they are ids, codes and JSON of such.
fn texts(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.map(|text| format!("'{text}'")).collect();
    format!("ARRAY[{}]", values.join(","))
}
