//! What one operation came to, made fit to leave: every error has a code of the closed list and the
//! request id, nothing internal is in it, and there are not too many of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{ErrorExtensionValues, Pos, Response, ServerError, Value};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::code::Code;
use super::cost::CostTold;
use super::documents::Untrusted;
use super::language::Language;
use super::limits::Limits;
use super::negotiation::Media;
use super::precheck::Refusal;
use super::rejection::Rejection;
use super::request_id::RequestId;
use crate::bilingual::Bilingual;

/// What is needed to judge a response.
pub(super) struct Context<'a> {
    pub(super) request_id: RequestId,
    pub(super) language: Language,
    pub(super) limits: &'a Limits,
    pub(super) names: Names,
}

/// What whoever asks is told of the names of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Validation may say which type lacks what.
    Told,
    /// It says that the document is wrong, and where: whoever may not read the schema learns no name from their mistakes.
    Kept,
}

/// How far the request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It was executed; fields may have failed.
    Executed,
    /// The specification's "request error": the document or its variables are wrong, nothing ran.
    RequestError,
    /// It was refused, or came to nothing but a failure of ours.
    Failed(StatusCode),
}

/// The answer to one operation, or one event of a subscription.
#[derive(Debug)]
pub(super) struct Answer(Form);

#[derive(Debug)]
enum Form {
    /// Boxed: it travels through results, streams and queues.
    Own(Box<Content>),
    /// Written already, for many.
    Shared(Arc<str>),
}

#[derive(Debug)]
struct Content {
    stage: Stage,
    data: Value,
    errors: Vec<ServerError>,
    extensions: BTreeMap<String, Value>,
    headers: HeaderMap,
}

/// The answer on the wire. Without execution there is no `data`, not even `null`.
#[derive(Serialize)]
struct Wire<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl Answer {
    /// The executor's response, cleaned. `field_positions` are those of the document's fields.
    pub(super) fn from_response(response: Response, field_positions: &[Pos], context: &Context<'_>) -> Self {
        let executed =
            response.data != Value::Null || response.errors.iter().any(|error| !error.path.is_empty());
        let mut errors = response.errors;
        for error in &mut errors {
            clean(error, field_positions, context);
        }
        let mut judged = Content {
            stage: if executed || errors.is_empty() { Stage::Executed } else { Stage::RequestError },
            data: response.data,
            errors,
            extensions: response.extensions,
            headers: response.http_headers,
        };
        if let Some(status) = judged.only_failure() {
            judged.stage = Stage::Failed(status);
        }
        judged.finish(context)
    }

    /// What was written for many: data without errors.
    pub(super) const fn shared(text: Arc<str>) -> Self {
        Self(Form::Shared(text))
    }

    /// Only a code, with its own message.
    pub(super) fn from_code(code: Code, context: &Context<'_>) -> Self {
        let status = code.server_failure().unwrap_or(StatusCode::BAD_REQUEST);
        Self::from_rejection(Rejection::new(status, code), context)
    }

    /// A request that was refused.
    pub(super) fn from_rejection(rejection: Rejection, context: &Context<'_>) -> Self {
        let message = rejection.message.unwrap_or_else(|| rejection.code.message(context.language).into());
        let mut error = ServerError::new(message, None);
        tag(&mut error, rejection.code, context);
        if let Some(details) = rejection.details {
            let extensions = error.extensions.get_or_insert_default();
            if let Some(reason) = details.reason {
                extensions.set("reason", reason);
            }
            if let Some(seconds) = details.retry_after_seconds {
                extensions.set("retryAfterSeconds", seconds);
            }
            if let Some(cost) = details.cost {
                extensions.set("cost", cost.value());
            }
        }
        Content {
            stage: Stage::Failed(rejection.status),
            data: Value::Null,
            errors: vec![error],
            extensions: BTreeMap::new(),
            headers: rejection.header.into_iter().collect(),
        }
        .finish(context)
    }

