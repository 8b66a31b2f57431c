//! How much of the table goes with every run of the tests: each control once, on one database, noticed by one of its tests. Another seed
//! takes others, and the soak takes all.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, ensure};
use fengqiao_domain::kernel::mutant::Mutant;
use fengqiao_tests::Backend;
use strum::IntoEnumIterator as _;

use super::table::table;
use crate::faults::seed;
use crate::sweep::chance::Chance;

/// A fault, and where which test must notice it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    pub(super) mutant: Mutant,
    pub(super) backend: Backend,
    pub(super) test: &'static str,
}

impl Trial {
    fn name(&self) -> &'static str {
        self.mutant.into()
    }
}

/// Every row of the table on every database where it holds.
pub(super) fn all(backends: &[Backend]) -> Vec<Trial> {
    let on = |backend: Backend| {
        let rows = table().filter(move |(_, on, _)| on.is_on(backend));
        rows.map(move |&(mutant, _, test)| Trial { mutant, backend, test })
    };
    backends.iter().copied().flat_map(on).collect()
}

/// One trial of each control, by chance.
fn sampled(backends: &[Backend], seed: u64) -> Vec<Trial> {
    let mut trials: BTreeMap<&str, Vec<Trial>> = BTreeMap::new();
    for trial in all(backends) {
        trials.entry(trial.name()).or_default().push(trial);
    }
    let mut chance = Chance(seed);
    trials.into_values().map(|of_one| of_one[chance.below(of_one.len())]).collect()
}

/// What goes with this run: a sample, unless `FENGQIAO_MUTANTS` asks for all.
#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
pub(super) fn wanted(backends: &[Backend]) -> anyhow::Result<Vec<Trial>> {
    match std::env::var("FENGQIAO_MUTANTS").unwrap_or_default().as_str() {
        "" | "sample" => Ok(sampled(backends, seed()?)),
        "all" => Ok(all(backends)),
        other => bail!("FENGQIAO_MUTANTS is {other:?}: use 'sample' (the default) or 'all'"),
    }
}

const BOTH: [Backend; 2] = [Backend::Sqlite, Backend::Postgres];

#[test]
fn every_mutant_has_a_test() {
    let tested: BTreeSet<&str> = table().map(|(mutant, ..)| mutant.into()).collect();
    let known: BTreeSet<&str> = Mutant::iter().map(Into::into).collect();
    assert_eq!(tested, known);
}

#[test]
fn a_sample_has_every_mutant_once_and_says_the_same_again() -> anyhow::Result<()> {
    let known: Vec<&str> = Mutant::iter().map(Into::into).collect::<BTreeSet<&str>>().into_iter().collect();
    let whole = all(&BOTH);
    for seed in 0..20 {
        let sample = sampled(&BOTH, seed);
        assert_eq!(sample.iter().map(Trial::name).collect::<Vec<_>>(), known, "seed {seed}");
        ensure!(sample.iter().all(|trial| whole.contains(trial)), "seed {seed}");
        assert_eq!(sample, sampled(&BOTH, seed));
        let on = |backend| sample.iter().filter(|trial| trial.backend == backend).count();
        ensure!(BOTH.iter().all(|backend| on(*backend) * 4 > known.len()), "seed {seed} takes one database");
    }
    // Without PostgreSQL what does not exist elsewhere is left out, and nothing else.
    let alone: BTreeSet<&str> =
        table().filter(|(_, on, _)| on.is_on(Backend::Sqlite)).map(|(mutant, ..)| mutant.into()).collect();
    let sample = sampled(&[Backend::Sqlite], 1);
    assert_eq!(sample.iter().map(Trial::name).collect::<Vec<_>>(), alone.into_iter().collect::<Vec<_>>());
    Ok(())
}

#[test]
fn every_row_is_in_the_sample_of_some_seed() {
    let mut left = all(&BOTH);
    let rows: usize =
        table().map(|(_, on, _)| BOTH.iter().filter(|backend| on.is_on(**backend)).count()).sum();
    assert_eq!(left.len(), rows);
    for seed in 0..200 {
        let sample = sampled(&BOTH, seed);
        left.retain(|trial| !sample.contains(trial));
    }
    assert_eq!(left, []);
}
