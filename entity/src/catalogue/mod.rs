//! Tables of the catalogue slice: categories and who answers for them.

pub mod category;
pub mod duty;
