//! The edge: one executor, the limits, and the question who calls. Everything that reaches the executor
//! goes through [`Edge::prepare`], [`Edge::charge`] and then [`Edge::execute`] or [`Edge::run`], over every transport.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Pos, Request};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream, StreamExt};
use futures::{FutureExt, Stream};
use http::HeaderMap;
use http::request::Parts;
use tracing::Instrument;

use super::answer::{Answer, Context, Names};
use super::caller::{Caller, Callers, Posted, Refused};
use super::code::Code;
use super::cost::{CostTold, Payer, Till};
use super::documents::Documents;
use super::drain::Drain;
use super::idempotency_key::IdempotencyKey;
use super::language::Language;
use super::limits::{DocumentLimits, Limits};
use super::params::Params;
use super::peer::Peer;
use super::precheck;
use super::presence::{Place, Presence};
use super::rejection::Rejection;
use super::request_id::RequestId;
use super::request_line::RequestLine;
use crate::runner::{Runner, Said};

/// The way in for every GraphQL request. Cheap to clone.
pub struct Edge<E> {
    inner: Arc<Inner<E>>,
}

struct Inner<E> {
    executor: E,
    limits: Limits,
    callers: Arc<dyn Callers>,
    admission: Admission,
    drain: Drain,
    sockets: Presence,
    streams: Presence,
    /// Sockets and streams of callers who are not signed in, under one key.
    strangers: Presence,
}

/// What lets a document in, besides how it looks.
pub struct Admission {
    /// Those that are known.
    pub documents: Documents,
    /// What they cost.
    pub till: Till,
}

impl<E> Clone for Edge<E> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

/// What a transport knows of a request before it reads it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    pub(super) request_id: RequestId,
    pub(super) language: Language,
    pub(super) peer: Peer,
}

/// An operation that passed every check and is still to be paid for.
pub(super) struct Operation {
    pub(super) kind: OperationType,
    request: Request,
    field_positions: Vec<Pos>,
    envelope: Envelope,
    line: RequestLine,
    cost: u64,
    payer: Option<Payer>,
    asks_cost: bool,
    names: Names,
}

/// An operation that is paid for, ready to run.
pub(super) struct Paid {
    operation: Operation,
    /// What its answer tells of its cost.
    told: Option<CostTold>,
}

impl Paid {
    pub(super) const fn envelope(&self) -> Envelope {
        self.operation.envelope
    }
}

impl<E> Edge<E> {
    /// An edge over an executor.
    pub fn new(executor: E, limits: Limits, callers: Arc<dyn Callers>, admission: Admission) -> Self {
        Self {
            inner: Arc::new(Inner {
                executor,
                limits,
                callers,
                admission,
                drain: Drain::default(),
                sockets: Presence::default(),
                streams: Presence::default(),
                strangers: Presence::default(),
            }),
        }
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The signal by which sockets and streams are told to close.
    #[must_use]
    pub fn drain(&self) -> &Drain {
        &self.inner.drain
    }

    pub(super) fn callers(&self) -> &dyn Callers {
        self.inner.callers.as_ref()
    }

    /// A place for one more socket of this caller, or `None` at the cap.
    pub(super) fn socket_place(&self, caller: &Caller) -> Option<Place> {
        self.place(&self.inner.sockets, caller, self.limits().socket.max_sockets_per_user)
    }

    /// A place for one more event stream of this caller, or `None` at the cap.
    pub(super) fn stream_place(&self, caller: &Caller) -> Option<Place> {
        self.place(&self.inner.streams, caller, self.limits().stream.max_streams_per_user)
    }

    fn place(&self, users: &Presence, caller: &Caller, cap: usize) -> Option<Place> {
        match &caller.key {
            Some(user) => users.enter(user, cap),
            None if mutant::active(Mutant::NoAnonymousCap) => self.inner.strangers.enter("", usize::MAX),
            None => self.inner.strangers.enter("", self.limits().socket.max_anonymous),
        }
    }

    pub(super) fn context(&self, envelope: Envelope) -> Context<'_> {
        let Envelope { request_id, language, .. } = envelope;
        Context { request_id, language, limits: self.limits(), names: Names::Told }
    }

    /// From where this request was sent.
    pub(super) fn peer(&self, parts: &Parts) -> Peer {
        Peer::of(parts, &self.limits().trusted_proxies)
    }

