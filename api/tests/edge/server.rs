//! A server of its own for each test.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::ConnectInfo;
use fengqiao_api::http::cost::{Tariff, Till};
use fengqiao_api::http::server::{Stopped, bind, serve};
use fengqiao_api::http::{
    Admission, Caller, CallerKind, Callers, Documents, Drain, Edge, Limits, Metrics, Posted, Probes,
    Readiness, Refused, Validity, router,
};
use fengqiao_domain::kernel::bucket::LocalBuckets;
use fengqiao_domain::kernel::id::TenantId;
use futures::channel::mpsc;
use http::header;
use http::request::Parts;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

use crate::schema::{Counters, Peer, User, schema};

pub(crate) const EXPLORER: &str = "<!doctype html><title>explorer</title>";

/// Lets everybody in: `Bearer NAME` is NAME, `Bearer NAME/300` expires in 300 ms, `Bearer bad` is refused,
/// `Bearer away` cannot be checked, `Bearer NAME@2` is of another tenant, `Bearer outsider` may not introspect, no header is anonymous.
#[derive(Default)]
struct OpenCallers {
    revoked: AtomicBool,
    /// Whether nobody is told for now who is valid.
    hesitates: AtomicBool,
    /// Whether nobody can be asked.
    away: AtomicBool,
    asked: AtomicUsize,
}

impl OpenCallers {
    fn caller(parts: &Parts, credential: Option<&str>) -> Result<Caller, Refused> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let caller = |key, expires_in| caller(key, expires_in, peer);
        let Some(credential) = credential else {
            return Ok(caller(None, None));
        };
        match credential.strip_prefix("Bearer ") {
            None | Some("bad") => Err(Refused::Invalid),
            Some("away") => Err(Refused::Unavailable),
            Some(token) => {
                let (name, expiry) = token.split_once('/').unwrap_or((token, ""));
                let expires_in = expiry.parse().ok().map(Duration::from_millis);
                Ok(caller(Some(name.to_owned()), expires_in))
            }
        }
    }
}

fn caller(key: Option<String>, expires_in: Option<Duration>, peer: Option<IpAddr>) -> Caller {
    let user = key.clone();
    Caller {
        credential: None,
        tenant: key
            .as_ref()
            .map(|name| TenantId::from_uuid(Uuid::from_u128(if name.ends_with("@2") { 2 } else { 1 }))),
        kind: if key.as_deref() == Some("program") { CallerKind::Program } else { CallerKind::Person },
        introspection: key.as_deref() != Some("outsider"),
        keyed: if key.as_deref() == Some("program") { &["bump"] } else { &[] },
        key,
        expires_at: expires_in.map(|left| Instant::now() + left),
        attach: Arc::new(move |mut request| {
            if let Some(user) = &user {
                request = request.data(User(user.clone()));
            }
            if let Some(peer) = peer {
                request = request.data(Peer(peer));
            }
            request
        }),
    }
}

fn authorization(parts: &Parts) -> Option<&str> {
    parts.headers.get(header::AUTHORIZATION)?.to_str().ok()
}

#[async_trait]
impl Callers for OpenCallers {
    async fn from_http(&self, parts: &Parts, _posted: Option<Posted<'_>>) -> Result<Caller, Refused> {
        Self::caller(parts, authorization(parts))
    }

    async fn from_init(&self, parts: &Parts, payload: &serde_json::Value) -> Result<Caller, Refused> {
        let said = payload.get("authorization").and_then(|value| value.as_str());
        Self::caller(parts, said.or_else(|| authorization(parts)))
    }

    async fn still_valid(&self, _caller: &Caller) -> Validity {
        self.asked.fetch_add(1, Ordering::SeqCst);
        while self.hesitates.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        match (self.away.load(Ordering::SeqCst), self.revoked.load(Ordering::SeqCst)) {
            (true, _) => Validity::Unknown,
            (false, true) => Validity::Invalid,
            (false, false) => Validity::Valid,
        }
    }
}

/// A running server; it stops with its runtime.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) counters: Arc<Counters>,
    pub(crate) drain: Drain,
    callers: Arc<OpenCallers>,
    signals: mpsc::UnboundedSender<()>,
    stopped: JoinHandle<Stopped>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let metrics: Metrics = Arc::new(|| "edge_requests_total 1\n".to_owned());
        Self::showing(limits, Some(metrics), Some(EXPLORER)).await
    }

    /// One that shows nothing but the API and its probes.
    pub(crate) async fn bare() -> Self {
        Self::showing(Limits::default(), None, None).await
    }

    async fn showing(limits: Limits, metrics: Option<Metrics>, explorer: Option<&'static str>) -> Self {
        let counters = Arc::new(Counters::default());
        let callers = Arc::new(OpenCallers::default());
        let open: Arc<dyn Callers> = callers.clone();
        let schema = schema(Arc::clone(&counters));
        let tariff = Tariff::of(&schema.sdl()).expect("a schema");
        let till = Till::new(Arc::new(tariff), Arc::new(LocalBuckets::default()));
        let documents = Documents::open(&limits.documents).expect("files of documents");
        let edge = Edge::new(schema, limits.clone(), open, Admission { documents, till });
        let drain = edge.drain().clone();
        let probes = Probes {
            ready: Arc::new(|| Box::pin(async { Readiness::Ready })),
            metrics,
            keys: Arc::new(|| serde_json::json!({"keys": []})),
        };
        let listener = bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (signals, signalled) = mpsc::unbounded();
        let app = router(edge, axum::Router::new(), probes, explorer);
        let stopping = drain.clone();
        let stopped =
            tokio::spawn(async move { serve(listener, app, stopping, &limits.server, signalled).await });
        Self { address, counters, drain, callers, signals, stopped }
    }

    /// As SIGTERM would.
    pub(crate) fn signal(&self) {
        self.signals.unbounded_send(()).expect("the server runs");
    }

    pub(crate) async fn stopped(self) -> Stopped {
        self.stopped.await.expect("the server did not panic")
    }

    /// From now on nobody is told whether a caller is valid.
    pub(crate) fn hesitate(&self) {
        self.callers.hesitates.store(true, Ordering::SeqCst);
    }

    /// Whoever waits is told after all.
    pub(crate) fn go_on(&self) {
        self.callers.hesitates.store(false, Ordering::SeqCst);
    }

    /// How often it was asked whether a caller is valid.
    pub(crate) fn asked(&self) -> usize {
        self.callers.asked.load(Ordering::SeqCst)
    }

    /// From now on nobody can be asked whether a caller is valid.
    pub(crate) fn go_away(&self) {
        self.callers.away.store(true, Ordering::SeqCst);
    }

    /// From now on no caller is valid any more.
    pub(crate) fn revoke(&self) {
        self.callers.revoked.store(true, Ordering::SeqCst);
    }
}

/// Waits until something is so, or fails.
pub(crate) async fn eventually(what: &str, mut so: impl FnMut() -> bool) {
    for _ in 0..200 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not so within 4 s: {what}");
}
