//! A schema whose fields do what a test needs of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{
    Context, Error, ErrorExtensions, InputValueError, InputValueResult, Object, Scalar, ScalarType, Schema,
    SimpleObject, Subscription, Value,
};
use fengqiao_api::http::{IdempotencyKey, Language, RequestId};
use futures::Stream;
use futures::stream::{self, StreamExt};

pub(crate) type TestSchema = Schema<Query, Mutation, Events>;

/// What tests look at from outside.
#[derive(Default)]
pub(crate) struct Counters {
    /// Calls of `bump`.
    pub(crate) bumps: AtomicU32,
    /// Subscriptions that are open.
    pub(crate) open: AtomicUsize,
    /// Answers that floods gave.
    pub(crate) flooded: AtomicUsize,
    /// Queries that were dropped before their end.
    pub(crate) cancelled: AtomicUsize,
}

pub(crate) fn schema(counters: Arc<Counters>) -> TestSchema {
    Schema::build(Query, Mutation, Events).data(counters).finish()
}

fn coded(code: &str, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// A value that is never valid.
#[derive(Debug, Clone)]
pub(crate) struct Never;

#[Scalar]
impl ScalarType for Never {
    fn parse(_value: Value) -> InputValueResult<Self> {
        Err(InputValueError::custom("no value is good enough"))
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// A node that has itself as a neighbour.
#[derive(Default)]
pub(crate) struct Node;

#[Object]
impl Node {
    async fn id(&self) -> u32 {
        7
    }

    async fn node(&self) -> Self {
        Self
    }
}

/// What the edge put into the request.
#[derive(SimpleObject)]
pub(crate) struct Seen {
    request_id: String,
    language: &'static str,
    idempotency_key: Option<String>,
    user: Option<String>,
    peer: Option<String>,
}

/// The caller, as `attach` puts it into the request.
pub(crate) struct User(pub String);

/// Where the request came from.
pub(crate) struct Peer(pub std::net::IpAddr);

struct CountDrop<'a>(&'a AtomicUsize);

impl Drop for CountDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &'static str {
        "你好"
    }

    async fn echo(&self, #[graphql(validator(max_length = 10))] text: String) -> String {
        text
    }

    async fn number(&self, value: i32) -> i32 {
        value
    }

    async fn never(&self, value: Option<Never>) -> bool {
        value.is_some()
    }

    async fn node(&self) -> Node {
        Node
    }

    async fn seen(&self, context: &Context<'_>) -> Seen {
        seen(context)
    }

    /// A nullable field that fails with this code and message.
    async fn fail(&self, code: Option<String>, message: String) -> Option<Result<bool, Error>> {
        Some(Err(match code {
            Some(code) => coded(&code, &message),
            None => Error::new(message),
        }))
    }

    /// What a driver's error becomes if a resolver lets it through by `?`.
    async fn leak(&self) -> Result<bool, Error> {
        let failed = std::io::Error::other("sqlx: SELECT secret FROM /src/store.rs");
        Ok(std::future::ready(Err::<bool, _>(failed)).await?)
    }

    async fn panic(&self, #[graphql(default = 0)] divisor: u32) -> Option<bool> {
        assert!(divisor > 0, "panicked at SELECT secret");
        Some(true)
    }

    async fn slow(&self, context: &Context<'_>, milliseconds: u64) -> bool {
        let counters = context.data_unchecked::<Arc<Counters>>();
        let cancelled = CountDrop(&counters.cancelled);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        std::mem::forget(cancelled);
        true
    }
}

fn seen(context: &Context<'_>) -> Seen {
    Seen {
        request_id: context.data_unchecked::<RequestId>().to_string(),
        language: context.data_unchecked::<Language>().tag(),
        idempotency_key: context.data_unchecked::<IdempotencyKey>().0.clone(),
        user: context.data_opt::<User>().map(|user| user.0.clone()),
        peer: context.data_opt::<Peer>().map(|peer| peer.0.to_string()),
    }
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    /// Counts one up.
    async fn bump(&self, context: &Context<'_>) -> u32 {
        context.data_unchecked::<Arc<Counters>>().bumps.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn session_create(&self, context: &Context<'_>) -> u32 {
        context.data_unchecked::<Arc<Counters>>().bumps.fetch_add(1, Ordering::SeqCst) + 1
    }

    async fn session_refresh(&self) -> bool {
        true
    }

    async fn seen(&self, context: &Context<'_>) -> Seen {
        seen(context)
    }
}

/// Counts a subscription as open until it is dropped.
struct Open(Arc<Counters>);

impl Open {
    fn new(context: &Context<'_>) -> Self {
        let counters = Arc::clone(context.data_unchecked::<Arc<Counters>>());
        counters.open.fetch_add(1, Ordering::SeqCst);
        Self(counters)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) struct Events;

#[Subscription]
impl Events {
    /// 1, 2, … up to `count`, one each `milliseconds`.
    async fn ticks(&self, context: &Context<'_>, count: u32, milliseconds: u64) -> impl Stream<Item = u32> {
        let open = Open::new(context);
        stream::iter(1..=count).then(move |tick| {
            let _open = &open;
            async move {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                tick
            }
        })
    }

    /// Nothing, for ever.
    async fn silence(&self, context: &Context<'_>) -> impl Stream<Item = u32> {
        let open = Open::new(context);
        stream::pending().map(move |tick| {
            let _open = &open;
            tick
        })
    }

    /// As much as the client takes.
    async fn flood(&self, context: &Context<'_>) -> impl Stream<Item = String> {
        let (open, counters) = (Open::new(context), Arc::clone(context.data_unchecked::<Arc<Counters>>()));
        stream::repeat_with(move || {
            let _open = &open;
            counters.flooded.fetch_add(1, Ordering::SeqCst);
            "x".repeat(32 * 1024)
        })
    }

    /// One event, then a panic.
    async fn panics(&self) -> impl Stream<Item = u32> {
        stream::iter(0..).map(|tick| {
            assert!(tick < 1, "panicked at SELECT secret");
            tick
        })
    }
}
