//! What is told of an event: the attributes of `CloudEvents` 1.0, and ids and codes. Pure.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cases::{Case, CaseEvent};
use crate::kernel::event::Event;
use crate::kernel::id::{EventId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::Visibility;
use crate::kernel::scope::Scope;

/// The name of a test.
pub(super) const PING: &str = "ping";
/// The name of what is told again because somebody asked for it.
pub(super) const RESENT: &str = "case.resent";

/// Who could see a case before an act, and who can after it: kept with a delivery, for it may be tried days later.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sight {
    before: Option<Visibility>,
    after: Visibility,
}

impl Sight {
    /// Who sees a case now.
    pub(super) fn now(after: Visibility) -> Self {
        Self { before: None, after }
    }

    /// Who sees what an event tells of.
    pub(super) fn of(event: &Event) -> Self {
        Self { before: event.before.clone(), after: event.after.clone() }
    }

    /// Whether somebody of the same tenant may be told: the rule of [`Event::is_seen_by`].
    pub(super) fn is_of(&self, scope: &Scope) -> bool {
        if mutant::active(Mutant::OwnerUnchecked) {
            return true;
        }
        self.before.as_ref().is_some_and(|before| scope.sees(before)) || scope.sees(&self.after)
    }
}

/// The instant in RFC 3339.
pub(super) fn instant(at: Timestamp) -> String {
    let at = DateTime::<Utc>::from_timestamp_micros(at.micros()).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The name of something as the schema writes it.
pub(super) fn word(text: &'static str) -> String {
    text.to_ascii_uppercase()
}

fn enveloped(id: &str, tenant_code: &str, name: &str, at: Timestamp) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": format!("/tenants/{tenant_code}"),
        "type": name,
        "time": instant(at),
        "datacontenttype": "application/json",
    })
}

/// What is told of an act on a case: as much as its event in the schema tells, but for what people typed.
pub(super) fn body(event: EventId, name: &str, tenant_code: &str, told: &CaseEvent) -> String {
    let mut body = enveloped(&event.to_string(), tenant_code, name, told.at);
    body["subject"] = json!(told.case.to_string());
    body["data"] = json!({
        "caseId": told.case.to_string(),
        "caseNumber": told.number,
        "categoryId": told.category.to_string(),
        "act": word(told.act.into()),
        "fromState": told.from.map(|state| word(state.into())),
        "toState": word(told.to.into()),
        "level": word(told.level.into()),
        "version": told.version,
        "actorId": told.account.map(|account| account.to_string()),
    });
    body.to_string()
}

/// What is told of a case that is told of again, as it is now.
pub(super) fn again(event: EventId, tenant_code: &str, case: &Case, at: Timestamp) -> String {
    let mut body = enveloped(&event.to_string(), tenant_code, RESENT, at);
    body["subject"] = json!(case.id.to_string());
    body["data"] = json!({
        "caseId": case.id.to_string(),
        "caseNumber": case.number,
        "categoryId": case.category.to_string(),
        "toState": word(case.state.into()),
        "level": word(case.level.into()),
        "version": case.version,
    });
    body.to_string()
}

/// What a test says.
pub(super) fn ping(id: Uuid, tenant_code: &str, at: Timestamp) -> String {
    let mut body = enveloped(&EventId::from_uuid(id).to_string(), tenant_code, PING, at);
    body["data"] = json!({});
    body.to_string()
}
