//! Bytes of attachments: brought in a form, as WeChat's mini-programs and browsers send files, and looked at by a link.

use std::io::Cursor;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, response};
use chrono::DateTime;
use fengqiao_domain::files::{FileError, Location, UploadAttachment};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::id::Timestamp;
use fengqiao_domain::kernel::permission::Permission;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_domain::org::{CoordinateSystem, GeoPoint};
use multer::{Constraints, Field, Multipart, SizeLimit};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use uuid::Uuid;

use super::{Files, announced, missing};
use crate::auth::bearer;
use crate::graphql::files::holes;
use crate::graphql::kit::message::message;
use crate::http::body::heard_out;
use crate::http::{Language, RequestId};
use crate::refusal::Refusal;

/// Bytes of a form beside its file: names, boundaries and some short texts.
const FORM_BYTES: u64 = 16 * 1024;
/// Bytes of it in which its first boundary stands.
const BEGUN: usize = 8 * 1024;
/// Bytes of a text of it.
const TEXT_BYTES: u64 = 256;
/// What a form may hold.
const FIELDS: [&str; 6] = ["file", "takenAt", "longitude", "latitude", "coordinateSystem", "keepLocation"];

/// Whatever a document or an image holds is shown and never run, and loads nothing.
const POLICY: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

/// What a form says.
#[derive(Default)]
struct Form {
    file: Option<Vec<u8>>,
    file_name: Option<String>,
    taken_at: Option<Timestamp>,
    longitude: Option<i64>,
    latitude: Option<i64>,
    system: Option<CoordinateSystem>,
    location: Option<Location>,
}

/// Takes a photo or a document that is to be attached to a case.
pub(super) async fn upload(
    State(files): State<Files>,
    headers: HeaderMap,
    body: Body,
) -> response::Result<Response> {
    let language = Language::negotiate(&headers);
    files.taken(&headers, body).await.map_err(|refused| refused.told(language).into_response().into())
}

/// Why an attachment is not taken, before it is said in a language.
enum Refused {
    /// The transport's refusal, whose code has a message.
    As(Refusal),
    /// The slice's.
    Mistake(FileError),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::As(refusal)
    }
}

impl From<Failure<FileError>> for Refused {
    fn from(failure: Failure<FileError>) -> Self {
        match failure {
            Failure::User(problems) => match problems.into_iter().next() {
                Some(problem) => Self::Mistake(problem.error),
                None => Self::As(Refusal::internal(&"refused without a reason")),
            },
            Failure::Denied => Self::As(Refusal::new(StatusCode::FORBIDDEN, "FORBIDDEN", "")),
            Failure::Overloaded { retry_after_seconds } => {
                Self::As(Refusal::later("RATE_LIMITED", "", retry_after_seconds))
            }
            Failure::Unavailable(error) => {
                tracing::warn!(%error, "an attachment cannot pass");
                Self::As(Refusal::later("UNAVAILABLE", "", 1))
            }
            failure => Self::As(Refusal::internal(&format!("{failure:?}"))),
        }
    }
}

impl Refused {
    fn told(self, language: Language) -> Refusal {
        let (refusal, holes) = match self {
            Self::As(refusal) => (refusal, vec![]),
            Self::Mistake(error) => {
                let holes = holes(&error);
                let status = match error {
                    FileError::NotFound => StatusCode::NOT_FOUND,
                    FileError::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                (Refusal::new(status, error.code().into(), ""), holes)
            }
        };
        Refusal { message: message(language, &format!("files.{}", refusal.code), &holes), ..refusal }
    }
}

/// The form cannot be read.
fn unreadable() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "")
}

