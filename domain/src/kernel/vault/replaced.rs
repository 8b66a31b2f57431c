//! A file that another one takes the place of: whole, at once, read by whoever read it, and not two at a time.

use std::fs::File;
use std::path::{Path, PathBuf};

/// A file that nobody else replaces meanwhile.
#[derive(Debug)]
pub(crate) struct Replaced {
    path: PathBuf,
    _alone: File,
}

impl Replaced {
    /// Waits until nobody else replaces the file.
    ///
    /// # Errors
    /// The file that cannot be opened beside it, and why.
    pub(crate) fn hold(path: &Path) -> Result<Self, (PathBuf, std::io::Error)> {
        let beside = beside(path, "lock");
        let held = File::options().create(true).truncate(false).write(true).open(&beside);
        match held.and_then(|file| file.lock().map(|()| file)) {
            Ok(alone) => Ok(Self { path: path.to_owned(), _alone: alone }),
            Err(cause) => Err((beside, cause)),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Another file in the place of this one, at once and whole, and its owner's: a server reads it as before.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn replace(&self, text: &str) -> std::io::Result<()> {
        // Where a link leads.
        let path = std::fs::canonicalize(&self.path)?;
        let next = beside(&path, "next");
        // What a step that was broken off left.
        let _ = std::fs::remove_file(&next);
        write_private(&next, text)?;
        File::open(&next)?.sync_all()?;
        owned_alike(&path, &next)?;
        std::fs::rename(&next, &path)
    }
}

/// Gives a file the owner of another one, and lets its group read it where that one's may: whoever runs the command may be another user
/// than the server.
#[cfg(unix)]
fn owned_alike(path: &Path, next: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let facts = std::fs::metadata(path)?;
    std::os::unix::fs::chown(next, Some(facts.uid()), Some(facts.gid()))?;
    std::fs::set_permissions(next, std::fs::Permissions::from_mode(0o600 | (facts.mode() & 0o040)))
}

#[cfg(not(unix))]
fn owned_alike(_path: &Path, _next: &Path) -> std::io::Result<()> {
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

/// Creates a file that only its owner may read; fails when it exists.
///
/// # Errors
/// What the operating system says.
pub fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn whoever_read_the_file_reads_the_next_one_and_nobody_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.json");
        write_private(&path, "first").expect("written");
        for (mode, kept) in [(0o600, 0o600), (0o640, 0o640), (0o660, 0o640), (0o644, 0o640), (0o604, 0o600)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
            Replaced::hold(&path).expect("held").replace("next").expect("replaced");
            let now = std::fs::metadata(&path).expect("there").permissions().mode() & 0o777;
            assert_eq!(now, kept, "{mode:o}: {now:o}");
        }
    }
}
