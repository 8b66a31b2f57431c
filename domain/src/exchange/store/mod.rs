//! Rows of the exchange slice to values and back.

pub(super) mod partner;
pub(super) mod ticket;