impl Files {
    async fn taken(&self, headers: &HeaderMap, body: Body) -> Result<Response, Refused> {
        let most = self.max_attachment_bytes + FORM_BYTES;
        let scope = match self.signed_in(headers).await {
            Ok(scope) => scope,
            // Whoever is refused while still writing sees a broken connection instead of an answer.
            Err(refusal) => {
                let _ = tokio::time::timeout(self.stall, heard_out(body, most)).await;
                return Err(refusal.into());
            }
        };
        if !scope.permits(Permission::AttachmentUpload) {
            let _ = tokio::time::timeout(self.stall, heard_out(body, most)).await;
            return Err(Refusal::new(StatusCode::FORBIDDEN, "FORBIDDEN", "").into());
        }
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let Some(boundary) = kind.and_then(|kind| multer::parse_boundary(kind).ok()) else {
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NOT_A_FORM", "").into());
        };
        if announced(headers).is_some_and(|length| length > most) {
            return Err(self.too_large(body, most).await.into());
        }
        let arrived = tokio::time::timeout(self.arrival, self.collected(body, most)).await;
        let slow = |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "TIMEOUT", "");
        let sent = arrived.map_err(slow)??;
        // One's own turn comes first: whoever waits for it holds no place in memory.
        let turn = self.services.files.turn(&scope).await?;
        let place = tokio::time::timeout(self.stall, self.holding.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(Refusal::later("RATE_LIMITED", "", 10).into()) };
        let form = read(tokio::fs::File::from_std(sent), boundary, self.max_attachment_bytes).await?;
        let (command, bytes) = form.command().map_err(Refused::Mistake)?;
        let attachment = self.services.files.upload(&scope, &turn, command, bytes).await?;
        let told = json!({
            "id": attachment.id.to_string(),
            "mediaType": attachment.media_type.text(),
            "byteCount": attachment.bytes,
        });
        Ok((StatusCode::CREATED, Json(told)).into_response())
    }

    /// Who shows the token of a request of the API.
    async fn signed_in(&self, headers: &HeaderMap) -> Result<Scope, Refusal> {
        let stranger = || Refusal::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "");
        let shown = headers.get(header::AUTHORIZATION).and_then(|shown| shown.to_str().ok());
        let token = shown.and_then(|shown| bearer(shown).ok()).ok_or_else(stranger)?;
        let request = RequestId::fresh().to_string();
        match self.services.identity.authenticate(token, &request).await {
            Ok(known) => Ok(known.scope),
            Err(Failure::User(_) | Failure::Denied) => Err(stranger()),
            Err(failure) => {
                tracing::warn!(?failure, "a token cannot be checked");
                Err(Refusal::later("UNAVAILABLE", "", 1))
            }
        }
    }

    /// The bytes of an attachment, for whoever sees it now.
    pub(super) async fn attachment(self, scope: &Scope, file: Uuid) -> Result<Response, Refusal> {
        let opened = self.services.files.open(scope, file).await.map_err(|failure| match failure {
            Failure::User(_) | Failure::Denied => missing(),
            Failure::Unavailable(error) => {
                tracing::warn!(%error, "an attachment cannot pass");
                Refusal::later("UNAVAILABLE", "something we depend on is away", 1)
            }
            failure => Refusal::internal(&format!("{failure:?}")),
        });
        let (attachment, parts) = opened?;
        let shown = if attachment.media_type.is_image() { "inline" } else { "attachment" };
        let name = utf8_percent_encode(&attachment.saved_name(), NON_ALPHANUMERIC).to_string();
        let named = HeaderValue::from_str(&format!("{shown}; filename*=UTF-8''{name}"));
        let headers: [(HeaderName, HeaderValue); 4] = [
            (header::CONTENT_TYPE, HeaderValue::from_static(attachment.media_type.text())),
            (header::CONTENT_LENGTH, HeaderValue::from(attachment.bytes)),
            (header::CONTENT_DISPOSITION, named.map_err(|error| Refusal::internal(&error))?),
            (header::CONTENT_SECURITY_POLICY, POLICY),
        ];
        Ok((headers, Body::from_stream(parts)).into_response())
    }
}

/// Reads a form that is there as a whole.
async fn read(mut sent: impl AsyncRead + Send + Unpin, boundary: String, most: u64) -> Result<Form, Refusal> {
    // The parser takes a form that comes whole between two of its looks for the first boundary for one without any: its beginning
    // is there before it looks.
    let mut begun = vec![0; BEGUN];
    let length = sent.read(&mut begun).await.map_err(|error| Refusal::internal(&error))?;
    begun.truncate(length);
    let sent = Cursor::new(begun).chain(sent);
    let limits = SizeLimit::new().per_field(TEXT_BYTES).for_field("file", most);
    let limits = Constraints::new().allowed_fields(FIELDS.to_vec()).size_limit(limits);
    let mut fields = Multipart::with_reader_with_constraints(sent, boundary, limits);
    let mut form = Form::default();
    while let Some(field) = fields.next_field().await.map_err(|error| refused(&error))? {
        form.take(field).await?;
    }
    Ok(form)
}

fn refused(error: &multer::Error) -> Refusal {
    match error {
        multer::Error::FieldSizeExceeded { field_name: Some(name), .. } if name == "file" => {
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", "")
        }
        _ => unreadable(),
    }
}

