//! GraphQL of the webhooks slice: places of integrators that are called when something happens to cases.

mod enums;
mod error;
mod mutation;
mod query;
mod types;

pub use enums::WebhookDeliveryState;
pub use error::WebhookUserError;
pub use mutation::WebhookMutation;
pub use query::WebhookQuery;
pub use types::{Webhook, webhook_of};
