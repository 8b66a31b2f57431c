//! Tables of the catalogue slice: categories.

pub mod category;
