//! Inputs of the exchange slice's use cases, and what makes them valid.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cases::{CaseRating, Contact, EXTERNAL_LIMIT, VisitChannel};
use crate::exchange::error::ExchangeError;
use crate::exchange::mapping::{Mapping, lost};
use crate::exchange::model::Door;
use crate::kernel::change::Change;
use crate::kernel::failure::Problem;
use crate::kernel::id::{CaseId, ExchangePartnerId, Timestamp, WebhookDeliveryId, WebhookId};
use crate::kernel::text::{self, BadText};
use crate::programmes::CaseSource;

/// Most characters of a name.
const NAME_LIMIT: usize = 60;
/// Most characters of a key: it stands in addresses, and with each of its cases.
const KEY_LIMIT: usize = 32;
/// Most characters of why something was not accepted: a reason for returning (退回理由) is a sentence or two.
const REFUSAL_LIMIT: usize = 500;

/// Have cases exchanged with another system.
#[derive(Clone, Debug)]
pub struct CreatePartner {
    /// What it is called in addresses, and the source of its tickets.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// By which door it comes in.
    pub door: Door,
    /// How its tickets came in.
    pub source: CaseSource,
    /// How its words are read.
    pub mapping: Mapping,
    /// A webhook of the caller's own by which it is told what becomes of cases.
    pub webhook: Option<WebhookId>,
}

/// Change how a partner is called, read or told.
#[derive(Clone, Debug)]
pub struct UpdatePartner {
    /// Which partner.
    pub partner: ExchangePartnerId,
    /// The version that the caller saw.
    pub expected_version: i64,
    /// What people call it; none to leave it.
    pub name: Option<String>,
    /// How its words are read; none to leave it.
    pub mapping: Option<Mapping>,
    /// A webhook of its owner's own.
    pub webhook: Change<WebhookId>,
}

/// What a ticket says, before its codes are looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// Its number there; none for one that is recognised by what it says.
    pub number: Option<String>,
    /// Short text for lists; the category's name without it.
    pub title: Option<String>,
    /// What was said.
    pub description: String,
    /// Their code of what it is about.
    pub category: Option<String>,
    /// Their code of where it occurred.
    pub area: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Longitude in degrees.
    pub longitude: Option<String>,
    /// Latitude in degrees.
    pub latitude: Option<String>,
    /// Name of the caller.
    pub reporter_name: Option<String>,
    /// Telephone number of the caller.
    pub reporter_phone: Option<String>,
    /// When it occurred.
    pub occurred_at: Option<String>,
    /// When it was reported there.
    pub reported_at: Option<String>,
    /// Their word for how urgent it is.
    pub priority: Option<String>,
    /// What it gives to the fields that the programme of such a case takes with the report, by their keys.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

/// A return visit that the partner made.
#[derive(Clone, Debug)]
pub struct PartnerVisit {
    /// Number of the ticket there.
    pub number: String,
    /// How.
    pub channel: VisitChannel,
    /// Whether anybody was reached.
    pub contact: Contact,
    /// What they make of the result.
    pub rating: Option<CaseRating>,
    /// What was said.
    pub note: Option<String>,
}

/// The partner asks for haste.
#[derive(Clone, Debug)]
pub struct Urging {
    /// Number of the ticket there.
    pub number: String,
    /// What is to be said.
    pub note: Option<String>,
}

/// The partner says what it made of what it was told.
#[derive(Clone, Debug)]
pub struct Acknowledge {
    /// Which message: the id under which it came.
    pub delivery: WebhookDeliveryId,
    /// The number under which it took it.
    pub number: Option<String>,
    /// Why it did not accept it.
    pub refusal: Option<String>,
}

/// Tell a partner of cases again, as they are now.
#[derive(Clone, Debug)]
pub struct Resend {
    /// Which partner.
    pub partner: ExchangePartnerId,
    /// Which cases.
    pub cases: Vec<CaseId>,
}

/// A case as the partner has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TheirCase {
    /// Our number of it, as they know it.
    pub case_number: Option<String>,
    /// Their number of it.
    pub number: Option<String>,
    /// Whether it is open there.
    pub standing: Standing,
}

