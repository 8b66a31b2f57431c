//! `/oauth/token`: a program shows its secret for an access token, as OAuth 2.0 has it for client credentials (RFC 6749, 4.4). What is refused is
//! said as that standard says it (5.2), for libraries to read.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fengqiao_domain::identity::{ClientSignIn, ClientToken};
use fengqiao_domain::kernel::failure::Failure;
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::auth::of_scheme;
use crate::graphql::context::Services;
use crate::http::{Network, Peer, RequestId, RequestLimits, body};

/// Whom to name where a credential is missing.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Basic realm=\"fengqiao\"");
const FORM: &str = "application/x-www-form-urlencoded";
/// Bytes of a request: two names, a login and a secret are some 300.
const MOST_BYTES: usize = 8_192;

/// What the door needs.
#[derive(Clone)]
pub(crate) struct OAuth {
    pub(crate) services: Services,
    /// Who may say where a request comes from.
    pub(crate) trusted_proxies: Vec<Network>,
    /// How large a request may be, and how slow.
    pub(crate) limits: RequestLimits,
}

/// The route of the door.
pub(crate) fn routes(oauth: OAuth) -> Router {
    let limits = RequestLimits { max_body_bytes: MOST_BYTES, ..oauth.limits };
    Router::new().route("/oauth/token", post(token)).with_state(OAuth { limits, ..oauth })
}

/// Why there is no token.
enum Refused {
    /// It is none of the standard's requests.
    Request(&'static str),
    /// Another way to a token.
    GrantType,
    /// No such program, or not its secret.
    Client,
    /// Not now: after so many seconds.
    Later(StatusCode, u32),
    /// Ours to mend.
    Defect,
}

impl Refused {
    fn told(self) -> Response {
        let (status, error, description) = match &self {
            Self::Request(what) => (StatusCode::BAD_REQUEST, "invalid_request", *what),
            Self::GrantType => {
                (StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type is client_credentials")
            }
            Self::Client => (StatusCode::UNAUTHORIZED, "invalid_client", "no such client, or not its secret"),
            Self::Later(status, _) => (*status, "temporarily_unavailable", "try again after Retry-After"),
            Self::Defect => (StatusCode::INTERNAL_SERVER_ERROR, "server_error", "our defect"),
        };
        let said = json!({ "error": error, "error_description": description });
        let mut response = (status, Json(said)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Client => drop(headers.insert(header::WWW_AUTHENTICATE, CHALLENGE)),
            Self::Later(_, seconds) => drop(headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds))),
            _ => {}
        }
        response
    }
}

async fn token(State(oauth): State<OAuth>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    match given(&oauth, &parts, body).await {
        Ok(token) => told(&token),
        Err(refused) => refused.told(),
    }
}

async fn given(oauth: &OAuth, parts: &Parts, body: Body) -> Result<ClientToken, Refused> {
    let body = body::read_or_status(&parts.headers, body, &oauth.limits).await.map_err(|status| {
        let large = status == StatusCode::PAYLOAD_TOO_LARGE;
        Refused::Request(if large { "the request is too large" } else { "the request did not arrive" })
    })?;
    let (client, secret) = shown(&parts.headers, &body)?;
    let from = Peer::of(parts, &oauth.trusted_proxies).0;
    let request = RequestId::fresh().to_string();
    let asked = ClientSignIn { client, secret, from };
    let given = oauth.services.identity.client_token(&asked, &request).await;
    given.map_err(|failure| match failure {
        Failure::User(_) | Failure::Denied => Refused::Client,
        Failure::Overloaded { retry_after_seconds } => {
            Refused::Later(StatusCode::TOO_MANY_REQUESTS, retry_after_seconds)
        }
        Failure::Unavailable(error) | Failure::TimedOut(error) => {
            tracing::warn!(%error, "a program cannot be given a token");
            Refused::Later(StatusCode::SERVICE_UNAVAILABLE, 1)
        }
        failure => {
            tracing::error!(?failure, "a program could not be given a token");
            Refused::Defect
        }
    })
}

