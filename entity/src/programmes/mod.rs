//! Tables of the programmes slice: programmes and their published versions.

pub mod programme;
pub mod programme_version;
