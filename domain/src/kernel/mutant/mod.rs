//! Switchable faults that prove each control is tested.
//!
//! They exist only with the feature `mutants`, which no release has; `FENGQIAO_MUTANT` chooses one for the whole process.
//! `tests/it/mutants` runs the suite's named tests with each and requires them to fail.

mod catalogue;

pub use catalogue::Mutant;

/// Whether `mutant` was chosen for this process. Always false in a build without the feature.
#[cfg(not(feature = "mutants"))]
#[must_use]
pub const fn active(_mutant: Mutant) -> bool {
    false
}

/// Whether `mutant` was chosen for this process.
#[cfg(feature = "mutants")]
#[must_use]
pub fn active(mutant: Mutant) -> bool {
    static CHOSEN: std::sync::LazyLock<Option<Mutant>> = std::sync::LazyLock::new(chosen);
    *CHOSEN == Some(mutant)
}

#[cfg(feature = "mutants")]
#[expect(clippy::disallowed_methods, reason = "a test build is steered by its environment")]
fn chosen() -> Option<Mutant> {
    let name = std::env::var("FENGQIAO_MUTANT").ok()?;
    Some(name.parse().unwrap_or_else(|_| panic!("no mutant is called {name}")))
}
