//! The walls between tenants and tiers.

pub(crate) mod canaries;
mod cancel;
pub(crate) mod catalogue;
mod doctor;
mod foreign;
mod matrix;
pub(crate) mod outside;
mod planted;
pub(crate) mod predicates;
mod reach;
mod reuse;
pub(crate) mod search;
mod statements;
mod words;
