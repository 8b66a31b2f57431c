//! One log line for each operation, whichever way it came and however it ended. Never variables, never
//! the document: they hold personal data.

use std::time::Instant;

use async_graphql::parser::types::OperationType;
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::meter::Meter;

use super::answer::Answer;
use super::caller::Caller;
use super::negotiation::Media;
use super::request_id::RequestId;

/// 499, as nginx has it: the client left before the answer.
const CLIENT_LEFT: u16 = 499;

/// The line of one operation; written when it is dropped, so that one whose client left is not missing.
pub(super) struct RequestLine {
    request_id: RequestId,
    caller: Option<String>,
    tenant: Option<TenantId>,
    cost: u64,
    kind: &'static str,
    name: Option<String>,
    status: u16,
    answers: u64,
    begun: Instant,
    meter: Meter,
}

impl RequestLine {
    pub(super) fn new(request_id: RequestId, caller: &Caller) -> Self {
        Self {
            request_id,
            caller: caller.key.clone(),
            tenant: caller.tenant,
            cost: 0,
            kind: "unknown",
            name: None,
            status: CLIENT_LEFT,
            answers: 0,
            begun: Instant::now(),
            meter: Meter::default(),
        }
    }

    /// Counts what the operation costs the database.
    pub(super) fn meter(&self) -> Meter {
        self.meter.clone()
    }

    /// What it turned out to be.
    pub(super) fn operation(&mut self, kind: OperationType, name: Option<&str>) {
        self.kind = match kind {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        self.name = name.map(str::to_owned);
    }

    /// What it costs by its document.
    pub(super) const fn costs(&mut self, cost: u64) {
        self.cost = cost;
    }

    /// One more answer; the last one's status stays. Statuses are those of the stricter media type, so
    /// that a bad document shows as 400 in the log whatever the client accepts.
    pub(super) fn note(&mut self, answer: &Answer) {
        self.status = answer.status(Media::GraphqlJson).as_u16();
        self.answers += 1;
    }

    /// The only answer: the line is complete.
    pub(super) fn seal(mut self, answer: Answer) -> Answer {
        self.note(&answer);
        answer
    }
}

impl Drop for RequestLine {
    fn drop(&mut self) {
        let elapsed = self.begun.elapsed();
        let labels = [("kind", self.kind.to_owned()), ("status", self.status.to_string())];
        metrics::counter!("fengqiao_operations_total", &labels).increment(1);
        metrics::counter!("fengqiao_statements_total").increment(self.meter.statements());
        if self.kind != "subscription" {
            metrics::histogram!("fengqiao_operation_seconds", "kind" => self.kind)
                .record(elapsed.as_secs_f64());
        }
        tracing::info!(
            target: "request",
            request_id = %self.request_id,
            kind = self.kind,
            operation = self.name.as_deref(),
            status = self.status,
            answers = self.answers,
            statements = self.meter.statements(),
            rows = self.meter.rows(),
            elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            tenant = self.tenant.map(tracing::field::display),
            cost = self.cost,
            caller = self.caller.as_deref(),
            "request"
        );
    }
}
