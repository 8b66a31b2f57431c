//! The file of the keys that sign access tokens: JSON that a person can read, and never changed in place. How one key takes
//! another's place is in `docs/adr/0040-token-keys-take-each-others-place.md`.

use std::path::Path;
use std::time::SystemTime;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::identity::settings::{MOST_ACCESS_SECONDS, MOST_LEEWAY_SECONDS, MOST_LINK_SECONDS};
use crate::identity::token::TokenKeys;
use crate::identity::token::access::seconds;
use crate::identity::token::keyring::{KeySet, Pair};
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::vault::{KNOWN_SECONDS, KeyOrigin, Replaced, write_private};

/// What a key signs counts for so long at most.
const LONGEST_SECONDS: i64 =
    if MOST_LINK_SECONDS > MOST_ACCESS_SECONDS { MOST_LINK_SECONDS } else { MOST_ACCESS_SECONDS };
/// For so long a key stays when another one signs: servers learn of that a while later, and their clocks differ.
const KEPT_SECONDS: i64 = KNOWN_SECONDS + LONGEST_SECONDS + MOST_LEEWAY_SECONDS;

/// Why the signing keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key file cannot be read or written.
    #[error("key file {path}: {cause}; run `fengqiao keys` or set keys.token_file")]
    File {
        /// The file.
        path: String,
        /// What the operating system or the parser says.
        cause: String,
    },
    /// What was asked of the key file is not done, and why.
    #[error("{0}")]
    Refused(String),
    /// The cryptographic library failed.
    #[error("cryptographic library failed")]
    Library,
}

/// The key file: the first key signs, all of them verify, so that keys overlap while they change.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    keys: Vec<FileKey>,
    /// Whether a development start made it: the production profile refuses such a file, whatever was added to it since.
    generated: bool,
}

/// A key of the file. When something happened to it is in seconds since 1970.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    kid: String,
    /// Ed25519 private key in PKCS #8, Base64.
    pkcs8: String,
    /// When it was added, until it signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    added_at: Option<i64>,
    /// When another one took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stopped_at: Option<i64>,
}

impl Drop for FileKey {
    fn drop(&mut self) {
        self.pkcs8.zeroize();
    }
}

impl FileKey {
    /// A new one.
    fn random(added_at: Option<i64>) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let mut kid = [0_u8; 8];
        random.fill(&mut kid).map_err(|_| KeyError::Library)?;
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| KeyError::Library)?;
        let pkcs8 = STANDARD.encode(pkcs8.as_ref());
        Ok(Self { kid: hex::encode(kid), pkcs8, added_at, stopped_at: None })
    }

    fn pair(&self) -> Result<Pair, &'static str> {
        let pkcs8 = STANDARD.decode(&self.pkcs8).map_err(|_| "a key must be Base64")?;
        Ok((self.kid.clone(), Zeroizing::new(pkcs8)))
    }

    /// Whether it is to sign and does not yet, unless it is the first.
    const fn waits(&self) -> bool {
        self.added_at.is_some() && self.stopped_at.is_none()
    }
}

impl KeyFile {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Self, KeyError> {
        let text = std::fs::read_to_string(path).map(Zeroizing::new).map_err(|cause| said(path, &cause))?;
        // What the parser says may quote a key.
        serde_json::from_str(&text).map_err(|cause| {
            let (line, column) = (cause.line(), cause.column());
            said(path, &format!("it is no key file, by line {line}, column {column}"))
        })
    }

    /// The keys at work.
    pub(super) fn set(&self, path: &Path) -> Result<KeySet, KeyError> {
        let origin = if self.generated { KeyOrigin::Development } else { KeyOrigin::Operator };
        let pairs: Result<Vec<Pair>, &str> = self.keys.iter().map(FileKey::pair).collect();
        pairs.and_then(|pairs| KeySet::of(pairs, origin)).map_err(|cause| said(path, &cause))
    }

    /// The file as text.
    fn text(&self) -> Result<Zeroizing<String>, KeyError> {
        serde_json::to_string(self).map(Zeroizing::new).map_err(|_| KeyError::Library)
    }

    /// The place of the key that waits to sign.
    fn waiting(&self) -> Option<usize> {
        self.keys.iter().skip(1).position(FileKey::waits).map(|at| at + 1)
    }

    /// What each key does, in the order of the file.
    fn states(&self) -> impl Iterator<Item = (&FileKey, TokenKeyState)> {
        self.keys.iter().enumerate().map(|(at, key)| {
            let state = match (at, key.waits()) {
                (0, _) => TokenKeyState::Signs,
                (_, true) => TokenKeyState::Waits,
                (_, false) => TokenKeyState::Stopped,
            };
            (key, state)
        })
    }
}

impl TokenKeys {
    /// Writes a file with one new key, readable by its owner only; an existing file stays untouched.
    ///
    /// # Errors
    /// [`KeyError::File`] when it exists or cannot be written.
    pub fn generate(path: &Path, origin: KeyOrigin) -> Result<(), KeyError> {
        let keys = vec![FileKey::random(None)?];
        let file = KeyFile { keys, generated: origin == KeyOrigin::Development };
        write_private(path, &file.text()?).map_err(|cause| said(path, &cause))
    }
}