    /// A document that was refused.
    pub(super) fn from_refusal(refusal: Refusal, context: &Context<'_>) -> Self {
        match refusal {
            Refusal::Syntax(mut error) => {
                tag(&mut error, Code::BadRequest, context);
                Self::from_request_error(error, context)
            }
            Refusal::Exceeded { what, limit, allowed, found } => Self::from_rejection(
                Rejection::bad_request(format!(
                    "the document has {found} {what}, at most {allowed} are allowed ({limit})"
                )),
                context,
            ),
            Refusal::Repeated(key) => Self::from_rejection(
                Rejection::bad_request(format!(
                    "{key} stands twice at the root of the mutation: give each an alias"
                )),
                context,
            ),
            Refusal::Circle(fragment) => Self::from_rejection(
                Rejection::bad_request(format!("fragments spread each other in a circle, one is {fragment}")),
                context,
            ),
        }
    }

    /// A document that is not known.
    pub(super) fn from_untrusted(untrusted: Untrusted, context: &Context<'_>) -> Self {
        match untrusted {
            Untrusted::UnknownHash => Self::persisted_query_not_found(context),
            Untrusted::UnknownText => {
                Self::from_rejection(Rejection::document_not_trusted(context.language), context)
            }
        }
    }

    /// Only the hash of a document came.
    fn persisted_query_not_found(context: &Context<'_>) -> Self {
        let code = Code::PersistedQueryNotFound;
        let mut error = ServerError::new(code.message(context.language), None);
        tag(&mut error, code, context);
        Self::from_request_error(error, context)
    }

    fn from_request_error(error: ServerError, context: &Context<'_>) -> Self {
        Content {
            stage: Stage::RequestError,
            data: Value::Null,
            errors: vec![error],
            extensions: BTreeMap::new(),
            headers: HeaderMap::new(),
        }
        .finish(context)
    }

    /// Tells what it cost, in `extensions.cost`.
    pub(super) fn telling(mut self, cost: Option<CostTold>) -> Self {
        if let (Form::Own(content), Some(cost)) = (&mut self.0, cost) {
            content.extensions.insert("cost".to_owned(), cost.value());
        }
        self
    }

    /// The status of the answer in that media type.
    pub(super) fn status(&self, media: Media) -> StatusCode {
        match (self.stage(), media) {
            (Stage::Executed, _) | (Stage::RequestError, Media::Json) => StatusCode::OK,
            (Stage::RequestError, Media::GraphqlJson) => StatusCode::BAD_REQUEST,
            (Stage::Failed(status), _) => status,
        }
    }

    /// Whether the operation ran, so that it may have a result.
    pub(super) fn was_executed(&self) -> bool {
        self.stage() == Stage::Executed
    }

    const fn stage(&self) -> Stage {
        match &self.0 {
            Form::Own(content) => content.stage,
            Form::Shared(_) => Stage::Executed,
        }
    }

    /// The answer as JSON.
    pub(super) fn json(&self) -> Cow<'_, str> {
        match &self.0 {
            Form::Own(content) => Cow::Owned(content.json()),
            Form::Shared(text) => Cow::Borrowed(text),
        }
    }

    /// Its errors, for an `error` message of a socket.
    pub(super) fn errors(&self) -> &[ServerError] {
        match &self.0 {
            Form::Own(content) => &content.errors,
            Form::Shared(_) => &[],
        }
    }

    /// As an answer over HTTP.
    pub(super) fn into_http(self, media: Media) -> axum::response::Response {
        let mut response = axum::response::Response::new(self.json().into_owned().into());
        *response.status_mut() = self.status(media);
        if let Form::Own(content) = self.0 {
            response.headers_mut().extend(content.headers);
        }
        response.headers_mut().insert(header::CONTENT_TYPE, media.content_type());
        response
    }
}

impl Content {
    fn json(&self) -> String {
        let wire = Wire {
            data: (self.stage == Stage::Executed).then_some(&self.data),
            errors: &self.errors,
            extensions: &self.extensions,
        };
        serde_json::to_string(&wire).unwrap_or_else(|error| {
            tracing::error!(%error, "an answer cannot be written as JSON");
            r#"{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL"}}]}"#.to_owned()
        })
    }

