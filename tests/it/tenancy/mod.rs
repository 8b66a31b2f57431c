//! The walls between tenants and tiers.

pub(crate) mod canaries;
mod cancel;
pub(crate) mod catalogue;
mod doctor;
mod foreign;
mod matrix;
pub(crate) mod outside;
pub(crate) mod predicates;
mod reach;
mod reuse;
mod statements;
mod words;
