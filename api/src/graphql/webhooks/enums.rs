//! Enums of the webhooks slice, mirrored from the domain.

use async_graphql::Enum;

/// Whether a webhook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::webhooks::WebhookState")]
pub enum WebhookState {
    /// It is told what happens.
    Enabled,
    /// It is told nothing, until its owner enables it.
    Disabled,
}

/// How much a webhook is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::webhooks::WebhookContent", name = "WebhookContentKind")]
pub enum WebhookContentKind {
    /// Ids and codes: whoever wants more asks for it with their own rights.
    Thin,
    /// The case as its owner sees it when it is told, with what people wrote: personal data leave this system.
    Full,
}

/// Why a webhook is disabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::webhooks::DisabledReason", name = "WebhookDisabledKind")]
pub enum WebhookDisabledKind {
    /// Somebody wanted it so.
    ByHand,
    /// It answered that it is gone (410).
    Gone,
    /// Every attempt failed for days.
    Failing,
    /// Its owner is disabled, or may have none any more.
    OwnerNotPermitted,
}

/// How far an event is told to a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::webhooks::DeliveryState", name = "WebhookDeliveryState")]
pub enum WebhookDeliveryState {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::webhooks::AttemptFault", name = "WebhookFaultKind")]
pub enum WebhookFaultKind {
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