/// What a key does; all of them verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKeyState {
    /// It signs.
    Signs,
    /// It was added and does not sign yet.
    Waits,
    /// Another one took its place.
    Stopped,
}

/// A key of the file, without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenKey {
    /// Its id.
    pub kid: String,
    /// What it does.
    pub state: TokenKeyState,
}

/// What an operator does to the keys that sign tokens. Each step is a new file in the place of the one before, and one step at a time.
#[derive(Debug)]
pub struct TokenKeyFile {
    file: Replaced,
}

impl TokenKeyFile {
    /// Waits until nobody else changes the file.
    ///
    /// # Errors
    /// [`KeyError::File`] when the folder cannot be written.
    pub fn hold(path: &Path) -> Result<Self, KeyError> {
        let file = Replaced::hold(path).map_err(|(beside, cause)| said(&beside, &cause))?;
        Ok(Self { file })
    }

    /// The keys, the one that signs first.
    ///
    /// # Errors
    /// [`KeyError::File`] when it cannot be read.
    pub fn keys(&self) -> Result<Vec<TokenKey>, KeyError> {
        let file = self.read()?;
        Ok(file.states().map(|(key, state)| TokenKey { kid: key.kid.clone(), state }).collect())
    }

    /// Adds a key that only verifies: its id.
    ///
    /// # Errors
    /// [`KeyError::Refused`] when one is there already that does not sign yet.
    pub fn add(&self, now: Timestamp) -> Result<String, KeyError> {
        let mut file = self.read()?;
        if let Some(waiting) = file.waiting().and_then(|at| file.keys.get(at)) {
            return Err(KeyError::Refused(format!(
                "key {} does not sign yet: `fengqiao keys tokens promote` first",
                waiting.kid
            )));
        }
        let key = FileKey::random(Some(seconds(now)))?;
        let kid = key.kid.clone();
        file.keys.push(key);
        self.replace(&file)?;
        Ok(kid)
    }

    /// Lets the key that was added sign: its id.
    ///
    /// # Errors
    /// [`KeyError::Refused`] when there is none, or it was added too lately for every server to know it.
    pub fn promote(&self, now: Timestamp) -> Result<String, KeyError> {
        let mut file = self.read()?;
        let Some(at) = file.waiting() else {
            return Err(KeyError::Refused("no key waits to sign: `fengqiao keys tokens add` first".into()));
        };
        let mut key = file.keys.remove(at);
        let why = "was added, and servers may not know it";
        wait((&key.kid, why), key.added_at.take(), KNOWN_SECONDS, now)?;
        if let Some(before) = file.keys.first_mut() {
            (before.added_at, before.stopped_at) = (None, Some(seconds(now)));
        }
        let kid = key.kid.clone();
        file.keys.insert(0, key);
        self.replace(&file)?;
        Ok(kid)
    }

    /// Takes a key out.
    ///
    /// # Errors
    /// [`KeyError::Refused`] when it is not there, signs, or signed what may still count.
    pub fn retire(&self, kid: &str, now: Timestamp) -> Result<(), KeyError> {
        let mut file = self.read()?;
        let found = file.states().find(|(key, _)| key.kid == kid);
        match found {
            None => {
                return Err(KeyError::Refused(format!(
                    "there is no key {kid}: see `fengqiao keys tokens list`"
                )));
            }
            Some((_, TokenKeyState::Signs)) => {
                return Err(KeyError::Refused(format!(
                    "key {kid} signs: only one that another took the place of may go"
                )));
            }
            // It signed nothing.
            Some((_, TokenKeyState::Waits)) => {}
            Some((key, TokenKeyState::Stopped)) => {
                let why = "signed for the last time, and that may still count";
                wait((kid, why), key.stopped_at, KEPT_SECONDS, now)?;
            }
        }
        file.keys.retain(|key| key.kid != kid);
        self.replace(&file)
    }

    /// The file. Of a key that another one took the place of by hand it does not say when: at the latest when the file was written or, as a
    /// copy that was moved into its place, came to be there.
    fn read(&self) -> Result<KeyFile, KeyError> {
        let path = self.file.path();
        let mut file = KeyFile::read(path)?;
        let facts = std::fs::metadata(path).map_err(|cause| said(path, &cause))?;
        let written =
            facts.modified().map_err(|cause| said(path, &cause))?.duration_since(SystemTime::UNIX_EPOCH);
        let written = written.ok().and_then(|since| i64::try_from(since.as_secs()).ok());
        #[cfg(unix)]
        let written = written.max(Some(std::os::unix::fs::MetadataExt::ctime(&facts)));
        for key in file.keys.iter_mut().skip(1).filter(|key| !key.waits()) {
            key.stopped_at = key.stopped_at.or(written);
        }
        Ok(file)
    }

    fn replace(&self, file: &KeyFile) -> Result<(), KeyError> {
        file.set(self.file.path())?;
        self.file.replace(&file.text()?).map_err(|cause| said(self.file.path(), &cause))
    }
}

