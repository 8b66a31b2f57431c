//! Rows of the federation slice to values and back.

pub(super) mod provider;
pub(super) mod token;
