//! What a process holds of a file of keys, and how it learns while it runs that another one took the file's place.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// How often a process looks whether the file changed; one look is a question to the operating system.
const LOOK: Duration = Duration::from_secs(1);
/// After so long every process knows what is in the file: it is looked at once a second, and a busy machine is late.
pub(crate) const KNOWN_SECONDS: i64 = 10;

/// What stands in a file that is followed.
pub(crate) trait Content: Sized {
    /// Why a file cannot be read.
    type Error: std::fmt::Display;

    /// Reads a file.
    fn read(path: &Path) -> Result<Self, Self::Error>;

    /// Why this does not take the place of what the process holds; nothing when it does.
    fn objection(&self, present: &Self) -> Option<&'static str>;

    /// How many keys there are.
    fn count(&self) -> usize;

    /// Whether the file is looked at again.
    fn is_followed() -> bool {
        true
    }
}

/// By what a file is known to be another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    bytes: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let facts = std::fs::metadata(path).ok()?;
        Some(Self {
            modified: facts.modified().ok()?,
            bytes: facts.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&facts),
        })
    }
}

/// Why a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// It may have changed meanwhile.
    Time,
    /// Something is not in it, or so it seems.
    Missing,
    /// What is in it now is wanted.
    Now,
}

/// When a file was looked at last, and what it was then.
struct Seen {
    looked: Instant,
    /// When it was looked at last because something was missing.
    missed: Option<Instant>,
    stamp: Option<Stamp>,
}

impl Seen {
    /// Whether it is time to look, which is then done.
    fn is_due(&mut self, why: Why) -> bool {
        let due = match why {
            Why::Time => self.looked.elapsed() >= LOOK,
            Why::Missing => self.missed.is_none_or(|missed| missed.elapsed() >= LOOK),
            Why::Now => true,
        };
        if due {
            self.looked = Instant::now();
        }
        if due && why == Why::Missing {
            self.missed = Some(self.looked);
        }
        due
    }
}

/// Keys that follow their file.
pub(crate) struct Followed<T> {
    present: RwLock<Arc<T>>,
    file: Option<(PathBuf, Mutex<Seen>)>,
}

impl<T: Content> Followed<T> {
    /// Keys that stay as they are.
    pub(crate) fn fixed(content: T) -> Self {
        Self { present: RwLock::new(Arc::new(content)), file: None }
    }

    /// Keys of a file.
    pub(crate) fn of(path: &Path) -> Result<Self, T::Error> {
        // Before it is read: what changes meanwhile is seen at the next look.
        let stamp = Stamp::of(path);
        let content = T::read(path)?;
        let seen = Seen { looked: Instant::now(), missed: None, stamp };
        let file = Some((path.to_owned(), Mutex::new(seen)));
        Ok(Self { present: RwLock::new(Arc::new(content)), file })
    }

    /// The keys, as the file had them a second ago or later.
    pub(crate) fn content(&self) -> Arc<T> {
        self.look(Why::Time);
        self.present()
    }

    /// The keys, as the file has them now.
    pub(crate) fn content_now(&self) -> Arc<T> {
        self.look(Why::Now);
        self.present()
    }

    /// The keys, among which there should be one. The file is looked at for it at once, and not more than once a second, however
    /// many are asked for that nobody has.
    pub(crate) fn content_with(&self, has: impl Fn(&T) -> bool) -> Arc<T> {
        let why = if has(&self.present()) { Why::Time } else { Why::Missing };
        self.look(why);
        self.present()
    }

    fn present(&self) -> Arc<T> {
        Arc::clone(&self.present.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn look(&self, why: Why) {
        let Some((path, seen)) = &self.file else { return };
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.is_due(why) || !T::is_followed() {
            return;
        }
        let stamp = Stamp::of(path);
        if stamp.is_none() || stamp == seen.stamp {
            return;
        }
        match T::read(path) {
            // What is not taken is looked at again, and said again, until somebody mends it: until then other servers sign what this one
            // does not know.
            Ok(content) => {
                if self.take(content, path) {
                    seen.stamp = stamp;
                }
            }
            Err(error) => {
                tracing::error!(%error, "the changed key file is not taken: the keys stay as they are");
            }
        }
    }

    /// Takes other keys, unless they are another deployment's: whether it does.
    fn take(&self, content: T, path: &Path) -> bool {
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        let file = path.display();
        if let Some(error) = content.objection(&present) {
            tracing::error!(%file, error, "the changed key file is not taken: the keys stay as they are");
            return false;
        }
        *present = Arc::new(content);
        tracing::info!(%file, keys = present.count(), "the key file changed");
        true
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// How often this test read its file.
        static READ: Cell<u64> = const { Cell::new(0) };
    }

    /// A number that only grows.
    struct Number(u32);

    impl Content for Number {
        type Error = String;

        fn read(path: &Path) -> Result<Self, String> {
            READ.set(READ.get() + 1);
            let text = std::fs::read_to_string(path).map_err(|cause| cause.to_string())?;
            text.parse().map(Self).map_err(|_| format!("{text} is no number"))
        }

        fn objection(&self, present: &Self) -> Option<&'static str> {
            (self.0 < present.0).then_some("it is less")
        }

        fn count(&self) -> usize {
            1
        }
    }

    #[test]
    fn what_makes_sense_is_taken_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("number");
        assert!(Followed::<Number>::of(&path).is_err(), "there is no file");
        std::fs::write(&path, "7").expect("written");
        let number = Followed::<Number>::of(&path).expect("opened");
        for (text, taken) in [("12", 12), ("", 12), ("3", 12), ("many", 12), ("13", 13)] {
            std::fs::write(&path, text).expect("written");
            assert_eq!(number.content_now().0, taken, "{text:?}");
        }
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(number.content_now().0, 13, "without a file it goes on");
        assert_eq!(Followed::fixed(Number(5)).content_now().0, 5);
    }

    #[test]
    fn what_is_missing_is_looked_for_at_once_and_once_a_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("number");
        std::fs::write(&path, "7").expect("written");
        let (number, begun) = (Followed::<Number>::of(&path).expect("opened"), Instant::now());
        std::fs::write(&path, "12").expect("written");
        assert_eq!(number.content_with(|number| number.0 == 12).0, 12);
        // What cannot be read is read at every look, so that looks can be counted.
        std::fs::write(&path, "many").expect("written");
        let before = READ.get();
        for wanted in 100..10_100 {
            assert_eq!(number.content_with(|number| number.0 == wanted).0, 12);
        }
        let looks = READ.get() - before;
        assert!(looks <= begun.elapsed().as_secs(), "{looks} looks within {:?}", begun.elapsed());
    }
}
