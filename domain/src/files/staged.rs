//! What a crash leaves of a write into a folder: bytes that were staged beside their place and never moved there.

use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use uuid::Uuid;

use crate::kernel::id::Timestamp;

/// Removes what was staged below a folder before an instant: how much. What somebody else removes meanwhile is gone too.
pub(super) fn removed(folder: &Path, before: Timestamp) -> io::Result<usize> {
    let mut removed = 0;
    for tenant in entries(&folder.join("t"))? {
        for entry in entries(&tenant.path().join("attachments"))? {
            if is_staged(&entry) && is_older(&entry, before)? {
                removed += usize::from(there(fs::remove_file(entry.path()))?.is_some());
            }
        }
    }
    Ok(removed)
}

fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(vec![])
        }
        Err(error) => Err(error),
    }
}

/// The store appends `#` and a number to the name of what it writes, which no key has.
fn is_staged(entry: &DirEntry) -> bool {
    let name = entry.file_name();
    let parts = name.to_str().and_then(|name| name.split_once('#'));
    let is_ours = parts.is_some_and(|(id, number)| {
        Uuid::try_parse(id).is_ok() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_ours && entry.file_type().is_ok_and(|kind| kind.is_file())
}

fn is_older(entry: &DirEntry, before: Timestamp) -> io::Result<bool> {
    let before = Duration::from_micros(u64::try_from(before.micros()).unwrap_or_default());
    let Some(facts) = there(entry.metadata())? else { return Ok(false) };
    Ok(facts.modified()?.duration_since(UNIX_EPOCH).is_ok_and(|written| written < before))
}

/// What is found; none for what is there no more.
fn there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}
