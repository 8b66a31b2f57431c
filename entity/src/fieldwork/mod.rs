//! Tables of the fieldwork slice: what is done on foot beside cases.

pub mod visit;
