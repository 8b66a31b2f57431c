//! What every manifest says (requirement S1): our crates have no unsafe code, all the lints of the workspace, and one version of Rust.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use toml::Value;

use crate::source::{Source, root, workspace};

/// The oldest compiler that is promised, which builds what is tested.
const RUST: &str = "1.95";

/// What is looked for; not written out, for this file is looked through too.
const WORD: &str = concat!("un", "safe");

/// A manifest by its place.
type Manifest = (String, Value);

/// What stands below a manifest's keys.
fn at<'a>(manifest: &'a Value, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().try_fold(manifest, |value, key| value.get(key))
}

/// What is wrong with the manifest of the workspace, and with those of its members.
fn faults(whole: &Value, members: &[Manifest]) -> Vec<String> {
    let text = |keys: &[&str]| at(whole, keys).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut faults = vec![];
    if text(&["workspace", "lints", "rust", "unsafe_code"]) != "forbid" {
        faults.push("the workspace does not forbid unsafe code".to_owned());
    }
    if text(&["workspace", "package", "rust-version"]) != RUST {
        faults.push(format!("the workspace does not promise Rust {RUST}"));
    }
    let named: BTreeSet<&str> = at(whole, &["workspace", "members"])
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let known: BTreeSet<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    if named != known {
        faults.push(format!("the workspace has {named:?}, and {known:?} are looked at"));
    }
    for (name, manifest) in members {
        let inherits = |keys: &[&str]| at(manifest, keys).and_then(Value::as_bool) == Some(true);
        if !inherits(&["lints", "workspace"]) {
            faults.push(format!("{name} does without the lints of the workspace"));
        }
        if !inherits(&["package", "rust-version", "workspace"]) {
            faults.push(format!("{name} has a version of Rust of its own"));
        }
    }
    faults
}

/// Sources that allow what the workspace forbids, or try to.
fn unsafe_code(sources: &[Source]) -> Vec<String> {
    let words = ["allow", "expect", "warn"].map(|level| format!("{level}({WORD}_code"));
    let blocks = ["{", "fn ", "impl ", "extern "].map(|follows| format!("{WORD} {follows}"));
    let mut faults = vec![];
    for source in sources {
        for (line, code) in source.code() {
            let is_quoted =
                |word: &str| code.contains(&format!("\"{word}")) || code.contains(&format!("'{word}"));
            if words.iter().chain(&blocks).any(|word| code.contains(word.as_str()) && !is_quoted(word)) {
                faults.push(format!("{}:{line}: {}", source.path, code.trim()));
            }
        }
    }
    faults
}

fn manifest(folder: &str) -> anyhow::Result<Value> {
    let file = root().join(folder).join("Cargo.toml");
    let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    Ok(toml::from_str(&text)?)
}

#[test]
fn no_crate_of_ours_has_unsafe_code() -> anyhow::Result<()> {
    let whole = manifest("")?;
    let folders = ["api", "bench", "domain", "entity", "migration", "tests"];
    let members = folders.iter().map(|name| Ok(((*name).to_owned(), manifest(name)?)));
    let members: Vec<Manifest> = members.collect::<anyhow::Result<_>>()?;
    let mut faults = faults(&whole, &members);
    faults.extend(unsafe_code(&workspace()?));
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn a_manifest_that_says_otherwise_and_unsafe_code_are_found() -> anyhow::Result<()> {
    let whole = |level: &str, rust: &str| {
        toml::from_str::<Value>(&format!(
            "[workspace]\nmembers = [\"api\"]\n[workspace.package]\nrust-version = \"{rust}\"\n\
             [workspace.lints.rust]\nunsafe_code = \"{level}\"\n"
        ))
    };
    let member = |text: &str| Ok::<_, toml::de::Error>(("api".to_owned(), toml::from_str::<Value>(text)?));
    let good = "[package]\nrust-version.workspace = true\n[lints]\nworkspace = true\n";
    let count = |whole: &Value, text: &str| anyhow::Ok(faults(whole, &[member(text)?]).len());
    let (sound, lax, old) = (whole("forbid", RUST)?, whole("deny", RUST)?, whole("forbid", "1.80")?);
    assert_eq!((count(&sound, good)?, count(&lax, good)?, count(&old, good)?), (0, 1, 1));
    assert_eq!(count(&sound, "[package]\nrust-version.workspace = true\n")?, 1);
    assert_eq!(count(&sound, "[package]\nrust-version = \"1.80\"\n[lints]\nworkspace = true\n")?, 1);
    assert_eq!(faults(&sound, &[]).len(), 1, "a member that nobody looks at");
    for code in ["{ x() }", "fn x() {}", "impl Send for X {}"] {
        let source = Source::example("api/src/x.rs", &format!("{WORD} {code}\n"));
        assert_eq!(unsafe_code(&[source]).len(), 1, "{code}");
    }
    let source = Source::example("api/src/x.rs", &format!("#![allow({WORD}_code)]\n"));
    assert_eq!(unsafe_code(&[source]).len(), 1);
    let harmless = Source::example("api/src/x.rs", &format!("// {WORD} {{ }}\n'{WORD}-inline'\n"));
    assert_eq!(unsafe_code(&[harmless]), Vec::<String>::new());
    Ok(())
}