fn told(token: &ClientToken) -> Response {
    let scope: Vec<&'static str> = token.permissions.iter().map(Into::into).collect();
    Json(json!({
        "access_token": token.access_token,
        "token_type": "Bearer",
        "expires_in": token.seconds,
        "scope": scope.join(" "),
    }))
    .into_response()
}

/// The program and its secret, from the header or from the form, not from both.
fn shown(headers: &HeaderMap, body: &Bytes) -> Result<(String, String), Refused> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM) {
        return Err(Refused::Request("send a form: application/x-www-form-urlencoded"));
    }
    let grant = field(body, "grant_type")?.ok_or(Refused::Request("grant_type is missing"))?;
    if grant != "client_credentials" {
        return Err(Refused::GrantType);
    }
    let (id, secret) = (field(body, "client_id")?, field(body, "client_secret")?);
    match (headers.get(header::AUTHORIZATION), id, secret) {
        (None, Some(id), Some(secret)) => Ok((id.into_owned(), secret.into_owned())),
        (Some(value), _, None) => value.to_str().ok().and_then(basic).ok_or(Refused::Client),
        (Some(_), _, Some(_)) => Err(Refused::Request("show the secret in the header or in the form")),
        (None, ..) => Err(Refused::Client),
    }
}

/// A field of the form; the standard has none twice.
fn field<'a>(body: &'a [u8], name: &str) -> Result<Option<Cow<'a, str>>, Refused> {
    let mut values = url::form_urlencoded::parse(body).filter(|(key, _)| key == name).map(|(_, value)| value);
    let value = values.next();
    if values.next().is_some() { Err(Refused::Request("a field comes twice")) } else { Ok(value) }
}

/// Name and secret of `Basic …`, each with its percent signs read (RFC 6749, 2.3.1). A `+` stays one: secrets hold some, and no spaces, and
/// not every library writes them as the standard says.
fn basic(text: &str) -> Option<(String, String)> {
    let bytes = STANDARD.decode(of_scheme("basic", text)?).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let read = |part: &str| percent_decode_str(part).decode_utf8().ok().map(Cow::into_owned);
    Some((read(id)?, read(secret)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(authorization: Option<&str>, kind: &str, body: &str) -> Result<(String, String), u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().expect("a header"));
        if let Some(value) = authorization {
            headers.insert(header::AUTHORIZATION, value.parse().expect("a header"));
        }
        shown(&headers, &Bytes::copy_from_slice(body.as_bytes()))
            .map_err(|refused| refused.told().status().as_u16())
    }

    #[test]
    fn a_secret_comes_in_the_header_or_in_the_form() {
        let both = Ok(("hotline.api@150302".to_owned(), "whsec_a+b/c=".to_owned()));
        let grant = "grant_type=client_credentials";
        let plain = format!("Basic {}", STANDARD.encode("hotline.api@150302:whsec_a+b/c="));
        let encoded = format!("basic {}", STANDARD.encode("hotline.api%40150302:whsec_a%2Bb%2Fc%3D"));
        let form = format!("{grant}&client_id=hotline.api%40150302&client_secret=whsec_a%2Bb%2Fc%3D");
        assert_eq!(told(Some(&plain), FORM, grant), both);
        assert_eq!(told(Some(&encoded), "Application/X-WWW-Form-Urlencoded; charset=utf-8", grant), both);
        assert_eq!(told(None, FORM, &form), both);
        for (authorization, kind, body, status) in [
            (None, FORM, grant, 401),
            (Some("Basic ###"), FORM, grant, 401),
            (Some("Bearer abc"), FORM, grant, 401),
            (Some(plain.as_str()), FORM, form.as_str(), 400),
            (Some(plain.as_str()), FORM, "", 400),
            (Some(plain.as_str()), FORM, "grant_type=password", 400),
            (Some(plain.as_str()), FORM, "grant_type=client_credentials&grant_type=client_credentials", 400),
            (Some(plain.as_str()), "application/json", "{}", 400),
        ] {
            assert_eq!(told(authorization, kind, body), Err(status), "{body}");
        }
    }
}