impl Form {
    /// Takes a part of the form, each at most once.
    async fn take(&mut self, field: Field<'_>) -> Result<(), Refusal> {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file_name = field.file_name().map(str::to_owned);
            let bytes = field.bytes().await.map_err(|error| refused(&error))?;
            if self.file.replace(bytes.into()).is_some() {
                return Err(unreadable());
            }
            self.file_name = file_name;
            return Ok(());
        }
        let text = field.text().await.map_err(|error| refused(&error))?;
        let text = text.trim();
        let is_new = match name.as_str() {
            "takenAt" => self.taken_at.replace(instant(text).ok_or_else(unreadable)?).is_none(),
            "longitude" => self.longitude.replace(micro(text).ok_or_else(unreadable)?).is_none(),
            "latitude" => self.latitude.replace(micro(text).ok_or_else(unreadable)?).is_none(),
            "coordinateSystem" => self.system.replace(text.parse().map_err(|_| unreadable())?).is_none(),
            _ => {
                let location = match text {
                    "true" => Location::Kept,
                    "false" => Location::Dropped,
                    _ => return Err(unreadable()),
                };
                self.location.replace(location).is_none()
            }
        };
        if is_new { Ok(()) } else { Err(unreadable()) }
    }

    /// What is to be done; a point is whole or absent.
    fn command(self) -> Result<(UploadAttachment, Vec<u8>), FileError> {
        let point = match (self.longitude, self.latitude, self.system) {
            (Some(longitude), Some(latitude), Some(system)) => Some(GeoPoint { longitude, latitude, system }),
            (None, None, None) => None,
            _ => return Err(FileError::InvalidPoint),
        };
        let command = UploadAttachment {
            file_name: self.file_name,
            taken_at: self.taken_at,
            point,
            location: self.location.unwrap_or_default(),
        };
        Ok((command, self.file.ok_or(FileError::Required)?))
    }
}

fn instant(text: &str) -> Option<Timestamp> {
    Some(Timestamp(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros()))
}

/// Degrees as millionths of one.
#[expect(clippy::cast_possible_truncation, reason = "bounded right before")]
fn micro(text: &str) -> Option<i64> {
    let degrees: f64 = text.parse().ok()?;
    (degrees.abs() <= 1_000.0).then(|| (degrees * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use fengqiao_domain::files::FileErrorCode;
    use strum::IntoEnumIterator as _;
    use tokio::io::ReadBuf;

    use super::*;

    /// What is told besides the codes of the slice.
    const TOLD: [&str; 9] = [
        "TOO_LARGE",
        "TIMEOUT",
        "BAD_REQUEST",
        "NOT_A_FORM",
        "UNAUTHENTICATED",
        "FORBIDDEN",
        "RATE_LIMITED",
        "UNAVAILABLE",
        "INTERNAL",
    ];

    #[test]
    fn every_code_has_a_message_in_both_languages() {
        for code in FileErrorCode::iter().map(<&str>::from).chain(TOLD) {
            let key = format!("files.{code}");
            let (chinese, english) = (message(Language::Zh, &key, &[]), message(Language::En, &key, &[]));
            assert!(!chinese.contains(&key) && !chinese.is_ascii(), "no Chinese message for {key}");
            assert!(!english.contains(&key) && english.is_ascii(), "no English message for {key}");
        }
    }

    /// A file whose bytes are not there when they are asked for first, and then are to their end.
    struct Late {
        bytes: &'static [u8],
        asked: bool,
    }

    impl AsyncRead for Late {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            into: &mut ReadBuf<'_>,
        ) -> Poll<std::io::Result<()>> {
            if !std::mem::replace(&mut self.asked, true) {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let (now, later) = self.bytes.split_at(self.bytes.len().min(into.remaining()));
            into.put_slice(now);
            self.bytes = later;
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test]
    async fn a_form_is_read_whenever_its_bytes_are_there() {
        let bytes = b"--b\r\nContent-Disposition: form-data; name=\"takenAt\"\r\n\r\n2026-11-22T00:00:00Z\r\n--b--\r\n";
        let form = read(Late { bytes, asked: false }, "b".to_owned(), 10).await.expect("a form");
        assert_eq!(form.taken_at, instant("2026-11-22T00:00:00Z"));
    }

    #[test]
    fn degrees_are_numbers_of_a_circle() {
        assert_eq!(micro("106.822778"), Some(106_822_778));
        assert_eq!(micro("-0.0000004"), Some(0));
        for text in ["", "east", "NaN", "inf", "1e9"] {
            assert_eq!(micro(text), None, "{text}");
        }
    }
}
