//! Services, their definitions and requests, by the names that Open311 gives to their parts.

use chrono::{DateTime, FixedOffset, SecondsFormat};
use fengqiao_domain::exchange::{OpenField, OpenRequest, OpenService};
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::programmes::{FieldKind, Name};
use serde_json::{Value, json};

use crate::graphql::kit::message::message;
use crate::http::Language;

/// Chinese official time (北京时间).
const BEIJING_SECONDS: i32 = 8 * 3_600;

/// A matter in a list of them.
pub(super) fn service(service: &OpenService, language: Language) -> Value {
    json!({
        "service_code": service.code,
        "service_name": named(&service.name, language),
        "description": null,
        "metadata": !service.fields.is_empty(),
        "type": "realtime",
        "keywords": null,
        "group": service.group.as_ref().map(|group| named(group, language)),
    })
}

/// What is asked with a report of a matter.
pub(super) fn definition(service: &OpenService, language: Language) -> Value {
    let attributes = service.fields.iter().zip(1..).map(|(field, order)| attribute(field, order, language));
    json!({ "service_code": service.code, "attributes": attributes.collect::<Vec<_>>() })
}

fn attribute(asked: &OpenField, order: u32, language: Language) -> Value {
    let (kind, hint) = match &asked.field.kind {
        FieldKind::Text { .. } => ("string", None),
        FieldKind::Number { .. } => ("number", None),
        FieldKind::Money { .. } => ("number", Some("open311.MONEY")),
        FieldKind::Date => ("datetime", Some("open311.DAY")),
        FieldKind::Choice { .. } => ("singlevaluelist", None),
        FieldKind::Person => ("string", Some("open311.PERSON")),
        FieldKind::Unit => ("string", Some("open311.UNIT")),
    };
    let mut shown = json!({
        "variable": true,
        "code": asked.field.key,
        "datatype": kind,
        "required": asked.is_required,
        "datatype_description": hint.map(|hint| message(language, hint, &[])),
        "order": order,
        "description": named(&asked.field.name, language),
    });
    if let FieldKind::Choice { choices } = &asked.field.kind {
        let values =
            choices.iter().map(|choice| json!({ "key": choice.key, "name": named(&choice.name, language) }));
        shown["values"] = values.collect();
    }
    shown
}

/// How a request stands.
pub(super) fn request(request: &OpenRequest, language: Language) -> Value {
    let point = request.point.map(|point| (degrees(point.latitude), degrees(point.longitude)));
    let (lat, long) = point.unzip();
    let service = request.service.as_ref();
    json!({
        "service_request_id": request.number,
        "status": if request.state.is_open() { "open" } else { "closed" },
        "status_notes": request.note,
        "service_name": service.map(|(_, name)| named(name, language)),
        "service_code": service.map(|(code, _)| code),
        "description": request.description,
        "agency_responsible": request.agency,
        "service_notice": null,
        "requested_datetime": instant(request.requested_at),
        "updated_datetime": instant(request.updated_at),
        "expected_datetime": request.expected_at.and_then(instant),
        "address": request.address,
        "address_id": null,
        "zipcode": null,
        "lat": lat,
        "long": long,
        "media_url": null,
    })
}

fn named(name: &Name, language: Language) -> &str {
    match language {
        Language::Zh => &name.zh,
        Language::En => &name.en,
    }
}

/// To the second, in Chinese official time.
fn instant(at: Timestamp) -> Option<String> {
    let at = DateTime::from_timestamp_micros(at.micros())?;
    Some(
        at.with_timezone(&FixedOffset::east_opt(BEIJING_SECONDS)?)
            .to_rfc3339_opts(SecondsFormat::Secs, false),
    )
}

/// Degrees of what is kept in millionths: few enough to be told exactly.
#[expect(clippy::cast_precision_loss, reason = "at most 180 millions")]
fn degrees(millionths: i64) -> f64 {
    millionths as f64 / 1_000_000.0
}
