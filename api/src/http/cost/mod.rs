//! What a document costs before anything of it runs, and who pays for it (requirement G9; `docs/adr/0029-a-document-has-a-price.md`).
//!
//! A [`Tariff`] is read from the schema once and says what each field weighs. An estimate is one walk over the document, its
//! fragments once each. A [`Till`] takes it from the buckets of the caller and of their tenant.
//!
//! What it is not for: what the document really cost (the request's log line has its statements and rows).

mod estimate;
mod limits;
mod tariff;
#[cfg(test)]
mod tests;
mod till;

use async_graphql::{Value, value};

pub use limits::{CostLimits, Fill};
pub use tariff::{BadTariff, Tariff};
pub(super) use till::Payer;
pub use till::Till;

/// What is told of a cost: `extensions.cost` of an answer or an error.
#[derive(Debug, Clone, Copy)]
pub(super) struct CostTold {
    /// Points of the document.
    pub(super) requested: u64,
    /// Points at most.
    pub(super) limit: Option<u32>,
    /// Points that are left.
    pub(super) remaining: Option<u64>,
    /// Points that come in again each second.
    pub(super) restore_rate: Option<u32>,
}

impl CostTold {
    /// As clients see it.
    pub(super) fn value(self) -> Value {
        let mut members = value!({ "requested": self.requested });
        if let Value::Object(members) = &mut members {
            let others = [
                ("limit", self.limit.map(u64::from)),
                ("remaining", self.remaining),
                ("restoreRate", self.restore_rate.map(u64::from)),
            ];
            let others = others.into_iter().filter_map(|(name, value)| Some((name, value?)));
            members.extend(others.map(|(name, value)| (async_graphql::Name::new(name), value.into())));
        }
        members
    }
}
