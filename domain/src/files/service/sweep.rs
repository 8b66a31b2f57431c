//! Remove what nobody attached, and bytes that no row knows: for the worker.

use futures::TryStreamExt as _;

use crate::files::service::{Answer, FileService};
use crate::kernel::id::{AttachmentId, TenantId};
use crate::kernel::scope::PlatformScope;

/// How many are removed or asked for at a time.
const AT_ONCE: usize = 200;

/// How old what is staged is before it is a crash's: no write takes so long.
const STAGED_SECONDS: i64 = 86_400;

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Attachments that waited for too long.
    pub unattached: usize,
    /// Bytes that no row knew.
    pub unknown: usize,
    /// Bytes that a crash left beside their place.
    pub staged: usize,
}

impl FileService {
    /// Removes what waited longer than it may, with its bytes. The row goes first: what ends in between leaves bytes that
    /// [`FileService::sweep_bytes`] finds.
    ///
    /// # Errors
    /// As the database and the storage say.
    pub async fn sweep(&self, _platform: &PlatformScope) -> Answer<Swept> {
        let before = self.db.now().plus_seconds(-self.settings.keep_seconds);
        let mut swept = Swept::default();
        loop {
            let gone = self.db.take_unattached(before, AT_ONCE).await?;
            for (tenant, id) in &gone {
                self.storage.remove(*tenant, *id).await?;
            }
            swept.unattached += gone.len();
            if gone.len() < AT_ONCE {
                return Ok(swept);
            }
        }
    }

    /// Removes bytes that are older than anything that waits and that no row knows: of uploads that ended half-way. It
    /// reads the names of all there are, so that once a day is often enough.
    ///
    /// # Errors
    /// As the database and the storage say.
    pub async fn sweep_bytes(&self, _platform: &PlatformScope) -> Answer<Swept> {
        let before = self.db.now().plus_seconds(-self.settings.keep_seconds);
        let mut swept = Swept::default();
        let mut older = self.storage.older(before, AT_ONCE);
        while let Some(some) = older.try_next().await? {
            swept.unknown += self.sweep_unknown(&some).await?;
        }
        Ok(swept)
    }

    /// Removes what crashes left of writes into a folder. No row ever knows it, whatever the database was restored from. It reads the
    /// names of all there are, so that once a day is often enough.
    ///
    /// # Errors
    /// As the storage says.
    pub async fn sweep_staged(&self, _platform: &PlatformScope) -> Answer<Swept> {
        let before = self.db.now().plus_seconds(-STAGED_SECONDS);
        Ok(Swept { staged: self.storage.remove_staged(before).await?, ..Swept::default() })
    }

    async fn sweep_unknown(&self, some: &[(TenantId, AttachmentId)]) -> Answer<usize> {
        let known = self.db.known_attachments(some).await?;
        let unknown = some.iter().filter(|one| !known.contains(one));
        let mut removed = 0;
        for (tenant, id) in unknown {
            self.storage.remove(*tenant, *id).await?;
            removed += 1;
        }
        Ok(removed)
    }
}
