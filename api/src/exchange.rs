//! `/exchange/v1/{district}/{key}`: the door of other systems. One address takes every message; what it is stands in its `type`, and who
//! sent it in its signature, as Standard Webhooks signs. So whoever can receive our messages can send theirs.

mod message;
mod open311;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use fengqiao_domain::exchange::{Admitted, EXCHANGE, ExchangeError, Knock, Known, Partner};
use fengqiao_domain::files::FileError;
use fengqiao_domain::kernel::failure::{Failure, Problem};
use fengqiao_domain::kernel::scope::{Claim, Scope};
use http_body_util::{BodyExt as _, Limited};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::graphql::cases::CaseUserError;
use crate::graphql::context::Services;
use crate::graphql::exchange::holes;
use crate::graphql::kit::message::message;
use crate::http::body::heard_out;
use crate::http::{Language, RequestId};
use crate::refusal::Refusal;
use crate::signed::signed;

use message::Message;

/// What the door needs.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) services: Services,
    /// Most bytes of a message.
    pub(crate) max_bytes: u64,
    /// Longest wait for all of them, and for a turn.
    pub(crate) arrival: Duration,
    /// Whose messages are looked at now: whoever signed nothing costs as much as who did.
    pub(crate) turns: Arc<Semaphore>,
}

/// The routes of the door.
pub(crate) fn routes(exchange: Exchange) -> Router {
    let open311 = open311::routes(exchange.clone());
    Router::new().route("/exchange/v1/{district}/{key}", post(knock)).with_state(exchange).merge(open311)
}

