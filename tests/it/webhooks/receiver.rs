//! A receiver of messages: a real server that answers as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A message as it came.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) timestamp: i64,
    pub(crate) signature: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Message {
    /// What it says.
    pub(crate) fn said(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// How a message is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) text: String,
    pub(crate) after: Duration,
}

/// An answer with a code and nothing else.
pub(crate) fn reply(code: u16) -> Reply {
    Reply { code, headers: vec![], text: String::new(), after: Duration::ZERO }
}

#[derive(Default)]
struct Inner {
    came: Vec<Message>,
    next: VecDeque<Reply>,
    always: Option<Reply>,
}

type Shared = Arc<Mutex<Inner>>;

/// A server on the loopback until it is dropped.
pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Shared,
    _tasks: JoinSet<()>,
}

impl Receiver {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let shared = Shared::default();
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(received).with_state(Arc::clone(&shared));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap_or_default() });
        Ok(Self { address, shared, _tasks: tasks })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) const fn port(&self) -> u16 {
        self.address.port()
    }

    /// How the next messages are answered; those after them are taken.
    pub(crate) fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        self.inner(|inner| inner.next.extend(replies));
    }

    /// How all messages are answered from now on, but for those that are told apart.
    pub(crate) fn always(&self, reply: Reply) {
        self.inner(|inner| inner.always = Some(reply));
    }

    /// What came until now.
    pub(crate) fn came(&self) -> Vec<Message> {
        self.inner(|inner| inner.came.clone())
    }

    /// What came until now, and forgets it.
    pub(crate) fn take(&self) -> Vec<Message> {
        self.inner(|inner| std::mem::take(&mut inner.came))
    }

    fn inner<T>(&self, with: impl FnOnce(&mut Inner) -> T) -> T {
        with(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn received(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, String) {
    let text =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let message = Message {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp").parse().unwrap_or_default(),
        signature: text("webhook-signature"),
        content_type: text("content-type"),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let answer = {
        let mut inner = shared.lock().unwrap_or_else(PoisonError::into_inner);
        inner.came.push(message);
        let always = inner.always.clone();
        inner.next.pop_front().or(always).unwrap_or_else(|| reply(204))
    };
    tokio::time::sleep(answer.after).await;
    let pairs = answer.headers.iter().filter_map(|(name, value)| Some((*name, value.parse().ok()?)));
    let headers = pairs.fold(HeaderMap::new(), |mut all, (name, value)| {
        all.insert(name, value);
        all
    });
    (StatusCode::from_u16(answer.code).unwrap_or_default(), headers, answer.text)
}
