//! What other systems may say, as they write it.

use fengqiao_domain::cases::{CaseRating, Contact, VisitChannel};
use fengqiao_domain::exchange::{Acknowledge, ExchangeError, PartnerVisit, Urging};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::kernel::id::{AttachmentId, Id, IdKind, WebhookDeliveryId};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

/// A message: what it is, and what it says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "data")]
pub(super) enum Message {
    /// A ticket, in the partner's own words: read as its mapping says.
    #[serde(rename = "ticket.sent")]
    Ticket(Value),
    /// How a ticket stands is asked.
    #[serde(rename = "ticket.asked")]
    Asked(Asked),
    /// Haste with a ticket is asked for (催单).
    #[serde(rename = "ticket.urged")]
    Urged(Urged),
    /// A return visit was made (回访).
    #[serde(rename = "ticket.visited")]
    Visited(Visited),
    /// What became of what we told (回执).
    #[serde(rename = "delivery.acknowledged")]
    Acknowledged(Acknowledged),
    /// A photo or a document is asked for.
    #[serde(rename = "evidence.asked")]
    Evidence(Evidence),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) number: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Urged {
    number: String,
    note: Option<String>,
}

impl From<Urged> for Urging {
    fn from(urged: Urged) -> Self {
        Self { number: urged.number, note: urged.note }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Visited {
    number: String,
    channel: Channel,
    contact: Reached,
    rating: Option<Rating>,
    note: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Channel {
    Phone,
    InPerson,
    Message,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Reached {
    Reached,
    NotReached,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Rating {
    Satisfied,
    BasicallySatisfied,
    Dissatisfied,
}

impl From<Visited> for PartnerVisit {
    fn from(visited: Visited) -> Self {
        Self {
            number: visited.number,
            channel: match visited.channel {
                Channel::Phone => VisitChannel::Phone,
                Channel::InPerson => VisitChannel::InPerson,
                Channel::Message => VisitChannel::Message,
            },
            contact: match visited.contact {
                Reached::Reached => Contact::Reached,
                Reached::NotReached => Contact::NotReached,
            },
            rating: visited.rating.map(|rating| match rating {
                Rating::Satisfied => CaseRating::Satisfied,
                Rating::BasicallySatisfied => CaseRating::BasicallySatisfied,
                Rating::Dissatisfied => CaseRating::Dissatisfied,
            }),
            note: visited.note,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Acknowledged {
    delivery_id: String,
    number: Option<String>,
    refusal: Option<String>,
}

impl Acknowledged {
    pub(super) fn command(self) -> Result<Acknowledge, Problem<ExchangeError>> {
        let delivery: WebhookDeliveryId = id(&self.delivery_id, "deliveryId")?;
        Ok(Acknowledge { delivery, number: self.number, refusal: self.refusal })
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Evidence {
    attachment_id: String,
}

impl Evidence {
    pub(super) fn attachment(&self) -> Result<Uuid, Problem<ExchangeError>> {
        let attachment: AttachmentId = id(&self.attachment_id, "attachmentId")?;
        Ok(attachment.uuid())
    }
}

fn id<K: IdKind>(text: &str, path: &str) -> Result<Id<K>, Problem<ExchangeError>> {
    text.parse().map_err(|_| Problem::at(path, ExchangeError::NotFound))
}
