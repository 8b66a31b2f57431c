//! From a partner's ticket to a report: what stands where its mapping says, and what its codes mean.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone as _};
use serde_json::Value;

use crate::cases::{Anonymity, CasePriority, ExternalReference, ReportCase, ReporterDetails};
use crate::catalogue;
use crate::exchange::command::Ticket;
use crate::exchange::error::ExchangeError;
use crate::exchange::mapping::{Mapping, TicketField};
use crate::exchange::model::Partner;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::Timestamp;
use crate::kernel::place::Sensitivity;
use crate::kernel::text::is_masked;
use crate::org::{self, CoordinateSystem, GeoPoint, PlaceReference};
use crate::store::Tx;

/// Chinese official time (北京时间), which systems without a zone mean.
const BEIJING_SECONDS: i32 = 8 * 3_600;
const MICRO: f64 = 1_000_000.0;

/// What a ticket says where the mapping looks, or everything that cannot be read.
pub(super) fn read(mapping: &Mapping, sent: &Value) -> Result<Ticket, Vec<Problem<ExchangeError>>> {
    let mut problems = vec![];
    let mut text = |field: TicketField| match found(mapping, sent, field) {
        Ok(text) => text,
        Err(error) => {
            problems.push(Problem::at(path(field), error));
            None
        }
    };
    let ticket = Ticket {
        number: text(TicketField::Number),
        title: text(TicketField::Title),
        description: text(TicketField::Description).unwrap_or_default(),
        category: text(TicketField::Category),
        area: text(TicketField::Area),
        address: text(TicketField::Address),
        longitude: text(TicketField::Longitude),
        latitude: text(TicketField::Latitude),
        reporter_name: text(TicketField::ReporterName),
        reporter_phone: text(TicketField::ReporterPhone),
        occurred_at: text(TicketField::OccurredAt),
        reported_at: text(TicketField::ReportedAt),
        priority: text(TicketField::Priority),
        values: BTreeMap::new(),
    };
    if ticket.number.is_none() {
        problems.push(Problem::at("number", ExchangeError::Required));
    }
    if problems.is_empty() { Ok(ticket) } else { Err(problems) }
}

/// The text that stands for a field; a number is as good as one, and nothing but white space is none.
fn found(mapping: &Mapping, sent: &Value, field: TicketField) -> Result<Option<String>, ExchangeError> {
    let Some(there) = mapping.fields.get(&field).and_then(|pointer| sent.pointer(pointer)) else {
        return Ok(None);
    };
    let text = match there {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().to_owned(),
        // One that is too large for a whole number has lost digits already.
        Value::Number(number) if !number.is_f64() || is_degrees(field) => number.to_string(),
        Value::Number(_) | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            return Err(ExchangeError::InvalidText);
        }
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

const fn is_degrees(field: TicketField) -> bool {
    matches!(field, TicketField::Longitude | TicketField::Latitude)
}

/// What a field is called where its mistakes are told.
const fn path(field: TicketField) -> &'static str {
    match field {
        TicketField::Number => "number",
        TicketField::Title => "title",
        TicketField::Description => "description",
        TicketField::Category => "category",
        TicketField::Area => "area",
        TicketField::Address => "address",
        TicketField::Longitude => "longitude",
        TicketField::Latitude => "latitude",
        TicketField::ReporterName => "reporterName",
        TicketField::ReporterPhone => "reporterPhone",
        TicketField::OccurredAt => "occurredAt",
        TicketField::ReportedAt => "reportedAt",
        TicketField::Priority => "priority",
    }
}

