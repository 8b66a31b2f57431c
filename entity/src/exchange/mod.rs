//! Tables of the exchange slice.

pub mod partner;
pub mod ticket;