/// Whether a case is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Somebody still has to do something.
    Open,
    /// Nobody has.
    Closed,
}

/// Compare what both sides have of a span.
#[derive(Clone, Debug)]
pub struct Reconcile {
    /// With which partner.
    pub partner: ExchangePartnerId,
    /// Cases that were entered here from then on.
    pub from: Timestamp,
    /// Before then.
    pub until: Timestamp,
    /// What they have of it.
    pub theirs: Vec<TheirCase>,
}

impl CreatePartner {
    /// The command with its texts in order, or everything that is wrong with it.
    pub(super) fn checked(self) -> Result<Self, Vec<Problem<ExchangeError>>> {
        let key = checked_key(&self.key);
        let name = checked_name(&self.name);
        let mut problems = self.unmapped();
        match (key, name) {
            (Ok(key), Ok(name)) if problems.is_empty() => Ok(Self { key, name, ..self }),
            (key, name) => {
                problems.extend([key.err(), name.err()].into_iter().flatten());
                Err(problems)
            }
        }
    }

    /// What is wrong with its mapping. Open311 says itself where everything stands.
    fn unmapped(&self) -> Vec<Problem<ExchangeError>> {
        match self.door {
            Door::Signed => self.mapping.problems(),
            Door::Open311 if self.mapping.fields.is_empty() => vec![],
            Door::Open311 => vec![lost("fields", "")],
        }
    }
}

impl UpdatePartner {
    /// The command with its texts in order, or everything that is wrong with it.
    pub(super) fn checked(self, door: Door) -> Result<Self, Vec<Problem<ExchangeError>>> {
        let name = self.name.as_deref().map(checked_name).transpose();
        let mapping = self.mapping.as_ref();
        let mut problems = match door {
            Door::Signed => mapping.map(Mapping::problems).unwrap_or_default(),
            Door::Open311 if mapping.is_none_or(|mapping| mapping.fields.is_empty()) => vec![],
            Door::Open311 => vec![lost("fields", "")],
        };
        match name {
            Ok(name) if problems.is_empty() => Ok(Self { name, ..self }),
            name => {
                problems.extend(name.err());
                Err(problems)
            }
        }
    }
}

impl Acknowledge {
    /// The command with its texts in order, or everything that is wrong with it.
    pub(super) fn checked(self) -> Result<Self, Vec<Problem<ExchangeError>>> {
        let part = |text: Option<&str>, (path, limit): (&str, usize)| {
            let text = text.map(|text| text::line(text, limit)).transpose();
            text.map_err(|bad| Problem::at(path, bad_text(bad)))
        };
        let number = part(self.number.as_deref(), ("number", EXTERNAL_LIMIT));
        match (number, part(self.refusal.as_deref(), ("refusal", REFUSAL_LIMIT))) {
            (Ok(None), Ok(None)) => Err(vec![Problem::at("number", ExchangeError::Required)]),
            (Ok(number), Ok(refusal)) => Ok(Self { number, refusal, ..self }),
            (number, refusal) => Err([number.err(), refusal.err()].into_iter().flatten().collect()),
        }
    }
}

fn checked_name(text: &str) -> Result<String, Problem<ExchangeError>> {
    text::line(text, NAME_LIMIT).map_err(|bad| Problem::at("name", bad_text(bad)))
}

fn checked_key(text: &str) -> Result<String, Problem<ExchangeError>> {
    let key = text::line(text, KEY_LIMIT).map_err(|bad| Problem::at("key", bad_text(bad)))?;
    if is_key(&key) { Ok(key) } else { Err(Problem::at("key", ExchangeError::InvalidKey)) }
}

/// Whether a text may be a key.
pub(super) fn is_key(text: &str) -> bool {
    let plain = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    (1..=KEY_LIMIT).contains(&text.len()) && text.bytes().all(plain)
}

pub(super) fn bad_text(bad: BadText) -> ExchangeError {
    match bad {
        BadText::Empty => ExchangeError::Required,
        BadText::TooLong { limit } => ExchangeError::TooLong { limit },
        BadText::ControlCharacter => ExchangeError::InvalidText,
    }
}
