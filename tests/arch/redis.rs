//! Redis is spoken to in one folder, and its keys are put together in one file of it.

use crate::source::{Fault, Source, none, workspace};

const FOLDER: &str = "api/src/redis/";
const KEYS: &str = "api/src/redis/key.rs";
/// Reads the setting and has tests of it.
const SETTING: &str = "api/src/config/redis.rs";

/// Holds examples of what is forbidden.
const OWN: &str = "tests/arch/redis.rs";

/// Whether `::redis::` stands there, and not as the end of a path of ours.
fn names_the_library(code: &str) -> bool {
    let ends_a_path = |before: &str| before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    code.match_indices("::redis::").any(|(at, _)| !ends_a_path(code.get(..at).unwrap_or_default()))
}

fn faults(sources: &[Source]) -> Vec<Fault> {
    let mut faults = vec![];
    for source in sources {
        for (line, code) in source.code() {
            if names_the_library(code) && !source.path.starts_with(FOLDER) && source.path != OWN {
                faults.push(source.fault(line, "speaks to Redis: only api/src/redis does"));
            }
            let puts_together =
                code.contains("format!(") || code.contains("write!(") || code.contains("concat!(");
            if puts_together && source.path.starts_with(FOLDER) && source.path != KEYS {
                faults.push(source.fault(line, "puts a text together: names of keys come from key.rs"));
            }
            let names_a_key =
                ["fengqiao:t:", "fengqiao:all:", ":all:", ":t:"].iter().any(|key| code.contains(key));
            let is_ours = source.path.starts_with("api/") || source.path.starts_with("domain/");
            if names_a_key && is_ours && source.path != KEYS && source.path != SETTING {
                faults.push(source.fault(line, "names a key: names of keys come from key.rs"));
            }
        }
    }
    faults
}

#[test]
fn redis_is_spoken_to_in_one_place() -> anyhow::Result<()> {
    let sources = workspace()?;
    anyhow::ensure!(sources.iter().any(|source| source.path == KEYS), "{KEYS} is gone");
    none(&faults(&sources))
}

#[test]
fn a_second_door_to_redis_is_found() {
    let of = |path: &str, text: &str| faults(&[Source::example(path, text)]).len();
    assert_eq!(of("api/src/app.rs", "let client = ::redis::Client::open(url)?;\n"), 1);
    assert_eq!(of("api/src/app.rs", "use crate::redis::Redis;\n"), 0);
    assert_eq!(of("api/src/redis/bell.rs", "let client = ::redis::Client::open(url)?;\n"), 0);
    assert_eq!(of("api/src/redis/bell.rs", "let key = format!(\"{prefix}.bell\");\n"), 1);
    assert_eq!(of("api/src/auth/mod.rs", "let key = \"fengqiao:all:bell\";\n"), 1);
    assert_eq!(of(KEYS, "Key(format!(\"{}:all:bell\", self.0))\n"), 0);
}
