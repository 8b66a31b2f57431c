//! D6: a slice imports the faces of lower slices only. Upward talk is an event through the outbox.

use crate::source::{Fault, Source, none, workspace};

/// Every slice with its level: it may import what stands lower, and its own.
const LEVELS: [(&str, u8); 30] = [
    ("kernel", 0),
    ("store", 0),
    ("calendars", 1),
    ("org", 1),
    ("identity", 2),
    ("catalogue", 2),
    ("files", 2),
    ("federation", 3),
    ("oversight", 3),
    ("staff", 3),
    ("programmes", 3),
    ("registry", 4),
    ("cases", 5),
    ("fieldwork", 6),
    ("mediation", 6),
    ("enforcement", 6),
    ("services", 6),
    ("volunteering", 6),
    ("devices", 6),
    ("deliberation", 6),
    ("emergency", 7),
    ("personal", 7),
    ("audit", 7),
    ("appraisal", 8),
    ("statistics", 8),
    ("messaging", 8),
    ("exchange", 9),
    ("sheets", 8),
    ("webhooks", 8),
    ("leaving", 9),
];

fn level(slice: &str) -> Option<u8> {
    LEVELS.iter().find(|(name, _)| *name == slice).map(|(_, level)| *level)
}

fn faults(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    for source in sources {
        let Some(own) = source.slice() else { continue };
        let Some(height) = level(own) else {
            faults.push(source.fault(0, format!("slice {own} has no level: add it to LEVELS")));
            continue;
        };
        for (line, code) in source.code() {
            for name in named(code) {
                match level(name) {
                    _ if name == own => {}
                    None => faults.push(source.fault(line, format!("crate::{name} is no slice"))),
                    // The kernel and its store are one foundation.
                    Some(0) => {}
                    Some(other) if other < height => {}
                    Some(other) => faults.push(source.fault(
                        line,
                        format!(
                            "{own} (level {height}) imports {name} (level {other}): a slice imports lower ones \
                             only; tell the upper one by an event"
                        ),
                    )),
                }
            }
        }
    }
    faults
}

/// What follows `crate::`, also within braces.
fn named(code: &str) -> Vec<&str> {
    let mut names = vec![];
    for rest in code.split("crate::").skip(1) {
        let list = rest.strip_prefix('{').and_then(|rest| rest.split('}').next()).unwrap_or(rest);
        let parts = if rest.starts_with('{') { list.split(',').collect() } else { vec![list] };
        for part in parts {
            let end = part.trim().find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = part.trim().get(..end.unwrap_or(part.trim().len())).unwrap_or_default();
            // `crate::Db` and the like are re-exports of the store.
            if name.starts_with(|c: char| c.is_ascii_lowercase()) {
                names.push(name);
            }
        }
    }
    names
}

#[test]
fn slices_import_lower_slices_only() -> anyhow::Result<()> {
    none(&faults(&workspace()?))
}

#[test]
fn an_upward_import_is_found() {
    let text = "//! x\nuse crate::kernel::id::CaseId;\nuse crate::cases::Case;\n// use crate::cases;\n";
    let found = faults(&[Source::example("domain/src/org/model.rs", text)]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].line, found[0].reason.contains("org (level 1) imports cases (level 5)")), (3, true));
}

#[test]
fn a_sideways_import_an_unknown_slice_and_braces_are_found() {
    let sideways =
        Source::example("domain/src/identity/service/x.rs", "use crate::{catalogue, kernel::id};\n");
    assert_eq!(faults(&[sideways]).len(), 1);
    let unknown = Source::example("domain/src/gossip/mod.rs", "use crate::kernel::id;\n");
    assert_eq!(faults(&[unknown]).len(), 1);
    let inline =
        Source::example("domain/src/org/store.rs", "    let x = crate::identity::directory::account(tx);\n");
    assert_eq!(faults(&[inline]).len(), 1);
    let kernel = Source::example("domain/src/kernel/scope.rs", "use crate::org::Unit;\n");
    assert_eq!(faults(&[kernel]).len(), 1);
    let downward =
        Source::example("domain/src/cases/service/x.rs", "use crate::org::Unit;\nuse crate::store::Tx;\n");
    assert_eq!(faults(&[downward]), []);
}
