//! Faults compiled into test builds: this program runs itself with one of them and must fail.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fengqiao_tests::Backend;
use tempfile::TempDir;

use super::sample::{self, Trial};

/// Longer than any of these tests takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(3);
/// How often a test may miss a mutant: a fault that needs an instant can pass it by on a busy machine.
const CHANCES: usize = 3;

#[test]
fn every_mutant_is_caught() -> anyhow::Result<()> {
    let backends = Backend::chosen()?;
    let trials = sample::wanted(&backends)?;
    ensure!(!trials.is_empty(), "nothing is tried");
    let templates = TempDir::new()?;
    // As they are they pass, all in one go; this writes the templates too.
    let unsound = at_once(&backends, |backend| {
        let of = trials.iter().filter(|trial| trial.backend == *backend);
        let tests: Vec<&str> = of.map(|trial| trial.test).collect::<BTreeSet<_>>().into_iter().collect();
        let whole = run(&tests, *backend, None, templates.path())?;
        Ok((!whole.passed).then(|| format!("not every test passes on {backend} as it is:\n{}", whole.text)))
    })?;
    ensure!(unsound.is_empty(), "{}", unsound.join("\n"));
    let faults = at_once(&trials, |trial| {
        let begun = Instant::now();
        let unnoticed = unnoticed(trial, templates.path())?;
        println!("{:6} ms: {trial:?}", begun.elapsed().as_millis());
        Ok(unnoticed.map(|text| format!("{trial:?} is not noticed: {text}")))
    })?;
    println!("{} faults were tried", trials.len());
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// Does something with each, two at a time, for tests mostly wait: what there is to say of them.
fn at_once<T: Sync>(
    all: &[T],
    of: impl Fn(&T) -> anyhow::Result<Option<String>> + Sync,
) -> anyhow::Result<Vec<String>> {
    let next = Mutex::new(all.iter());
    let said = Mutex::new(vec![]);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let one = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(one) = one else { return };
                    let told = of(one).transpose();
                    said.lock().unwrap_or_else(PoisonError::into_inner).extend(told);
                }
            });
        }
    });
    said.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
}

/// What a test says that does not notice a mutant; nothing when it does.
fn unnoticed(trial: &Trial, templates: &Path) -> anyhow::Result<Option<String>> {
    let mut told = String::new();
    for _ in 0..CHANCES {
        let broken = run(&[trial.test], trial.backend, Some(trial.mutant.into()), templates)?;
        // It must fail by its own judgement, not for want of its world.
        if !broken.passed && broken.text.contains(&format!("test {} ... FAILED", trial.test)) {
            return Ok(None);
        }
        told = broken.text;
    }
    Ok(Some(told))
}

/// How tests went in a process of their own.
struct Outcome {
    passed: bool,
    text: String,
}

fn run(tests: &[&str], backend: Backend, mutant: Option<&str>, templates: &Path) -> anyhow::Result<Outcome> {
    let printed = tempfile::tempfile()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--exact").args(tests).arg("--test-threads=1").stdin(Stdio::null());
    command.stdout(printed.try_clone()?).stderr(printed.try_clone()?);
    command.env("FENGQIAO_TEST_BACKENDS", backend.to_string()).env_remove("FENGQIAO_MUTANT");
    command.env("FENGQIAO_TEST_TEMPLATES", templates);
    // A mutant shows at the first fault.
    for faults in ["KILLS", "CRASHES", "ROLLS"] {
        command.env(format!("FENGQIAO_FAULTS_{faults}"), "1");
    }
    command.envs(mutant.map(|mutant| (OsStr::new("FENGQIAO_MUTANT"), mutant)));
    let mut child = command.spawn().context("running this program again")?;
    let (begun, count) = (Instant::now(), tests.len());
    let passed = loop {
        if let Some(status) = child.try_wait()? {
            break status.success();
        }
        if begun.elapsed() > PATIENCE * u32::try_from(count)? {
            child.kill()?;
            child.wait()?;
            bail!("{tests:?} with {mutant:?} on {backend} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let output = read_all(printed)?;
    let running = format!("running {count} test{}\n", if count == 1 { "" } else { "s" });
    ensure!(output.contains(&running), "not all of {tests:?} are there: {output}");
    Ok(Outcome { passed, text: output })
}

fn read_all(mut file: File) -> anyhow::Result<String> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_string(&mut text)?;
    Ok(text)
}
