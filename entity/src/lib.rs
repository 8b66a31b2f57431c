//! What a row is: typed ids, fixed value encodings, tenancy and the tables of every slice.
//!
//! No behaviour lives here. A table's file names its columns and the [`tenancy::Reach`] of its rows;
//! the store of the domain turns that reach into a predicate, the migration turns it into a policy.

pub mod calendars;
pub mod cases;
pub mod catalogue;
pub mod exchange;
pub mod federation;
pub mod fieldwork;
pub mod files;
pub mod id;
pub mod identity;
pub mod kernel;
pub mod org;
pub mod oversight;
pub mod personal;
pub mod programmes;
pub mod sheets;
pub mod staff;
pub mod tenancy;
pub mod value;
pub mod webhooks;
