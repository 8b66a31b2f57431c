//! Documents that are known by their hash, and whether others run at all (requirement G13).
//!
//! A document is asked for by `documentId: "sha256:…"` or by the hash of automatic persisted queries. Nobody registers any: what
//! is known was written into files by whoever deploys, as front-end tools emit them, `{"<sha256>": "<document>"}`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use serde::Deserialize;

use super::caller::{Caller, CallerKind};
use super::params::Params;

/// Which documents run.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentRules {
    /// Whether others run than those that are known, for whoever has no file of their own. Any by default: every front-end begins without
    /// a list, and what a document may cost is limited either way.
    pub mode: DocumentMode,
    /// Files of documents that whoever has no file of their own may ask for.
    pub files: Vec<PathBuf>,
    /// Files of single accounts, by the account's id: such an account asks for what is in its own file and nothing else, whatever the mode.
    pub clients: BTreeMap<String, PathBuf>,
    /// Ids of accounts for which any document runs whatever the mode, and whatever file they have: whoever develops.
    pub open_to: Vec<String>,
    /// Whether any document runs for programs (role `API_CLIENT`) without a file of their own: integrators write their own documents,
    /// and pay for them from their own bucket. Nobody by default.
    pub open_to_kind: OpenTo,
}

/// Which documents run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentMode {
    /// Any.
    #[default]
    Any,
    /// Those that are known.
    Trusted,
}

/// For what kind of caller any document runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenTo {
    /// For none.
    #[default]
    Nobody,
    /// For programs.
    Programs,
}

/// A file of documents that cannot be used: one line that names it.
#[derive(Debug, thiserror::Error)]
#[error("edge.documents: {}: {why}", file.display())]
pub struct BadDocuments {
    file: PathBuf,
    why: String,
}

/// The documents of one file or of several, by the hash of each.
type Known = HashMap<String, String>;

/// The documents that are known.
#[derive(Debug, Default)]
pub struct Documents {
    mode: DocumentMode,
    everybody: Known,
    clients: HashMap<String, Known>,
    open_to: HashSet<String>,
    open_to_kind: OpenTo,
}

/// Why a document does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untrusted {
    /// Its hash is not known.
    UnknownHash,
    /// Its text is not known, and must be.
    UnknownText,
}

impl Documents {
    /// Reads the files.
    ///
    /// # Errors
    /// [`BadDocuments`] for a file that cannot be read, or a document under a hash that is not its own.
    pub fn open(rules: &DocumentRules) -> Result<Self, BadDocuments> {
        let mut documents = Self {
            mode: rules.mode,
            open_to: rules.open_to.iter().cloned().collect(),
            open_to_kind: rules.open_to_kind,
            ..Self::default()
        };
        for file in &rules.files {
            documents.everybody.extend(read(file)?);
        }
        for (account, file) in &rules.clients {
            documents.clients.insert(account.clone(), read(file)?);
        }
        Ok(documents)
    }

    /// Puts the text where only a hash was sent, and looks whether the text may run.
    pub(super) fn admit(&self, params: &mut Params, caller: &Caller) -> Result<(), Untrusted> {
        let own = caller.key.as_ref().and_then(|account| self.clients.get(account));
        let known = own.unwrap_or(&self.everybody);
        if params.query.is_empty()
            && let Some(hash) = params.document_hash()
        {
            let text = known.get(&hash).ok_or(Untrusted::UnknownHash)?;
            params.query.clone_from(text);
            return Ok(());
        }
        // Whoever has a file of their own is held to it, whatever others may send.
        let any_runs = self.mode == DocumentMode::Any && own.is_none();
        let is_open = any_runs || self.is_open_to(caller) || mutant::active(Mutant::AnyDocument);
        if is_open || known.contains_key(&sha256(&params.query)) {
            return Ok(());
        }
        Err(Untrusted::UnknownText)
    }

    fn is_open_to(&self, caller: &Caller) -> bool {
        let Some(account) = &caller.key else { return false };
        let by_kind = self.open_to_kind == OpenTo::Programs && caller.kind == CallerKind::Program;
        self.open_to.contains(account) || (by_kind && !self.clients.contains_key(account))
    }
}

fn read(file: &Path) -> Result<Known, BadDocuments> {
    let bad = |why: String| BadDocuments { file: file.to_owned(), why };
    let text = std::fs::read_to_string(file).map_err(|error| bad(error.to_string()))?;
    let written: Known = serde_json::from_str(&text)
        .map_err(|error| bad(format!("not an object of documents by their sha256: {error}")))?;
    let mut known = Known::with_capacity(written.len());
    for (hash, document) in written {
        let hash = bare(&hash);
        if hash != sha256(&document) {
            return Err(bad(format!("{hash} is not the sha256 of its document")));
        }
        known.insert(hash, document);
    }
    Ok(known)
}

/// A hash as files and requests write it, without the name of its method.
pub(super) fn bare(hash: &str) -> String {
    hash.strip_prefix("sha256:").unwrap_or(hash).to_ascii_lowercase()
}

fn sha256(text: &str) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
