//! What we build on (requirement S1), from `Cargo.lock` and `cargo metadata`, so that it needs no advisory database: versions below
//! which a hole is known, one source, and the crates and licences that `deny.toml` allows. `cargo deny check` says the same and
//! more where it is installed.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::source::root;

/// A crate, the first version without a hole that is known, and where it is told of.
const FLOORS: [(&str, [u64; 3], &str); 13] = [
    ("aes-gcm", [0, 10, 3], "RUSTSEC-2023-0096: what was altered stays readable in the buffer"),
    ("async-graphql", [7, 0, 10], "GHSA-5gc2-7c65-8fq8: directives without end"),
    ("h2", [0, 4, 4], "RUSTSEC-2024-0332: CONTINUATION frames without end"),
    ("hyper", [1, 0, 0], "older ones are maintained no more"),
    ("idna", [1, 0, 3], "RUSTSEC-2024-0421: two names for one host"),
    ("jsonwebtoken", [10, 3, 0], "GHSA-h395-gr6q-cpjc: an expiry that is a text is none"),
    ("ring", [0, 17, 12], "RUSTSEC-2025-0009: a panic at will"),
    ("rustls", [0, 23, 18], "RUSTSEC-2024-0399: a panic at will"),
    ("sqlx-core", [0, 8, 1], "RUSTSEC-2024-0363: lengths that overflow"),
    ("time", [0, 3, 6], "RUSTSEC-2020-0071: the zone of another thread"),
    ("tokio", [1, 44, 2], "RUSTSEC-2025-0023: clones across threads"),
    ("tracing-subscriber", [0, 3, 20], "RUSTSEC-2025-0055: control sequences in the log"),
    ("tungstenite", [0, 20, 1], "RUSTSEC-2023-0065: handshakes without end"),
];

/// Whose packages are looked at: what deployments run on.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Every version of a package, with where it comes from.
type Packages = BTreeMap<String, Vec<([u64; 3], Option<String>)>>;

/// What `Cargo.lock` names.
fn packages(lock: &str) -> anyhow::Result<Packages> {
    let mut packages = Packages::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |name: &str| {
            let line = package.lines().find(|line| line.starts_with(&format!("{name} = ")))?;
            line.split('"').nth(1).map(str::to_owned)
        };
        let (name, version) = (field("name").context("a name")?, field("version").context("a version")?);
        packages.entry(name).or_default().push((numbers(&version)?, field("source")));
    }
    Ok(packages)
}

/// The three numbers of a version.
fn numbers(version: &str) -> anyhow::Result<[u64; 3]> {
    let plain = version.split(['-', '+']).next().unwrap_or_default();
    let numbers: Result<Vec<u64>, _> = plain.split('.').map(str::parse).collect();
    <[u64; 3]>::try_from(numbers?).ok().with_context(|| format!("{version} is no version"))
}

/// Versions below their floor, and packages from elsewhere than the one registry.
fn outdated(packages: &Packages) -> Vec<String> {
    let below = FLOORS.iter().flat_map(|(name, floor, why)| {
        let versions = packages.get(*name).into_iter().flatten();
        versions
            .filter(move |(version, _)| version < floor)
            .map(move |(version, _)| format!("{name} {version:?}: {why}"))
    });
    let strange = packages.iter().flat_map(|(name, versions)| {
        let elsewhere = |source: &Option<String>| {
            source
                .as_ref()
                .is_some_and(|source| source != "registry+https://github.com/rust-lang/crates.io-index")
        };
        let ours = |source: &Option<String>| source.is_none() && !name.starts_with("fengqiao-");
        versions
            .iter()
            .filter(move |(_, source)| elsewhere(source) || ours(source))
            .map(move |(_, source)| format!("{name} comes from {source:?}"))
    });
    below.chain(strange).collect()
}

/// The crates and licences of `deny.toml`.
struct Policy {
    banned: BTreeSet<String>,
    allowed: BTreeSet<String>,
}

