//! What the row of a case keeps as JSON: the way back, the spans in which its time did not count, and the stages it was at.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::cases::model::{Assignee, Post, Visit};
use crate::kernel::calendar::Pause;
use crate::kernel::id::Timestamp;
use crate::store::StoreError;

/// `[["unit", "0193…", "village"], …]`, nearest last.
pub(super) fn givers(text: &str) -> Result<Vec<Post>, StoreError> {
    let corrupt = || StoreError::corrupt("cases", "givers", text);
    let rows: Vec<(String, Uuid, String)> = serde_json::from_str(text).map_err(|_| corrupt())?;
    rows.into_iter()
        .map(|(kind, id, level)| {
            let assignee = Assignee::of(&kind, id).ok_or_else(corrupt)?;
            Ok(Post { assignee, level: level.parse().map_err(|_| corrupt())? })
        })
        .collect()
}

/// `[[1795334400000000, 1795338000000000], [1795420800000000, null]]`: since when and until when, oldest first.
pub(super) fn pauses(text: &str) -> Result<Vec<Pause>, StoreError> {
    let rows: Vec<(i64, Option<i64>)> =
        serde_json::from_str(text).map_err(|_| StoreError::corrupt("cases", "pauses", text))?;
    let pause =
        |(from, until): (i64, Option<i64>)| Pause { from: Timestamp(from), until: until.map(Timestamp) };
    Ok(rows.into_iter().map(pause).collect())
}

pub(super) fn pauses_text(pauses: &[Pause]) -> String {
    let rows = pauses.iter().map(|pause| json!([pause.from.micros(), pause.until.map(Timestamp::micros)]));
    Value::Array(rows.collect()).to_string()
}

/// `[["handling", 1795334400000000, 0], …]`: the stage, since when, and by what its limit was extended; oldest first.
pub(super) fn visits(text: &str) -> Result<Vec<Visit>, StoreError> {
    let rows: Vec<(String, i64, u32)> =
        serde_json::from_str(text).map_err(|_| StoreError::corrupt("cases", "visits", text))?;
    let visit = |(stage, since, extended)| Visit { stage, since: Timestamp(since), extended };
    Ok(rows.into_iter().map(visit).collect())
}

pub(super) fn visits_text(visits: &[Visit]) -> String {
    Value::Array(
        visits.iter().map(|visit| json!([visit.stage, visit.since.micros(), visit.extended])).collect(),
    )
    .to_string()
}

pub(super) fn givers_text(givers: &[Post]) -> String {
    let rows = givers
        .iter()
        .map(|post| json!([post.assignee.kind(), post.assignee.uuid(), <&'static str>::from(post.level)]));
    Value::Array(rows.collect()).to_string()
}
