//! What is wrong with a request at the door of Open311: a status, and a list of sentences that begin with the argument at fault.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use fengqiao_domain::exchange::ExchangeError;
use fengqiao_domain::kernel::failure::{Failure, Problem};
use serde_json::{Value, json};
use strum::IntoStaticStr;

use super::super::Refused;
use super::writing::Format;
use crate::graphql::kit::message::message;
use crate::http::Language;
use crate::refusal::Refusal;

/// Most requests that are asked for by number, and most that stand on a page.
pub(super) const MOST_AT_ONCE: u64 = 100;
/// Longest span of a list in days.
pub(super) const LONGEST_DAYS: i64 = 90;

/// What is wrong with the request itself.
#[derive(Clone, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Mistake {
    NoSuch,
    NotText,
    NotAForm,
    Missing { name: &'static str },
    Twice { name: String },
    UnknownArgument { name: String },
    UnknownJurisdiction,
    UnknownService,
    UnknownRequest,
    NoKey,
    WrongKey,
    NotAStatus,
    NotAPage { name: &'static str },
    NotATime { name: &'static str },
    LongSpan,
    ManyNumbers,
}

impl Mistake {
    const fn status(&self) -> StatusCode {
        match self {
            Self::NoSuch | Self::UnknownJurisdiction | Self::UnknownService | Self::UnknownRequest => {
                StatusCode::NOT_FOUND
            }
            Self::NoKey | Self::WrongKey => StatusCode::FORBIDDEN,
            Self::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The argument at fault; empty for the whole.
    fn argument(&self) -> &str {
        match self {
            Self::NoSuch | Self::NotText | Self::NotAForm => "",
            Self::Missing { name } | Self::NotAPage { name } | Self::NotATime { name } => name,
            Self::Twice { name } | Self::UnknownArgument { name } => name,
            Self::UnknownJurisdiction => "jurisdiction_id",
            Self::UnknownService => "service_code",
            Self::UnknownRequest | Self::ManyNumbers => "service_request_id",
            Self::NoKey | Self::WrongKey => "api_key",
            Self::NotAStatus => "status",
            Self::LongSpan => "start_date",
        }
    }

    fn told(&self, language: Language) -> String {
        let code: &'static str = self.into();
        let limits = [("most", MOST_AT_ONCE.to_string()), ("days", LONGEST_DAYS.to_string())];
        said(self.argument(), &message(language, &format!("open311.{code}"), &limits))
    }
}

/// Why a request is not answered.
#[derive(Debug)]
pub(super) struct Wrong {
    status: StatusCode,
    descriptions: Vec<String>,
    retry_after: Option<u32>,
}

impl Wrong {
    pub(super) fn of(mistakes: &[Mistake], language: Language) -> Self {
        let status = mistakes.first().map_or(StatusCode::BAD_REQUEST, Mistake::status);
        let descriptions = mistakes.iter().map(|mistake| mistake.told(language)).collect();
        Self { status, descriptions, retry_after: None }
    }

    /// What a use case says, each mistake of the caller by itself.
    pub(super) fn failed(failure: Failure<ExchangeError>, language: Language) -> Self {
        let problems = match failure {
            Failure::User(problems) if !problems.is_empty() => problems,
            failure => return Self::refused(Refused::from(failure).told(language)),
        };
        let statuses = problems.iter().map(|problem| status(&problem.error)).collect::<Vec<_>>();
        let told = |problem: Problem<ExchangeError>| {
            let argument = argument(&problem.path);
            let told = Refused::from(problem).told(language);
            said(&argument, &told.message)
        };
        Self {
            status: statuses.first().copied().unwrap_or(StatusCode::BAD_REQUEST),
            descriptions: problems.into_iter().map(told).collect(),
            retry_after: None,
        }
    }

    /// What the transport says.
    pub(super) fn refused(refusal: Refusal) -> Self {
        Self { status: refusal.status, descriptions: vec![refusal.message], retry_after: refusal.retry_after }
    }

    pub(super) fn response(self, format: Format) -> Response {
        let code = self.status.as_u16();
        let errors = self.descriptions.iter().map(|said| json!({ "code": code, "description": said }));
        let mut response = format.response(self.status, "errors", &errors.collect::<Value>());
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Open311 knows no more than that something is missing or wrong, or is not there; what was said otherwise before is neither.
const fn status(error: &ExchangeError) -> StatusCode {
    match error {
        ExchangeError::NotFound | ExchangeError::UnknownCategory | ExchangeError::UnknownArea => {
            StatusCode::NOT_FOUND
        }
        ExchangeError::ChangedTicket => StatusCode::CONFLICT,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn said(argument: &str, sentence: &str) -> String {
    if argument.is_empty() { sentence.to_owned() } else { format!("{argument}: {sentence}") }
}

/// What Open311 calls the part of a ticket or a report at fault.
fn argument(path: &[String]) -> String {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let name = match path.as_slice() {
        ["values", key, ..] => return format!("attribute[{key}]"),
        ["fields", ..] => "attribute",
        ["number" | "external", ..] => "external_id",
        ["category" | "categoryId" | "title", ..] => "service_code",
        ["area" | "place", ..] => "address_id",
        ["address", ..] => "address_string",
        ["longitude", ..] => "long",
        ["latitude" | "point", ..] => "lat",
        ["reportedAt", ..] => "requested_datetime",
        ["reporterName", ..] | ["reporter", "name", ..] => "first_name",
        ["reporterPhone", ..] | ["reporter", "phone", ..] => "phone",
        [other, ..] => other,
        [] => "",
    };
    name.to_owned()
}