fn policy(text: &str) -> anyhow::Result<Policy> {
    let policy: toml::Value = toml::from_str(text)?;
    let list = |at: &[&str]| {
        let found = at.iter().try_fold(&policy, |value, key| value.get(key));
        found
            .and_then(toml::Value::as_array)
            .cloned()
            .with_context(|| format!("deny.toml has no {}", at.join(".")))
    };
    let word = |value: &toml::Value| value.as_str().map(str::to_owned);
    let banned = list(&["bans", "deny"])?;
    Ok(Policy {
        banned: banned.iter().filter_map(|entry| word(entry.get("crate")?)).collect(),
        allowed: list(&["licenses", "allow"])?.iter().filter_map(word).collect(),
    })
}

/// Whether a licence in the words of SPDX can be met by what is allowed.
fn is_met(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = Expression::parse_mode(licence, ParseMode::LAX);
    expression.is_ok_and(|expression| expression.evaluate(|wanted| allowed.contains(&wanted.to_string())))
}

/// Packages whose licence is not allowed, and banned ones, as `cargo metadata` tells of them.
fn refused(metadata: &Value, policy: &Policy) -> Vec<String> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let refused = packages.filter_map(|package| {
        let (name, licence) = (package["name"].as_str()?, package["license"].as_str().unwrap_or_default());
        if policy.banned.contains(name) {
            return Some(format!("{name} is banned"));
        }
        (!is_met(licence, &policy.allowed)).then(|| format!("{name} has the licence {licence:?}"))
    });
    refused.collect()
}

#[test]
fn nothing_is_older_than_its_last_hole_or_comes_from_elsewhere() -> anyhow::Result<()> {
    let packages = packages(&std::fs::read_to_string(root().join("Cargo.lock"))?)?;
    for (name, ..) in FLOORS {
        ensure!(packages.contains_key(name), "{name} is not in Cargo.lock any more: take its floor out");
    }
    let faults = outdated(&packages);
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn each_floor_and_each_strange_source_is_seen() -> anyhow::Result<()> {
    let package = |name: &str, version: &str, source: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}\n")
    };
    let registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    for (name, [major, minor, patch], why) in FLOORS {
        let at = packages(&package(name, &format!("{major}.{minor}.{patch}"), registry))?;
        ensure!(outdated(&at).is_empty(), "{name} at its floor");
        let below = if patch > 0 { [major, minor, patch - 1] } else { [major - 1, 99, 99] };
        let [major, minor, patch] = below;
        let below = outdated(&packages(&package(name, &format!("{major}.{minor}.{patch}"), registry))?);
        ensure!(below.len() == 1 && below[0].contains(why), "{name} below its floor: {below:?}");
    }
    for source in ["source = \"git+https://example.org/a\"", ""] {
        let strange = outdated(&packages(&package("a", "1.0.0", source))?);
        ensure!(strange.len() == 1, "{source}: {strange:?}");
    }
    Ok(())
}

#[test]
fn licences_and_crates_are_those_that_are_allowed() -> anyhow::Result<()> {
    let policy = policy(&std::fs::read_to_string(root().join("deny.toml"))?)?;
    // Of one platform, so that nothing is fetched that was not built.
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM])
        .current_dir(root())
        .output()?;
    ensure!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let metadata: Value = serde_json::from_slice(&cargo.stdout)?;
    ensure!(metadata["packages"].as_array().is_some_and(|packages| packages.len() > 300), "few packages");
    let faults = refused(&metadata, &policy);
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn a_licence_or_a_crate_that_is_not_allowed_is_seen() -> anyhow::Result<()> {
    let policy = policy("[bans]\ndeny = [{ crate = \"bad\" }]\n[licenses]\nallow = [\"MIT\", \"Zlib\"]\n")?;
    let package = |name: &str, license: &str| serde_json::json!({ "name": name, "license": license });
    let packages = [
        package("a", "MIT OR GPL-3.0-only"),
        package("b", "MIT AND GPL-3.0-only"),
        package("c", "GPL-3.0-only/MIT"),
        package("d", "(MIT OR GPL-3.0-only) AND Zlib"),
        package("e", "GPL-3.0-only"),
        package("bad", "MIT"),
        package("f", ""),
    ];
    let seen = refused(&serde_json::json!({ "packages": packages }), &policy);
    let names: Vec<&str> = seen.iter().filter_map(|fault| fault.split(' ').next()).collect();
    assert_eq!(names, ["b", "e", "bad", "f"]);
    Ok(())
}
