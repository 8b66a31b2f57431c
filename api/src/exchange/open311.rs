//! `/open311/v2`: `GeoReport` v2 of Open311 (<https://wiki.open311.org/GeoReport_v2>), in XML and in JSON. Which matters may be reported
//! anybody reads; requests, whoever shows the key of a partner, and acts by the right of its account. The key may stand in the query
//! string, as the specification has it: nothing here logs one.

mod arguments;
mod discovery;
mod listing;
mod mistake;
mod reporting;
mod shown;
mod writing;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use fengqiao_domain::exchange::{Admitted, ExchangeError, OpenService};
use fengqiao_domain::kernel::failure::{Failure, Problem};
use serde_json::{Value, json};

use super::Exchange;
use crate::auth::bearer;
use crate::http::{Language, RequestId};

use arguments::Arguments;
use mistake::{Mistake, Wrong};
use writing::Format;

/// The routes of the door.
pub(super) fn routes(exchange: Exchange) -> Router {
    Router::new()
        .route("/open311/v2/{resource}", get(look).post(report))
        .route("/open311/v2/{resource}/{item}", get(look_at))
        .with_state(exchange)
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted<'a> {
    Discovery,
    Services,
    Definition(&'a str),
    Requests,
    Request(&'a str),
    Token(&'a str),
}

/// What a path asks for, and how it is to be written.
fn wanted<'a>(resource: &'a str, item: Option<&'a str>) -> Option<(Wanted<'a>, Format)> {
    let (name, ending) =
        item.unwrap_or(resource).rsplit_once('.').filter(|(name, _)| !name.contains('\0'))?;
    let wanted = match (resource, item) {
        (_, None) => match name {
            "discovery" => Wanted::Discovery,
            "services" => Wanted::Services,
            "requests" => Wanted::Requests,
            _ => return None,
        },
        ("services", _) => Wanted::Definition(name),
        ("requests", _) => Wanted::Request(name),
        ("tokens", _) => Wanted::Token(name),
        _ => return None,
    };
    Some((wanted, ending.parse().ok()?))
}

/// An answer before it is written: its status, the name of its root, and what stands in it.
struct Told {
    status: StatusCode,
    root: &'static str,
    content: Value,
}

impl Told {
    const fn well(root: &'static str, content: Value) -> Self {
        Self { status: StatusCode::OK, root, content }
    }
}

async fn look(
    State(exchange): State<Exchange>,
    Path(resource): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    Visit::of(&exchange, &headers).looked((&resource, None), query.as_deref()).await
}

async fn look_at(
    State(exchange): State<Exchange>,
    Path((resource, item)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    Visit::of(&exchange, &headers).looked((&resource, Some(&item)), query.as_deref()).await
}

async fn report(
    State(exchange): State<Exchange>,
    Path(resource): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let visit = Visit::of(&exchange, &headers);
    let Some((Wanted::Requests, format)) = wanted(&resource, None) else {
        return written(Err(visit.wrong(Mistake::NoSuch)), Format::Xml);
    };
    written(visit.reported(query.as_deref(), body).await, format)
}

/// One request at the door.
struct Visit<'a> {
    exchange: &'a Exchange,
    headers: &'a HeaderMap,
    language: Language,
}

impl<'a> Visit<'a> {
    fn of(exchange: &'a Exchange, headers: &'a HeaderMap) -> Self {
        Self { exchange, headers, language: Language::negotiate(headers) }
    }

    async fn looked(&self, (resource, item): (&str, Option<&str>), query: Option<&str>) -> Response {
        let Some((wanted, format)) = wanted(resource, item) else {
            return written(Err(self.wrong(Mistake::NoSuch)), Format::Xml);
        };
        let _turn = match self.exchange.turn().await {
            Ok(turn) => turn,
            Err(refused) => return Wrong::refused(refused.told(self.language)).response(format),
        };
        let told = match Arguments::read(query, b"") {
            Ok(arguments) => self.found(wanted, &arguments).await,
            Err(mistake) => Err(self.wrong(mistake)),
        };
        written(told, format)
    }

    async fn found(&self, wanted: Wanted<'_>, arguments: &Arguments) -> Result<Told, Wrong> {
        match wanted {
            Wanted::Discovery => Ok(Told::well("discovery", discovery::document(self.headers))),
            Wanted::Services => {
                let services = self.services(arguments).await?;
                let services = services.iter().map(|service| shown::service(service, self.language));
                Ok(Told::well("services", services.collect()))
            }
            Wanted::Definition(code) => {
                let services = self.services(arguments).await?;
                let service = services.iter().find(|service| service.code == code);
                let service = service.ok_or_else(|| self.wrong(Mistake::UnknownService))?;
                Ok(Told::well("service_definition", shown::definition(service, self.language)))
            }
            Wanted::Requests => self.listed(arguments).await,
            Wanted::Request(number) => {
                let admitted = self.admitted(arguments).await?;
                let found = self.requests_of(&admitted, &[number.to_owned()]).await?;
                let found = found.first().ok_or_else(|| self.wrong(Mistake::UnknownRequest))?;
                let request = shown::request(found, self.language);
                Ok(Told::well("service_requests", json!([request])))
            }
            // Whoever reports hears the number at once: it is its own token.
            Wanted::Token(number) => {
                let admitted = self.admitted(arguments).await?;
                let found = self.requests_of(&admitted, &[number.to_owned()]).await?;
                let found = found.first().ok_or_else(|| self.wrong(Mistake::UnknownRequest))?;
                let token = json!({ "service_request_id": found.number, "token": found.number });
                Ok(Told::well("service_requests", json!([token])))
            }
        }
    }

    /// The district that is asked.
    async fn jurisdiction<'b>(&self, arguments: &'b Arguments) -> Result<&'b str, Wrong> {
        let code = arguments.needed("jurisdiction_id").map_err(|mistake| self.wrong(mistake))?;
        match self.exchange.services.exchange.serves(code).await {
            Ok(()) => Ok(code),
            Err(Failure::User(_)) => Err(self.wrong(Mistake::UnknownJurisdiction)),
            Err(failure) => Err(self.failed(failure)),
        }
    }

    /// The key that is shown, in the header or among the arguments.
    fn key<'b>(&'b self, arguments: &'b Arguments) -> Option<&'b str> {
        let header = self.headers.get(header::AUTHORIZATION).and_then(|header| header.to_str().ok());
        header.and_then(|header| bearer(header).ok()).or_else(|| arguments.get("api_key"))
    }

    /// The partner that shows its key.
    async fn admitted(&self, arguments: &Arguments) -> Result<Admitted, Wrong> {
        let code = self.jurisdiction(arguments).await?;
        let key = self.key(arguments).ok_or_else(|| self.wrong(Mistake::NoKey))?;
        let request = RequestId::fresh().to_string();
        let admitted = self.exchange.services.exchange.admit_by_key(code, key, &request).await;
        admitted.map_err(|failure| self.failed(failure))
    }

    /// What may be reported: of whoever shows a key, as its reports come in.
    async fn services(&self, arguments: &Arguments) -> Result<Vec<OpenService>, Wrong> {
        let service = &self.exchange.services.exchange;
        let services = if self.key(arguments).is_some() {
            let admitted = self.admitted(arguments).await?;
            service.open_services(&admitted.scope, &admitted.partner).await
        } else {
            let code = self.jurisdiction(arguments).await?;
            service.services_of(code, &RequestId::fresh().to_string()).await
        };
        services.map_err(|failure| self.failed(failure))
    }

    fn wrong(&self, mistake: Mistake) -> Wrong {
        Wrong::of(&[mistake], self.language)
    }

    fn failed(&self, failure: Failure<ExchangeError>) -> Wrong {
        match failure {
            Failure::User(problems) if is_stranger(&problems) => self.wrong(Mistake::WrongKey),
            failure => Wrong::failed(failure, self.language),
        }
    }
}

fn written(told: Result<Told, Wrong>, format: Format) -> Response {
    match told {
        Ok(told) => format.response(told.status, told.root, &told.content),
        Err(wrong) => wrong.response(format),
    }
}

fn is_stranger(problems: &[Problem<ExchangeError>]) -> bool {
    problems.iter().any(|problem| problem.error == ExchangeError::NotAdmitted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_and_in_which_format() {
        for (resource, item, what) in [
            ("services.xml", None, Some((Wanted::Services, Format::Xml))),
            ("discovery.json", None, Some((Wanted::Discovery, Format::Json))),
            ("services", Some("1105.json"), Some((Wanted::Definition("1105"), Format::Json))),
            ("requests", Some("a.b.xml"), Some((Wanted::Request("a.b"), Format::Xml))),
            ("tokens", Some("7.xml"), Some((Wanted::Token("7"), Format::Xml))),
            ("services", None, None),
            ("services.html", None, None),
            ("tokens.xml", None, None),
            ("services", Some("1105"), None),
            ("others", Some("1.xml"), None),
        ] {
            assert_eq!(wanted(resource, item), what, "{resource} {item:?}");
        }
    }
}
