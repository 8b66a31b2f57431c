//! D9: names that say what is inside, and files that are read in one go.

use crate::source::{Fault, Source, none, workspace};

/// Names that say nothing.
const EMPTY_NAMES: [&str; 9] =
    ["utils", "util", "common", "helpers", "helper", "misc", "manager", "managers", "base"];

/// A file aims at this many lines.
const AIM: usize = 400;
/// No file is longer, whatever the reason.
const LIMIT: usize = 500;

/// Files beyond the aim, each with its reason.
const LONG: [(&str, &str); 3] = [
    ("domain/src/kernel/mutant/catalogue.rs", "one line for each control that can be taken away"),
    ("tests/it/sweep/named.rs", "one row for each argument of the contract"),
    ("domain/src/org/service/query.rs", "every read of the slice, one short method each"),
];

fn faults(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    for source in sources {
        let stem = source.name().trim_end_matches(".rs");
        let parts = source.path.split('/').chain([stem]);
        if let Some(name) = parts.into_iter().find(|part| EMPTY_NAMES.contains(part)) {
            faults.push(source.fault(0, format!("{name} says nothing: name what is inside")));
        }
        for (line, code) in source.code() {
            let module = code.trim().trim_end_matches([';', '{', ' ']).rsplit_once("mod ");
            if let Some((_, name)) = module.filter(|(_, name)| EMPTY_NAMES.contains(name)) {
                faults.push(source.fault(line, format!("mod {name} says nothing: name what is inside")));
            }
        }
        let lines = source.text.lines().count();
        let excused = LONG.iter().any(|(path, _)| *path == source.path);
        if lines > LIMIT || (lines > AIM && !excused) {
            faults.push(source.fault(lines, format!("{lines} lines: split it (aim {AIM}, at most {LIMIT})")));
        }
        if excused && lines <= AIM {
            faults.push(source.fault(0, "is short enough again: take it off the list of long files"));
        }
    }
    faults
}

#[test]
fn names_speak_and_files_are_short() -> anyhow::Result<()> {
    none(&faults(&workspace()?))
}

#[test]
fn empty_names_and_long_files_are_found() {
    assert_eq!(faults(&[Source::example("api/src/http/utils.rs", "//! x\n")]).len(), 1);
    assert_eq!(faults(&[Source::example("api/src/common/x.rs", "//! x\n")]).len(), 1);
    assert_eq!(faults(&[Source::example("api/src/x.rs", "pub(crate) mod helpers {\n")]).len(), 1);
    assert_eq!(faults(&[Source::example("api/src/x.rs", "mod base;\n")]).len(), 1);
    assert_eq!(faults(&[Source::example("api/src/x.rs", "mod database;\n")]), []);
    assert_eq!(faults(&[Source::example("api/src/x.rs", &"x\n".repeat(AIM + 1))]).len(), 1);
    assert_eq!(faults(&[Source::example("api/src/x.rs", &"x\n".repeat(AIM))]), []);
    for (path, _) in LONG {
        assert_eq!(faults(&[Source::example(path, &"x\n".repeat(LIMIT))]), []);
        assert_eq!(faults(&[Source::example(path, &"x\n".repeat(LIMIT + 1))]).len(), 1);
        assert_eq!(faults(&[Source::example(path, "x\n")]).len(), 1);
    }
}
