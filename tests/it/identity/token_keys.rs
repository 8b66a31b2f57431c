//! Keys that sign access tokens take each other's place in their file, and a process that runs learns of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_domain::identity::{KeyError, TokenKeyFile, TokenKeyState, TokenKeys};
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::kernel::vault::KeyOrigin;
use serde_json::Value;
use tempfile::TempDir;

/// As long as a key only verifies, in seconds.
const KNOWN: i64 = 10;
/// As long as the one before stays, in seconds: a link counts for an hour, clocks differ by half a minute.
const KEPT: i64 = 3_600 + 30 + KNOWN;
/// Longer than a process takes to look at the file again.
const LOOK: Duration = Duration::from_secs(5);

fn at(seconds: i64) -> Timestamp {
    Timestamp((1_800_000_000 + seconds) * 1_000_000)
}

fn file(folder: &TempDir) -> anyhow::Result<PathBuf> {
    let path = folder.path().join("token.json");
    TokenKeys::generate(&path, KeyOrigin::Operator)?;
    Ok(path)
}

/// The ids that a process publishes, the one that signs first.
fn kids(keys: &TokenKeys) -> Vec<String> {
    let set = keys.jwks();
    let listed = set["keys"].as_array().cloned().unwrap_or_default();
    listed.iter().filter_map(|key| Some(key["kid"].as_str()?.to_owned())).collect()
}

fn is_refused<T: std::fmt::Debug>(answer: &Result<T, KeyError>) -> bool {
    matches!(answer, Err(KeyError::Refused(_)))
}

/// Adds a key and lets it sign: its id.
fn rotated(path: &Path) -> anyhow::Result<String> {
    let held = TokenKeyFile::hold(path)?;
    let added = held.add(at(0))?;
    assert_eq!(held.promote(at(KNOWN))?, added);
    Ok(added)
}

#[test]
fn a_key_verifies_before_it_signs_and_goes_when_what_it_signed_is_over() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let [old] = <[String; 1]>::try_from(kids(&TokenKeys::open(&path)?)).ok().context("one key")?;
    let held = TokenKeyFile::hold(&path)?;
    assert!(is_refused(&held.promote(at(0))), "nothing was added");
    let new = held.add(at(0))?;
    assert!(is_refused(&held.add(at(1))), "one waits already");
    assert_eq!(kids(&TokenKeys::open(&path)?), [old.clone(), new.clone()], "it signs at once");
    assert!(is_refused(&held.promote(at(KNOWN - 1))), "whoever has not looked yet does not know it");
    assert_eq!(held.promote(at(KNOWN))?, new);
    assert_eq!(kids(&TokenKeys::open(&path)?), [new.clone(), old.clone()]);
    let states: Vec<TokenKeyState> = held.keys()?.iter().map(|key| key.state).collect();
    assert_eq!(states, [TokenKeyState::Signs, TokenKeyState::Stopped]);
    let end = KNOWN + KEPT;
    assert!(is_refused(&held.retire(&new, at(end))), "it signs");
    assert!(is_refused(&held.retire("another", at(end))), "there is none");
    assert!(is_refused(&held.retire(&old, at(end - 1))), "a link of before may still count");
    held.retire(&old, at(end))?;
    assert_eq!(kids(&TokenKeys::open(&path)?), [new]);
    ensure!(!TokenKeys::open(&path)?.is_generated(), "it stays an operator's");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600);
    }
    Ok(())
}

#[test]
fn a_process_that_runs_learns_of_a_new_key() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let keys = TokenKeys::open(&path)?;
    let added = rotated(&path)?;
    let begun = Instant::now();
    while kids(&keys).first() != Some(&added) {
        ensure!(begun.elapsed() < LOOK, "it signs under the key of before");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[test]
fn a_file_of_another_deployment_is_not_taken_by_one_that_runs() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let ours = std::fs::read_to_string(&path)?;
    let keys = TokenKeys::open(&path)?;
    let before = keys.jwks();
    let stranger = folder.path().join("stranger.json");
    TokenKeys::generate(&stranger, KeyOrigin::Operator)?;
    let theirs = std::fs::read_to_string(&stranger)?;
    let id_of = |text: &str| -> anyhow::Result<String> {
        let file: Value = serde_json::from_str(text)?;
        Ok(file["keys"][0]["kid"].as_str().context("a kid")?.to_owned())
    };
    let same_id = theirs.replace(&id_of(&theirs)?, &id_of(&ours)?);
    let generated = ours.replace("\"generated\":false", "\"generated\":true");
    ensure!(generated != ours, "{ours}");
    for wrong in ["", "{}", "{\"keys\":[],\"generated\":false}", &theirs, &same_id, &generated] {
        std::fs::write(&path, wrong)?;
        std::thread::sleep(Duration::from_millis(1_100));
        assert_eq!((keys.jwks(), keys.is_generated()), (before.clone(), false));
    }
    // And one of ours is, whatever was there meanwhile.
    std::fs::write(&path, &ours)?;
    let added = rotated(&path)?;
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(kids(&keys).first(), Some(&added));
    Ok(())
}
