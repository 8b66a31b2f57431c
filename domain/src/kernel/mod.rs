//! What every slice stands on: scope, permissions, time, ids, pages, failures, events, sealing.

pub mod address;
pub mod age;
pub mod bucket;
pub(crate) mod cached;
pub mod calendar;
pub mod chain;
pub mod change;
pub mod citizen_id;
pub mod clock;
pub mod credit_code;
pub mod event;
pub mod failure;
pub mod id;
pub mod idgen;
pub mod meter;
pub mod mutant;
pub mod page;
pub mod permission;
pub mod place;
pub mod scope;
pub mod sheet;
pub(crate) mod signature;
pub mod text;
pub mod vault;
pub mod whole;
