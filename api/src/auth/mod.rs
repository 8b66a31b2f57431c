//! Who calls: a bearer token to a scope, for requests and for sockets; the signature of a program to a scope, for requests.

use std::any::TypeId;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use fengqiao_domain::identity::{Authenticated, IdentityError, SignedRequest, is_program};
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::meter::Meter;
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::scope::Scope;
use http::header::AUTHORIZATION;
use http::request::Parts;
use tokio::time::Instant;

use crate::config::Profile;
use crate::graphql::context::{Member, Services};
use crate::graphql::creating::CREATING;
use crate::http::{Caller, CallerKind, Callers, Credential, Posted, Proof, Refused, RequestId, Validity};
use crate::signed::signed;

/// Authenticates callers by the access tokens of this deployment.
pub struct Authentication {
    /// Shared with every caller who holds a socket or a stream.
    services: Arc<Services>,
    profile: Profile,
}

impl Authentication {
    /// Authentication over the identity slice.
    #[must_use]
    pub fn new(services: Services, profile: Profile) -> Self {
        Self { services: Arc::new(services), profile }
    }

    async fn by_token(&self, token: &str) -> Result<Caller, Refused> {
        let known =
            self.services.identity.authenticate(token, "").await.map_err(|failure| refused(&failure))?;
        Ok(self.signed_in(Proof::Token(token.to_owned()), known))
    }

    async fn by_signature(&self, client: &str, parts: &Parts, posted: Posted<'_>) -> Result<Caller, Refused> {
        let (id, timestamp, signature) = signed(&parts.headers).ok_or(Refused::Invalid)?;
        let from = posted.peer.0;
        let request = SignedRequest { client, id, timestamp, signature, body: posted.body, from };
        let known = self.services.identity.authenticate_signed(request, &posted.request_id.to_string()).await;
        let (known, signer) = known.map_err(|failure| refused(&failure))?;
        Ok(self.signed_in(Proof::Signature(signer), known))
    }

    fn signed_in(&self, proof: Proof, known: Authenticated) -> Caller {
        let left = known.expires_at.micros() - self.services.db.now().micros();
        let scope = known.scope;
        let services = Arc::clone(&self.services);
        let credential = Credential { proof, standing: standing(&scope) };
        let key = scope.account().map(|account| account.to_string());
        let tenant = Some(scope.tenant());
        let kind = if is_program(&scope) { CallerKind::Program } else { CallerKind::Person };
        let keyed = if kind == CallerKind::Program { CREATING } else { &[] };
        Caller {
            key,
            tenant,
            kind,
            expires_at: Some(Instant::now() + Duration::from_micros(u64::try_from(left).unwrap_or_default())),
            credential: Some(Arc::new(credential)),
            attach: Arc::new(move |request| attach(request, &services, &scope)),
            introspection: true,
            keyed,
        }
    }

    fn anonymous(&self) -> Caller {
        Caller {
            key: None,
            tenant: None,
            kind: CallerKind::Person,
            expires_at: None,
            credential: None,
            attach: Arc::new(|request| request),
            introspection: self.profile == Profile::Development || mutant::active(Mutant::SchemaForAnyone),
            keyed: &[],
        }
    }
}

/// Puts the caller of one operation into it, with a fresh snapshot and fresh loaders.
fn attach(request: Request, services: &Arc<Services>, scope: &Scope) -> Request {
    let id = request.data.get(&TypeId::of::<RequestId>()).and_then(|id| id.downcast_ref::<RequestId>());
    let id = id.map(ToString::to_string).unwrap_or_default();
    let meter = request.data.get(&TypeId::of::<Meter>()).and_then(|meter| meter.downcast_ref::<Meter>());
    let member = Member::new(services, &scope.for_request(&id, meter.cloned().unwrap_or_default()));
    request.data(Arc::new(member))
}

/// A digest of the grants in force, with what they cover: a socket is closed when they change, and holds on to no more than it takes
/// to know.
fn standing(scope: &Scope) -> Vec<u8> {
    digest(&SHA256, format!("{:?}", scope.held()).as_bytes()).as_ref().to_vec()
}

/// Whether the grants are those that the credential was shown with.
fn stands(scope: &Scope, credential: &Credential) -> bool {
    standing(scope) == credential.standing || mutant::active(Mutant::KeptStanding)
}

/// Why there is no caller.
fn refused(failure: &Failure<IdentityError>) -> Refused {
    match failure {
        Failure::Overloaded { retry_after_seconds } => {
            Refused::Limited { retry_after_seconds: *retry_after_seconds }
        }
        Failure::Unavailable(_) | Failure::TimedOut(_) | Failure::Internal(_) => Refused::Unavailable,
        _ => Refused::Invalid,
    }
}

/// The token of `Bearer …`.
pub(crate) fn bearer(text: &str) -> Result<&str, Refused> {
    of_scheme("bearer", text).ok_or(Refused::Invalid)
}

/// What is shown under a scheme, which is not case-sensitive (RFC 9110).
pub(crate) fn of_scheme<'a>(wanted: &str, text: &'a str) -> Option<&'a str> {
    let (scheme, shown) = text.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| shown.trim())
}

#[async_trait]
impl Callers for Authentication {
    async fn from_http(&self, parts: &Parts, posted: Option<Posted<'_>>) -> Result<Caller, Refused> {
        let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(self.anonymous()) };
        let header = header.to_str().map_err(|_| Refused::Invalid)?;
        match (of_scheme("signed", header), posted) {
            (Some(client), Some(posted)) => self.by_signature(client, parts, posted).await,
            _ => self.by_token(bearer(header)?).await,
        }
    }

    async fn from_init(&self, parts: &Parts, payload: &serde_json::Value) -> Result<Caller, Refused> {
        let given = payload.get("authorization").or_else(|| payload.get("Authorization"));
        match given {
            None => self.from_http(parts, None).await,
            Some(serde_json::Value::String(text)) => self.by_token(bearer(text)?).await,
            Some(_) => Err(Refused::Invalid),
        }
    }

    async fn still_valid(&self, caller: &Caller) -> Validity {
        let Some(credential) = caller.credential.as_deref() else { return Validity::Valid };
        let identity = &self.services.identity;
        let known = match &credential.proof {
            Proof::Token(token) => identity.authenticate(token, "").await.map(Some),
            Proof::Signature(signer) => identity.signer(*signer, "").await,
        };
        match known.map_err(|failure| refused(&failure)) {
            Ok(Some(known)) if stands(&known.scope, credential) => Validity::Valid,
            Ok(_) | Err(Refused::Invalid) => Validity::Invalid,
            Err(Refused::Unavailable | Refused::Limited { .. }) => Validity::Unknown,
        }
    }
}
