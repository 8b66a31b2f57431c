//! Places of integrators that are called when something happens to cases (回调).
//!
//! - A webhook belongs to the account that made it, and is told what this account may see when it is told, and nothing else. An
//!   account that is disabled or may have none any more is told nothing.
//! - What is told is thin, ids and codes, never what people typed: whoever wants more asks for it with their own rights. A webhook that
//!   is told all is told the case as its owner sees it at each attempt, so that nothing personal waits in a queue.
//! - Every event comes at least once, under one id in every attempt, and the events of one case in the order of its versions.
//! - Messages are signed as Standard Webhooks says; two secrets sign for a while after a rotation.
//! - An address of an inner network is never called, whatever its name is, unless an operator opens that network.

mod carrier;
mod command;
pub(crate) mod directory;
mod dispatcher;
mod error;
mod full;
mod message;
mod model;
mod schedule;
mod service;

mod store;
mod wanted;

pub use carrier::{Answered, Carrier, Letter};
pub use command::{CreateWebhook, ReplayWebhook, UpdateWebhook};
pub use dispatcher::{Dispatcher, Round};
pub use error::{WebhookError, WebhookErrorCode};
pub use model::{
    Attempt, AttemptFault, DeliveryState, DisabledReason, Issued, Receipt, ToldCase, Webhook, WebhookContent,
    WebhookDelivery, WebhookState,
};
pub use service::{WebhookService, WebhookSettings};