    /// Who sent this request.
    pub(super) async fn caller(
        &self,
        parts: &Parts,
        posted: Option<Posted<'_>>,
    ) -> Result<Caller, Rejection> {
        let deadline = self.limits().request.deadline_seconds.duration();
        match tokio::time::timeout(deadline, self.callers().from_http(parts, posted)).await {
            Ok(Ok(caller)) => Ok(caller),
            Ok(Err(Refused::Invalid)) => Err(Rejection::unauthenticated()),
            Ok(Err(Refused::Limited { retry_after_seconds })) => {
                Err(Rejection::limited_for(retry_after_seconds))
            }
            Ok(Err(Refused::Unavailable)) | Err(_) => Err(Rejection::unavailable()),
        }
    }

    /// Gives up an operation that was prepared, for a reason of its transport.
    pub(super) fn refuse(&self, operation: Operation, rejection: Rejection) -> Answer {
        let answer = Answer::from_rejection(rejection, &self.context(operation.envelope));
        operation.line.seal(answer)
    }

    /// The same, of one that is paid for.
    pub(super) fn give_up(&self, paid: Paid, rejection: Rejection) -> Answer {
        self.refuse(paid.operation, rejection)
    }

    /// Checks a request and makes it ready to run. `headers` are those of this very request, so none for
    /// an operation on a socket.
    pub(super) fn prepare(
        &self,
        mut params: Params,
        headers: Option<&HeaderMap>,
        caller: &Caller,
        envelope: Envelope,
    ) -> Result<Operation, Answer> {
        let context = self.context(envelope);
        let mut line = RequestLine::new(envelope.request_id, caller);
        if let Err(untrusted) = self.inner.admission.documents.admit(&mut params, caller) {
            return Err(line.seal(Answer::from_untrusted(untrusted, &context)));
        }
        let key = match IdempotencyKey::read(headers, &params.extensions) {
            Ok(key) => key,
            Err(rejection) => return Err(line.seal(Answer::from_rejection(rejection, &context))),
        };
        let checked = precheck::check(
            &params.query,
            params.operation_name.as_deref(),
            &params.variables,
            &self.document_limits(),
        );
        let checked = match checked {
            Ok(checked) => checked,
            Err(refusal) => return Err(line.seal(Answer::from_refusal(refusal, &context))),
        };
        line.operation(checked.kind, checked.name.as_deref());
        if key.0.is_some() && checked.kind == OperationType::Mutation && checked.root_fields != 1 {
            let rejection =
                Rejection::bad_request("a mutation with an idempotency key holds exactly one root field");
            return Err(line.seal(Answer::from_rejection(rejection, &context)));
        }
        let keyed = |name: &String| caller.keyed.contains(&name.as_str());
        let unkeyed = key.0.is_none() && checked.mutations.iter().any(keyed);
        if unkeyed && !mutant::active(Mutant::ProgramsWithoutKey) {
            let rejection = Rejection::idempotency_key_required(envelope.language);
            return Err(line.seal(Answer::from_rejection(rejection, &context)));
        }

        let cost = checked.operation().map_or(0, |operation| {
            self.inner.admission.till.tariff().estimate(&checked.document, operation, &params.variables)
        });
        line.costs(cost);
        let most = self.limits().cost.max_document;
        if cost > u64::from(most) && !mutant::active(Mutant::NoCostLimit) {
            return Err(line.seal(Answer::from_rejection(Rejection::too_costly(cost, most), &context)));
        }

        let asks_cost = params.extensions.get("cost") == Some(&serde_json::Value::Bool(true));
        let mut request = answered_to(caller, params.into_request());
        for (name, default) in checked.defaults {
            request.variables.entry(name).or_insert(default);
        }
        request.set_parsed_query(checked.document);
        request = request.data(envelope.request_id).data(envelope.language).data(envelope.peer);
        request = request.data(key).data(line.meter());
        Ok(Operation {
            kind: checked.kind,
            request: (caller.attach)(request),
            field_positions: checked.field_positions,
            envelope,
            line,
            cost,
            payer: Payer::of(caller),
            asks_cost,
            names: if caller.introspection { Names::Told } else { Names::Kept },
        })
    }

