//! The walls between tenants and tiers.

pub(crate) mod canaries;
mod cancel;
pub(crate) mod catalogue;
mod doctor;
mod foreign;
mod matrix;
pub(crate) mod outside;
mod reach;
mod reuse;
