//! Which rows a file was asked to have, in the words of the schema: for whoever judges whether it goes out, and for the audit trail.

use serde_json::{Map, Value, json};

use crate::audit::AuditFilter;
use crate::cases::{CaseFilter, Holder};
use crate::kernel::id::Timestamp;
use crate::org::PlaceReference;
use crate::sheets::command::StartExport;

/// Everything that was asked for; nothing stands for all that the taker sees.
pub(super) fn selection(wanted: &StartExport) -> Value {
    let mut all = Map::new();
    put(&mut all, "unitId", wanted.unit.map(|unit| unit.to_string()));
    put(&mut all, "snapshotAt", wanted.at.map(instant));
    for (name, filter) in
        [("caseFilter", of_cases(&wanted.filter)), ("auditEntryFilter", of_trail(&wanted.entries))]
    {
        if !filter.is_empty() {
            all.insert(name.to_owned(), Value::Object(filter));
        }
    }
    Value::Object(all)
}

fn of_trail(filter: &AuditFilter) -> Map<String, Value> {
    let mut all = Map::new();
    put(&mut all, "action", filter.action.clone());
    put(&mut all, "targetId", filter.target.clone());
    put(&mut all, "accountId", filter.account.map(|account| account.to_string()));
    put(&mut all, "occurredFrom", filter.from.map(instant));
    put(&mut all, "occurredUntil", filter.until.map(instant));
    all
}

fn of_cases(filter: &CaseFilter) -> Map<String, Value> {
    let mut all = Map::new();
    let (unit, grid) = match filter.place {
        Some(PlaceReference::Unit(unit)) => (Some(unit.to_string()), None),
        Some(PlaceReference::Grid(grid)) => (None, Some(grid.to_string())),
        None => (None, None),
    };
    put(&mut all, "unitId", unit);
    put(&mut all, "gridId", grid);
    list(&mut all, "states", filter.states.iter().map(|one| word(*one)));
    list(&mut all, "categoryIds", filter.categories.iter().map(ToString::to_string));
    list(&mut all, "sources", filter.sources.iter().map(|one| word(*one)));
    list(&mut all, "priorities", filter.priorities.iter().map(|one| word(*one)));
    list(&mut all, "supervisionLevels", filter.supervision.iter().map(|one| word(*one)));
    list(&mut all, "stageKeys", filter.stages.iter().cloned());
    // Of what fields hold only which are asked about: what they hold may name somebody.
    list(&mut all, "fields", filter.values.iter().map(|value| value.key.clone()));
    put(&mut all, "isOnTime", filter.on_time);
    put(&mut all, "isReworked", filter.reworked);
    put(&mut all, "isReturnVisited", filter.visited);
    put(&mut all, "isAssignedToMe", (filter.holder == Holder::Caller).then_some(true));
    put(&mut all, "openedFrom", filter.opened_from.map(instant));
    put(&mut all, "openedUntil", filter.opened_until.map(instant));
    put(&mut all, "closedFrom", filter.closed_from.map(instant));
    put(&mut all, "closedUntil", filter.closed_until.map(instant));
    put(&mut all, "dueBefore", filter.due_until.map(instant));
    put(&mut all, "programmeKey", filter.programme.clone());
    // What is searched for may be a name.
    put(&mut all, "title", filter.title_contains.as_ref().map(|_| true));
    all
}

fn put(all: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        all.insert(key.to_owned(), value.into());
    }
}

fn list(all: &mut Map<String, Value>, key: &str, values: impl Iterator<Item = String>) {
    let values: Vec<String> = values.collect();
    if !values.is_empty() {
        all.insert(key.to_owned(), json!(values));
    }
}

/// A word as the schema has it.
fn word(value: impl Into<&'static str>) -> String {
    value.into().to_uppercase()
}

fn instant(at: Timestamp) -> String {
    let instant = chrono::DateTime::from_timestamp_micros(at.micros());
    instant.map(|instant| instant.to_rfc3339()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::sheet::SheetFormat;
    use crate::programmes::CaseState;
    use crate::sheets::model::ExportKind;

    #[test]
    fn what_was_asked_for_is_told_and_names_nobody() {
        let mut wanted = StartExport {
            kind: ExportKind::Cases,
            format: SheetFormat::Csv,
            purpose: "x".to_owned(),
            unit: None,
            at: None,
            filter: CaseFilter::default(),
            entries: AuditFilter::default(),
        };
        assert_eq!(selection(&wanted), json!({}));
        wanted.filter.states = vec![CaseState::Closed];
        wanted.filter.title_contains = Some("张三".to_owned());
        wanted.filter.opened_from = Some(Timestamp(0));
        let told = json!({"caseFilter": {"states": ["CLOSED"], "title": true, "openedFrom": "1970-01-01T00:00:00+00:00"}});
        assert_eq!(selection(&wanted), told);
        wanted.filter = CaseFilter::default();
        wanted.entries.action = Some("case.report".to_owned());
        wanted.entries.until = Some(Timestamp(0));
        let told = json!({"auditEntryFilter": {"action": "case.report", "occurredUntil": "1970-01-01T00:00:00+00:00"}});
        assert_eq!(selection(&wanted), told);
    }
}
