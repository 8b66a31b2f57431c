//! A report at the door of Open311: a form becomes a ticket. Nothing of it is lost: what has no place of its own in a case stands at the
//! end of its description, and an argument that nobody knows is refused.

use axum::body::Body;
use axum::http::{StatusCode, header};
use fengqiao_domain::exchange::{Known, Ticket};
use fengqiao_domain::kernel::failure::Failure;
use serde_json::json;

use super::arguments::Arguments;
use super::mistake::{Mistake, Wrong};
use super::{Told, Visit};
use crate::exchange::Refused;
use crate::graphql::kit::message::message;
use crate::http::body::heard_out;
use crate::refusal::Refusal;

const FORM: &str = "application/x-www-form-urlencoded";
/// What a report may say.
const KNOWN: [&str; 17] = [
    "jurisdiction_id",
    "api_key",
    "service_code",
    "lat",
    "long",
    "address_string",
    "address_id",
    "description",
    "first_name",
    "last_name",
    "phone",
    "email",
    "device_id",
    "account_id",
    "media_url",
    "external_id",
    "requested_datetime",
];

impl Visit<'_> {
    pub(super) async fn reported(&self, query: Option<&str>, body: Body) -> Result<Told, Wrong> {
        let form = self.form(body).await?;
        let turn = self.exchange.turn().await;
        let _turn = turn.map_err(|refused| Wrong::refused(refused.told(self.language)))?;
        let arguments = Arguments::read(query, &form).map_err(|mistake| self.wrong(mistake))?;
        let admitted = self.admitted(&arguments).await?;
        let key = self.headers.get("idempotency-key").map(|key| key.to_str());
        let key = key.transpose().map_err(|_| self.wrong(Mistake::NotText))?;
        let key = key.map(str::trim).filter(|key| !key.is_empty());
        let ticket = ticket(&arguments, key).map_err(|mistakes| Wrong::of(&mistakes, self.language))?;
        let kept = serde_json::to_vec(&arguments.kept());
        let kept = kept.map_err(|error| Wrong::refused(Refusal::internal(&error)))?;
        let service = &self.exchange.services.exchange;
        let received = service.receive_open(&admitted.scope, &admitted.partner, (&ticket, &kept)).await;
        let received = received.map_err(|failure| self.failed(by_key(failure, &ticket)))?;
        let (status, notice) = match received.known {
            Known::New => (StatusCode::CREATED, "open311.TAKEN"),
            Known::Before => (StatusCode::OK, "open311.TAKEN_BEFORE"),
        };
        let answer = json!({
            "service_request_id": received.case.number,
            "service_notice": message(self.language, notice, &[]),
            "account_id": arguments.get("account_id"),
        });
        Ok(Told { status, root: "service_requests", content: json!([answer]) })
    }

    async fn form(&self, body: Body) -> Result<Vec<u8>, Wrong> {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(FORM) {
            // Whoever is refused while still writing sees a broken connection instead of an answer.
            let most = self.exchange.max_bytes;
            let _ = tokio::time::timeout(self.exchange.arrival, heard_out(body, most)).await;
            return Err(self.wrong(Mistake::NotAForm));
        }
        let collected = self.exchange.collected(body).await;
        let told = |refusal| Wrong::refused(Refused::As(refusal).told(self.language));
        collected.map(|bytes| bytes.to_vec()).map_err(told)
    }
}

/// The ticket that a form is, or everything that it lacks.
fn ticket(arguments: &Arguments, key: Option<&str>) -> Result<Ticket, Vec<Mistake>> {
    let mut mistakes = vec![];
    if let Some(name) = arguments.unknown(&KNOWN) {
        mistakes.push(Mistake::UnknownArgument { name: name.to_owned() });
    }
    for name in ["service_code", "description"] {
        mistakes.extend(arguments.needed(name).err());
    }
    if !["lat", "long", "address_string", "address_id"].iter().any(|name| arguments.get(name).is_some()) {
        mistakes.push(Mistake::Missing { name: "lat, long" });
    }
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    Ok(Ticket {
        number: arguments.text("external_id").or_else(|| key.map(str::to_owned)),
        title: None,
        description: description(arguments),
        category: arguments.text("service_code"),
        area: arguments.text("address_id"),
        address: arguments.text("address_string"),
        longitude: arguments.text("long"),
        latitude: arguments.text("lat"),
        reporter_name: name(arguments.get("first_name"), arguments.get("last_name")),
        reporter_phone: arguments.text("phone"),
        occurred_at: None,
        reported_at: arguments.text("requested_datetime"),
        priority: None,
        values: arguments.attributes(),
    })
}

/// What was said, and below it where a photo is. Who said it by which device is kept with the ticket, sealed, and shown to nobody.
fn description(arguments: &Arguments) -> String {
    let said = arguments.get("description").unwrap_or_default();
    arguments.get("media_url").map_or_else(|| said.to_owned(), |url| format!("{said}\n\nmedia_url: {url}"))
}

/// A whole name: written without a space and the other way round where it is Chinese.
fn name(first: Option<&str>, last: Option<&str>) -> Option<String> {
    match (first, last) {
        (Some(first), Some(last)) if !first.is_ascii() && !last.is_ascii() => Some(format!("{last}{first}")),
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

/// The same failure, naming values by their keys instead of by their place among them.
fn by_key<E>(failure: Failure<E>, ticket: &Ticket) -> Failure<E> {
    let Failure::User(mut problems) = failure else { return failure };
    for problem in &mut problems {
        let at = match problem.path.as_slice() {
            [fields, at, ..] if fields == "fields" => at.parse::<usize>().ok(),
            _ => None,
        };
        if let Some(key) = at.and_then(|at| ticket.values.keys().nth(at)) {
            problem.path = vec!["values".to_owned(), key.clone()];
        }
    }
    Failure::User(problems)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_form_is_lost() {
        let form = "service_code=1105&lat=39.66&long=106.8&description=a&first_name=San&last_name=Zhang&email=a@b.c\
                    &media_url=https://x.example/1.jpg&attribute[n]=7";
        let ticket = ticket(&Arguments::read(Some(form), b"").unwrap(), Some("K-1")).unwrap();
        assert_eq!(ticket.description, "a\n\nmedia_url: https://x.example/1.jpg");
        assert_eq!(ticket.reporter_name.as_deref(), Some("San Zhang"));
        assert_eq!(ticket.number.as_deref(), Some("K-1"));
        assert_eq!(ticket.values.get("n").map(String::as_str), Some("7"));
        assert_eq!(name(Some("三"), Some("张")).as_deref(), Some("张三"));
    }

    #[test]
    fn what_is_missing_is_named_at_once() {
        let mistakes = ticket(&Arguments::read(Some("lng=1"), b"").unwrap(), None).unwrap_err();
        assert_eq!(
            mistakes,
            [
                Mistake::UnknownArgument { name: "lng".to_owned() },
                Mistake::Missing { name: "service_code" },
                Mistake::Missing { name: "description" },
                Mistake::Missing { name: "lat, long" },
            ]
        );
    }
}
