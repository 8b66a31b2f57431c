//! Faults compiled into test builds: this program runs itself with one of them and must fail.

use std::collections::BTreeSet;
use std::process::{Command, Output};

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::mutant::Mutant;
use fengqiao_tests::Backend;
use strum::IntoEnumIterator as _;

/// Where a control shows: on every database, or only where it exists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    Both,
    Sqlite,
    Postgres,
}

/// A control and the test that notices when it is gone.
const TABLE: [(Mutant, On, &str); 13] = [
    // On PostgreSQL the other wall stands, so that only the comparison of walls can notice.
    (Mutant::NoReach, On::Sqlite, "sweep::cases::everyone_sees_exactly_their_cases"),
    (Mutant::NoReach, On::Postgres, "sweep::differential::every_wall_gives_the_same_answers"),
    (Mutant::NoTierPredicate, On::Sqlite, "sweep::cases::everyone_sees_exactly_their_cases"),
    (Mutant::NoTierPredicate, On::Postgres, "sweep::differential::every_wall_gives_the_same_answers"),
    (Mutant::SharedLoader, On::Both, "sweep::loaders::two_requests_at_once_load_their_own"),
    (Mutant::NoAccessRow, On::Both, "sweep::handed::a_case_handed_elsewhere_is_seen_there"),
    (Mutant::NoDeliveryFilter, On::Both, "sweep::events::events_reach_whoever_sees_the_case"),
    (Mutant::SessionSettings, On::Postgres, "tenancy::reuse::nothing_of_a_scope_stays_on_a_connection"),
    (Mutant::UnguardedBegin, On::Postgres, "tenancy::cancel::a_dropped_read_leaves_nothing_behind"),
    (Mutant::UnguardedBegin, On::Postgres, "tenancy::cancel::a_dropped_write_happens_whole_or_not_at_all"),
    (Mutant::ConstantBinding, On::Both, "store::sealed::a_value_opens_in_its_own_cell_only"),
    (Mutant::NoIdempotencyRecord, On::Both, "store::idempotency::the_same_key_twice_has_one_effect"),
    (Mutant::NoVersionCheck, On::Both, "store::org::a_stale_version_is_a_conflict"),
];

/// Controls whose slice has not landed yet, with what they wait for.
const PENDING: [(Mutant, &str); 3] = [
    (Mutant::NoReuseDetection, "identity"),
    (Mutant::NoGrantLimit, "identity"),
    (Mutant::NoPreCheck, "GraphQL"),
];

#[test]
fn every_mutant_has_a_test() {
    let tested: BTreeSet<&str> = TABLE.iter().map(|(mutant, ..)| mutant.into()).collect();
    let pending: BTreeSet<&str> = PENDING.iter().map(|(mutant, _)| mutant.into()).collect();
    let all: BTreeSet<&str> = Mutant::iter().map(Into::into).collect();
    assert!(tested.is_disjoint(&pending), "take these off the list of pending ones: {tested:?} {pending:?}");
    assert_eq!(tested.union(&pending).copied().collect::<BTreeSet<_>>(), all);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_mutant_is_caught() -> anyhow::Result<()> {
    let chosen = Backend::chosen()?;
    for (mutant, on, test) in TABLE {
        for backend in &chosen {
            let elsewhere = if *backend == Backend::Sqlite { On::Postgres } else { On::Sqlite };
            if on == elsewhere {
                continue;
            }
            let name: &str = mutant.into();
            let whole = run(test, *backend, None)?;
            ensure!(whole.status.success(), "{test} fails on {backend} as it is:\n{}", text(&whole));
            let broken = run(test, *backend, Some(name))?;
            ensure!(!broken.status.success(), "{test} does not notice {name} on {backend}");
            // It must fail by its own judgement, not for want of a test of that name.
            ensure!(text(&broken).contains(&format!("test {test} ... FAILED")), "{name}: {}", text(&broken));
        }
    }
    Ok(())
}

fn run(test: &str, backend: Backend, mutant: Option<&str>) -> anyhow::Result<Output> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--exact", test, "--test-threads=1"]);
    command.env("FENGQIAO_TEST_BACKENDS", backend.to_string()).env_remove("FENGQIAO_MUTANT");
    if let Some(mutant) = mutant {
        command.env("FENGQIAO_MUTANT", mutant);
    }
    let output = command.output().context("running this program again")?;
    let ran = text(&output);
    ensure!(ran.contains("running 1 test"), "there is no test {test}: {ran}");
    Ok(output)
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
