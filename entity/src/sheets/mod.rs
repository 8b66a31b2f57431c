//! Tables of the sheets slice: files of rows that come in and go out.

pub mod export;
pub mod export_part;
pub mod export_review;
pub mod import;