/// The report that a ticket is, under a number, and of a category where its code here is known already; or everything of it that means nothing here.
pub(super) async fn report(
    tx: &Tx,
    partner: &Partner,
    (ticket, number, category): (&Ticket, &str, Option<&str>),
    ahead_seconds: i64,
) -> Result<ReportCase, Failure<ExchangeError>> {
    let (mapping, now) = (&partner.mapping, (tx.now(), ahead_seconds));
    let categories = catalogue::directory::categories(tx).await?;
    let ours = |code: &str| categories.get(code).map(|(category, _)| category);
    let code = match &ticket.category {
        _ if category.is_some() => category,
        Some(theirs) => mapping.category(theirs, |code| ours(code).is_some()),
        None => mapping.other_category.as_deref(),
    };
    let category = code.and_then(ours).ok_or(Problem::at("category", ExchangeError::UnknownCategory));
    let point = point(ticket, mapping.coordinate_system);
    let place = place(tx, mapping, ticket).await?;
    let occurred_at = instant(ticket.occurred_at.as_deref(), "occurredAt").map(|at| settled(at, now));
    let reported_at = instant(ticket.reported_at.as_deref(), "reportedAt").map(|at| settled(at, now));
    let priority = priority(mapping, ticket);
    match (category, place, point, occurred_at, reported_at, priority) {
        (Ok(category), Ok(place), Ok(point), Ok(occurred_at), Ok(reported_at), Ok(priority)) => {
            Ok(ReportCase {
                category: category.id,
                // What people say stands in the description, which is sealed.
                title: ticket.title.clone().unwrap_or_else(|| category.name_zh.clone()),
                description: ticket.description.clone(),
                place,
                address: ticket.address.clone(),
                point,
                occurred_at,
                reported_at,
                reported_unit: None,
                source: partner.source,
                priority,
                sensitivity: Sensitivity::default(),
                external: Some(ExternalReference { source: partner.key.clone(), number: number.to_owned() }),
                reporter: ReporterDetails {
                    name: whole(ticket.reporter_name.as_ref()),
                    phone: whole(ticket.reporter_phone.as_ref()),
                    anonymity: Anonymity::Named,
                },
                values: vec![],
                attachments: vec![],
                programme: None,
            })
        }
        (category, place, point, occurred_at, reported_at, priority) => {
            let problems = [
                category.err(),
                place.err(),
                point.err(),
                occurred_at.err(),
                reported_at.err(),
                priority.err(),
            ];
            Err(Failure::User(problems.into_iter().flatten().collect()))
        }
    }
}

type Read<T> = Result<T, Problem<ExchangeError>>;

/// Where it occurred: what its code stands for, else where its point lies, else somewhere in the district.
async fn place(
    tx: &Tx,
    mapping: &Mapping,
    ticket: &Ticket,
) -> Result<Read<Option<PlaceReference>>, Failure<ExchangeError>> {
    let Some(theirs) = &ticket.area else {
        if ticket.longitude.is_some() {
            return Ok(Ok(None));
        }
        let district = org::directory::district(tx).await?;
        return Ok(Ok(district.map(|district| PlaceReference::Unit(district.id))));
    };
    let (codes, ours) = (org::directory::codes(tx).await?, mapping.area(theirs));
    let grid = codes.grids.get(ours).map(|grid| PlaceReference::Grid(*grid));
    let found = grid.or_else(|| codes.units.get(ours).map(|unit| PlaceReference::Unit(*unit)));
    Ok(found.map(Some).ok_or_else(|| Problem::at("area", ExchangeError::UnknownArea)))
}

fn point(ticket: &Ticket, system: Option<CoordinateSystem>) -> Read<Option<GeoPoint>> {
    let millionths = |text: &str, path: &str| {
        let degrees: f64 = text.parse().map_err(|_| Problem::at(path, ExchangeError::InvalidPoint))?;
        if degrees.abs() > 180.0 || degrees.is_nan() {
            return Err(Problem::at(path, ExchangeError::InvalidPoint));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
        Ok((degrees * MICRO).round() as i64)
    };
    match (ticket.longitude.as_deref(), ticket.latitude.as_deref()) {
        (None, None) => Ok(None),
        (Some(longitude), Some(latitude)) => Ok(Some(GeoPoint {
            longitude: millionths(longitude, "longitude")?,
            latitude: millionths(latitude, "latitude")?,
            system: system.unwrap_or(CoordinateSystem::Wgs84),
        })),
        (Some(_), None) => Err(Problem::at("latitude", ExchangeError::InvalidPoint)),
        (None, Some(_)) => Err(Problem::at("longitude", ExchangeError::InvalidPoint)),
    }
}

fn priority(mapping: &Mapping, ticket: &Ticket) -> Read<CasePriority> {
    let Some(theirs) = &ticket.priority else { return Ok(CasePriority::Normal) };
    let known = mapping.priorities.get(theirs).copied();
    known.ok_or_else(|| Problem::at("priority", ExchangeError::UnknownValue))
}

/// An instant that lies ahead only because clocks differ is now.
fn settled(at: Option<Timestamp>, (now, ahead_seconds): (Timestamp, i64)) -> Option<Timestamp> {
    at.map(|at| if at > now && at <= now.plus_seconds(ahead_seconds) { now } else { at })
}

/// What a system masked before it sent it says nothing; the ticket as it came keeps it.
fn whole(text: Option<&String>) -> Option<String> {
    text.filter(|text| !is_masked(text)).cloned()
}

/// An instant of RFC 3339, or of the wall clock in China as `2026-11-22 16:00:00`.
fn instant(text: Option<&str>, path: &str) -> Read<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let at = DateTime::parse_from_rfc3339(text).ok().or_else(|| {
        let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
        FixedOffset::east_opt(BEIJING_SECONDS)?.from_local_datetime(&wall).single()
    });
    match at {
        Some(at) => Ok(Some(Timestamp(at.timestamp_micros()))),
        None => Err(Problem::at(path, ExchangeError::InvalidTime)),
    }
}

