//! Other systems that cases come from and are told to (数据对接): the 12345 hotline, the province's and the city's platform.
//!
//! - A partner acts by the right of the account that it belongs to, whichever door it comes in by, and of now: an account that is disabled,
//!   or has lost the permission, comes in no more.
//! - Whatever comes in is signed with a secret that only the partner has, for this moment and this body.
//! - A ticket that is sent again under its number is the same case, however often and wherever it arrives; one that says something else
//!   under the same number is refused, and that is written down.
//! - How a partner's words are read is data ([`Mapping`]): it changes no program.
//! - By the door of Open311 anybody reads which matters may be reported; cases only whoever shows a key, as its account sees them.
//! - What becomes of cases is told by a webhook of the same account; what the partner made of it stands with each delivery.

mod command;
mod difference;
mod entry;
mod error;
mod mapping;
mod model;
mod offer;
mod reading;
mod service;
mod store;
mod values;

pub use command::{
    Acknowledge, CreatePartner, PartnerVisit, Reconcile, Resend, Standing, TheirCase, Ticket, UpdatePartner,
    Urging,
};
pub use difference::{Difference, DifferenceKind, Reconciliation};
pub use entry::{Admitted, Knock};
pub use error::{ExchangeError, ExchangeErrorCode};
pub use mapping::{Mapping, TicketField};
pub use model::{Door, Issued, Known, Partner, Received};
pub use offer::{MOST_LISTED, OpenField, OpenFilter, OpenRequest, OpenService};
pub use service::{ExchangeService, ExchangeSettings, MOST_RECONCILED, MOST_RESENT};

/// Of which act keys tell that are made of ids of messages.
pub const EXCHANGE: &str = "exchange";
