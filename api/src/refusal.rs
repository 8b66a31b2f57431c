//! Why something beside the API does not pass, for the program that sent it: a status, a code and a sentence.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why something does not pass.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// Which part of what was sent is at fault; empty for the whole.
    pub(crate) path: Vec<String>,
    pub(crate) retry_after: Option<u32>,
    /// What else is wrong.
    pub(crate) others: Vec<Self>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), path: vec![], retry_after: None, others: vec![] }
    }

    pub(crate) fn later(code: &'static str, message: &'static str, seconds: u32) -> Self {
        let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message);
        Self { retry_after: Some(seconds), ..refusal }
    }

    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "something beside the API could not pass");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "our defect")
    }
}

impl Refusal {
    fn said(&self) -> Value {
        let mut said = json!({ "code": self.code, "message": self.message });
        if !self.path.is_empty() {
            said["path"] = json!(self.path);
        }
        said
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = self.said();
        if !self.others.is_empty() {
            body["others"] = self.others.iter().map(Self::said).collect();
        }
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
