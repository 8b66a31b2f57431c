//! The attachments of a mirrored tenant: one with a word for staff, one with a word for everyone, and one that waits.

use anyhow::Context as _;
use fengqiao_domain::cases::{Audience, CaseService, CommentCase, GivenAttachment, Seen};
use fengqiao_domain::files::{AttachmentKind, FileService, UploadAttachment};
use fengqiao_domain::kernel::id::AttachmentId;
use fengqiao_domain::kernel::scope::Scope;

use crate::{Answered as _, Side};

/// Lays the attachments of a tenant: the one for everyone, the one for staff, and the one that waits.
pub(crate) async fn lay(
    files: &FileService,
    cases: &CaseService,
    side: &Side,
    chief: &Scope,
) -> anyhow::Result<[AttachmentId; 3]> {
    let spot = |case: &&crate::Laid| case.spot.town == Some(0) && case.spot.village == Some(0);
    let laid = side.cases.iter().filter(spot).find(|case| case.story == "closed").context("a case")?;
    let mut ids = vec![];
    for audience in [Some(Audience::Everyone), Some(Audience::Staff), None] {
        let name = format!("{}{}{}.pdf", side.mark, laid.canary, ids.len());
        let command = UploadAttachment { file_name: Some(name), ..UploadAttachment::default() };
        // The same bytes in either tenant: nothing may be found by them across the wall.
        let turn = files.turn(chief).await.done()?;
        let brought = files.upload(chief, &turn, command, b"%PDF-1.7\n%%EOF\n".to_vec()).await.done()?;
        ids.push(brought.id);
        let Some(audience) = audience else { continue };
        let given = GivenAttachment { attachment: brought.id, kind: AttachmentKind::Document };
        let seen = Seen { case: laid.id, version: None, values: vec![], attachments: vec![given] };
        let said = CommentCase { seen, text: laid.canary.clone(), audience };
        cases.comment(chief, said).await.done()?;
    }
    <[AttachmentId; 3]>::try_from(ids).ok().context("three of them")
}
