//! What comes with an act: photos and documents that whoever acts brought before, each attached once.

use std::collections::BTreeSet;

use crate::cases::command::{ATTACHMENT_LIMIT, GivenAttachment};
use crate::cases::error::CaseError;
use crate::cases::model::TimelineEntry;
use crate::cases::service::Answer;
use crate::cases::store;
use crate::files::{Attached, Attachment, AttachmentKind, directory};
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::mutant::{self, Mutant};
use crate::programmes::Input;
use crate::store::{Tx, WriteTx};

/// What is attached, as it was found, with its place in the input.
pub(super) type Attachments = Vec<(Attachment, AttachmentKind)>;

/// What is to be attached: the caller's own, attached to nothing yet. Without any nothing is asked of the database.
pub(super) async fn taken(tx: &Tx, given: &[GivenAttachment]) -> Answer<Attachments> {
    if given.is_empty() {
        return Ok(vec![]);
    }
    if given.len() > ATTACHMENT_LIMIT {
        let error = CaseError::TooManyAttachments { limit: ATTACHMENT_LIMIT };
        return Err(Failure::user("attachments", error));
    }
    let ids: Vec<_> = given.iter().map(|given| given.attachment).collect();
    let brought = directory::brought(tx, &ids).await?;
    let (mut taken, mut problems, mut seen) = (vec![], vec![], BTreeSet::new());
    for (index, given) in given.iter().enumerate() {
        let found = brought.iter().find(|found| found.id == given.attachment);
        let error = match found {
            None => CaseError::NotFound,
            Some(found) if found.attached.is_some() || !seen.insert(given.attachment) => {
                CaseError::AlreadyAttached
            }
            Some(found) => {
                taken.push((found.clone(), given.kind));
                continue;
            }
        };
        problems.push(Problem::at(&format!("attachments.{index}.attachmentId"), error));
    }
    if problems.is_empty() { Ok(taken) } else { Err(Failure::User(problems)) }
}

/// What an act must come with and does not: a photo of how it was is worth nothing without where and when.
pub(super) fn evidence(inputs: &[Input], attachments: &Attachments) -> Answer<()> {
    let mut problems = vec![];
    for (input, kind) in DEMANDS {
        if !inputs.contains(&input) || mutant::active(Mutant::NoEvidence) {
            continue;
        }
        let of_kind = || attachments.iter().enumerate().filter(|(_, (_, shown))| *shown == kind);
        let proves = |found: &Attachment| kind == AttachmentKind::Document || found.is_evidence();
        if of_kind().next().is_none() {
            problems.push(Problem::at("attachments", CaseError::EvidenceRequired { kind }));
        } else if !of_kind().any(|(_, (found, _))| proves(found)) {
            problems.extend(of_kind().map(|(index, _)| {
                Problem::at(&format!("attachments.{index}.attachmentId"), CaseError::EvidenceIncomplete)
            }));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::User(problems)) }
}

/// What a programme demands, and what it must be.
const DEMANDS: [(Input, AttachmentKind); 3] = [
    (Input::PhotoBefore, AttachmentKind::Before),
    (Input::PhotoAfter, AttachmentKind::After),
    (Input::Document, AttachmentKind::Document),
];

/// Writes the entry of an act with what came with it; the case and who sees it now must be there.
pub(super) async fn keep(tx: &mut WriteTx, entry: &TimelineEntry, attachments: &Attachments) -> Answer<()> {
    let row = store::entry::row(tx, entry)?;
    if attachments.is_empty() {
        tx.insert_late(vec![row]);
        return Ok(());
    }
    tx.insert(row).await?;
    let attached = |kind| Attached { case: entry.case, entry: entry.id, kind };
    let attached: Vec<_> = attachments.iter().map(|(found, kind)| (found.id, attached(*kind))).collect();
    if directory::attach(tx, &attached, entry.audience.rank()).await? {
        Ok(())
    } else {
        Err(Failure::user("attachments", CaseError::AlreadyAttached))
    }
}
