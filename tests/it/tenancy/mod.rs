//! The walls between tenants and tiers.

pub(crate) mod catalogue;
mod cancel;
mod doctor;
mod foreign;
pub(crate) mod outside;
mod reach;
mod reuse;