/// Refuses a step on a key too soon after what happened to it.
fn wait((kid, why): (&str, &str), since: Option<i64>, least: i64, now: Timestamp) -> Result<(), KeyError> {
    let passed = seconds(now).saturating_sub(since.unwrap_or_default());
    if passed >= least || mutant::active(Mutant::HastyTokenKeys) {
        return Ok(());
    }
    Err(KeyError::Refused(format!(
        "{passed} seconds ago key {kid} {why}: come again in {} seconds",
        least - passed
    )))
}

fn said(path: &Path, cause: &dyn std::fmt::Display) -> KeyError {
    KeyError::File { path: path.display().to_string(), cause: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_file_opens_and_is_not_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys").join("signing.json");
        TokenKeys::generate(&path, KeyOrigin::Development).expect("written");
        let keys = TokenKeys::open(&path).expect("opened");
        assert!(keys.is_generated());
        assert!(
            TokenKeys::generate(&path, KeyOrigin::Development).is_err(),
            "an existing file stays untouched"
        );
        std::fs::write(&path, "{\"keys\":[],\"generated\":false}").expect("emptied");
        let empty = TokenKeys::open(&path).expect_err("no key").to_string();
        assert!(empty.contains("it holds no key") && empty.contains("keys.token_file"), "{empty}");
        for spoilt in [r#"{"keys":["MC4CAQAw"],"generated":false}"#, r#"{"keys":[{"kid":"a","MC4CAQAw"}]}"#] {
            std::fs::write(&path, spoilt).expect("spoilt");
            let told = TokenKeys::open(&path).expect_err("no key file").to_string();
            assert!(
                told.contains("line 1, column") && !told.contains("MC4C"),
                "what stands there is told: {told}"
            );
        }
        folder.close().expect("removed");
        assert!(matches!(TokenKeys::open(&path), Err(KeyError::File { .. })));
    }

    /// When a file was written, as near as its own clock tells.
    fn now() -> Timestamp {
        use crate::kernel::clock::{Clock as _, SystemClock};
        SystemClock.now()
    }

    #[test]
    fn a_file_that_somebody_changed_by_hand_is_gone_on_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("signing.json");
        let keys = [(); 2].map(|()| FileKey::random(None).expect("a key"));
        let [first, second] = [0, 1].map(|at| keys[at].kid.clone());
        let file = KeyFile { keys: keys.into(), generated: false };
        write_private(&path, &file.text().expect("a text")).expect("written");
        let held = TokenKeyFile::hold(&path).expect("held");
        let states: Vec<TokenKeyState> = held.keys().expect("read").iter().map(|key| key.state).collect();
        assert_eq!(states, [TokenKeyState::Signs, TokenKeyState::Stopped]);
        // What it signed counts from when the file was written, which is now.
        assert!(matches!(held.retire(&second, now()), Err(KeyError::Refused(_))));
        let later = now().plus_seconds(KEPT_SECONDS + 1);
        let added = held.add(later).expect("added");
        assert!(matches!(held.add(later), Err(KeyError::Refused(_))));
        assert_eq!(held.promote(later.plus_seconds(KNOWN_SECONDS)).expect("promoted"), added);
        held.retire(&second, later).expect("another step does not make it stay longer");
        let kids: Vec<String> = held.keys().expect("read").into_iter().map(|key| key.kid).collect();
        assert_eq!(kids, [added, first]);
    }

    #[test]
    fn a_key_that_never_signed_goes_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("signing.json");
        TokenKeys::generate(&path, KeyOrigin::Development).expect("written");
        let held = TokenKeyFile::hold(&path).expect("held");
        let before = std::fs::read_to_string(&path).expect("read");
        let added = held.add(now()).expect("added");
        held.retire(&added, now()).expect("retired");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), before);
        assert!(TokenKeys::open(&path).expect("opened").is_generated(), "it stays what it was");
    }

    #[test]
    fn a_file_that_makes_no_sense_is_refused_with_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("signing.json");
        let text = |keys: &[FileKey]| serde_json::to_string(keys).expect("a text");
        let [key, other] = [(); 2].map(|()| FileKey::random(None).expect("a key"));
        let (kid, pkcs8) = (other.kid.clone(), key.pkcs8.clone());
        let twice = text(&[FileKey { kid, pkcs8, added_at: None, stopped_at: None }, other]);
        let one = text(&[key]);
        for wrong in [
            twice,
            one.replace("kid", "id"),
            one.replace("\"pkcs8\":\"", "\"pkcs8\":\"?"),
            one.replace("\"pkcs8\":\"", "\"pkcs8\":\"AAAA"),
            one.replace("\"kid\"", "\"more\":1,\"kid\""),
        ] {
            let file = format!("{{\"keys\":{wrong},\"generated\":false}}");
            std::fs::write(&path, &file).expect("written");
            let error = TokenKeys::open(&path).expect_err(&file).to_string();
            assert!(error.contains("signing.json"), "{error}");
        }
        std::fs::write(&path, format!("{{\"keys\":{one},\"generated\":false}}")).expect("written");
        assert!(!TokenKeys::open(&path).expect("opened").is_generated());
    }
}
