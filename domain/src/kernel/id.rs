//! Typed ids, as slices and clients of the domain name them.

pub use fengqiao_entity::id::*;
pub use fengqiao_entity::value::Timestamp;
