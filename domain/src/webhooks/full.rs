//! All that is told of a case, to a webhook that wants it: as its owner sees the case when it is told.

use std::collections::HashMap;

use serde_json::{Value, json};

use fengqiao_entity::webhooks::delivery::Model;

use crate::cases::directory::{self as cases, CaseDigest};
use crate::cases::{Audience, Case, TimelineEntry};
use crate::catalogue;
use crate::files::{self, Attachment};
use crate::kernel::id::{CaseEntryId, CaseId};
use crate::kernel::mutant::{self, Mutant};
use crate::org;
use crate::store::{StoreError, Tx};
use crate::webhooks::message::{RESENT, instant, word};

/// What came with each entry.
type Evidence = HashMap<CaseEntryId, Vec<Attachment>>;

/// Puts the case, and what was written with the act, into the thin message of a delivery. A case that its owner does not see any more is
/// not told of beyond that message.
pub(super) async fn fill(tx: &Tx, row: &mut Model) -> Result<(), StoreError> {
    let Some(id) = row.case_id else { return Ok(()) };
    let unreadable = |_| StoreError::Corrupt("webhook_deliveries.body cannot be read".to_owned());
    let mut body: Value = serde_json::from_str(&row.body).map_err(unreadable)?;
    // What is told again tells of no act.
    let version = if row.event == RESENT { 0 } else { body["data"]["version"].as_i64().unwrap_or_default() };
    let Some(digest) = digest(tx, id, version).await? else { return Ok(()) };
    let evidence = evidence(tx, &digest).await?;
    body["data"]["entry"] = json!(digest.entry.as_ref().map(|entry| told(entry, &evidence)));
    body["data"]["case"] = whole(tx, &digest, &evidence).await?;
    row.body = body.to_string();
    Ok(())
}

/// The same of a case as whoever asks sees it now, without an act; nothing when they do not see it.
pub(super) async fn shown(tx: &Tx, id: CaseId) -> Result<Option<Value>, StoreError> {
    let Some(digest) = digest(tx, id, 0).await? else { return Ok(None) };
    let evidence = evidence(tx, &digest).await?;
    whole(tx, &digest, &evidence).await.map(Some)
}

/// The case with what everybody may read who sees it: what staff write for staff does not leave, whoever owns the webhook.
async fn digest(tx: &Tx, id: CaseId, version: i64) -> Result<Option<CaseDigest>, StoreError> {
    let open = |entry: &TimelineEntry| {
        entry.audience == Audience::Everyone || mutant::active(Mutant::StaffTextLeaves)
    };
    let found = cases::digest(tx, id, version).await?;
    Ok(found.map(|found| CaseDigest {
        entry: found.entry.filter(open),
        result: found.result.filter(open),
        ..found
    }))
}

async fn evidence(tx: &Tx, digest: &CaseDigest) -> Result<Evidence, StoreError> {
    let entries: Vec<CaseEntryId> =
        [&digest.entry, &digest.result].into_iter().flatten().map(|entry| entry.id).collect();
    let mut evidence = Evidence::new();
    for attachment in files::directory::of_entries(tx, &entries).await? {
        if let Some(attached) = attachment.attached {
            evidence.entry(attached.entry).or_default().push(attachment);
        }
    }
    Ok(evidence)
}

async fn whole(tx: &Tx, digest: &CaseDigest, evidence: &Evidence) -> Result<Value, StoreError> {
    let case = &digest.case;
    let category = catalogue::directory::category(tx, case.category).await?.map(|(category, _)| category);
    let stated = |at: Option<crate::kernel::id::Timestamp>| at.map(instant);
    Ok(json!({
        "id": case.id.to_string(),
        "number": case.number,
        "external": case.external.as_ref().map(|known| json!({ "source": known.source, "number": known.number })),
        "state": word(case.state.into()),
        "stageKey": case.stage,
        "level": word(case.level.into()),
        "version": case.version,
        "categoryCode": category.as_ref().map(|category| &category.code),
        "categoryName": category.as_ref().map(|category| &category.name_zh),
        "priority": word(case.priority.into()),
        "source": word(case.source.into()),
        "title": case.title,
        "description": digest.description,
        "address": org::directory::address_text(tx, &case.place, digest.address.clone()).await?,
        "place": place(tx, case).await?,
        "point": case.point_for(tx.scope()).map(|point| {
            let system: &'static str = point.system.into();
            json!({
                "longitude": degrees(point.longitude),
                "latitude": degrees(point.latitude),
                "coordinateSystem": system,
            })
        }),
        "reportedAt": instant(case.reported_at),
        "openedAt": instant(case.opened_at),
        "acceptedAt": stated(case.accepted_at),
        "dueAt": stated(case.due_at),
        "closedAt": stated(case.closed_at),
        "onTime": case.judgement.as_ref().map(|judgement| judgement.on_time),
        "evaluation": case.evaluation.as_ref().map(|evaluation| word(evaluation.rating.into())),
        "result": digest.result.as_ref().map(|entry| told(entry, evidence)),
    }))
}

/// Codes of where it occurred, as deep as is known.
async fn place(tx: &Tx, case: &Case) -> Result<Value, StoreError> {
    let units: Vec<_> = [case.place.town, case.place.village].into_iter().flatten().collect();
    let units = org::directory::units(tx, &units).await?;
    let code = |id| units.iter().find(|unit| Some(unit.id) == id).map(|unit| unit.code.clone());
    let grid = match case.place.grid {
        Some(grid) => org::directory::grid(tx, grid).await?.map(|grid| grid.code),
        None => None,
    };
    Ok(
        json!({ "townCode": code(case.place.town), "villageCode": code(case.place.village), "gridCode": grid }),
    )
}

/// What was written with an act, and what came with it: photos and papers by id, for they are asked for one by one.
fn told(entry: &TimelineEntry, evidence: &Evidence) -> Value {
    let shown = |attachment: &Attachment| {
        let kind = attachment.attached.map(|attached| word(attached.kind.into()));
        json!({
            "attachmentId": attachment.id.to_string(),
            "kind": kind,
            "mediaType": attachment.media_type.text(),
            "byteCount": attachment.bytes,
            "fileName": attachment.saved_name(),
            "takenAt": attachment.taken_at.map(instant),
        })
    };
    let came = evidence.get(&entry.id).map_or_else(Vec::new, |found| found.iter().map(shown).collect());
    json!({ "act": word(entry.act.into()), "text": entry.text, "at": instant(entry.at), "evidence": came })
}

/// Degrees of what is kept in millionths: few enough to be told exactly.
#[expect(clippy::cast_precision_loss, reason = "at most 180 millions")]
fn degrees(millionths: i64) -> f64 {
    millionths as f64 / 1_000_000.0
}