/// Whether a number may stand for a ticket.
pub(super) fn number(text: &str) -> Result<String, Problem<ExchangeError>> {
    crate::kernel::text::line(text, crate::cases::EXTERNAL_LIMIT)
        .map_err(|bad| Problem::at("number", crate::exchange::command::bad_text(bad)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping() -> Mapping {
        let fields = [
            (TicketField::Number, "/工单/编号"),
            (TicketField::Description, "/工单/内容"),
            (TicketField::Category, "/type/0/code"),
            (TicketField::ReporterPhone, "/a~1b"),
        ];
        Mapping {
            fields: fields.into_iter().map(|(field, pointer)| (field, pointer.to_owned())).collect(),
            ..Mapping::default()
        }
    }

    #[test]
    fn a_ticket_is_read_where_the_mapping_looks() {
        let sent =
            json!({"工单": {"编号": 20_260_001, "内容": " 停水 "}, "type": [{"code": "07"}], "a/b": "  "});
        let ticket = read(&mapping(), &sent).unwrap();
        assert_eq!(ticket.number.as_deref(), Some("20260001"));
        assert_eq!(ticket.description, "停水");
        assert_eq!(ticket.category.as_deref(), Some("07"));
        assert_eq!(ticket.reporter_phone, None);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let sent = json!({"工单": {"编号": null, "内容": ["停水"]}});
        let problems = read(&mapping(), &sent).unwrap_err();
        let told: Vec<_> = problems.into_iter().map(|problem| (problem.path, problem.error)).collect();
        assert_eq!(
            told,
            [
                (vec!["description".to_owned()], ExchangeError::InvalidText),
                (vec!["number".to_owned()], ExchangeError::Required),
            ]
        );
    }

    #[test]
    fn a_number_that_lost_digits_is_none() {
        let sent: Value =
            serde_json::from_str(r#"{"工单": {"编号": 202611221530000012345, "内容": "a"}}"#).unwrap();
        let problems = read(&mapping(), &sent).unwrap_err();
        assert_eq!(problems[0].error, ExchangeError::InvalidText);
    }

    #[test]
    fn an_instant_without_a_zone_is_official_time() {
        let at = |text| instant(Some(text), "occurredAt").unwrap();
        assert_eq!(at("2026-11-22 16:00:00"), at("2026-11-22T08:00:00Z"));
        assert!(instant(Some("22.11.2026"), "occurredAt").is_err());
        assert_eq!(instant(None, "occurredAt").unwrap(), None);
    }

    #[test]
    fn a_point_is_whole_and_on_earth() {
        let ticket = |longitude: Option<&str>, latitude: Option<&str>| Ticket {
            longitude: longitude.map(str::to_owned),
            latitude: latitude.map(str::to_owned),
            ..Ticket::default()
        };
        let there =
            point(&ticket(Some("106.794123"), Some("39.6552")), Some(CoordinateSystem::Gcj02)).unwrap();
        let wanted =
            GeoPoint { longitude: 106_794_123, latitude: 39_655_200, system: CoordinateSystem::Gcj02 };
        assert_eq!(there, Some(wanted));
        for (longitude, latitude) in [
            (Some("106.7"), None),
            (Some("x"), Some("1")),
            (Some("NaN"), Some("1")),
            (Some("1e9"), Some("1")),
        ] {
            assert!(point(&ticket(longitude, latitude), None).is_err(), "{longitude:?} {latitude:?}");
        }
    }
}
