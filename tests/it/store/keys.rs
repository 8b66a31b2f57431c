//! Keys take each other's place in their file, and a process that runs learns of it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_domain::kernel::id::{TenantId, Timestamp};
use fengqiao_domain::kernel::vault::{Cell, KeyOrigin, Keyring, OldDigests, Suite, Vault, VaultError};
use fengqiao_entity::value::SealedBytes;
use tempfile::TempDir;
use uuid::Uuid;

/// A file as all of them were before keys could be changed.
const OLD: &str = r#"{"id":7,"master":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","generated":false}"#;
/// As long as a key only opens, in seconds.
const KNOWN: i64 = 10;
/// As long as the one before stays, in seconds.
const KEPT: i64 = 32 * 86_400;
const SETTLED: i64 = 25 * 3_600;
/// Longer than a process takes to look at the file again.
const LOOK: Duration = Duration::from_secs(5);

fn at(seconds: i64) -> Timestamp {
    Timestamp((1_800_000_000 + seconds) * 1_000_000)
}

fn cell() -> Cell {
    Cell {
        tenant: TenantId::from_uuid(Uuid::from_u128(1)),
        table: "accounts",
        column: "name",
        row: Uuid::from_u128(2),
    }
}

fn file(folder: &TempDir) -> anyhow::Result<PathBuf> {
    let path = folder.path().join("sealing.json");
    std::fs::write(&path, OLD)?;
    Ok(path)
}

/// The vault of a file, which knows the key of the tenant: one for all tests, as the first vault of this file would have kept it.
fn opened(path: &Path) -> anyhow::Result<Vault> {
    let beside = path.with_extension("tenant");
    let vault = Vault::open(path)?;
    if beside.exists() {
        vault.learn_tenant_key(cell().tenant, Some(&SealedBytes(std::fs::read(beside)?)))?;
    } else {
        std::fs::write(beside, vault.make_tenant_key(cell().tenant)?.0)?;
    }
    Ok(vault)
}

/// The key under which a vault seals now.
fn key_of(vault: &Vault) -> anyhow::Result<u32> {
    let sealed = vault.seal(&cell(), "张三")?;
    Ok(u32::from_be_bytes(sealed.0[1..5].try_into()?))
}

/// Adds a key and lets it seal: its id.
fn rotated(path: &Path, suite: Suite) -> anyhow::Result<u32> {
    let ring = Keyring::hold(path)?;
    let added = ring.add(suite, at(0))?;
    assert_eq!(ring.promote(at(KNOWN))?, added);
    Ok(added)
}

fn is_refused<T: std::fmt::Debug>(answer: &Result<T, VaultError>) -> bool {
    matches!(answer, Err(VaultError::Refused(_)))
}

#[test]
fn a_key_opens_before_it_seals_and_the_one_before_opens_after() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let first = opened(&path)?.seal(&cell(), "张三")?;
    let ring = Keyring::hold(&path)?;
    assert!(is_refused(&ring.promote(at(0))), "nothing was added");
    let added = ring.add(Suite::International, at(0))?;
    assert!(is_refused(&ring.add(Suite::International, at(1))), "one waits already");
    assert_eq!(key_of(&opened(&path)?)?, 7, "it seals at once");
    assert!(is_refused(&ring.promote(at(KNOWN - 1))), "whoever has not looked yet does not know it");
    assert_eq!(ring.promote(at(KNOWN))?, added);
    let vault = opened(&path)?;
    assert_eq!(key_of(&vault)?, added);
    assert_eq!(vault.open_sealed(&cell(), &first)?, "张三");
    // And goes, when nothing needs it.
    let late = at(KNOWN + KEPT);
    assert!(is_refused(&ring.retirable(added, OldDigests::GivenUp, late)), "it seals");
    assert!(is_refused(&ring.retirable(9, OldDigests::GivenUp, late)), "there is none");
    for (digests, least) in [(OldDigests::Lapsed, KEPT), (OldDigests::GivenUp, SETTLED)] {
        assert!(is_refused(&ring.retirable(7, digests, at(KNOWN + least - 1))), "{digests:?}");
        ring.retirable(7, digests, at(KNOWN + least))?;
    }
    ring.retire(7)?;
    let vault = Vault::open(&path)?;
    assert!(matches!(vault.open_sealed(&cell(), &first), Err(VaultError::UnknownKey(7))));
    let ids: Vec<u32> = ring.keys()?.iter().map(|key| key.id).collect();
    assert_eq!(ids, [added]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path)?.permissions().mode();
        assert_eq!(mode & 0o737, 0o600, "its group reads it if it did, and nobody else: {mode:o}");
    }
    Ok(())
}

