//! Inputs of the webhooks slice's use cases, and what makes them valid.

use crate::cases::EXTERNAL_LIMIT;
use crate::kernel::address::{Addresses, BadAddress, URL_LIMIT};
use crate::kernel::change::Change;
use crate::kernel::failure::Problem;
use crate::kernel::id::{CategoryId, Timestamp, UnitId, WebhookDeliveryId, WebhookId};
use crate::kernel::text::{self, BadText};
use crate::programmes::CaseAct;
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::WebhookContent;

/// Most characters of a name.
const NAME_LIMIT: usize = 60;

/// Have a place called.
#[derive(Clone, Debug, Default)]
pub struct CreateWebhook {
    /// What its owner calls it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Names of the events that are wanted; empty for all.
    pub event_types: Vec<String>,
    /// The categories that are wanted; empty for all.
    pub categories: Vec<CategoryId>,
    /// The unit whose cases are wanted; none for all.
    pub unit: Option<UnitId>,
    /// How much is told.
    pub content: WebhookContent,
    /// The system whose tickets alone are wanted; none for all cases.
    pub external_source: Option<String>,
}

/// Change a webhook.
#[derive(Clone, Debug)]
pub struct UpdateWebhook {
    /// Which webhook.
    pub webhook: WebhookId,
    /// The version that the caller saw.
    pub expected_version: i64,
    /// What its owner calls it; none to leave it.
    pub name: Option<String>,
    /// Where it is; none to leave it.
    pub url: Option<String>,
    /// Names of the events that are wanted; none to leave them.
    pub event_types: Option<Vec<String>>,
    /// The categories that are wanted; none to leave them.
    pub categories: Option<Vec<CategoryId>>,
    /// The unit whose cases are wanted.
    pub unit: Change<UnitId>,
    /// How much is told; none to leave it.
    pub content: Option<WebhookContent>,
    /// The system whose tickets alone are wanted.
    pub external_source: Change<String>,
}

/// Tell again.
#[derive(Clone, Debug)]
pub struct ReplayWebhook {
    /// Which webhook.
    pub webhook: WebhookId,
    /// Deliveries that were enqueued from then on.
    pub from: Option<Timestamp>,
    /// These deliveries.
    pub deliveries: Vec<WebhookDeliveryId>,
}

impl CreateWebhook {
    /// The command with its texts in order, or everything that is wrong with it.
    pub(super) fn checked(self, addresses: &Addresses) -> Result<Self, Vec<Problem<WebhookError>>> {
        let name = checked_name(&self.name);
        let url = checked_url(&self.url, addresses);
        let names = checked_names(&self.event_types);
        let source = self.external_source.as_deref().map(checked_source).transpose();
        match (name, url, names, source) {
            (Ok(name), Ok(url), Ok(()), Ok(external_source)) => {
                Ok(Self { name, url, external_source, ..self })
            }
            (name, url, names, source) => {
                Err([name.err(), url.err(), names.err(), source.err()].into_iter().flatten().collect())
            }
        }
    }
}

impl UpdateWebhook {
    /// The command with its texts in order, or everything that is wrong with it.
    pub(super) fn checked(self, addresses: &Addresses) -> Result<Self, Vec<Problem<WebhookError>>> {
        let name = self.name.as_deref().map(checked_name).transpose();
        let url = self.url.as_deref().map(|url| checked_url(url, addresses)).transpose();
        let names = self.event_types.as_deref().map_or(Ok(()), checked_names);
        let source = match &self.external_source {
            Change::Set(source) => checked_source(source).map(Change::Set),
            kept => Ok(kept.clone()),
        };
        match (name, url, names, source) {
            (Ok(name), Ok(url), Ok(()), Ok(external_source)) => {
                Ok(Self { name, url, external_source, ..self })
            }
            (name, url, names, source) => {
                Err([name.err(), url.err(), names.err(), source.err()].into_iter().flatten().collect())
            }
        }
    }
}

fn checked_name(text: &str) -> Result<String, Problem<WebhookError>> {
    text::line(text, NAME_LIMIT).map_err(|bad| Problem::at("name", bad_text(bad)))
}

/// As long as a case's own reference may be.
fn checked_source(text: &str) -> Result<String, Problem<WebhookError>> {
    text::line(text, EXTERNAL_LIMIT).map_err(|bad| Problem::at("externalSource", bad_text(bad)))
}

fn checked_url(text: &str, addresses: &Addresses) -> Result<String, Problem<WebhookError>> {
    let text = text::line(text, URL_LIMIT).map_err(|bad| Problem::at("url", bad_text(bad)))?;
    let url = addresses.checked(&text).map_err(|bad| match bad {
        BadAddress::Unreadable => Problem::at("url", WebhookError::InvalidUrl),
        BadAddress::Scheme => Problem::at("url", WebhookError::SchemeNotAllowed),
        BadAddress::Closed => Problem::at("url", WebhookError::AddressNotAllowed),
    })?;
    Ok(url.into())
}

fn checked_names(names: &[String]) -> Result<(), Problem<WebhookError>> {
    let unknown = names.iter().position(|name| CaseAct::of_event(name).is_none());
    unknown.map_or(Ok(()), |at| Err(Problem::at(&format!("eventTypes.{at}"), WebhookError::UnknownEventType)))
}

fn bad_text(bad: BadText) -> WebhookError {
    match bad {
        BadText::Empty => WebhookError::Required,
        BadText::TooLong { limit } => WebhookError::TooLong { limit },
        BadText::ControlCharacter => WebhookError::InvalidText,
    }
}
