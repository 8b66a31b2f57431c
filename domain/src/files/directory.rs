//! What cases ask of attachments inside their own transaction.

use crate::files::model::{Attached, Attachment};
use crate::files::store::{self, Place};
use crate::kernel::id::{AttachmentId, CaseEntryId};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{StoreError, Tx};

/// Those of some attachments that the caller brought, attached or not, kept as they are until the transaction ends.
pub(crate) async fn brought(tx: &Tx, ids: &[AttachmentId]) -> Result<Vec<Attachment>, StoreError> {
    let mut found = store::held_by_ids(tx, ids).await?;
    found.retain(|found| Some(found.by) == tx.scope().account() || mutant::active(Mutant::NoAttachmentOwner));
    Ok(found)
}

/// What came with some entries of timelines, in their order, as far as whoever asks sees it.
pub(crate) async fn of_entries(tx: &Tx, entries: &[CaseEntryId]) -> Result<Vec<Attachment>, StoreError> {
    store::of_entries(tx, entries).await
}

/// Attaches what came with an entry of a timeline, in this order, for those whom the audience's rank lets read the entry:
/// whether nobody had attached any of it. The entry must be there, and the caller see the case as it is now.
pub(crate) async fn attach(
    tx: &Tx,
    attached: &[(AttachmentId, Attached)],
    audience: i32,
) -> Result<bool, StoreError> {
    let audience = if mutant::active(Mutant::NoAttachmentAudience) { 0 } else { audience };
    for (position, (id, attached)) in (0..).zip(attached) {
        if !store::attach(tx, *id, &Place { attached: *attached, audience, position }).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