#[test]
fn a_process_that_runs_learns_of_a_new_key() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let (one, other) = (opened(&path)?, opened(&path)?);
    let added = rotated(&path, Suite::International)?;
    // What another one sealed it opens at once, whenever it looked last.
    let sealed = opened(&path)?.seal(&cell(), "李四")?;
    assert_eq!(one.open_sealed(&cell(), &sealed)?, "李四");
    assert_eq!(key_of(&one)?, added);
    // And without being shown anything, soon.
    let begun = Instant::now();
    while key_of(&other)? != added {
        ensure!(begun.elapsed() < LOOK, "it seals under the key of before");
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[test]
fn a_file_of_another_deployment_is_not_taken_by_one_that_runs() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let vault = opened(&path)?;
    let sealed = vault.seal(&cell(), "张三")?;
    for wrong in
        ["", "{}", r#"{"id":7,"master":"CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=","generated":false}"#]
    {
        std::fs::write(&path, wrong)?;
        std::thread::sleep(Duration::from_millis(1_100));
        assert_eq!(vault.open_sealed(&cell(), &sealed)?, "张三", "{wrong}");
    }
    std::fs::remove_file(&path)?;
    Vault::generate(&path, KeyOrigin::Operator, Suite::International)?;
    std::thread::sleep(Duration::from_millis(1_100));
    assert_eq!(key_of(&vault)?, 7);
    Ok(())
}

#[test]
fn what_is_looked_up_is_looked_up_under_each_key() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let tenant = cell().tenant;
    let of = |vault: &Vault, table, column| vault.blind(tenant, table, column, "13800138000");
    let before = opened(&path)?;
    let old = of(&before, "staff_members", "phone")?;
    assert_eq!(before.blinds(tenant, "staff_members", "phone", "13800138000")?, std::slice::from_ref(&old));
    rotated(&path, Suite::International)?;
    let vault = opened(&path)?;
    let new = of(&vault, "staff_members", "phone")?;
    assert_ne!(new, old);
    assert_eq!(vault.blinds(tenant, "staff_members", "phone", "13800138000")?, [new, old]);
    Ok(())
}

#[test]
fn a_deployment_moves_to_the_national_standards_and_back() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = file(&folder)?;
    let first = opened(&path)?.seal(&cell(), "张三")?;
    rotated(&path, Suite::Sm)?;
    let vault = opened(&path)?;
    let second = vault.seal(&cell(), "李四")?;
    rotated(&path, Suite::International)?;
    let vault_after = opened(&path)?;
    for (sealed, text) in [(&first, "张三"), (&second, "李四")] {
        assert_eq!(vault_after.open_sealed(&cell(), sealed)?, text);
    }
    // Bound to its cell, and whole or not at all, whatever the suite.
    let stranger = TenantId::from_uuid(Uuid::from_u128(4));
    vault.make_tenant_key(stranger)?;
    for other in [Cell { row: Uuid::from_u128(3), ..cell() }, Cell { tenant: stranger, ..cell() }] {
        assert!(matches!(vault.open_sealed(&other, &second), Err(VaultError::Altered)), "{other:?}");
    }
    for at in 0..second.0.len() {
        let mut altered = second.clone();
        altered.0[at] ^= 1;
        assert!(vault.open_sealed(&cell(), &altered).is_err(), "byte {at} does not matter");
        altered.0.truncate(at);
        assert!(vault.open_sealed(&cell(), &altered).is_err(), "{at} bytes suffice");
    }
    let keys = Keyring::hold(&path)?.keys()?;
    let suites: Vec<Suite> = keys.iter().map(|key| key.suite).collect();
    assert_eq!(suites, [Suite::International, Suite::Sm, Suite::International]);
    Ok(())
}

#[test]
fn a_file_that_makes_no_sense_is_refused_with_its_name() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let path = folder.path().join("sealing.json");
    let master = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    let key = |id: u32, suite: &str| {
        format!(r#"{{"id":{id},"suite":"{suite}","master":"{master}","generated":false}}"#)
    };
    let of =
        |sealing: u32, keys: &[String]| format!(r#"{{"sealing":{sealing},"keys":[{}]}}"#, keys.join(","));
    std::fs::write(&path, of(2, &[key(1, "sm"), key(2, "international")]))?;
    assert_eq!(key_of(&opened(&path)?)?, 2);
    for wrong in [
        of(3, &[key(1, "sm")]),
        of(1, &[key(1, "sm"), key(1, "sm")]),
        of(1, &[key(1, "des")]),
        of(1, &[]),
        of(1, &[key(1, "sm")]).replace("\"keys\"", "\"more\":1,\"keys\""),
        of(1, &[key(1, "sm").replace(master, "AAAA")]),
    ] {
        std::fs::write(&path, &wrong)?;
        let Err(error) = Vault::open(&path) else { anyhow::bail!("{wrong} opens") };
        assert!(error.to_string().contains("sealing.json"), "{error}");
    }
    Ok(())
}