    /// The status when every error is the same failure of ours and there is no datum beside it.
    fn only_failure(&self) -> Option<StatusCode> {
        let empty = match &self.data {
            Value::Null => true,
            Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
            _ => false,
        };
        let status = code_of(self.errors.first()?)?.server_failure()?;
        let same = |error: &ServerError| code_of(error).and_then(Code::server_failure) == Some(status);
        (empty && self.errors.iter().all(same)).then_some(status)
    }

    fn finish(mut self, context: &Context<'_>) -> Answer {
        shorten(&mut self.errors, context);
        if self.stage == Stage::Failed(StatusCode::SERVICE_UNAVAILABLE) {
            let after = HeaderValue::from(context.limits.request.retry_after_seconds);
            self.headers.insert(header::RETRY_AFTER, after);
        }
        Answer(Form::Own(Box::new(self)))
    }
}

fn code_of(error: &ServerError) -> Option<Code> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Code::parse(code),
        Value::Enum(code) => Code::parse(code),
        _ => None,
    }
}

fn tag(error: &mut ServerError, code: Code, context: &Context<'_>) {
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code.as_str());
    extensions.set("requestId", context.request_id.to_string());
}

/// Gives an error its code; what has none and is not the client's doing is hidden and logged.
///
/// An error without a code comes from the executor or from a resolver that let something through. Without
/// a path, nothing ran: the request is wrong. With a path, the executor reports a bad argument at the
/// argument's place and a failed resolver at its field's, so the place tells the two apart.
fn clean(error: &mut ServerError, field_positions: &[Pos], context: &Context<'_>) {
    if let Some(code) = code_of(error) {
        // A resolver gives what it says in every language, or leaves the words to the code.
        if let Some(texts) = error.source::<Bilingual>().cloned() {
            texts.told(context.language).clone_into(&mut error.message);
        } else if error.message.is_empty() {
            code.message(context.language).clone_into(&mut error.message);
        }
        return tag(error, code, context);
    }
    let uncoded = error.extensions.as_ref().is_none_or(|extensions| extensions.get("code").is_none());
    let at_a_field = error.locations.iter().any(|position| field_positions.contains(position));
    let about_the_request = error.path.is_empty() || !at_a_field;
    if uncoded && about_the_request && error.source.is_none() {
        if context.names == Names::Kept {
            Code::BadRequest.message(context.language).clone_into(&mut error.message);
        }
        return tag(error, Code::BadRequest, context);
    }
    tracing::error!(
        request_id = %context.request_id,
        path = ?error.path,
        message = %error.message,
        "an error without a public code"
    );
    Code::Internal.message(context.language).clone_into(&mut error.message);
    error.source = None;
    error.extensions = Some(ErrorExtensionValues::default());
    tag(error, Code::Internal, context);
}

/// Cuts long messages, then drops the errors that do not fit. One error always stays.
fn shorten(errors: &mut Vec<ServerError>, context: &Context<'_>) {
    const MAX_LOCATIONS: usize = 4;
    let limits = &context.limits.answer;
    errors.truncate(limits.max_errors.max(1));
    for error in errors.iter_mut() {
        if let Some((end, _)) = error.message.char_indices().nth(limits.max_message_chars) {
            error.message.truncate(end);
            error.message.push('…');
        }
        error.locations.truncate(MAX_LOCATIONS);
    }
    let mut bytes = 0;
    let fitting = errors
        .iter()
        .take_while(|error| {
            bytes += serde_json::to_vec(error).map_or(usize::MAX / 2, |json| json.len() + 1);
            bytes < limits.max_error_bytes
        })
        .count();
    errors.truncate(fitting.max(1));
    if let (0, Some(only)) = (fitting, errors.first_mut()) {
        let code = code_of(only).unwrap_or(Code::Internal);
        only.extensions = None;
        tag(only, code, context);
    }
}
