//! Who assists with a case, as its row keeps them.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::cases::assistance::Assistant;
use crate::cases::model::Assignee;
use crate::kernel::id::Timestamp;
use crate::store::StoreError;

/// `[["unit", "0193…", 1795334400000000, null], …]`: who, when they were asked, and when they answered.
pub(super) fn read(text: &str) -> Result<Vec<Assistant>, StoreError> {
    let corrupt = || StoreError::corrupt("cases", "assistants", text);
    let rows: Vec<(String, Uuid, i64, Option<i64>)> = serde_json::from_str(text).map_err(|_| corrupt())?;
    rows.into_iter()
        .map(|(kind, id, asked_at, done_at)| {
            let assignee = Assignee::of(&kind, id).ok_or_else(corrupt)?;
            Ok(Assistant { assignee, asked_at: Timestamp(asked_at), done_at: done_at.map(Timestamp) })
        })
        .collect()
}

pub(super) fn text(assistants: &[Assistant]) -> String {
    let rows = assistants.iter().map(|known| {
        let done_at = known.done_at.map(Timestamp::micros);
        json!([known.assignee.kind(), known.assignee.uuid(), known.asked_at.micros(), done_at])
    });
    Value::Array(rows.collect()).to_string()
}
