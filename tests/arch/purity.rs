//! D5: what a slice decides is pure: no database, no runtime, nothing to await.

use crate::source::{Fault, Source, none, workspace};

const PURE: [&str; 6] = ["model.rs", "workflow.rs", "clock.rs", "command.rs", "error.rs", "event.rs"];

/// What a pure file must not name, with the reason that is printed.
const IMPURE: [(&str, &str); 6] = [
    ("sea_orm", "rows are the store's business"),
    ("fengqiao_entity", "rows are the store's business"),
    ("sqlx", "statements are the store's business"),
    ("crate::store", "load before and save after, in service/"),
    ("tokio", "a pure file needs no runtime"),
    ("async fn", "a pure function has nothing to await"),
];

fn faults(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    let pure = |source: &&Source| {
        PURE.contains(&source.name()) && !matches!(source.slice(), None | Some("kernel" | "store"))
    };
    for source in sources.iter().filter(pure) {
        for (line, code) in source.code() {
            for (name, reason) in IMPURE {
                if code.contains(name) {
                    faults.push(
                        source.fault(line, format!("{} is pure and names {name}: {reason}", source.name())),
                    );
                }
            }
        }
    }
    faults
}

#[test]
fn decisions_are_pure() -> anyhow::Result<()> {
    none(&faults(&workspace()?))
}

#[test]
fn an_impure_decision_is_found() {
    for line in [
        "use sea_orm::Value;",
        "use fengqiao_entity::org::unit;",
        "use crate::store::Tx;",
        "    tokio::time::sleep(x);",
        "pub async fn next() {}",
        "sqlx::query(x)",
    ] {
        for name in PURE {
            let path = format!("domain/src/cases/{name}");
            assert_eq!(faults(&[Source::example(&path, line)]).len(), 1, "{path}: {line}");
        }
        assert_eq!(faults(&[Source::example("domain/src/cases/store/list.rs", line)]), []);
        assert_eq!(faults(&[Source::example("domain/src/kernel/clock.rs", line)]), []);
    }
}