    /// Takes what an operation costs from whoever sent it, or refuses it. Whoever is not signed in has no bucket: nothing but
    /// signing in answers them, which is limited by address and account.
    pub(super) async fn charge(&self, operation: Operation) -> Result<Paid, Answer> {
        let limits = &self.limits().cost;
        let tell = |remaining| CostTold {
            requested: operation.cost,
            limit: Some(limits.account.points),
            remaining: Some(remaining),
            restore_rate: Some(limits.account.per_second),
        };
        let free = CostTold { requested: operation.cost, limit: None, remaining: None, restore_rate: None };
        let told = match &operation.payer {
            Some(payer) if !mutant::active(Mutant::UncountedCost) => {
                match self.inner.admission.till.pay(payer, operation.cost, limits).await {
                    Ok(balance) => tell(balance.remaining),
                    Err(short) => {
                        let told = tell(short.remaining);
                        return Err(self.refuse(operation, Rejection::cost_exceeded(told, short.wait)));
                    }
                }
            }
            _ => free,
        };
        let told = operation.asks_cost.then_some(told);
        Ok(Paid { operation, told })
    }
}

/// A request that is answered of the schema only for whoever may read it.
fn answered_to(caller: &Caller, request: Request) -> Request {
    if caller.introspection { request } else { request.disable_introspection() }
}

impl<E> Edge<E> {
    /// What a document may look like; anything at all for the mutant without the pre-check.
    fn document_limits(&self) -> Cow<'_, DocumentLimits> {
        if mutant::active(Mutant::NoPreCheck) {
            return Cow::Owned(DocumentLimits::boundless());
        }
        Cow::Borrowed(&self.limits().document)
    }
}

impl<E: Runner> Edge<E> {
    /// Runs a query or mutation to its end, its deadline, or its panic.
    pub(super) async fn execute(&self, Paid { operation, told }: Paid) -> Answer {
        let Operation { request, field_positions, envelope, line, names, .. } = operation;
        let context = Context { names, ..self.context(envelope) };
        let deadline = self.limits().request.deadline_seconds.duration();
        let span = tracing::info_span!("operation", request_id = %envelope.request_id);
        if mutant::active(Mutant::LoggedVariables) {
            span.in_scope(|| tracing::info!(variables = ?request.variables, "asked"));
        }
        let running = AssertUnwindSafe(self.inner.executor.execute(request)).catch_unwind().instrument(span);
        let answer = match tokio::time::timeout(deadline, Box::pin(running)).await {
            Ok(Ok(response)) => Answer::from_response(response, &field_positions, &context),
            Ok(Err(_panic)) => panicked(&context),
            Err(_elapsed) => Answer::from_code(Code::Timeout, &context),
        };
        line.seal(answer.telling(told))
    }

    /// Runs an operation of any kind when it is paid for; if it is not, its only answer says so.
    pub(super) fn charge_and_run(
        &self,
        operation: Operation,
    ) -> BoxFuture<'static, BoxStream<'static, Answer>> {
        let edge = self.clone();
        let running = async move {
            match edge.charge(operation).await {
                Ok(paid) => edge.run(paid),
                Err(refused) => stream::once(async { refused }).boxed(),
            }
        };
        running.boxed()
    }

    /// Runs an operation of any kind: one answer for a query or mutation, one per event for a
    /// subscription. The deadline is not for subscriptions, which wait by nature.
    pub(super) fn run(&self, paid: Paid) -> BoxStream<'static, Answer> {
        let edge = self.clone();
        if paid.operation.kind != OperationType::Subscription {
            return stream::once(async move { edge.execute(paid).await }).boxed();
        }
        let Operation { request, field_positions, envelope, mut line, names, .. } = paid.operation;
        let events = self.inner.executor.follow(request);
        until_panic(events)
            .map(move |event| {
                let context = Context { names, ..edge.context(envelope) };
                let answer = match event {
                    Ok(Said::Own(response)) => Answer::from_response(*response, &field_positions, &context),
                    Ok(Said::Shared(text)) => Answer::shared(text),
                    Err(Panicked) => panicked(&context),
                };
                line.note(&answer);
                answer
            })
            .boxed()
    }
}

struct Panicked;

/// The items of a stream; if it panics, that is the last one.
fn until_panic<T>(
    items: impl Stream<Item = T> + Send + 'static,
) -> impl Stream<Item = Result<T, Panicked>> + Send
where
    T: Send,
{
    AssertUnwindSafe(items).catch_unwind().map(|item| item.map_err(|_panic| Panicked))
}

fn panicked(context: &Context<'_>) -> Answer {
    tracing::error!(request_id = %context.request_id, "a resolver panicked");
    Answer::from_code(Code::Internal, context)
}
