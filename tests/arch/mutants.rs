//! Every switchable fault is really asked about somewhere, so that the table of mutants proves something.

use fengqiao_domain::kernel::mutant::Mutant;
use strum::IntoEnumIterator as _;

use crate::source::{Fault, Source, none, workspace};

const LIST: &str = "domain/src/kernel/mutant/catalogue.rs";

fn faults(sources: &[Source]) -> Vec<Fault> {
    let product = |source: &&Source| !source.path.starts_with("tests/") && source.path != LIST;
    Mutant::iter()
        .filter(|mutant| {
            let name = format!("Mutant::{mutant:?})");
            !sources.iter().filter(product).any(|source| source.code().any(|(_, code)| code.contains(&name)))
        })
        .map(|mutant| Fault {
            path: LIST.to_owned(),
            line: 0,
            reason: format!("nothing asks whether {mutant:?} is active"),
        })
        .collect()
}

#[test]
fn every_mutant_changes_something() -> anyhow::Result<()> {
    none(&faults(&workspace()?))
}

#[test]
fn a_mutant_that_changes_nothing_is_found() {
    let one = Source::example("domain/src/store/wire.rs", "if mutant::active(Mutant::UnguardedBegin) {\n");
    assert_eq!(faults(&[one]).len(), Mutant::iter().count() - 1);
}
