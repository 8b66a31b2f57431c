//! `/files/…`: the bytes of files that come in and go out, by links that were signed for one file and one use.
//!
//! A link needs no header, so that a browser and a mini-program can follow it; whoever it was signed for must
//! still be signed in, and may do no more than they may now. `POST /files` takes what is to be attached to a case, with the
//! token of a request of the API.

mod attachments;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use fengqiao_domain::identity::{IdentityError, LinkUse, Linked};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::id::ExportId;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::sheets::{Export, SheetError};
use futures::{Stream, stream};
use http_body_util::BodyExt as _;
use serde_json::json;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::graphql::context::Services;
use crate::http::RequestId;
use crate::http::body::heard_out;
use crate::refusal::Refusal;

/// What the door to files needs.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) services: Services,
    /// Most bytes of a file that comes in.
    pub(crate) max_upload_bytes: u64,
    /// Most bytes of an attachment.
    pub(crate) max_attachment_bytes: u64,
    /// Longest time that the form of an attachment takes to arrive.
    pub(crate) arrival: Duration,
    /// Longest wait for the next bytes of one.
    pub(crate) stall: Duration,
    /// Who may hold the bytes of an attachment in memory.
    pub(crate) holding: Arc<Semaphore>,
}

/// So many attachments are in memory at a time, each of at most `attachments.max_bytes`; the others wait in files.
pub(crate) const HELD_AT_ONCE: usize = 8;

/// The routes of files.
pub(crate) fn routes(files: Files) -> Router {
    Router::new()
        .route("/files", post(attachments::upload))
        .route("/files/{link}", get(download).put(upload))
        .with_state(files)
}

/// There is no such file, or its link is over.
fn missing() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "NOT_FOUND", "no such file, or its link is over: ask for a new one")
}

impl From<Failure<SheetError>> for Refusal {
    fn from(failure: Failure<SheetError>) -> Self {
        match failure {
            Failure::User(problems)
                if problems.iter().any(|problem| problem.error == SheetError::AlreadyThere) =>
            {
                let message = "the file has come already, or its time is over: begin again";
                Self::new(StatusCode::CONFLICT, "ALREADY_THERE", message)
            }
            Failure::User(_) | Failure::Denied => missing(),
            Failure::Overloaded { retry_after_seconds } => {
                Self::later("RATE_LIMITED", "too many files wait", retry_after_seconds)
            }
            Failure::Unavailable(error) => {
                tracing::warn!(%error, "the database is unavailable");
                Self::later("UNAVAILABLE", "something we depend on is away", 1)
            }
            failure => Self::internal(&format!("{failure:?}")),
        }
    }
}

impl Files {
    /// Who follows a link, and for what.
    async fn follow(&self, link: &str) -> Result<Linked, Refusal> {
        let request = RequestId::fresh().to_string();
        let followed = self.services.identity.follow_link(link, &request).await;
        followed.map_err(|failure: Failure<IdentityError>| match failure {
            Failure::User(_) | Failure::Denied => missing(),
            Failure::Unavailable(error) => {
                tracing::warn!(%error, "the database is unavailable");
                Refusal::later("UNAVAILABLE", "something we depend on is away", 1)
            }
            failure => Refusal::internal(&format!("{failure:?}")),
        })
    }

    /// Refuses a file that is too large, after as much again was read: who is refused while still writing sees a
    /// broken connection instead of an answer.
    async fn too_large(&self, body: Body, most: u64) -> Refusal {
        let _ = tokio::time::timeout(self.stall, heard_out(body, most)).await;
        let message = format!("more than {most} bytes: split the file");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", message)
    }

    /// The bytes of a body in a file that has no name and is gone with the process.
    async fn collected(&self, mut body: Body, most: u64) -> Result<std::fs::File, Refusal> {
        let file = tempfile::tempfile().map_err(|error| Refusal::internal(&error))?;
        let mut file = tokio::fs::File::from_std(file);
        let mut left = most;
        loop {
            let frame = tokio::time::timeout(self.stall, body.frame()).await.map_err(|_elapsed| {
                Refusal::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", "the bytes come too slowly")
            })?;
            let Some(frame) = frame else { break };
            let frame = frame
                .map_err(|_| Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "the body broke off"))?;
            let Ok(bytes) = frame.into_data() else { continue };
            let Some(rest) = left.checked_sub(bytes.len() as u64) else {
                return Err(self.too_large(body, most).await);
            };
            left = rest;
            file.write_all(&bytes).await.map_err(|error| Refusal::internal(&error))?;
        }
        file.flush().await.map_err(|error| Refusal::internal(&error))?;
        file.rewind().await.map_err(|error| Refusal::internal(&error))?;
        Ok(file.into_std().await)
    }
}

async fn upload(
    State(files): State<Files>,
    Path(link): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let Linked { scope, file, purpose: LinkUse::Upload } = files.follow(&link).await? else {
        return Err(missing());
    };
    files.services.sheets.awaited_import(&scope, file).await?;
    let most = files.max_upload_bytes;
    if announced(&headers).is_some_and(|length| length > most) {
        return Err(files.too_large(body, most).await);
    }
    let bytes = files.collected(body, most).await?;
    let import = files.services.sheets.receive_import(&scope, file, bytes).await?;
    let body = Json(json!({ "id": import.id.to_string() }));
    Ok((StatusCode::ACCEPTED, body).into_response())
}

/// How many bytes of a body are announced.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn download(State(files): State<Files>, Path(link): Path<String>) -> Result<Response, Refusal> {
    let Linked { scope, file, purpose } = files.follow(&link).await?;
    match purpose {
        LinkUse::Download => files.export(scope, file).await,
        LinkUse::Attachment => files.attachment(&scope, file).await,
        LinkUse::Upload => Err(missing()),
    }
}

impl Files {
    async fn export(self, scope: Scope, file: Uuid) -> Result<Response, Refusal> {
        let files = self;
        let export = files.services.sheets.fetched_export(&scope, file).await?;
        let named = format!("attachment; filename=\"{}\"", export.file_name());
        let named = HeaderValue::from_str(&named).map_err(|error| Refusal::internal(&error))?;
        let headers: [(HeaderName, HeaderValue); 3] = [
            (header::CONTENT_TYPE, HeaderValue::from_static(export.format.media_type())),
            (header::CONTENT_LENGTH, HeaderValue::from(export.bytes)),
            (header::CONTENT_DISPOSITION, named),
        ];
        Ok((headers, Body::from_stream(parts(files.services, scope, &export))).into_response())
    }
}

/// The parts of a file, one at a time. One that fails breaks the body off short of its announced length, so
/// that nobody takes half a file for a whole.
fn parts(
    services: Services,
    scope: Scope,
    export: &Export,
) -> impl Stream<Item = Result<Bytes, std::io::Error>> + use<> {
    let id: ExportId = export.id;
    stream::unfold((services, scope, 0), move |(services, scope, number)| async move {
        match services.sheets.part(&scope, id, number).await {
            Ok(None) => None,
            Ok(Some(part)) => Some((Ok(Bytes::from(part)), (services, scope, number + 1))),
            Err(error) => {
                tracing::warn!(%error, %id, "a part of a file cannot be read");
                Some((Err(std::io::Error::other("a part is missing")), (services, scope, i32::MAX)))
            }
        }
    })
}
