//! Plain values of the exchange slice.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::cases::Case;
use crate::exchange::mapping::Mapping;
use crate::kernel::id::{AccountId, CaseId, ExchangePartnerId, Timestamp, WebhookId};
use crate::programmes::CaseSource;

/// By which door a partner comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Door {
    /// `/exchange/v1`: every message is signed.
    Signed,
    /// `/open311/v2`: `GeoReport` v2 of Open311, with a key.
    #[strum(serialize = "open311")]
    Open311,
}

/// Another system that cases are exchanged with (对接系统).
#[derive(Clone, Debug, PartialEq)]
pub struct Partner {
    /// Id.
    pub id: ExchangePartnerId,
    /// By whose right it acts.
    pub account: AccountId,
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
    /// Where it is told what becomes of cases; none for one that only asks.
    pub webhook: Option<WebhookId>,
    /// Since when it may not come in; none while it may.
    pub disabled_at: Option<Timestamp>,
    /// Until when the secret of before counts too.
    pub old_secret_until: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

/// A partner with the secret that it is given once.
#[derive(Clone, Debug, PartialEq)]
pub struct Issued {
    /// The partner.
    pub partner: Partner,
    /// What it signs with, or the key that it shows; none where it was rotated since.
    pub secret: Option<String>,
}

/// What came from a partner under a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownTicket {
    /// Its number there.
    pub(super) number: String,
    /// SHA-256 of what was read of it.
    pub(super) fingerprint: Vec<u8>,
    /// The case.
    pub(super) case: CaseId,
    /// When it came first.
    pub(super) received_at: Timestamp,
}

/// A ticket that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The case that it is.
    pub case: Case,
    /// Whether it had come before.
    pub known: Known,
}

/// Whether a ticket had come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is new.
    New,
    /// It had come, with the same words.
    Before,
}