async fn knock(
    State(exchange): State<Exchange>,
    Path((district, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let language = Language::negotiate(&headers);
    let heard = exchange.heard((&district, &key), &headers, body).await;
    heard.unwrap_or_else(|refused| refused.told(language).into_response())
}

/// Why a message is not taken, before it is said in a language.
pub(crate) enum Refused {
    /// The transport's refusal.
    As(Refusal),
    /// The slice's: everything that is wrong.
    Mistakes(Vec<Problem<ExchangeError>>),
}

impl From<Problem<ExchangeError>> for Refused {
    fn from(problem: Problem<ExchangeError>) -> Self {
        Self::Mistakes(vec![problem])
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::As(refusal)
    }
}

impl From<Failure<ExchangeError>> for Refused {
    fn from(failure: Failure<ExchangeError>) -> Self {
        match failure {
            Failure::User(problems) => Self::Mistakes(problems),
            Failure::Denied => Self::As(Refusal::new(StatusCode::FORBIDDEN, "FORBIDDEN", "")),
            Failure::KeyReused => Problem::at("", ExchangeError::ChangedMessage).into(),
            Failure::KeyBusy => {
                let busy = Refusal::new(StatusCode::CONFLICT, "BUSY", "");
                Self::As(Refusal { retry_after: Some(1), ..busy })
            }
            Failure::Overloaded { retry_after_seconds } => {
                Self::As(Refusal::later("RATE_LIMITED", "", retry_after_seconds))
            }
            Failure::Unavailable(error) => {
                tracing::warn!(%error, "a message of another system cannot be taken");
                Self::As(Refusal::later("UNAVAILABLE", "", 1))
            }
            Failure::TimedOut(error) => {
                tracing::warn!(%error, "a message of another system took too long");
                Self::As(Refusal::later("TIMEOUT", "", 1))
            }
            failure => Self::As(Refusal::internal(&format!("{failure:?}"))),
        }
    }
}

impl Refused {
    /// The refusal with its sentence. What a case says is said with the case's own code.
    pub(crate) fn told(self, language: Language) -> Refusal {
        match self {
            Self::As(refusal) => {
                let text = message(language, &format!("exchange.{}", refusal.code), &[]);
                Refusal { message: text, ..refusal }
            }
            Self::Mistakes(problems) => {
                let mut told = problems.into_iter().map(|problem| mistake(language, problem));
                let Some(first) = told.next() else { return Refusal::internal(&"refused without a reason") };
                Refusal { others: told.collect(), ..first }
            }
        }
    }
}

fn mistake(language: Language, Problem { error, path }: Problem<ExchangeError>) -> Refusal {
    let code: &'static str = error.code().into();
    let (status, code, text, path) = match error {
        ExchangeError::CaseRefused(error) => {
            let code: &'static str = error.code().into();
            let told = CaseUserError::one(language, Problem { error, path });
            (StatusCode::UNPROCESSABLE_ENTITY, code, told.message, told.path)
        }
        error => {
            let status = match error {
                ExchangeError::NotAdmitted | ExchangeError::Stale { .. } => StatusCode::UNAUTHORIZED,
                ExchangeError::NotFound => StatusCode::NOT_FOUND,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            (status, code, message(language, &format!("exchange.{code}"), &holes(&error)), path)
        }
    };
    Refusal { path, ..Refusal::new(status, code, text) }
}

impl Exchange {
    async fn heard(
        &self,
        (district, key): (&str, &str),
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response, Refused> {
        let body = self.collected(body).await?;
        let (id, timestamp, signature) = signed(headers).ok_or_else(stranger)?;
        let _turn = self.turn().await?;
        let knock = Knock { tenant_code: district, key, id, timestamp, signature, body: &body };
        let request = RequestId::fresh().to_string();
        let admitted = self.services.exchange.admit(knock, &request).await?;
        let message: Message = serde_json::from_slice(&body).map_err(|error| {
            let refusal = Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "");
            tracing::debug!(%error, "a message of another system cannot be read");
            refusal
        })?;
        self.done(&admitted, message, (id, &body)).await
    }

    /// A turn to be looked at.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Refused> {
        let turn = tokio::time::timeout(self.arrival, self.turns.acquire()).await;
        let Ok(Ok(turn)) = turn else { return Err(Refusal::later("RATE_LIMITED", "", 1).into()) };
        Ok(turn)
    }

    async fn collected(&self, body: Body) -> Result<Bytes, Refusal> {
        let most = usize::try_from(self.max_bytes).unwrap_or(usize::MAX);
        let mut limited = Limited::new(body, most);
        let arrived = tokio::time::timeout(self.arrival, (&mut limited).collect()).await;
        match arrived {
            Err(_) => Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", "")),
            Ok(Ok(collected)) => Ok(collected.to_bytes()),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
                // Whoever is refused while still writing sees a broken connection instead of an answer.
                let _ =
                    tokio::time::timeout(self.arrival, heard_out(Body::new(limited), self.max_bytes)).await;
                Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", ""))
            }
            Ok(Err(_)) => Err(Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "")),
        }
    }

    /// Does what a message asks for.
    async fn done(
        &self,
        Admitted { partner, scope }: &Admitted,
        message: Message,
        (id, body): (&str, &Bytes),
    ) -> Result<Response, Refused> {
        let service = &self.services.exchange;
        match message {
            Message::Ticket(sent) => {
                let received = service.receive_sent(scope, partner, (&sent, body)).await?;
                let status = match received.known {
                    Known::New => StatusCode::CREATED,
                    Known::Before => StatusCode::OK,
                };
                self.shown(scope, status, received.case.id).await
            }
            Message::Asked(asked) => {
                let case = service.ticket(scope, partner, &asked.number).await?;
                self.shown(scope, StatusCode::OK, case.id).await
            }
            Message::Urged(urged) => {
                let case = service.urge(&once(scope, (partner, id), body), partner, urged.into()).await?;
                self.shown(scope, StatusCode::OK, case.id).await
            }
            Message::Visited(visited) => {
                let case = service.visit(&once(scope, (partner, id), body), partner, visited.into()).await?;
                self.shown(scope, StatusCode::OK, case.id).await
            }
            Message::Acknowledged(said) => {
                let command = said.command()?;
                service.acknowledge(&once(scope, (partner, id), body), partner, command).await?;
                Ok(Json(json!({})).into_response())
            }
            Message::Evidence(asked) => self.evidence(scope, asked.attachment()?).await,
        }
    }

    async fn shown(
        &self,
        scope: &Scope,
        status: StatusCode,
        case: fengqiao_domain::kernel::id::CaseId,
    ) -> Result<Response, Refused> {
        let shown: Value = self.services.exchange.shown(scope, case).await?;
        Ok((status, Json(json!({ "case": shown }))).into_response())
    }

    /// The bytes of a photo or a document that the partner sees.
    async fn evidence(&self, scope: &Scope, file: uuid::Uuid) -> Result<Response, Refused> {
        let opened = self.services.files.open(scope, file).await;
        let (attachment, parts) = opened.map_err(|failure| {
            failure.map(|error| match error {
                FileError::NotFound => ExchangeError::NotFound,
                _ => ExchangeError::InvalidText,
            })
        })?;
        let name = utf8_percent_encode(&attachment.saved_name(), NON_ALPHANUMERIC).to_string();
        let named = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}"));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(attachment.media_type.text())),
            (header::CONTENT_LENGTH, HeaderValue::from(attachment.bytes)),
            (header::CONTENT_DISPOSITION, named.map_err(|error| Refusal::internal(&error))?),
        ];
        Ok((headers, Body::from_stream(parts)).into_response())
    }
}

fn stranger() -> Refused {
    Problem::at("", ExchangeError::NotAdmitted).into()
}

/// The scope in which a message is carried out once, however often it comes under its id. No client can send such a key: it holds a
/// space.
fn once(scope: &Scope, (partner, id): (&Partner, &str), body: &Bytes) -> Scope {
    let input_hash = digest(&SHA256, body).as_ref().to_vec();
    scope.with_claim(Claim { key: format!("exchange {}/{id}", partner.id), field: EXCHANGE, input_hash })
}
