//! Plain values of the webhooks slice.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::kernel::id::{AccountId, CaseId, CategoryId, Timestamp, UnitId, WebhookDeliveryId, WebhookId};

/// Whether a webhook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WebhookState {
    /// It is.
    Enabled,
    /// It is not, until somebody enables it.
    Disabled,
}

/// Why a webhook is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum DisabledReason {
    /// Somebody wanted it so.
    ByHand,
    /// It answered that it is gone (410).
    Gone,
    /// Every attempt failed for days.
    Failing,
    /// Its owner is disabled, or may have none any more.
    OwnerNotPermitted,
}

/// How much a webhook is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WebhookContent {
    /// Ids and codes.
    #[default]
    Thin,
    /// The case as its owner sees it when it is told.
    Full,
}

/// Where an integrator is told of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Id.
    pub id: WebhookId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Names of the events that are wanted; empty for all.
    pub event_types: Vec<String>,
    /// The categories that are wanted, with those below them; empty for all.
    pub categories: Vec<CategoryId>,
    /// The unit whose cases are wanted; none for all.
    pub unit: Option<UnitId>,
    /// How much is told.
    pub content: WebhookContent,
    /// The system whose tickets alone are wanted; none for all cases.
    pub external_source: Option<String>,
    /// Whether it is called.
    pub state: WebhookState,
    /// Why not, and since when.
    pub disabled: Option<(DisabledReason, Timestamp)>,
    /// Until when the secret of before signs too.
    pub old_secret_until: Option<Timestamp>,
    /// Events up to this position were looked at.
    pub(in crate::webhooks) position: i64,
    /// How many events of the tenant were no longer kept when it got to them.
    pub missed_events: u64,
    /// Since when every attempt failed.
    pub failing_since: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

/// A webhook with the secret that it is given once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The webhook.
    pub webhook: Webhook,
    /// `whsec_` and 32 random bytes in Base64; none where it was rotated since.
    pub secret: Option<String>,
}

/// How far an event is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryState {
    /// It is still to be told.
    Waiting,
    /// It was taken.
    Delivered,
    /// It was tried as often as it is, and never taken.
    Failed,
    /// The owner may not see it any more.
    Withheld,
}

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AttemptFault {
    /// The answer is none that takes it.
    Refused,
    /// The answer leads elsewhere, and nobody follows it.
    Redirected,
    /// The name leads into a network that is not called.
    ClosedAddress,
    /// Nobody is there, or speaks as they should.
    Unreachable,
    /// No answer came in time.
    TimedOut,
}

/// What came of trying once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: i64,
    /// Status of the answer, when one came.
    pub status: Option<u16>,
    /// Why it failed; none when it was taken.
    pub fault: Option<AttemptFault>,
    /// The beginning of the answer, as far as it can be printed.
    pub answer: String,
}

/// What a receiver said became of what it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The number under which it took it; none where it did not accept it, or gives none.
    pub number: Option<String>,
    /// Why it did not accept it.
    pub refusal: Option<String>,
    /// When it said so.
    pub at: Timestamp,
}

/// What a webhook that is told all was told of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldCase {
    /// What the webhook is called.
    pub webhook_name: String,
    /// What it was told, and what came of it.
    pub delivery: WebhookDelivery,
}

/// An event that is told to an integrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Id, the same in every attempt.
    pub id: WebhookDeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Id of the event.
    pub event_id: Uuid,
    /// Name of the event.
    pub event: String,
    /// The case that it is about; none for a test.
    pub case: Option<CaseId>,
    /// How far it is.
    pub state: DeliveryState,
    /// What came of the last attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// When it is tried next; none unless it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// What the receiver said became of it; none until it does.
    pub receipt: Option<Receipt>,
    /// When it was enqueued first.
    pub created_at: Timestamp,
}
