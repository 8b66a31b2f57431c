//! The GraphQL schema: translation between clients and the slices, and nothing else.
//!
//! A resolver turns ids into commands, calls one use case and turns its outcome into a payload. It
//! decides nothing about the business.

pub mod audit;
pub mod calendars;
pub mod cases;
pub mod catalogue;
pub mod context;
pub mod creating;
pub mod exchange;
pub mod federation;
pub mod fieldwork;
pub mod files;
pub mod identity;
pub mod kit;
mod node;
pub mod org;
pub mod oversight;
pub mod personal;
pub mod programmes;
pub mod schema;
pub mod sharing;
pub mod sheets;
pub mod snapshots;
pub mod staff;
pub mod webhooks;
